"""The Merkle tree of RFC 9162, section 2.1, built from roots of complete subtrees. Pure.

A `Place` is a complete subtree: of the 2^level entries from number × 2^level on. Level 0 is the
leaves.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping

Place = tuple[int, int]
Hashes = Mapping[Place, bytes]


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(start: int, end: int) -> list[Place]:
    """The fewest complete subtrees that hold the entries from `start` to `end`, left to right.

    `start` is where a subtree of the tree begins, so they become smaller to the right.
    """
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append((level, start >> level))
        start += 1 << level
    return places


def root_of(places: list[Place], hashes: Hashes) -> bytes:
    """The root of neighbouring subtrees as `cover` names them."""
    if not places:
        return hashlib.sha256().digest()
    root = hashes[places[-1]]
    for place in reversed(places[:-1]):
        root = node_hash(hashes[place], root)
    return root


def path(position: int, size: int) -> list[list[Place]]:
    """What an inclusion proof is made of, nearest to the leaf first: each hash by its subtrees."""
    if not 0 <= position < size:
        raise ValueError(f"There is no entry {position} among {size}.")
    siblings = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if position < middle:
            siblings.append(cover(middle, end))
            end = middle
        else:
            siblings.append(cover(start, middle))
            start = middle
    return siblings[::-1]


def proof(position: int, size: int, read: Callable[[Iterable[Place]], Hashes]) -> list[bytes]:
    """The inclusion proof; `read` is asked once for the hashes of about log2(size) places."""
    siblings = path(position, size)
    hashes = read(place for places in siblings for place in places)
    return [root_of(places, hashes) for places in siblings]


def root_from_proof(entry: bytes, position: int, size: int, hashes: list[bytes]) -> bytes | None:
    """The root that a proof leads to; None where it has not the length it must have."""
    try:
        siblings = path(position, size)
    except ValueError:
        return None
    if len(siblings) != len(hashes):
        return None
    root = leaf_hash(entry)
    for places, sibling in zip(siblings, hashes, strict=True):
        level, number = places[0]
        is_left = (number << level) < position
        root = node_hash(sibling, root) if is_left else node_hash(root, sibling)
    return root


def grown(size: int, frontier: Hashes, entries: Iterable[bytes]) -> dict[Place, bytes]:
    """Every subtree that becomes complete when entries join a tree of that size, with its leaves.

    `frontier` holds the places of `cover(0, size)`.
    """
    complete: dict[Place, bytes] = {}
    level, start = 0, size
    hashes = [leaf_hash(entry) for entry in entries]
    while hashes:
        complete |= {(level, start + index): value for index, value in enumerate(hashes)}
        if start % 2:
            start -= 1
            hashes.insert(0, frontier[level, start])
        hashes = [
            node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=False)
        ]
        level, start = level + 1, start // 2
    return complete
