"""The list of responses costs the same however many there are, and says what it does not show."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import override

from surveys.admin.capped_list import CappedPaginator
from surveys.admin.response import ResponseAdmin
from surveys.identifiers import reference_from_number, uuid7
from surveys.lifecycle import change_response
from surveys.models import Organisation, Response, User
from surveys.parts import Part
from surveys.roles import NATIONAL_AUTHORITY, secretariat
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/surveys/response/"
MOMENT = datetime(2027, 2, 28, 21, 59, tzinfo=UTC)
HINT = "Pages lead to the first 2;"


@pytest.fixture
def staff(client, listens):
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return client


@pytest.fixture
def store(listens):
    """Store a citizen's response in a language, and return its reference."""
    citizens = listens.questionnaires.get(slug="citizens")
    now = timezone.now()

    def stored(language, **fields):
        return Response.objects.create(
            questionnaire=citizens,
            version=citizens.current_version(),
            state="sent",
            language=language,
            **{"started_at": now, "sent_at": now} | fields,
        ).reference

    return stored


@pytest.fixture
def two_are_counted(monkeypatch):
    monkeypatch.setattr(CappedPaginator, "most", 2)
    monkeypatch.setattr(ResponseAdmin, "list_per_page", 1)


def shown(page):
    return [response.reference for response in page.context["cl"].result_list]


def test_up_to_the_most_all_are_counted_and_paged(staff, store, two_are_counted):
    first, _second = store("ro"), store("ro")

    page = staff.get(LIST, {"p": 2})

    assert shown(page) == [first]
    assert "2 responses" in page.content.decode()
    assert HINT not in page.content.decode()


def test_more_than_the_most_are_over_so_many_and_the_page_says_where_they_are(
    staff, store, two_are_counted
):
    _first, second, _third = store("ro"), store("ro"), store("ro")

    page = staff.get(LIST, {"p": 2})

    text = " ".join(page.content.decode().split())
    assert shown(page) == [second]
    assert "Total: over 2 " in text
    assert "Select all over 2 responses" in text
    assert HINT in text
    assert staff.get(LIST, {"p": 3}).url == f"{LIST}?e=1"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Total: 1,002"), ("ro", "Total: 1.002"), ("sr", "Укупно: 1.002")]
)
def test_a_list_says_how_many_there_are_in_every_language(staff, store, language, words):
    store("ro")
    like = Response.objects.values().get()
    Response.objects.bulk_create(
        Response(**like | {"id": uuid7(), "reference": reference_from_number(n)})
        for n in range(1001)
    )

    page = staff.get(f"/{language}/admin/surveys/response/").content.decode()

    assert words in " ".join(page.split())


def test_filters_lead_to_what_pages_do_not(staff, store, two_are_counted):
    oldest = store("sr")
    for _time in range(3):
        store("ro")

    assert shown(staff.get(LIST, {"language__exact": "sr"})) == [oldest]


def test_what_is_selected_across_pages_is_exported_past_the_most(staff, store, two_are_counted):
    references = [store("ro") for _time in range(3)]
    chosen = Response.objects.first().pk
    asked = {"action": "export_codes", "_selected_action": [chosen], "select_across": "1"} | {
        "purpose": "a test"
    }

    download = b"".join(staff.post(LIST, asked).streaming_content).decode()

    assert all(reference in download for reference in references)


@pytest.mark.parametrize(("order", "sign"), [("5", 1), ("-5", -1)])
def test_what_sorts_the_same_follows_the_key_in_the_same_direction(staff, store, order, sign):
    references = [store("en"), store("en"), store("ro")]

    assert shown(staff.get(LIST, {"o": order})) == references[::sign]


def test_a_second_column_to_sort_by_is_passed_over(staff, store):
    first, second = store("ro", channel="web"), store("en", channel="paper")

    page = staff.get(LIST, {"o": "7.5"})

    assert shown(page) == [second, first]
    assert page.context["cl"].get_ordering_field_columns() == {7: "asc"}


def test_the_list_never_counts_for_each_filter(staff, store):
    store("ro")

    page = staff.get(LIST, {"_facets": "True"})

    assert page.context["cl"].add_facets is False


