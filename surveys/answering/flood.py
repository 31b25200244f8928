"""One more step before a form is stored, where one network or everybody sends very many.

Nobody is refused: the answers stay in the form. Browsers with script calculate a proof and send by
themselves; without script the same button works after a time.
"""

from dataclasses import dataclass
from math import ceil
from time import time

from django.conf import settings
from django.http import HttpRequest

from surveys.answering.device import is_kiosk
from surveys.answering.form_key import FormKey
from surveys.challenges import BITS, BITS_AT_MOST, NEVER, PARTS, Challenge, is_proof
from surveys.lifecycle import is_sent
from surveys.rate_limits import count_sending

SECONDS_APART = 3
"""Between the moments from which two forms of one network may be sent that wait."""
WAITING_AT_MOST = 300
"""Forms of one network that may wait in an hour; the next hour counts anew."""
TRAP = "website"


@dataclass(frozen=True)
class Step:
    """What one form is asked for, in its page."""

    challenge: Challenge
    signed: str
    seconds_left: int
    proof: str = ""
    is_asked: bool = False
    is_too_early: bool = False

    @property
    def parts(self) -> int:
        return PARTS

    @property
    def may_wait(self) -> bool:
        return self.challenge.ready_at != NEVER

    @property
    def minutes_left(self) -> int:
        """0 where it is rather told in seconds."""
        return ceil(self.seconds_left / 60) if self.seconds_left > 90 else 0


def step_of(request: HttpRequest, key: FormKey) -> Step | None:
    """The step that a posted form was asked for before, to stay with it; None if it was not."""
    text, now = request.POST.get("challenge", ""), int(time())
    challenge = Challenge.read(text, key.secret, now) if text else None
    if challenge is None:
        return None
    proof = request.POST.get("proof", "")
    return Step(challenge, text, challenge.seconds_left(now), proof)


def asked_first(request: HttpRequest, key: FormKey, questionnaire: int) -> Step | None:
    """The step that this form is asked for before it is stored; None if it may be stored now."""
    limit, in_all = settings.SENT_PER_NETWORK, settings.SENT_IN_ALL
    if not limit and not in_all:
        return None
    if step := step_of(request, key):
        return _unless_taken(step)
    # A computer that many use is not to be held up by the others of its network, nor hold them up.
    kind = "sent at kiosk" if is_kiosk(request) else "sent"
    sendings = count_sending(request, kind, questionnaire, limit or 2**31 - 1)
    above = max(sendings.from_network - limit, 0) if limit else 0
    is_much = above or (in_all and sendings.from_everybody > in_all) or request.POST.get(TRAP)
    if not is_much or is_sent(key.secret):
        return None
    return _new_step(key, above)


def _unless_taken(step: Step) -> Step | None:
    challenge, now = step.challenge, int(time())
    if challenge.is_waited_for(now) or is_proof(step.proof, step.signed, challenge.bits):
        return None
    return Step(challenge, step.signed, step.seconds_left, is_asked=True, is_too_early=True)


def _new_step(key: FormKey, above: int) -> Step:
    """The more forms of this network are above the limit, the more is asked."""
    now = int(time())
    wait = settings.WAIT_SECONDS + SECONDS_APART * above
    ready_at = now + wait if above <= WAITING_AT_MOST else NEVER
    challenge = Challenge(now, ready_at, _bits(above))
    return Step(challenge, challenge.signed(key.secret), challenge.seconds_left(now), is_asked=True)


def _bits(above: int) -> int:
    """A class and a school take a second; from 300 forms on each doubling doubles it."""
    return min(BITS + (above // WAITING_AT_MOST).bit_length(), BITS_AT_MOST)
