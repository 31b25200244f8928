"""What is missing and what is stale, and how translations are written."""

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.drafting import translations
from surveys.drafting.translations import State
from surveys.drafting.versions import begin
from surveys.models import Question, User
from surveys.publishing import faults
from surveys.roles import secretariat
from surveys.text_fields import TextFormField
from surveys.translated import Text
from surveys.versions import get_version
from tests.shown import shown
from tests.surveys.seeing import seen_on
from tests.surveys.signing_in import sign_in_staff

OLD = Text({"en": "How often?", "ro": "Cât de des?", "sr": "Колико често?"})


@pytest.fixture
def desk(client, listens):
    ana = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    ana.groups.add(secretariat())
    sign_in_staff(client, ana)
    return client


@pytest.fixture
def draft(listens):
    draft = begin(listens.questionnaires.get(slug="citizens"), is_empty=False)
    draft.note = "A typo."
    draft.save()
    return draft


@pytest.fixture
def c5(draft):
    return Question.objects.get(version=draft, name="C5")


def question(**fields):
    return Question(**{"name": "Q1", "kind": "text", "text": OLD, "short": OLD} | fields)


def states(row):
    return [
        (fault.field, fault.language, fault.state.value) for fault in translations.faults_of(row)
    ]


# The thinking


def test_a_text_is_missing_where_a_language_has_none_and_latin_is_derived():
    row = question(text=Text({"en": "How often?", "sr-latn": "Koliko često?"}))

    assert states(row) == [("text", "ro", "missing"), ("text", "sr", "missing")]


def test_a_text_that_may_be_empty_is_missing_only_once_it_is_begun():
    assert states(question(hint=Text({}))) == []
    assert states(question(hint=Text({"en": "Roughly", "sr": "Отприлике"}))) == [
        ("hint", "ro", "missing")
    ]


def test_the_label_of_a_comment_counts_only_where_one_can_be_made():
    label = Text({"en": "Why?"})

    assert states(question(comment_label=label)) == []
    assert len(states(question(comment_label=label, comment_max_length=300))) == 2


def test_other_words_in_english_make_every_translation_stale():
    row = question(text=OLD | {"sr-latn": "Koliko puta?"})

    translations.say(row, "text", Text(row.text | {"en": "How many times?"}))

    assert states(row) == [
        ("text", "ro", "stale"),
        ("text", "sr", "stale"),
        ("text", "sr-latn", "stale"),
    ]
    assert row.translated_from["text"]["ro"] == "How often?"


def test_what_is_translated_together_with_its_source_is_not_stale():
    row = question()

    translations.say(row, "text", Text(OLD | {"en": "When?", "ro": "Când?"}))

    assert states(row) == [("text", "sr", "stale")]


def test_english_changed_back_makes_nothing_stale():
    row = question()

    for words in ("How many?", "When?", "How often?"):
        translations.say(row, "text", Text(row.text | {"en": words}))

    assert states(row) == []


def test_what_was_there_before_its_source_is_not_called_stale():
    row = question(text=Text({"ro": "Când?", "sr": "Када?"}))

    translations.say(row, "text", Text(row.text | {"en": "When?"}))

    assert states(row) == []


def test_a_translation_that_is_still_right_is_stale_no_more():
    row = question()
    translations.say(row, "text", Text(OLD | {"en": "How often!"}))

    translations.is_still_right(row, "text", "ro")

    assert states(row) == [("text", "sr", "stale")]


def test_missing_and_stale_are_counted_by_language():
    row = question()
    translations.say(row, "text", Text({"en": "When?", "ro": "Cât de des?"}))

    assert translations.counts(translations.faults_of(row)) == {
        "en": {"missing": 0, "stale": 0},
        "ro": {"missing": 0, "stale": 1},
        "sr": {"missing": 1, "stale": 0},
    }


def test_the_field_loses_nothing_and_says_nothing_twice():
    field = TextFormField(label="Title")
    entered = {"title_en": " One\r\nTwo\r3 ", "title_ro": "", "title_sr": "Љ"}
    entered["title_sr-latn"] = "LJ"

    raw = field.widget.value_from_datadict(entered, {}, "title")

    assert field.clean(raw) == {"en": "One\nTwo\n3", "sr": "Љ", "sr-latn": "LJ"}
    assert 'placeholder="Lj"' in field.widget.render("title", {"sr": "Љ"}, {"id": "id_title"})


