"""What somebody takes away to check later: the receipt file, section 6 of the specification."""

from typing import Any

from surveys.ledger.canonical import FORMAT, content
from surveys.ledger.stored import last_checkpoint, proof_of
from surveys.models import Commitment, Response

GROUP = 4
SHOWN = 16


def commitment_of(response: Response) -> Commitment | None:
    """The commitment to what a response says now; an import has none for some minutes."""
    return Commitment.objects.filter(response=response, state=Commitment.State.CURRENT).first()


def receipt_of(response: Response, commitment: Commitment) -> dict[str, Any] | None:
    """The receipt file as an object; None where the salt was erased with words of the answers."""
    if commitment.salt is None:
        return None
    return {
        "format": FORMAT,
        "response": content(response),
        "salt": bytes(commitment.salt).hex(),
        "commitment": commitment.digest,
        "proof": _proof(commitment),
    }


def _proof(commitment: Commitment) -> dict[str, Any] | None:
    checkpoint = last_checkpoint(commitment.consultation)
    if checkpoint is None or commitment.position is None:
        return None
    hashes = proof_of(commitment.consultation, commitment.position, checkpoint.size)
    return {
        "position": commitment.position,
        "size": checkpoint.size,
        "hashes": [each.hex() for each in hashes],
        "checkpoint": checkpoint.note,
    }


def grouped(digest: str) -> list[str]:
    """A commitment in groups that can be compared by eye."""
    return [digest[start : start + GROUP] for start in range(0, len(digest), GROUP)]


def shown_code(digest: str) -> list[str]:
    """Its beginning, which is enough to find it in the list again."""
    return grouped(digest[:SHOWN])
