"""What to look at before an answer is published. A flag says what was found; it decides nothing.

Every rule is written to be explained in one sentence, and errs on the side of showing too much.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from surveys.folding import fold
from surveys.quoting import spoken
from surveys.reviewing.name_words import NO_NAME_BEGINNINGS, NO_NAMES, TITLES
from surveys.reviewing.redaction import Span, Word, joined, words_of

LABELS = {
    "name": gettext_lazy("Contains a name?"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number?"),
    "link": gettext_lazy("Link in text"),
    "copy": gettext_lazy("Possible copy"),
    "language": gettext_lazy("Another language"),
}

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# With its scheme or www it is a link whatever follows. A bare host is one only under a domain that
# is no word of our languages: "e bine.eu cred" lacks nothing but a space.
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”“)]+"
    r"|(?<![\w@.-])(?:[\w-]+\.)+(?:com|org|net|info|ro|rs|срб)(?![\w@-])(?:/[^\s<>\"”“)]*)?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ ./()-]{0,2}\d){7,14}(?!\w)")
ABROAD = re.compile(r"(?:\+|00)(?:40|381)\d{8,9}")
AT_HOME = re.compile(r"0[1-9]\d{7,8}")

SENTENCE_ENDS = (".", "!", "?", "…", ":")
INITIAL = re.compile(r"[^\W\d_]\.?")
LEAST_PREFIX = 4
LEAST_NAME = 2

LANGUAGE_NAMES = {spoken(code): language.name for code, language in settings.SPOKEN.items()} | {
    "ro": gettext_lazy("Romanian"),
    "sr": gettext_lazy("Serbian"),
    "en": gettext_lazy("English"),
    "hu": gettext_lazy("Hungarian"),
}
LANGUAGES = {"hr": "sr", "bs": "sr"} | {code: code for code in LANGUAGE_NAMES}
"""What can be told apart here. Croatian and Bosnian count as Serbian where they are not spoken."""
LEAST_WORDS = 6
LEAST_LETTERS = 30
SURE = 0.9


@dataclass(frozen=True)
class Flag:
    """Something that was found: of what kind, in words, and where."""

    kind: str
    says: str
    spans: list[Span] = field(default_factory=list)
    """Where it stands, to be marked and offered for hiding; none if it is about the whole text."""

    @property
    def label(self) -> Any:
        return LABELS[self.kind]


def flags_of(text: str, language: str, places: Collection[str] = ()) -> list[Flag]:
    """What the text itself shows. `language` is the declared one; `places` are names of places."""
    emails = [match.span() for match in EMAIL.finditer(text)]
    found = [
        ("name", list(names_in(text, places))),
        ("email", emails),
        ("phone", list(phones_in(text))),
        ("link", [span for span in links_in(text) if _apart(span, emails)]),
    ]
    flags = [Flag(kind, _says(kind), spans) for kind, spans in found if spans]
    other = other_language(text, language)
    if other:
        says = _("The text seems to be in %(language)s, which is not the language of the form.")
        flags.append(Flag("language", says % {"language": LANGUAGE_NAMES[other]}))
    return flags


def marks_of(flags: Collection[Flag], length: int) -> list[Span]:
    """Where in a text of that length anything was found, in order and apart."""
    return joined((span for flag in flags for span in flag.spans), length)


def copy_flag(others: Collection[str]) -> Flag:
    """For a text that others sent as well; `others` are what their responses are called."""
    says = _("The same words, but for accents, script and spaces, as in: %(others)s.")
    return Flag("copy", says % {"others": ", ".join(others)})


def _says(kind: str) -> str:
    return {
        "name": _("The text seems to name a person. Hide the words if it does."),
        "email": _("The text holds an e-mail address. Hide it if it is a person's."),
        "phone": _("The text holds what looks like a phone number of Romania or Serbia."),
        "link": _("The text holds a link. Look where it leads before it is published."),
    }[kind]


def _apart(span: Span, others: list[Span]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in others)


# Names


def names_in(text: str, places: Collection[str] = ()) -> Iterator[Span]:
    """Capitalised words after a title or a kinship; else two side by side amid a sentence.

    Names of places, institutions and the like are none, in any case of their declension. Where
    all is in capitals, only what follows a title is found.
    """
    words = words_of(text)
    shouts = text.upper() == text
    parts = [part for place in places for part in re.split(r"[\s-]+", place)]
    stems = [fold(part)[:-1] for part in parts if len(part) > LEAST_PREFIX]
    last = 0
    for position, word in enumerate(words):
        if word.start < last:
            continue
        run = list(_capitalised(words[position:], stems))
        after_title = position > 0 and _bare(words[position - 1]) in TITLES
        amid = position > 0 and not words[position - 1].text.endswith(SENTENCE_ENDS)
        if run and (after_title or (amid and len(run) > 1 and not shouts)):
            last = run[-1].core[1]
            yield run[0].core[0], last


def _capitalised(words: list[Word], stems: list[str]) -> Iterator[Word]:
    """The first words, as long as they can be parts of one name."""
    for position, word in enumerate(words):
        start, end = word.core
        core = word.text[start - word.start : end - word.start]
        is_initial = position > 0 and INITIAL.fullmatch(core) is not None and core[0].isupper()
        if not is_initial and not _can_be_a_name(core, stems):
            return
        yield word
        if word.end > end and not (is_initial and word.text.endswith(".")):
            # A comma or a full stop ends it.
            return


def _can_be_a_name(core: str, stems: list[str]) -> bool:
    if len(core) < LEAST_NAME or not core[0].isupper() or not core.replace("-", "").isalpha():
        return False
    folded = fold(core)
    begins_otherwise = folded.startswith((*NO_NAME_BEGINNINGS, *stems))
    return folded not in NO_NAMES | TITLES and not begins_otherwise


def _bare(word: Word) -> str:
    return fold(word.text).strip(".,:;()„”“\"'")


# Phone numbers


def phones_in(text: str) -> Iterator[Span]:
    """Numbers as they are dialled in Romania and Serbia, with or without the country's code."""
    for match in NUMBER.finditer(text):
        digits = re.sub(r"[^\d+]", "", match[0])
        if ABROAD.fullmatch(digits.replace("(0)", "")) or AT_HOME.fullmatch(digits):
            yield match.span()


def links_in(text: str) -> Iterator[Span]:
    """Addresses of pages, without the stops of the sentence around them."""
    for match in LINK.finditer(text):
        yield match.start(), match.start() + len(match[0].rstrip(".,;:!?'"))


# Languages


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    # It is read once, when the first text is judged: not everybody who runs the site reads.
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # It may never have learnt one that the site speaks.
    identifier.set_languages([code for code in LANGUAGES if code in identifier.nb_classes])
    return identifier


def other_language(text: str, declared: str) -> str:
    """The language the text is surely in, if that is another than declared; else nothing."""
    letters = sum(character.isalpha() for character in text)
    if letters < LEAST_LETTERS or len(text.split()) < LEAST_WORDS:
        return ""
    chances = dict.fromkeys(LANGUAGES.values(), 0.0)
    for code, chance in _identifier().rank(text):
        chances[LANGUAGES[code]] += chance
    language = max(chances, key=lambda code: chances[code])
    is_sure = chances[language] >= SURE
    return language if is_sure and language != spoken(declared) else ""
