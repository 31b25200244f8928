"""The list as it is stored: hashes of the tree, and proofs."""

from collections.abc import Iterable

from django.db.models import Max, Q

from surveys.ledger.tree import Hashes, Place, leaf_hash, proof
from surveys.models import Checkpoint, Commitment, Consultation, TreeNode


def summary_key(consultation: Consultation) -> str:
    """Where the numbers of its record are kept for a while."""
    return f"surveys.ledger.summary.{consultation.pk}"


def size_of(consultation: Consultation) -> int:
    """How many entries the list has."""
    last = Commitment.objects.filter(consultation=consultation).aggregate(last=Max("position"))
    return 0 if last["last"] is None else last["last"] + 1


def hashes_at(consultation: Consultation, places: Iterable[Place]) -> Hashes:
    """The roots of these complete subtrees, in two queries however long the list is."""
    leaves, nodes = [], Q()
    for level, number in places:
        if level:
            nodes |= Q(level=level, number=number)
        else:
            leaves.append(number)
    hashes: dict[Place, bytes] = {}
    if leaves:
        found = Commitment.objects.filter(consultation=consultation, position__in=leaves)
        for position, digest in found.values_list("position", "digest"):
            hashes[0, position or 0] = leaf_hash(bytes.fromhex(digest))
    if nodes:
        for node in TreeNode.objects.filter(nodes, consultation=consultation):
            hashes[node.level, node.number] = bytes(node.hash)
    return hashes


def last_checkpoint(consultation: Consultation) -> Checkpoint | None:
    """The newest; the list is public up to its size."""
    return Checkpoint.objects.filter(consultation=consultation).order_by("-size").first()


def proof_of(consultation: Consultation, position: int, size: int) -> list[bytes]:
    """That the entry at this position is among the first `size`."""
    return proof(position, size, lambda places: hashes_at(consultation, places))
