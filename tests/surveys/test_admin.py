"""The Secretariat finds, reads and exports."""

import csv
import io

import pytest
from django.utils import timezone

from surveys.admin.consultation import ConsultationAdmin
from surveys.lifecycle import change_response
from surveys.models import Consultation, Organisation, Response, User
from surveys.parts import Part
from surveys.roles import secretariat
from surveys.subjects.restricting import restrict
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/surveys/response/"


@pytest.fixture
def staff(client, db):
    user = User.objects.create_user("ana", password="secret", is_staff=True)
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return client


def store(questionnaire, answers, **fields):
    now = timezone.now()
    defaults = {
        "state": "sent",
        "language": "sr",
        "started_at": now,
        "sent_at": now,
    }
    return Response.objects.create(
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        answers=answers,
        **defaults | fields,
    )


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def one(citizens):
    return store(citizens, {"place": "borski", "C1": "both", "C5": "Школа у Ђердапу"})


@pytest.fixture
def draft(listens):
    return store(
        listens.questionnaires.get(slug="stakeholders"),
        {"place": "timis", "S10": "nobody's business yet"},
        state="draft",
        sent_at=None,
        organisation=Organisation.objects.create(name="Primăria Orșova"),
    )


def found(page):
    return [response.reference for response in page.context["cl"].result_list]


