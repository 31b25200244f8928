"""Writing questionnaires at the desk: every page as its reader uses it, without script."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.documents import document_of
from surveys.drafting import rows
from surveys.drafting.versions import begin
from surveys.models import (
    AuditEntry,
    Option,
    Question,
    Questionnaire,
    Response,
    Section,
    User,
    Version,
)
from surveys.publishing import faults
from surveys.question_types import KINDS
from surveys.roles import secretariat
from surveys.versions import get_version
from tests.surveys.seeing import seen_on, stored_beside
from tests.surveys.signing_in import sign_in_staff

TEXTS = {"en": "Words", "ro": "Cuvinte", "sr": "Речи"}


@pytest.fixture
def ana(db):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.groups.add(secretariat())
    return user


@pytest.fixture
def desk(client, ana, listens):
    sign_in_staff(client, ana)
    return client


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def draft(citizens):
    """The next version of the citizens' questionnaire, a copy of the first."""
    return begin(citizens, is_empty=False)


def page(name, *args):
    return reverse(f"admin:drafting_{name}", args=args)


def in_languages(field, **texts):
    """A text's controls as a form has them."""
    return {f"{field}_{language}": words for language, words in (texts or TEXTS).items()}


def section_of(version, **fields):
    defaults = {"version": version, "position": 9, "name": "more", "title": TEXTS}
    return Section.objects.create(**defaults | fields)


def question_of(section, **fields):
    defaults = {"position": 1, "name": "N1", "kind": "single", "text": TEXTS, "short": TEXTS}
    return Question.objects.create(version=section.version, section=section, **defaults | fields)


# Beginning a version


def test_a_new_version_begins_as_a_copy_of_the_one_that_is_answered(desk, citizens):
    r = desk.post(page("begin", citizens.pk))

    draft = citizens.versions.get(number=2)
    assert r.url == page("version", draft.pk)
    first = get_version(citizens.current_version().pk)
    assert document_of(get_version(draft.pk)) == document_of(first)
    assert AuditEntry.objects.get().action == "added"


def test_a_new_version_can_begin_empty(desk, citizens):
    desk.post(page("begin", citizens.pk), {"empty": "yes"})

    assert document_of(get_version(citizens.versions.get(number=2).pk)) == []


def test_there_is_one_draft_at_a_time(desk, citizens, draft):
    r = desk.post(page("begin", citizens.pk), follow=True)

    assert "There is a draft already." in r.content.decode()
    assert citizens.versions.count() == 2


def test_a_draft_is_deleted_with_all_in_it_once_that_is_confirmed(desk, citizens, draft):
    asked = desk.get(page("version_delete", draft.pk))
    assert citizens.versions.count() == 2

    desk.post(page("version_delete", draft.pk))

    assert "Delete this draft?" in asked.content.decode()
    assert list(citizens.versions.values_list("number", flat=True)) == [1]


@pytest.mark.parametrize("name", ["version_delete", "section_add"])
def test_a_published_version_is_not_written_in(desk, citizens, name):
    published = citizens.current_version()

    r = desk.post(page(name, published.pk), in_languages("title") | {"name": "x"}, follow=True)

    assert "This version is published and frozen." in r.content.decode()
    assert citizens.versions.get() == published


def test_only_who_may_change_versions_writes_in_one(client, listens, draft):
    guest = User.objects.create_user("guest", is_staff=True)
    sign_in_staff(client, guest)

    statuses = [
        client.get(page("questionnaires")).status_code,
        client.post(page("section_add", draft.pk), {"name": "x"}).status_code,
        client.post(page("publish", draft.pk)).status_code,
    ]

    assert statuses == [403, 403, 403]


# Writing in a draft


def written(desk, address, data):
    """Post a form that is to be taken; the address it leads to."""
    r = desk.post(address, data)
    assert r.status_code == 302, re.findall(r"errorlist.*?</ul>", r.content.decode(), re.DOTALL)
    return r.url


