"""Staff decide when a section or a question is asked."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from surveys.drafting.versions import throw_away
from surveys.loading import LoadingError, load
from surveys.models import AuditEntry, Condition, Question, Section, User, Version
from surveys.roles import secretariat
from tests.surveys.routes import after, draft_with
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_loading import folder, replace  # noqa: F401 - a fixture


@pytest.fixture
def draft(listens):
    return draft_with(
        listens.questionnaires.get(slug="stakeholders"), {"S5": [after("S3", "1", item="money")]}
    )


@pytest.fixture
def ana(client, db):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return user


def address(draft, name):
    section = Section.objects.filter(version=draft, name=name).first()
    if section:
        return reverse("admin:branching_section", args=[section.pk])
    question = Question.objects.get(version=draft, name=name)
    return reverse("admin:branching_question", args=[question.pk])


def test_the_routes_of_a_version_are_told_in_words(client, ana, draft):
    index = client.get("/en/admin/branching/").content.decode()
    page = client.get(f"/en/admin/branching/{draft.pk}/").content.decode()

    assert f'href="/en/admin/branching/{draft.pk}/"' in index
    assert "Only after “Very poor” for “Payments and own contribution” in question 3" in page
    assert "cannot be published" not in page


def test_an_earlier_question_is_chosen_then_its_answers(client, ana, draft):
    target = address(draft, "S7")

    first = client.get(target).content.decode()
    second = client.get(target, {"source": "S1:"}).content.decode()
    r = client.post(target, {"source": "S1:", "codes": ["both", "dk"]}, follow=True)

    assert '<option value="S3:money">3. ' in first
    assert '<option value="S7:">' not in first
    assert '<option value="S9:">' not in first
    assert 'name="codes" value="both"' in second
    condition = Condition.objects.get(question__name="S7")
    assert (condition.source, condition.item, condition.codes) == ("S1", "", ["both", "dk"])
    page = r.content.decode()
    assert "The condition was added." in page
    assert "Only after “Both in equal measure” or “No effect / hard to say” to question 1" in page
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.model, entry.object_id) == ("changed", "version", str(draft.pk))
    assert entry.details == {"target": "S7", "added": "S1 = both | dk"}


def test_a_section_depends_on_what_comes_before_it(client, ana, draft):
    target = address(draft, "support")

    page = client.get(target).content.decode()
    client.post(target, {"source": "S4:law", "codes": ["1"]})

    assert '<option value="S6:">' not in page
    condition = Condition.objects.get(section__name="support")
    assert (condition.source, condition.item, condition.codes) == ("S4", "law", ["1"])


def test_the_same_condition_twice_is_one(client, ana, draft):
    for _twice in (1, 2):
        client.post(address(draft, "S7"), {"source": "S1:", "codes": ["both"]})

    assert Condition.objects.filter(question__name="S7").count() == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"source": "S1:"}, "Choose at least one answer"),
        ({"source": "S1:", "codes": ["maybe"]}, "Choose among the answers of this question"),
        ({"source": "S9:", "codes": ["vote"]}, "Choose one of the questions that come before"),
        ({"source": "S10:", "codes": ["x"]}, "Choose one of the questions that come before"),
        ({"source": "S1\x00:", "codes": ["both"]}, "Choose one of the questions that come before"),
        ({"source": "S1:", "codes": ["bo\x00th"]}, "Choose among the answers of this question"),
        ({"source": "", "codes": ["both"]}, "Choose a question"),
        ({}, "Choose a question"),
    ],
)
def test_what_cannot_be_a_condition_is_refused_in_words(client, ana, draft, entered, words):
    r = client.post(address(draft, "S7"), entered)

    assert r.status_code == 422
    assert words in r.content.decode()
    assert not Condition.objects.filter(question__name="S7").exists()


def test_a_contradiction_is_told_on_the_page(client, ana, draft):
    target = address(draft, "S7")
    client.post(target, {"source": "S1:", "codes": ["both"]})
    page = client.post(target, {"source": "S1:", "codes": ["dk"]}, follow=True).content.decode()

    assert "With this it cannot be published" in page
    assert "can never be asked: no answers lead to it" in page


def test_a_condition_is_removed_once(client, ana, draft):
    condition = Condition.objects.get()
    remove = reverse("admin:branching_condition_remove", args=[condition.pk])

    first = client.post(remove, follow=True).content.decode()
    second = client.post(remove, follow=True).content.decode()

    assert "The condition was removed." in first
    assert "That condition was removed already." in second
    assert not Condition.objects.exists()
    entry = AuditEntry.objects.get()
    assert entry.details == {"target": "S5", "removed": "S3 = 1"}


def test_what_is_published_stays_as_it_is(client, ana, draft):
    draft.published_at = timezone.now()
    draft.save()
    condition = Condition.objects.get()

    added = client.post(address(draft, "S7"), {"source": "S1:", "codes": ["both"]})
    removed = client.post(reverse("admin:branching_condition_remove", args=[condition.pk]))
    page = client.get(address(draft, "S5")).content.decode()

    assert (added.status_code, removed.status_code) == (409, 409)
    for refused in (added, removed):
        assert "Nothing was changed: this version is published" in refused.content.decode()
    assert list(Condition.objects.all()) == [condition]
    assert 'name="source"' not in page
    assert not AuditEntry.objects.exists()


def thrown_away_meanwhile(draft):
    """Another request throws the draft away just before this one locks it."""

    def wrapper(execute, sql, params, many, context):
        if "FOR UPDATE" in sql and draft.pk:
            throw_away(draft)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


@pytest.mark.parametrize("act", ["add", "remove"])
def test_there_is_no_page_of_a_draft_that_was_thrown_away_meanwhile(client, ana, draft, act):
    remove = reverse("admin:branching_condition_remove", args=[Condition.objects.get().pk])
    sent = {
        "add": (address(draft, "S7"), {"source": "S1:", "codes": ["both"]}),
        "remove": (remove, {}),
    }[act]

    with thrown_away_meanwhile(draft):
        page = client.post(*sent)

    assert page.status_code == 404
    assert not AuditEntry.objects.exists()


def test_the_database_refuses_conditions_of_what_is_published(draft):
    draft.published_at = timezone.now()
    draft.save()

    with pytest.raises(Exception, match="frozen"), transaction.atomic():
        Condition.objects.all().delete()


@pytest.mark.parametrize("name", ["branching_versions", "branching", "branching_question"])
def test_only_those_who_may_change_versions_come_in(client, draft, name):
    user = User.objects.create_user("guest", is_staff=True)
    sign_in_staff(client, user)
    args = {
        "branching_versions": [],
        "branching": [draft.pk],
        "branching_question": [draft.questions[3].pk],
    }[name]

    assert client.get(reverse(f"admin:{name}", args=args)).status_code == 403


@pytest.mark.parametrize("name", ["branching", "branching_section", "branching_question"])
def test_there_is_no_page_of_what_does_not_exist(client, ana, name):
    assert client.get(reverse(f"admin:{name}", args=[10**12])).status_code == 404


def test_the_pages_take_as_many_queries_with_three_conditions_as_with_one(client, ana, draft):
    counts = []
    pages = [f"/en/admin/branching/{draft.pk}/", address(draft, "S7"), "/en/admin/branching/"]
    for code in (None, "both", "dk"):
        if code:
            client.post(address(draft, "S7"), {"source": "S1:", "codes": [code]})
            client.get("/en/admin/branching/")
        with CaptureQueriesContext(connection) as captured:
            for page in pages:
                client.get(page)
        counts.append(len(captured))

    assert Condition.objects.count() == 3
    assert counts[1] == counts[2]


# From files


CONDITION = "kind: ranking\n        conditions:\n        - source: S1\n          codes: [both]"


@pytest.mark.django_db
def test_conditions_are_read_from_files(folder):  # noqa: F811 - the fixture
    replace(folder / "stakeholders.yaml", "kind: ranking", CONDITION)

    load(folder)

    condition = Condition.objects.get()
    assert (condition.question.name, condition.source, condition.codes) == ("S2", "S1", ["both"])
    assert "stakeholders: unchanged, version 1" in load(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("yes", "S2: a condition has a source"),
        ("[yes]", "S2: a condition has a source"),
        ("[{source: S1}]", "S2: a condition has a source"),
        ("[{source: S1, codes: both}]", "S2: a condition has a source"),
        ("[{source: S1, codes: []}]", "S2: a condition has a source"),
        ("[{source: S1, codes: [both], unless: x}]", "S2: a condition has a source"),
        ("[{source: S1, codes: [[both]]}]", "S2: a condition has a source"),
        (f"[{{source: S1, codes: [{'x' * 41}]}}]", "S2: a condition has a source"),
        ("[{source: S1, codes: [maybe]}]", "an answer that the question"),
        ("[{source: S77, codes: [both]}]", "“S77”, which does not exist"),
        ("[{source: S9, codes: [vote]}]", "which comes later"),
    ],
)
def test_a_mistake_in_a_condition_is_told_and_nothing_is_written(
    folder,  # noqa: F811 - the fixture
    conditions,
    words,
):
    replace(
        folder / "stakeholders.yaml",
        "kind: ranking",
        f"kind: ranking\n        conditions: {conditions}",
    )

    with pytest.raises(LoadingError, match=words):
        load(folder)

    assert Version.objects.count() == 0
