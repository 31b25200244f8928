"""Made-up open answers: as many different ones as are asked for, and altered copies of some.

Each is two to five sentences about different things, and each sentence is one of many with names,
numbers and people in its gaps, so that two answers on one topic share phrases but are not copies.
Real answers differ more from each other, and copies of real campaigns may differ more from theirs.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.phrases import GREETINGS, SENTENCES, SIGNATURES, WORDS
from surveys.serbian import to_latin

LANGUAGES = ("en", "ro", "sr", "sr-latn")
GAP = re.compile(r"\{(\w+)\}")
SHARE_GREETED = 0.3
SHARE_COPIED = 0.02
MOST_COPIES = 8
SHARE_OF_LARGE = 0.01
LARGE = 300


@dataclass(frozen=True)
class Answer:
    """A made-up answer; copies have the origin of what they are copies of."""

    origin: int
    language: str
    text: str
    alterations: tuple[str, ...] = ()


def answers(number: int, seed: int) -> Iterator[Answer]:
    """So many answers, about one in twelve of them an altered copy, in no order."""
    rng = random.Random(seed)  # noqa: S311 - chance is seeded here, and guards nothing
    made = list(_made(number, rng))
    rng.shuffle(made)
    yield from made


def _made(number: int, rng: random.Random) -> Iterator[Answer]:
    left, origin = number, 0
    while left:
        original = _original(origin, rng)
        yield original
        copies = min(_copies(rng), left - 1)
        for _copy in range(copies):
            yield _copied(original, rng)
        left -= 1 + copies
        origin += 1


def _copies(rng: random.Random) -> int:
    """How many: of most none, of some a few, of very few hundreds."""
    if rng.random() >= SHARE_COPIED:
        return 0
    return LARGE if rng.random() < SHARE_OF_LARGE else rng.randint(1, MOST_COPIES)


def _original(origin: int, rng: random.Random) -> Answer:
    language = rng.choice(LANGUAGES)
    chosen = rng.sample(SENTENCES[language[:2]], rng.choice((2, 2, 3, 3, 4, 5)))
    text = " ".join(_filled(sentence, language, rng) for sentence in chosen)
    if rng.random() < SHARE_GREETED:
        text = _greeted(text, language, rng)
    return Answer(origin, language, _written(text, language))


def _filled(sentence: str, language: str, rng: random.Random) -> str:
    words = WORDS[language[:2]]

    def fill(gap: re.Match[str]) -> str:
        return str(rng.randint(2, 99)) if gap[1] == "n" else rng.choice(words[gap[1]])

    # Twice, since wishes have gaps too
    filled = GAP.sub(fill, GAP.sub(fill, sentence))
    return f"{filled[0].upper()}{filled[1:]}."


def _written(text: str, language: str) -> str:
    return to_latin(text) if language == "sr-latn" else text


def _greeted(text: str, language: str, rng: random.Random) -> str:
    greeting = rng.choice(GREETINGS[language[:2]])
    signature = rng.choice(SIGNATURES[language[:2]])
    return f"{greeting}\n{text}\n{signature}"


def _copied(original: Answer, rng: random.Random) -> Answer:
    possible = [name for name, (languages, _alter) in ALTERATIONS.items()
                if original.language in languages]  # fmt: skip
    chosen = rng.sample(possible, rng.choice((1, 1, 2, len(possible))))
    text = original.text
    # In the table's order: what is added in Serbian is written before the script is changed.
    for name in sorted(chosen, key=list(ALTERATIONS).index):
        text = ALTERATIONS[name][1](text, original.language, rng)
    return Answer(original.origin, original.language, text, tuple(chosen))


# The alterations


def _other_greeting(text: str, language: str, rng: random.Random) -> str:
    lines = text.split("\n")
    body = lines[1] if len(lines) == 3 else text
    return _written(_greeted(body, language, rng), language)


def _sentence_added(text: str, language: str, rng: random.Random) -> str:
    added = _filled(rng.choice(SENTENCES[language[:2]]), language, rng)
    lines = text.split("\n")
    body = 1 if len(lines) == 3 else 0
    pieces = rng.choice(((lines[body], added), (added, lines[body])))
    lines[body] = " ".join(_written(piece, language) for piece in pieces)
    return "\n".join(lines)


def _without_diacritics(text: str, language: str, rng: random.Random) -> str:
    bare = unicodedata.normalize("NFD", text.replace("đ", "dj").replace("Đ", "Dj"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _other_script(text: str, language: str, rng: random.Random) -> str:
    return to_latin(text)


ALTERATIONS: dict[str, tuple[tuple[str, ...], Callable[[str, str, random.Random], str]]] = {
    "greeting changed": (LANGUAGES, _other_greeting),
    "sentence added": (LANGUAGES, _sentence_added),
    "script changed": (("sr",), _other_script),
    "diacritics removed": (("ro", "sr-latn"), _without_diacritics),
}


def compared(made: list[Answer], groups: list[list[int]]) -> tuple[dict[str, float], float, float]:
    """How well groups of positions tell copies.

    The share of copies found by alteration (under "all", of all of them), of groups that join
    what is not alike, and of originals that are in such a group.
    """
    found: dict[int, int] = {}
    mixed_groups, mixed_originals = 0, set()
    for number, group in enumerate(groups):
        found |= dict.fromkeys(group, number)
        origins = {made[position].origin for position in group}
        if len(origins) > 1:
            mixed_groups += 1
            mixed_originals |= origins
    originals = {each.origin: place for place, each in enumerate(made) if not each.alterations}
    tried: dict[str, list[bool]] = {"all": []}
    for place, each in enumerate(made):
        if each.alterations:
            group_of = found.get(place)
            hit = group_of is not None and group_of == found.get(originals[each.origin])
            for name in ("all", *each.alterations, " + ".join(sorted(each.alterations))):
                tried.setdefault(name, []).append(hit)
    shares = {name: sum(hits) / max(1, len(hits)) for name, hits in tried.items()}
    return shares, mixed_groups / max(1, len(groups)), len(mixed_originals) / len(originals)