@settings(deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(["en", "ro", "sr"]), st.sampled_from(["", "a", "b", "c"])),
        max_size=12,
    )
)
def test_a_translation_is_stale_just_where_it_was_made_from_other_words(edits):
    row = question(text=Text(OLD))
    made_from = dict.fromkeys(("ro", "sr"), OLD["en"])
    for language, words in edits:
        before = dict(row.text)
        after = {code: text for code, text in before.items() if code != language}
        translations.say(row, "text", Text(after | ({language: words} if words else {})))
        if language != "en" and before.get(language, "") != words:
            made_from[language] = before.get("en", "")

    source = row.text.get("en", "")
    expected = {
        language
        for language, words in made_from.items()
        if row.text.get(language) and words and words != source
    }
    stale = {
        language
        for language in ("ro", "sr")
        if translations.state_of(row, "text", language) == State.STALE
    }
    # What was written while there was no source is made from the first that comes after it.
    assert {each for each in stale if made_from[each]} == expected


# The pages


def page_of(question):
    return reverse("admin:drafting_section_translations", args=[question.section_id])


def entries(desk, address):
    """The form of the page as a browser would send it."""
    page = desk.get(address).content.decode()
    return {name: values[0] for name, values in shown(page).items()} | {
        "seen": page.split('name="seen" value="')[1].split('"')[0]
    }


def test_a_typo_put_right_makes_stale_what_was_translated_and_still_right_ends_it(desk, draft, c5):
    address = reverse("admin:drafting_row", args=["question", c5.pk])
    form = seen_on(desk.get(address))
    form |= {f"text_{language}": words for language, words in c5.text.items()}
    form |= {f"short_{language}": words for language, words in c5.short.items()}
    desk.post(address, form | {"text_en": "Put right?", "name": "C5", "number": "5"})
    stale = [fault.words for fault in faults(get_version(draft.pk))]
    overview = desk.get(reverse("admin:drafting_translations", args=[draft.pk])).content.decode()
    section = desk.get(page_of(c5)).content.decode()

    for language in ("ro", "sr"):
        right = {"still_right": f"question-{c5.pk}-text-{language}"}
        desk.post(page_of(c5), entries(desk, page_of(c5)) | right)

    assert stale == [
        "C5: “text” in Romanian was translated from other words.",
        "C5: “text” in Serbian, Cyrillic script was translated from other words.",
    ]
    assert overview.count('<span class="tag warning">2</span>') == 1
    assert c5.text["en"] in section
    assert faults(get_version(draft.pk)) == []


def test_translations_are_written_side_by_side(desk, draft, c5):
    form = entries(desk, page_of(c5))
    name = f"question-{c5.pk}-text"

    r = desk.post(page_of(c5), form | {f"{name}-ro": " Altfel ", f"{name}-sr-latn": "Drugačije"})

    c5.refresh_from_db()
    assert r.url == reverse("admin:drafting_translations", args=[draft.pk])
    assert (c5.text["ro"], c5.text["sr-latn"]) == ("Altfel", "Drugačije")
    assert c5.translated_from == {
        "text": {"ro": c5.text["en"], "sr-latn": c5.text["en"]} | {"sr": c5.text["en"]}
    }


def test_words_are_kept_when_somebody_changed_the_section_meanwhile(desk, draft, c5):
    form = entries(desk, page_of(c5))
    Question.objects.filter(pk=c5.pk).update(text=c5.text | {"ro": "Al colegului"})

    r = desk.post(page_of(c5), form | {f"question-{c5.pk}-text-ro": "Al meu"})

    c5.refresh_from_db()
    assert r.status_code == 409
    assert "Somebody changed a text of this section" in r.content.decode()
    assert "Al meu" in r.content.decode()
    assert c5.text["ro"] == "Al colegului"


@pytest.mark.parametrize("words", ["a\0b", "ж" * 5001])
def test_a_translation_that_cannot_be_is_said_and_nothing_is_written(desk, draft, c5, words):
    name = f"question-{c5.pk}-text"
    form = entries(desk, page_of(c5)) | {f"{name}-ro": words, f"{name}-sr": "Друго"}

    r = desk.post(page_of(c5), form)

    c5.refresh_from_db()
    assert r.status_code == 422
    assert "Друго" in r.content.decode()
    assert c5.text["sr"] != "Друго"
    assert State.MISSING not in {fault.state for fault in translations.faults_of(c5)}
