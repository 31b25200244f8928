"""Which of many texts are near-identical.

The method is Broder's (“On the resemblance and containment of documents”, 1997), with the
locality-sensitive hashing of Indyk and Motwani (1998) to find what is worth comparing:

- A text is the set of its shingles, all runs of three words of its `core`. Texts whose cores are
  equal are one from here on. A shingle that few texts have weighs more than one that many have
  (Spärck Jones, 1972): a phrase that everybody uses tells little.
- Of each set the least values under 64 hash functions are kept, the weightier the likelier (Chum,
  Philbin and Zisserman, 2008). Texts that agree in both values of one of 32 pairs are neighbours
  in a sorted list; only neighbours are compared, and each with the shortest among them.
- Two texts are alike if they share nearly all shingles of the shorter one, by number or by weight,
  and enough of both: a copy with a sentence added is alike, a long text that quotes a short one is
  not.
- What is linked is one component; of a component those are a group that are alike to the text
  whose shingles are the most common in it. The others are tried again among themselves. So a
  chain of small changes does not join its ends.

Texts too short for that are alike only if their cores are equal. Nothing is left to chance: the
same texts give the same groups in whatever order they come. No text is kept, only numbers: about
half a kilobyte for an answer of fifty words.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

import numpy as np

from surveys.campaigns.normalising import core
from surveys.campaigns.shingles import FUNCTIONS, ROWS, Block, Numbers, Shingles, block_of, joined

SHARED_OF_SHORTER = 0.87
WEIGHT_OF_SHORTER = 0.85
SHARED_OF_BOTH = 0.4
# Well under SHARED_OF_BOTH: 64 hash functions estimate it to a twentieth.
ESTIMATE = 0.22
NEIGHBOURS = 2
PAIRS_AT_ONCE = 20_000
TEXTS_AT_ONCE = 2000


@dataclass(frozen=True)
class Member:
    """A text by its position, and how many of 100 shingles it has in common with the first."""

    position: int
    likeness: int


Group = list[Member]


def group_texts(texts: Iterable[str]) -> list[Group]:
    """All groups of two and more, by their first text."""
    grouping = Grouping()
    grouping.add(texts)
    return grouping.groups()


class Grouping:
    """Takes texts in any number of batches, then tells the groups."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._distinct = array("q")
        """Of each text in the order they came, which of the distinct cores it has; -1 if none."""
        self._blocks: list[Block] = []

    def add(self, texts: Iterable[str]) -> None:
        waiting = iter(texts)
        while some := list(islice(waiting, TEXTS_AT_ONCE)):
            fresh = [said for text in some if (said := self._numbered(text))]
            self._blocks.append(block_of(fresh))

    def _numbered(self, text: str) -> str:
        """Its core, if it is the first of that core."""
        said = core(text)
        digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).digest()
        known = len(self._numbers)
        number = self._numbers.setdefault(digest, known) if said else -1
        self._distinct.append(number)
        return said if number == known else ""

    def groups(self) -> list[Group]:
        shingles = joined(self._blocks)
        # Sorted by digest, what came first and last does not matter.
        order = np.argsort(np.argsort(np.array(list(self._numbers), dtype="S12")))
        stars = _Stars(shingles, order).found() if len(order) else []
        return self._told(shingles, stars)

    def _told(self, shingles: Shingles, stars: list[Numbers]) -> list[Group]:
        """Groups of distinct cores as groups of texts, with those of equal cores alone."""
        group_of = np.arange(len(self._numbers))
        for star in stars:
            group_of[star] = star.min()
        distinct = np.frombuffer(self._distinct, dtype=np.int64)
        positions = np.flatnonzero(distinct >= 0)
        of_text = group_of[distinct[positions]]
        by_group = positions[np.argsort(of_text, kind="stable")]
        ends = np.cumsum(np.unique(of_text, return_counts=True)[1])
        parts = (part for part in np.split(by_group, ends[:-1]) if len(part) > 1)
        return sorted((_group(shingles, distinct, part) for part in parts), key=_first)