def test_every_kind_of_question_is_made_through_the_pages_in_four_languages_and_published(
    desk, citizens
):
    desk.post(page("begin", citizens.pk), {"empty": "yes"})
    draft = citizens.versions.get(number=2)
    intro = in_languages("intro", en="Please", ro="Vă rugăm", sr="Молимо", **{"sr-latn": "Molim"})
    written(desk, page("section_add", draft.pk), in_languages("title") | {"name": "all"} | intro)
    section = draft.sections.get()
    for number, kind in enumerate(KINDS, 1):
        add = f"{page('question_add', section.pk)}?kind={kind}"
        named = {"name": f"N{number}", "number": number, "maximum": "2", "max_length": "900"}
        written(desk, add, in_languages("text") | in_languages("short") | named)
        question = Question.objects.get(version=draft, name=f"N{number}")
        if kind != "text":
            for code in ("one", "two"):
                add = page("code_add", question.pk, "option")
                written(desk, add, in_languages("label") | {"code": code})
        if kind == "matrix":
            add = page("code_add", question.pk, "item")
            written(desk, add, in_languages("label") | {"code": "row"})
    written(desk, page("note", draft.pk), {"note": "Everything is new."})

    desk.post(page("publish", draft.pk))

    published = Version.objects.published().with_questions().get(number=2)
    assert published.pk == citizens.current_version().pk
    assert len(published.digest) == 64
    assert [question.kind for question in published.questions] == list(KINDS)
    said = document_of(published)[0]
    assert said["intro"] == {"en": "Please", "ro": "Vă rugăm", "sr": "Молимо", "sr-latn": "Molim"}
    maxima = {question.kind: question.maximum for question in published.questions}
    assert (maxima["multiple"], maxima["ranking"], maxima["single"]) == (2, 2, None)
    for language, words in [("ro", "Cuvinte"), ("sr", "Речи"), ("sr-latn", "Reči")]:
        form = desk.get(f"/{language}/citizens/").content.decode()
        assert words in form
    assert AuditEntry.objects.filter(action="published", object_id=str(published.pk)).exists()


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"name": "1st"}, "A name begins with a letter"),
        ({"name": "a-b"}, "A name begins with a letter"),
        ({"name": "c1"}, "Another question has this name."),
        ({"number": "99999999999999999999"}, "less than or equal to 999"),
        ({"text_en": ""}, "Write this text in English"),
        ({"text_ro": "a\0b"}, "This holds a character that cannot be stored."),
        ({"text_sr": "a\x0bb"}, "This holds a character that cannot be stored."),
        ({"text_sr": "ж" * 5001}, "at most 5000 characters."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(desk, draft, entered, words):
    section = section_of(draft)
    data = in_languages("text") | in_languages("short") | {"name": "N1", "number": ""}

    r = desk.post(f"{page('question_add', section.pk)}?kind=text", data | entered)

    assert r.status_code == 422
    assert words in r.content.decode()
    assert "Cuvinte" in r.content.decode()
    assert not section.questions.exists()


def test_a_published_name_keeps_its_kind(desk, draft):
    Question.objects.get(version=draft, name="C5").delete()
    section = section_of(draft)
    data = in_languages("text") | in_languages("short") | {"name": "C5"}

    r = desk.post(f"{page('question_add', section.pk)}?kind=single", data)

    assert "This name was published for a question of another kind" in r.content.decode()


@pytest.mark.parametrize("kind", ["", "horoscope"])
def test_a_question_needs_a_kind_there_is(desk, draft, kind):
    r = desk.get(f"{page('question_add', section_of(draft).pk)}?kind={kind}")

    assert r.status_code == 422


@pytest.mark.parametrize(
    ("code", "words"),
    [("Ja", "A code has small letters"), ("a", "This code is there already.")],
)
def test_codes_are_checked(desk, draft, code, words):
    question = question_of(section_of(draft))
    Option.objects.create(question=question, position=1, code="a", label=TEXTS)

    r = desk.post(page("code_add", question.pk, "option"), in_languages("label") | {"code": code})

    assert (r.status_code, words in r.content.decode()) == (422, True)


def test_an_option_takes_its_flags(desk, draft):
    question = question_of(section_of(draft), kind="multiple")
    flags = {"code": "none", "exclusive": "on", "names_other": "on", "missing": "refused"}

    written(desk, page("code_add", question.pk, "option"), in_languages("label") | flags)

    option = question.options.get()
    assert (option.exclusive, option.names_other, option.missing) == (True, True, "refused")


def test_a_section_is_renamed_and_deleted(desk, draft):
    section = section_of(draft)

    renamed = in_languages("title", en="Other", ro="Altele", sr="Друго") | {"name": "other"}
    address = page("row", "section", section.pk)
    written(desk, address, seen_on(desk.get(address)) | renamed)
    section.refresh_from_db()
    desk.get(page("delete", "section", section.pk))
    assert (section.name, str(section.title)) == ("other", "Other")
    written(desk, page("delete", "section", section.pk), {})

    assert not Section.objects.filter(pk=section.pk).exists()
    assert AuditEntry.objects.filter(action="deleted", model="section").exists()


def option_of(draft):
    question = question_of(section_of(draft))
    return Option.objects.create(question=question, position=1, code="a", label=TEXTS)


def test_a_row_that_a_colleague_saved_meanwhile_is_told_and_not_overwritten(desk, draft):
    option = option_of(draft)
    address = page("row", "option", option.pk)
    opened = seen_on(desk.get(address))
    hers = in_languages("label", en="Hers", ro="Al ei") | {"code": "a", "exclusive": "on"}
    written(desk, address, opened | hers)
    ours = in_languages("label", en="Ours") | {"code": "a"}

    refused = desk.post(address, opened | ours)

    assert refused.status_code == 422
    assert "Somebody changed this since you opened it." in refused.content.decode()
    assert ">Ours</textarea>" in refused.content.decode()
    label, exclusive = "Label", "Excludes all others"
    told = [label, "English: Hers", "Romanian: Al ei", exclusive, "yes"]
    assert stored_beside(refused) == told
    option.refresh_from_db()
    assert (option.label, option.exclusive) == ({"en": "Hers", "ro": "Al ei"}, True)
    written(desk, address, seen_on(refused) | ours)
    option.refresh_from_db()
    assert (option.label, option.exclusive) == ({"en": "Ours"}, False)


def test_a_row_that_was_only_moved_meanwhile_is_saved_where_it_is_now(desk, draft):
    option = option_of(draft)
    address = page("row", "option", option.pk)
    opened = seen_on(desk.get(address))
    Option.objects.filter(pk=option.pk).update(position=3)

    written(desk, address, opened | in_languages("label", en="Ours") | {"code": "a"})

    option.refresh_from_db()
    assert (option.label, option.position) == ({"en": "Ours"}, 3)


# Order


def codes(question):
    return list(question.options.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("moved", "data", "order"),
    [
        ("b", {"direction": "up"}, "bacd"),
        ("b", {"direction": "down"}, "acbd"),
        ("a", {"direction": "up"}, "abcd"),
        ("d", {"direction": "down"}, "abcd"),
        ("a", {"to": "4"}, "bcda"),
        ("d", {"to": "1"}, "dabc"),
        ("c", {"to": "999999999999"}, "abcd"),
        ("c", {"to": "-²"}, "abcd"),
        ("c", {}, "abcd"),
    ],
)
def test_a_row_moves_up_down_and_to_a_place(desk, draft, moved, data, order):
    question = question_of(section_of(draft))
    for position, code in enumerate("abcd", 5):
        Option.objects.create(question=question, position=position, code=code, label=TEXTS)

    r = desk.post(page("move", "option", question.options.get(code=moved).pk), data)

    assert r.url.startswith(page("row", "question", question.pk))
    assert "".join(codes(question)) == order


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 99), st.integers(-3, 99)), max_size=6))
def test_copying_and_ordering_never_lose_a_row(draft, moves):
    with transaction.atomic():
        before = document_of(get_version(draft.pk))
        everything = [
            row
            for model in (Section, Question, Option)
            for row in model.objects.filter(
                **{rows.KINDS[model._meta.model_name].version_path: draft}
            ).order_by("pk")
        ]
        for which, to in moves:
            rows.move(everything[which % len(everything)], to)
        after = get_version(draft.pk)
        transaction.set_rollback(True)

    assert _without_order(document_of(after)) == _without_order(before)


