"""What somebody is told who brings a commitment or a receipt. Nothing of it is kept."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.dates import on_every_clock
from surveys.ledger.batches import takes_all_from
from surveys.ledger.canonical import FORMAT, SALT_BYTES, NotCanonical, content, digest_of
from surveys.ledger.notes import Note, origin
from surveys.ledger.reading import with_words
from surveys.ledger.stored import last_checkpoint, proof_of
from surveys.ledger.tree import root_from_proof
from surveys.models import Checkpoint, Commitment, Consultation
from surveys.wording import number

HEX_32 = re.compile("[0-9a-f]{64}")
LEAST_SHOWN = re.compile("[0-9a-f]{16,64}")
MOST_HASHES = 64


class NotReadable(ValueError):
    """It is neither a commitment nor a receipt; says so in the active language."""


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: good, bad, or open because it is too early."""

    tone: str
    heading: str
    text: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def is_bad(self) -> bool:
        return self.tone == "bad"


@dataclass(frozen=True)
class Brought:
    """What somebody brings: a commitment or its beginning, with or without the rest."""

    commitment: str
    salt: bytes = b""
    response: Any = None
    proof: Any = None

    @property
    def is_receipt(self) -> bool:
        return bool(self.salt)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises NotReadable."""
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return cls._of_receipt(text)
        typed = "".join(text.split()).lower()
        if not LEAST_SHOWN.fullmatch(typed):
            raise NotReadable(
                _("This is neither a code from a receipt nor a receipt file of this site.")
            )
        return cls(typed)

    @classmethod
    def _of_receipt(cls, text: str) -> Self:
        try:
            given = json.loads(text.lstrip("\ufeff"), object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise NotReadable(
                _("The receipt file cannot be read: it is not whole, or it is no JSON.")
            ) from error
        if given.get("format") != FORMAT:
            raise NotReadable(_("This file is no receipt of this site."))
        commitment, salt = str(given.get("commitment")), str(given.get("salt"))
        if not HEX_32.fullmatch(commitment) or not HEX_32.fullmatch(salt):
            raise NotReadable(_("The receipt file lacks its code or its salt."))
        return cls(commitment, bytes.fromhex(salt), given.get("response"), given.get("proof"))


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(members)) < len(members):
        raise ValueError("A member appears twice.")
    return dict(members)


def check(text: str, consultation: Consultation) -> list[Finding]:
    """Everything that can be said about what somebody brings. Raises NotReadable."""
    brought = Brought.read(text)
    findings = list(_of_receipt(brought, consultation)) if brought.is_receipt else []
    if any(finding.is_bad for finding in findings):
        return findings
    return [*findings, *_of_record(brought, consultation)]


def _of_receipt(brought: Brought, consultation: Consultation) -> Iterator[Finding]:
    """What the receipt says of itself, up to the first thing that is wrong."""
    if not _gives(brought.commitment, brought.salt, brought.response):
        yield Finding(
            "bad",
            _("The receipt is forged or damaged"),
            _("Its answers and its salt do not give its code."),
        )
        return
    yield Finding(
        "good",
        _("The receipt is whole"),
        _("Its answers and its salt give its code."),
    )
    if brought.proof is not None:
        yield _of_proof(brought, consultation)


def _gives(commitment: str, salt: bytes, said: Any) -> bool:
    try:
        return len(salt) == SALT_BYTES and digest_of(salt, said) == commitment
    except (NotCanonical, RecursionError):
        return False


def _of_proof(brought: Brought, consultation: Consultation) -> Finding:
    """Whether the proof in a receipt leads to a root that we signed and still have."""
    forged = _("The proof in the receipt is forged or damaged")
    try:
        position, size = brought.proof["position"], brought.proof["size"]
        hashes = [bytes.fromhex(each) for each in brought.proof["hashes"][:MOST_HASHES]]
        note = Note.read(brought.proof["checkpoint"])
        numbers = range(position, size)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Finding("bad", forged, _("It lacks a part, or a part cannot be read."))
    if note is None or note.origin != origin(consultation):
        return Finding("bad", forged, _("Its checkpoint was not signed by this site."))
    entry = bytes.fromhex(brought.commitment)
    # Only a size that we signed is small enough to reckon with.
    is_same = note.size == numbers.stop
    if not is_same or root_from_proof(entry, numbers.start, note.size, hashes) != note.root:
        return Finding("bad", forged, _("It does not lead to the root of its checkpoint."))
    stored = Checkpoint.objects.filter(consultation=consultation, size=note.size).first()
    if stored is None or bytes(stored.root) != note.root:
        return Finding(
            "bad",
            _("The record is not the one of your receipt"),
            _(
                "Your receipt has a checkpoint that this site signed, and the list has another "
                "root now. Keep the receipt: it proves this."
            ),
        )
    return Finding(
        "good",
        _("The proof in the receipt is right"),
        _("It leads from your code to the root that was signed at size %(size)s.")
        % {"size": number(size)},
    )


def _of_record(brought: Brought, consultation: Consultation) -> Iterator[Finding]:
    """What the record has of a commitment."""
    mine = Commitment.objects.filter(consultation=consultation)
    # Those that begin with it: a range, which the key finds in any collation of the database.
    found = with_words(
        mine.filter(digest__gte=brought.commitment, digest__lt=f"{brought.commitment}g")
    )
    commitment = found.select_related("response__version__questionnaire__consultation").first()
    if commitment is None:
        yield Finding(
            "bad",
            _("The record does not have this code"),
            _(
                "If you copied it without an error, keep your receipt and write to us: it shows "
                "what is missing."
            ),
        )
        return
    if stored := _of_stored(commitment):
        yield stored
    yield _of_list(commitment, consultation)
    yield STATES[getattr(commitment, "word", "")]()


def _of_stored(commitment: Commitment) -> Finding | None:
    """Whether what is stored still gives the commitment; None where that is erased or replaced."""
    is_current = commitment.state == Commitment.State.CURRENT
    if not is_current or commitment.salt is None or commitment.response is None:
        return None
    if _gives(commitment.digest, bytes(commitment.salt), content(commitment.response)):
        return Finding(
            "good",
            _("Cast as recorded"),
            _("The answers in our record give this code: they are as they were sent."),
        )
    return Finding(
        "bad",
        _("The record was changed"),
        _("The answers in our record do not give this code. Write to us."),
    )


def _of_list(commitment: Commitment, consultation: Consultation) -> Finding:
    checkpoint = last_checkpoint(consultation)
    if checkpoint is None or commitment.position is None:
        countries = list(consultation.programme.countries.all())
        latest = max(takes_all_from(consultation), consultation.now)
        return Finding(
            "open",
            _("Not yet in the public list"),
            _(
                "It comes with the next batch: when 20 are waiting and 10 minutes have passed, at "
                "the latest on %(date)s."
            )
            % {"date": on_every_clock(latest, countries)},
        )
    hashes = proof_of(consultation, commitment.position, checkpoint.size)
    entry = bytes.fromhex(commitment.digest)
    root = root_from_proof(entry, commitment.position, checkpoint.size, hashes)
    numbers = {"position": number(commitment.position), "size": number(checkpoint.size)}
    if root != bytes(checkpoint.root):
        return Finding(
            "bad",
            _("The list was changed"),
            _("Entry %(position)s does not lead to the root that was signed.") % numbers,
        )
    return Finding(
        "good",
        _("Recorded as counted"),
        _("Position: %(position)s; size of the list: %(size)s. The proof leads to the signed root.")
        % numbers,
        tuple(each.hex() for each in hashes),
    )


def _counted() -> Finding:
    return Finding("good", _("It counts"), _("These answers are in the published numbers."))


def _replaced() -> Finding:
    return Finding(
        "open",
        _("It was replaced"),
        _("The answers were changed later. The change has a code of its own, and that counts."),
    )


def _withdrawn() -> Finding:
    return Finding(
        "open",
        _("It was withdrawn"),
        _("The answers are erased. The entry stays in the list, and does not count."),
    )


def _not_counted() -> Finding:
    return Finding(
        "open",
        _("It does not count"),
        _("It is from an organisation that nobody has confirmed, or that was refused."),
    )


STATES = {
    "counted": _counted,
    "replaced": _replaced,
    "withdrawn": _withdrawn,
    "not-counted": _not_counted,
}
NOTHING_BROUGHT = gettext_lazy("Paste a code or a receipt, or choose a receipt file")
TOO_LARGE = gettext_lazy("This is larger than any receipt. Choose the file receipt.json")