def _group(shingles: Shingles, distinct: Numbers, positions: Numbers) -> Group:
    cores = distinct[positions]
    firsts = np.full_like(cores, cores[0])
    sizes = shingles.sizes[cores] + shingles.sizes[firsts]
    shared, _weight = shingles.shared(firsts, cores)
    likeness = np.where(cores == firsts, 100, 200 * shared // np.maximum(sizes, 1))
    return [Member(int(p), int(like)) for p, like in zip(positions, likeness, strict=True)]


def _first(group: Group) -> int:
    return group[0].position


class _Stars:
    """Finds the groups among distinct texts; `order` is one that is theirs, not their coming's."""

    def __init__(self, shingles: Shingles, order: Numbers) -> None:
        self.shingles = shingles
        self.order = order

    def found(self) -> list[Numbers]:
        left, right = self._links()
        waiting = list(_components(len(self.order), left, right))
        stars = []
        while waiting:
            component = waiting.pop()
            fits = self._alike(np.full_like(component, self._centre(component)), component)
            stars.append(component[fits])
            waiting += _components_of(component[~fits], left, right)
        return [star for star in stars if len(star) > 1]

    def _links(self) -> tuple[Numbers, Numbers]:
        """Pairs of texts that are alike; not all of them, but enough to hold groups together."""
        count = len(self.order)
        bands = [self._near(band) for band in range(0, FUNCTIONS, ROWS)]
        left, right = np.divmod(np.unique(np.concatenate(bands)), count)
        alike = self._alike(left, right)
        return left[alike], right[alike]

    def _near(self, band: int) -> Numbers:
        """Pairs that agree in a band and, by estimate, in enough else: one number for each.

        Each text is compared with those beside it and with the shortest that agrees with it: what
        was added to a text at different places is like the text, but not like each other.
        """
        signatures = self.shingles.signatures
        texts = np.flatnonzero(self.shingles.sizes)
        keys = [signatures[texts, band + row] for row in range(ROWS)]
        further = signatures[texts, (band + ROWS) % FUNCTIONS]
        beside = texts[np.lexsort((self.order[texts], further, *keys))]
        by_size = texts[np.lexsort((self.order[texts], self.shingles.sizes[texts], *keys))]
        rows = slice(band, band + ROWS)
        begins = np.ones(len(texts), dtype=bool)
        begins[1:] = (signatures[by_size[1:], rows] != signatures[by_size[:-1], rows]).any(axis=1)
        shortest = by_size[begins][np.cumsum(begins) - 1]
        pairs = [(shortest[~begins], by_size[~begins])]
        for distance in range(1, NEIGHBOURS + 1):
            left, right = beside[:-distance], beside[distance:]
            same = (signatures[left, rows] == signatures[right, rows]).all(axis=1)
            pairs.append((left[same], right[same]))
        return np.concatenate([self._numbered(*sides) for sides in pairs])

    def _numbered(self, left: Numbers, right: Numbers) -> Numbers:
        enough = self.shingles.estimates(left, right) >= ESTIMATE
        left, right = left[enough], right[enough]
        return np.minimum(left, right) * len(self.order) + np.maximum(left, right)

    def _alike(self, left: Numbers, right: Numbers) -> Numbers:
        """Of each pair, whether it is."""
        alike = [np.empty(0, dtype=bool)]
        for start in range(0, len(left), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            alike.append(self._all_alike(left[some], right[some]))
        return np.concatenate(alike)

    def _all_alike(self, left: Numbers, right: Numbers) -> Numbers:
        shared, weight = self.shingles.shared(left, right)
        sizes = self.shingles.sizes[left], self.shingles.sizes[right]
        shorter = np.where(sizes[0] <= sizes[1], left, right)
        of_shorter = shared >= SHARED_OF_SHORTER * np.minimum(*sizes)
        of_weight = weight >= WEIGHT_OF_SHORTER * self.shingles.weigh(shorter)
        of_both = shared >= SHARED_OF_BOTH * (sizes[0] + sizes[1] - shared)
        return (of_shorter | of_weight) & of_both

    def _centre(self, component: Numbers) -> int:
        """The text whose shingles are on average the most common in the component."""
        places, owners = self.shingles.taken(component)
        values = self.shingles.values[places]
        _distinct, which, counts = np.unique(values, return_inverse=True, return_counts=True)
        common = np.bincount(owners, counts[which]) / self.shingles.sizes[component]
        best = component[np.isclose(common, common.max())]
        return int(best[self.order[best].argmin()])


def _components_of(texts: Numbers, left: Numbers, right: Numbers) -> Iterator[Numbers]:
    """The components of some of the texts alone."""
    inside = np.isin(left, texts) & np.isin(right, texts)
    places = np.sort(texts)
    within = (np.searchsorted(places, side[inside]) for side in (left, right))
    for component in _components(len(places), *within):
        yield places[component]


def _components(count: int, left: Numbers, right: Numbers) -> Iterator[Numbers]:
    """What is connected by the links, two and more each, in the order of their least."""
    roots = _roots(count, left.tolist(), right.tolist())
    by_root = np.argsort(roots, kind="stable")
    ends = np.cumsum(np.unique(roots, return_counts=True)[1])
    yield from (part for part in np.split(by_root, ends[:-1]) if len(part) > 1)


def _roots(count: int, left: Sequence[int], right: Sequence[int]) -> Numbers:
    """Union-find; the root of each is the least that it is connected with."""
    parents = list(range(count))

    def root(member: int) -> int:
        while parents[member] != member:
            parents[member] = member = parents[parents[member]]
        return member

    for one, other in zip(left, right, strict=True):
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return np.array([root(member) for member in range(count)], dtype=np.int64)