@pytest.mark.parametrize("forged", ["99", "-99", "x", "5.x", "2", "²", ""])
def test_a_forged_order_is_no_error(staff, store, forged):
    reference = store("ro")

    assert shown(staff.get(LIST, {"o": forged})) == [reference]


# What a list keeps


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_no_list_keeps_what_another_request_would_read(client, listens, store, model):
    sign_in_staff(client, User.objects.create_superuser("root"))
    store("ro")
    Organisation.objects.create(name="Општина Кладово", profile={"place": "borski"})
    kept = dict(vars(admin.site.get_model_admin(model)))

    page = client.get(f"/ro/admin/{model._meta.app_label}/{model._meta.model_name}/")

    assert page.status_code == 200
    assert vars(admin.site.get_model_admin(model)) == kept


def test_two_who_ask_at_once_read_places_each_in_their_language(staff, listens):
    Organisation.objects.create(name="Општина Кладово", profile={"place": "borski"})
    organisations = admin.site.get_model_admin(Organisation)
    request = staff.get("/en/admin/surveys/organisation/").wsgi_request

    with override("ro"):
        romanian = organisations.changelist_view(request)
    with override("en"):
        english = organisations.changelist_view(request)
    with override("ro"):
        text = romanian.render().content.decode()

    assert '<td class="field-place">Districtul Bor</td>' in text
    assert '<td class="field-place">Bor District</td>' in english.render().content.decode()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "28 February 2027, 23:59 (Romania), 22:59 (Serbia)"),
        ("ro", "28 februarie 2027, 23:59 (România), 22:59 (Serbia)"),
        ("sr", "28. фебруара 2027, 23:59 (Румунија), 22:59 (Србија)"),
        ("sr-latn", "28. februara 2027, 23:59 (Rumunija), 22:59 (Srbija)"),
    ],
)
def test_the_list_tells_on_both_clocks_when_a_response_was_sent(staff, store, language, written):
    store("ro", sent_at=MOMENT)

    assert written in staff.get(LIST.replace("en", language, 1)).content.decode()


@pytest.mark.parametrize(
    ("language", "written"), [("sr", "28. фебруара 2027."), ("sr-latn", "28. februara 2027.")]
)
def test_who_sees_no_time_of_day_reads_the_day_in_the_genitive(as_role, store, language, written):
    store("ro", sent_at=MOMENT)

    page = as_role(NATIONAL_AUTHORITY).get(LIST.replace("en", language, 1)).content.decode()

    assert f'<td class="field-sent_on">{written}</td>' in page


def test_from_when_until_when_a_response_said_something_is_told_on_both_clocks(staff, store):
    response = Response.objects.get(reference=store("ro", sent_at=MOMENT - timedelta(days=1)))
    part = Part(frozenset(["C5"]), {"C5": "Un pod"}, {})
    seen = Part.of(response, part.names).fingerprint()
    change_response(response, part=part, seen=seen, language="ro", moment=MOMENT)

    page = staff.get(f"{LIST}{response.pk}/change/").content.decode()

    assert (
        "what it said from 27 February 2027, 23:59 (Romania), 22:59 (Serbia) "
        "to 28 February 2027, 23:59 (Romania), 22:59 (Serbia)"
    ) in page


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Responses"), ("ro", "Răspunsuri"), ("sr", "Одговори")]
)
def test_the_list_is_called_what_it_is(staff, language, heading):
    page = staff.get(LIST.replace("en", language, 1)).content.decode()

    assert f"<h1>{heading}</h1>" in page


def test_a_citizen_has_no_organisation_as_every_page_writes_it(staff, store):
    store("ro")

    assert '<td class="field-organisation nowrap">–</td>' in staff.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("language", "button", "heading"),
    [
        ("en", "Add organisation", "Add organisation"),
        ("ro", "Adăugați: organizație", "Adăugare: organizație"),
        ("sr", "Додајте: организација", "Додавање: организација"),
        ("sr-latn", "Dodajte: organizacija", "Dodavanje: organizacija"),
    ],
)
def test_adding_is_asked_for_politely_and_in_the_right_case(staff, language, button, heading):
    organisations = f"/{language}/admin/surveys/organisation/"

    listed = staff.get(organisations).content.decode()

    assert button in " ".join(listed.split())
    assert f"<h1>{heading}</h1>" in staff.get(f"{organisations}add/").content.decode()
