"""Which keys an installation has, told without telling them, and what hangs on each."""

from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from surveys.ledger.notes import origin, public_key_line
from surveys.models import Consultation

SECRETS = (
    "SECRET_KEY is another one here. Without that of the first installation links to unsubscribe"
    " and to confirm are void, forms that are open are refused once and sent again, and which"
    " answers are coded or typed twice, or left out of open data, is drawn anew."
)
LEDGER = (
    "The public record is signed with another key here, or under another address: receipts that"
    " were given out cannot be checked. Carry over LEDGER_KEY (or SECRET_KEY, where that was all"
    " there was) and SITE_URL before anybody sends an answer here."
)


def fingerprints(consultation: Consultation) -> dict[str, Any]:
    """Equal where the keys are equal, and of no use to find out what they are."""
    return {
        "SECRET_KEY": salted_hmac("surveys.backups", "", algorithm="sha256").hexdigest(),
        "LEDGER_KEY": public_key_line(origin(consultation)),
        "SITE_URL": settings.SITE_URL,
    }


def to_carry_over(slug: str, theirs: dict[str, Any]) -> list[str]:
    """Sentences for the operator; none where this installation has all keys of the first."""
    ours = fingerprints(Consultation(slug=slug))
    told = {"SECRET_KEY": SECRETS, "LEDGER_KEY": LEDGER}
    return [words for key, words in told.items() if ours[key] != theirs[key]]