def rows(download):
    text = b"".join(download.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("words", ["škola", "SKOLA", "школа у ђердапу", "skola derdap"])
def test_words_are_found_in_either_script_with_or_without_accents(staff, one, words):
    assert found(staff.get(LIST, {"q": words})) == [one.reference]


def test_a_reference_is_found_as_it_was_read_out(staff, one, citizens):
    store(citizens, {"place": "timis"})

    typed = one.reference.lower().replace("-", " ")

    assert found(staff.get(LIST, {"q": typed})) == [one.reference]


@pytest.mark.parametrize("typed", ["CIT-{}", "cit {}"])
def test_a_reference_is_found_with_the_prefix_of_its_questionnaire(staff, one, citizens, typed):
    store(citizens, {"place": "timis"})

    typed = typed.format(one.reference)

    assert found(staff.get(LIST, {"q": typed})) == [one.reference]


@pytest.mark.parametrize(
    "filters",
    [
        {"place": "borski"},
        {"language__exact": "sr"},
        {"state__exact": "sent"},
        {"channel__exact": "web"},
    ],
)
def test_each_filter_lets_through_what_it_says(staff, one, draft, citizens, filters):
    other = {"language": "ro", "channel": "paper", "state": "withdrawn"}
    store(citizens, {}, **other)
    Response.objects.filter(pk=draft.pk).update(language="en", channel="phone")

    assert found(staff.get(LIST, filters)) == [one.reference]


def test_a_response_is_shown_as_people_read_it(staff, one):
    page = staff.get(f"/ro/admin/surveys/response/{one.pk}/change/").content.decode()

    assert "Ambele, în egală măsură" in page
    assert "Districtul Bor" in page
    assert "Школа у Ђердапу" in page
    assert "&quot;C1&quot;" not in page


def test_what_a_response_said_before_is_shown_with_it(staff, one):
    before, after = Part.of(one, {"C5"}), Part(frozenset({"C5"}), {"C5": "Мост"}, {})
    seen = before.fingerprint()
    change_response(one, part=after, seen=seen, language="sr", moment=timezone.now())

    page = staff.get(f"/en/admin/surveys/response/{one.pk}/change/").content.decode()

    assert page.index("Мост") < page.index("Revision 1: what it said from") < page.index("Школа")


def test_a_draft_is_not_shown_searched_or_exported(staff, draft):
    page = staff.get(f"{LIST}{draft.pk}/change/").content.decode()
    download = staff.post(f"{LIST}export/{draft.questionnaire_id}/codes/", {"purpose": "a test"})

    assert "nobody" not in page
    assert found(staff.get(LIST, {"q": "nobody"})) == []
    assert rows(download) == []


def test_what_is_restricted_is_not_shown_searched_or_exported(staff, one):
    before, after = Part.of(one, {"C5"}), Part(frozenset({"C5"}), {"C5": "Мост"}, {})
    seen = before.fingerprint()
    change_response(one, part=after, seen=seen, language="sr", moment=timezone.now())
    restrict(one)

    page = staff.get(f"{LIST}{one.pk}/change/").content.decode()
    download = staff.post(f"{LIST}export/{one.questionnaire_id}/codes/", {"purpose": "a test"})

    assert ("Мост" in page, "Школа" in page, "Borski" in page) == (False, False, False)
    assert "The sender asked that this response is kept and used for nothing." in page
    assert found(staff.get(LIST, {"q": "мост"})) == []
    assert found(staff.get(LIST, {"q": one.reference})) == [one.reference]
    assert rows(download) == []


@pytest.mark.parametrize(
    ("standing", "told", "exported"),
    [("waiting", True, 0), ("refused", True, 0), ("listed", False, 1)],
)
def test_what_an_unconfirmed_organisation_has_sent_is_read_by_who_decides_and_counts_nowhere(
    staff, listens, standing, told, exported
):
    response = store(
        listens.questionnaires.get(slug="stakeholders"),
        {"place": "timis", "S10": "Un pod la Orșova"},
        organisation=Organisation.objects.create(name="Podul", standing=standing),
    )

    page = staff.get(f"{LIST}{response.pk}/change/").content.decode()
    address = f"{LIST}export/{response.questionnaire_id}/codes/"

    assert "Un pod la Orșova" in page
    assert ("Nobody has confirmed this organisation" in page) == told
    assert len(rows(staff.post(address, {"purpose": "a test"}))) == exported


def test_the_selection_is_exported(staff, one, citizens):
    store(citizens, {"place": "timis"})

    download = staff.post(
        LIST, {"action": "export_codes", "_selected_action": [one.pk], "purpose": "a test"}
    )

    (row,) = rows(download)
    assert (row["reference"], row["place"], row["C1"]) == (one.reference, "borski", "both")


def test_everything_the_filters_let_through_is_exported_with_labels(staff, one, citizens):
    store(citizens, {"place": "timis"})
    address = f"/sr-latn/admin/surveys/response/export/{citizens.pk}/labels/?place=borski"

    (row,) = rows(staff.post(address, {"purpose": "a test"}))

    assert (row["place"], row["C1"]) == ("Borski okrug", "Podjednako i jedno i drugo")


def test_two_questionnaires_are_not_exported_as_one(staff, one, draft):
    chosen = {"action": "export_codes", "_selected_action": [one.pk, draft.pk]}

    page = staff.post(LIST, chosen, follow=True).content.decode()

    assert "Questionnaires have different columns" in page


def test_who_may_not_export_gets_nothing(client, one, citizens):
    sign_in_staff(client, User.objects.create_user("guest", is_staff=True))

    assert (
        client.post(f"{LIST}export/{citizens.pk}/codes/", {"purpose": "a test"}).status_code == 403
    )
    assert client.get(LIST).status_code == 403


def test_the_list_asks_the_same_number_of_queries_for_more_rows(
    staff, one, citizens, django_assert_max_num_queries
):
    staff.get(LIST)
    with django_assert_max_num_queries(20) as first:
        staff.get(LIST)
    store(citizens, {"place": "timis"})
    store(citizens, {"place": "caras_severin"})

    with django_assert_max_num_queries(20) as second:
        staff.get(LIST)

    assert len(second.captured_queries) == len(first.captured_queries)


def change_consultation(client, listens):
    sign_in_staff(client, User.objects.create_superuser("root"))
    address = f"/en/admin/surveys/consultation/{listens.pk}/change/"
    passages = client.get(address).context["inline_admin_formsets"][0].formset
    sent = {
        "programme": listens.programme_id,
        "slug": listens.slug,
        **{
            f"{name}_{language}": words
            for name in ("title", "short_title", "kicker", "lead")
            for language, words in getattr(listens, name).items()
        },
        "opens_at_0": "2026-11-09",
        "opens_at_1": "09:00",
        "closes_at_0": "2027-03-14",
        "closes_at_1": "23:59",
        f"{passages.prefix}-TOTAL_FORMS": 0,
        f"{passages.prefix}-INITIAL_FORMS": 0,
    }
    return client.post(address, sent)


def test_a_deadline_that_is_moved_further_is_shown_as_extended(client, listens):
    before = listens.closes_at

    r = change_consultation(client, listens)

    listens.refresh_from_db()
    assert r.status_code == 302
    assert listens.extended_from == before


def test_what_others_change_of_a_consultation_stays(client, listens, monkeypatch):
    get_object = ConsultationAdmin.get_object

    def get_it_before_it_is_changed(desk, request, *args):
        found = get_object(desk, request, *args)
        if request.method == "POST":
            Consultation.objects.update(opinions_while_open=True, kicker={"en": "Changed"})
        return found

    monkeypatch.setattr(ConsultationAdmin, "get_object", get_it_before_it_is_changed)

    change_consultation(client, listens)

    listens.refresh_from_db()
    assert (listens.opinions_while_open, listens.kicker) == (True, {"en": "Changed"})
    assert f"{listens.closes_at.astimezone():%Y-%m-%d}" == "2027-03-14"
