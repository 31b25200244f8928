"""The commitments to what was sent. Verbs call these in the transaction that changes a response."""

import secrets

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef

from surveys.ledger.canonical import SALT_BYTES, content, digest_of
from surveys.models import Commitment, Response

AT_ONCE = 5000
LOOKED = "surveys.ledger.looked"
LOOK_AGAIN_SECONDS = 600


def commit_first(response: Response) -> None:
    """Commit to what a response says that was never sent before.

    The caller has just stored it as sent, in the same transaction.
    """
    _made(response).save(force_insert=True)


def commit(response: Response) -> None:
    """Commit to what a response says now, in place of what it said before.

    The caller has just stored it as sent, in the same transaction. A rehearsal has no commitment.
    """
    if response.is_rehearsal:
        return
    with transaction.atomic(savepoint=False):
        current = Commitment.objects.filter(response=response, state=Commitment.State.CURRENT)
        # The salt of what was said before is kept as long as that itself, in its revision.
        current.update(state=Commitment.State.REPLACED)
        commit_first(response)


def _made(response: Response) -> Commitment:
    salt = secrets.token_bytes(SALT_BYTES)
    return Commitment(
        digest=digest_of(salt, content(response)),
        consultation=response.version.questionnaire.consultation,
        response=response,
        salt=salt,
    )


def mark_withdrawn(response: Response) -> None:
    """Erase the salts of a response with what it said; its entries stay as hashes of nobody."""
    commitments = Commitment.objects.filter(response=response)
    current = commitments.filter(state=Commitment.State.CURRENT)
    current.update(state=Commitment.State.WITHDRAWN, salt=None)
    forget_salts(response)


def forget_salts(response: Response) -> None:
    """Let nobody guess from the list what was erased of a response's words. It still counts."""
    Commitment.objects.filter(response=response).exclude(salt=None).update(salt=None)


def commit_missing() -> bool:
    """Commit to some of what was sent in another way, by an import for instance.

    Returns whether there was any. Safe to run at the same time as itself and as every verb.
    """
    with transaction.atomic():
        current = Commitment.objects.filter(response=OuterRef("pk"), state=Commitment.State.CURRENT)
        missing = (
            Response.objects.filter(~Exists(current), state="sent", is_rehearsal=False)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("version__questionnaire__consultation")
            .order_by("pk")
        )
        made = [_made(response) for response in missing[:AT_ONCE]]
        Commitment.objects.bulk_create(made)
    return bool(made)


def commit_missing_due() -> bool:
    """The same as a step: after it found nothing, it looks again in ten minutes only.

    To look means to go through every response.
    """
    if cache.get(LOOKED):
        return False
    found = commit_missing()
    if not found:
        cache.set(LOOKED, True, LOOK_AGAIN_SECONDS)
    return found
