"""Documents as hypothesis makes them up: every kind of question, in every language."""

from hypothesis import assume
from hypothesis import strategies as st

from surveys.interchange.checking import Known, faults_of
from surveys.interchange.schema import UNSTORABLE
from surveys.interchange.whole import Whole, canonical

LATIN = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0x24F, exclude_characters="{%"),
    max_size=12,
)
CYRILLIC = st.text("абвгдђежзијклљмнњопрстћуфхцчџш .,\n\t'\"&<>=}$", min_size=1, max_size=12)
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{%"), max_size=12)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,6}", fullmatch=True)
SECTION_NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
CODES = st.lists(
    st.from_regex(r"[a-z0-9_]{1,5}", fullmatch=True), min_size=1, max_size=4, unique=True
)
NUMBERS = st.none() | st.integers(1, 32_767)
PLACES = {"timis": {"en": "Timiș"}, "borski": {"en": "Bor", "sr": "Борски округ"}}
KNOWN = Known(places=frozenset(PLACES))


def texts(must=True):
    """A text as translators write it, in the script of its language."""
    languages = {"en": LATIN | ANY.filter(_has_no_cyrillic), "ro": LATIN, "sr-latn": LATIN}
    chosen = st.fixed_dictionaries({}, optional=languages | {"sr": CYRILLIC.map("ш{}".format)})
    said = chosen.map(canonical)
    return said.filter(lambda text: text.get("en")) if must else said


def _has_no_cyrillic(text):
    return not any("Ѐ" <= letter <= "ӿ" for letter in text) and not UNSTORABLE.search(text)


@st.composite
def rows(draw, codes, **fields):
    made = []
    for code in codes:
        row = {"code": code, "label": draw(texts())}
        row |= {name: draw(strategy) for name, strategy in fields.items()}
        made.append(without_empty(row | draw(sources("label"))))
    return made


def sources(field):
    return st.sampled_from([{}, {}, {"translated_from": {field: {"ro": "Before", "sr": " x\ny"}}}])


def without_empty(row):
    return {name: said for name, said in row.items() if said not in (None, "", False, {}, [])}


@st.composite
def questions(draw, name, earlier):
    kind = draw(st.sampled_from(["single", "multiple", "ranking", "matrix", "text", "place"]))
    question = {
        "name": name,
        "kind": kind,
        "text": draw(texts()),
        "short": draw(texts(must=False)),
        "hint": draw(texts(must=False)),
        "number": draw(NUMBERS),
        "required": draw(st.booleans()),
        "appearance": draw(st.sampled_from(["", "list"])),
        "maximum": draw(NUMBERS),
        "max_length": draw(NUMBERS),
        "comment_max_length": draw(NUMBERS),
        "comment_label": draw(texts(must=False)),
        "conditions": draw(conditions(earlier)),
        "options": [],
        "items": draw(rows(draw(CODES))) if kind == "matrix" else [],
    }
    if kind != "text":
        question["options"] = draw(
            rows(
                draw(CODES),
                exclusive=st.booleans(),
                names_other=st.booleans(),
                missing=st.sampled_from(["", "dont_know", "refused"]),
            )
        )
    return without_empty(question | draw(sources("text")))


@st.composite
def conditions(draw, earlier):
    closed = [question for question in earlier if question["kind"] != "text"]
    made = []
    for source in draw(st.lists(st.sampled_from(closed), max_size=2)) if closed else []:
        codes = [option["code"] for option in source["options"]]
        if source["kind"] == "place":
            codes += PLACES
        chosen = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True))
        condition = {"source": source["name"], "codes": chosen}
        if source["kind"] == "matrix":
            condition["item"] = draw(st.sampled_from(source["items"]))["code"]
        made.append(condition)
    return made


@st.composite
def documents(draw):
    """A document with nothing wrong in it."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    sections = []
    earlier = []
    for name in draw(st.lists(SECTION_NAMES, min_size=1, max_size=3, unique=True)):
        section = {"name": name, "title": draw(texts()), "intro": draw(texts(must=False))}
        section = without_empty(section | {"conditions": draw(conditions(earlier))})
        section |= draw(sources("title")) | {"questions": []}
        for _turn in range(draw(st.integers(0, 3))):
            if names:
                section["questions"].append(draw(questions(names.pop(), earlier)))
                earlier.append(section["questions"][-1])
        sections.append(section)
    sections = canonical(sections)
    assume(faults_of(sections, KNOWN) == [])
    return sections


def whole(sections):
    words = {"slug": "citizens", "name": {"en": "Citizens"}, "title": {"en": "Tell us"}}
    return Whole(words, sections, 3, PLACES)