def _without_order(said):
    """The same whatever the order of its lists."""
    if isinstance(said, dict):
        return tuple(sorted((key, _without_order(value)) for key, value in said.items()))
    if isinstance(said, list):
        return tuple(sorted((_without_order(each) for each in said), key=repr))
    return said


# Rules of the database


def test_the_database_refuses_to_publish_a_version_without_questions(citizens):
    draft = begin(citizens, is_empty=True)

    with (
        pytest.raises(IntegrityError, match="A version without questions"),
        transaction.atomic(),
    ):
        Version.objects.filter(pk=draft.pk).update(published_at="2027-01-01T00:00Z")


def test_the_database_refuses_to_publish_a_name_with_another_kind(draft):
    Question.objects.filter(version=draft, name="C5").update(kind="single")

    with pytest.raises(IntegrityError, match="keeps its kind"), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(published_at="2027-01-01T00:00Z")


# Speed


@pytest.mark.parametrize("name", ["version", "translations", "publish", "length", "preview"])
def test_a_page_takes_as_many_queries_however_long_the_version_is(desk, citizens, name):
    draft = begin(citizens, is_empty=True)
    counts = []
    for number in (1, 2, 3):
        section = section_of(draft, position=number, name=f"s{number}")
        for position in range(number):
            question = question_of(section, position=position, name=f"Q{number}_{position}")
            for code in "abc"[:number]:
                Option.objects.create(question=question, position=1, code=code, label=TEXTS)
        desk.get(page(name, draft.pk))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(page(name, draft.pk)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_the_list_of_faults_is_empty_for_what_was_loaded(listens, slug):
    draft = begin(listens.questionnaires.get(slug=slug), is_empty=False)
    draft.note = "A test."
    draft.save()

    assert faults(get_version(draft.pk)) == []


def sent_responses(version, number):
    now = timezone.now()
    sent = {"state": "sent", "language": "en", "started_at": now, "sent_at": now}
    Response.objects.bulk_create(
        Response(questionnaire=version.questionnaire, version=version, **sent)
        for _each in range(number)
    )


def test_responses_of_a_version_are_counted_no_further_than_other_pages_count(
    desk, citizens, draft
):
    sent_responses(citizens.current_version(), 1002)
    sent_responses(draft, 3)

    shown = desk.get(page("questionnaire", citizens.pk))

    assert [version.sent for version in shown.context["versions"]] == [3, 1001]
    assert '<td class="number">over 1,000</td>' in shown.content.decode()
    assert '<td class="number">3</td>' in shown.content.decode()


def test_a_questionnaire_takes_as_many_queries_for_three_versions_as_for_one(desk, citizens):
    address = page("questionnaire", citizens.pk)
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for number in (8, 9):
        Version.objects.create(
            questionnaire=citizens, number=number, published_at=timezone.now(), note="-"
        )

    with CaptureQueriesContext(connection) as three:
        shown = desk.get(address)

    assert len(shown.context["versions"]) == 3
    assert len(three) == len(one)


def test_questionnaires_are_listed_with_their_versions(desk, draft):
    shown = desk.get(page("questionnaires")).content.decode()

    assert Questionnaire.objects.count() == shown.count('<th scope="row">')
    assert page("version", draft.pk) in shown
