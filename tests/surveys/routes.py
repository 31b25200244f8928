"""Questionnaires with conditions, as tests need them: the real ones with some added, and random."""

from django.utils import timezone
from hypothesis import strategies as st

from surveys.documents import document_of, write_document
from surveys.models import Version

CODES = ["a", "b", "c", "d"]
ROWS = ["x", "y"]


def after(source, *codes, item=""):
    return {"source": source, "codes": list(codes)} | ({"item": item} if item else {})


def draft_with(questionnaire, conditions, required=()):
    """A draft of the next version with these conditions, by name of section or question."""
    current = Version.objects.with_questions().get(pk=questionnaire.current_version().pk)
    document = document_of(current)
    for section in document:
        for said in (section, *section["questions"]):
            if said["name"] in conditions:
                said["conditions"] = conditions[said["name"]]
            if said["name"] in required:
                said["required"] = True
    draft = Version.objects.create(questionnaire=questionnaire, number=current.number + 1)
    write_document(draft, document)
    return Version.objects.with_questions().get(pk=draft.pk)


def publish_with(questionnaire, conditions, required=()):
    """The same, published."""
    return publish(draft_with(questionnaire, conditions, required))


def publish(version):
    version.published_at = timezone.now()
    version.save()
    return version


def written(questionnaire, document):
    """A draft version with exactly what the document says; a draft that was there goes."""
    questionnaire.versions.filter(published_at=None).delete()
    last = questionnaire.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    draft = Version.objects.create(questionnaire=questionnaire, number=number)
    write_document(draft, document)
    return Version.objects.with_questions().get(pk=draft.pk)


def _question(draw, name, kinds):
    kind = draw(st.sampled_from(kinds))
    said = {"name": name, "kind": kind, "short": {"en": name}, "text": {"en": name}}
    if kind != "text":
        said["options"] = [
            {"code": code, "label": {"en": code.upper()}}
            for code in CODES[: draw(st.integers(2, 4))]
        ]
    if kind == "multiple":
        said["maximum"] = draw(st.sampled_from([None, 1, 2]))
        said["options"][-1]["exclusive"] = draw(st.booleans())
    if kind == "ranking":
        said["maximum"] = draw(st.integers(1, 2))
    if kind == "matrix":
        said["items"] = [{"code": code, "label": {"en": code}} for code in ROWS]
    return said


def _conditions(draw, sources):
    chosen = draw(st.lists(st.sampled_from(sources), max_size=2)) if sources else []
    return [
        after(
            source["name"],
            *draw(st.sets(st.sampled_from(_codes(source)), min_size=1)),
            item=draw(st.sampled_from(ROWS)) if source["kind"] == "matrix" else "",
        )
        for source in chosen
    ]


def _codes(source):
    return [option["code"] for option in source["options"]]


ALL_KINDS = ("single", "multiple", "ranking", "matrix", "place", "text")


@st.composite
def documents(draw, kinds=ALL_KINDS, most_questions=6, only_earlier=False):
    """One to three sections; a condition looks at any closed question, or only at earlier ones."""
    names = iter(f"R{number}" for number in range(1, most_questions + 1))
    sections = [
        {
            "name": f"part{number}",
            "title": {"en": f"Part {number}"},
            "questions": [
                _question(draw, name, kinds)
                for name in [next(names, None) for _ in range(draw(st.integers(1, 3)))]
                if name
            ],
        }
        for number in range(1, draw(st.integers(2, 4)))
    ]
    every = [q for section in sections for q in section["questions"] if "options" in q]
    earlier = []
    for section in sections:
        section["conditions"] = _conditions(draw, earlier if only_earlier else every)
        for question in section["questions"]:
            question["conditions"] = _conditions(draw, earlier if only_earlier else every)
            if "options" in question:
                earlier = [*earlier, question]
    return sections


@st.composite
def answers_to(draw, document):
    """An answer document such as the kinds store: some questions answered, asked or not."""
    found = {}
    for section in document:
        for question in section["questions"]:
            if draw(st.integers(0, 4)):
                found[question["name"]] = draw(_answer(question))
    return found


def _answer(question):
    if question["kind"] == "text":
        return st.just("cuvinte")
    codes = st.sampled_from(_codes(question))
    if question["kind"] in ("multiple", "ranking"):
        several = st.lists(codes, min_size=1, max_size=question["maximum"] or 3, unique=True)
        return several if question["kind"] == "ranking" else several.map(_as_offered(question))
    if question["kind"] == "matrix":
        return st.dictionaries(st.sampled_from(ROWS), codes, min_size=1)
    return codes


def _as_offered(question):
    """Several codes as they are stored: in the order they are offered, an exclusive one alone."""
    alone = {option["code"] for option in question["options"] if option.get("exclusive")}

    def stored(codes):
        return sorted(alone & set(codes)) or sorted(codes)

    return stored
