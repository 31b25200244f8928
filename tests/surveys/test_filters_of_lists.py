"""A list is asked for nothing but what its own filters send: no column tells by trying."""

import csv
import io
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.utils import timezone

from surveys.models import AuditEntry, Invitation, Message, Organisation, Response, User
from surveys.roles import (
    MANAGING_AUTHORITY,
    NATIONAL_AUTHORITY,
    SECRETARIAT,
    bring_up_to_date,
)
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/surveys/response/"
ROLES = (SECRETARIAT, MANAGING_AUTHORITY, NATIONAL_AUTHORITY)
"""Those that open the list of responses."""
MODELS = sorted(
    model._meta.model_name for model in admin.site._registry if model._meta.app_label == "surveys"
)
BY_TRYING = (
    "reference__startswith=K",
    "reference={reference}",
    "organisation__exact={organisation}",
    "organisation__isnull=True",
    "organisation__name__startswith=Prim",
    "answers__S10__icontains=bazias",
    "answers__has_key=S10",
    "unfinished__S10__icontains=bazias",
    "id__gte={id}",
    "started_at__gte={moment}",
    "changed_at__gte={moment}",
    "sent_at={moment}",
    "sent_at__gt={moment}",
    "sent_at__hour=9",
    "secret_hash__startswith=a",
    "unread__len=0",
    "publication__exact=totals",
    "place__startswith=t",
    "language__in=ro,sr",
    "state__exact=sent&revisions__isnull=True",
)


@pytest.fixture
def draft(listens):
    return store(listens, state="draft", sent_at=None, answers={"S10": "La Baziaș, un ponton"})


@pytest.fixture
def sent(listens):
    return store(listens, state="sent", sent_at=timezone.now(), answers={"place": "timis"})


@pytest.fixture
def root(client, listens):
    bring_up_to_date()
    sign_in_staff(client, User.objects.create_superuser("root"))
    return client


def store(listens, **fields):
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    return Response.objects.create(
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        organisation=Organisation.objects.create(name=f"Primăria {fields['state']}"),
        language="ro",
        started_at=listens.opens_at,
        **fields,
    )


def about(response, lookup):
    """The lookup with what would find that response."""
    return lookup.format(
        reference=response.reference,
        organisation=response.organisation_id,
        id=response.pk,
        moment=quote(response.started_at.isoformat()),
    )


def found(page):
    return [response.pk for response in page.context["cl"].result_list]


def export(client, response, query):
    address = f"{LIST}export/{response.questionnaire_id}/codes/?{query}"
    return client.post(address, {"purpose": "a test"})


def asked_for(client, response, query):
    """What the list, its actions and its export answer."""
    chosen = {"action": "export_codes", "_selected_action": [response.pk], "purpose": "a test"}
    return [
        client.get(f"{LIST}?{query}").status_code,
        client.post(f"{LIST}?{query}", chosen).status_code,
        export(client, response, query).status_code,
    ]


def rows(download):
    text = b"".join(download.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_no_role_finds_a_response_by_trying(as_role, draft, role):
    client = as_role(role)

    answers = {lookup: asked_for(client, draft, about(draft, lookup)) for lookup in BY_TRYING}

    assert answers == dict.fromkeys(BY_TRYING, [400, 400, 400])
    assert list(AuditEntry.objects.filter(action="exported")) == []


@pytest.mark.parametrize("name", ["sent_at__gte", "sent_at__lt"])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_no_role_finds_the_time_of_day_by_trying(as_role, sent, role, name):
    client = as_role(role)
    noon = timezone.localtime(sent.sent_at).replace(hour=12, minute=0, second=0, microsecond=0)
    query = f"{name}={quote(str(noon))}"

    assert asked_for(client, sent, query) == [400, 400, 400]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_each_role_filters_by_whole_days(as_role, sent, role):
    client = as_role(role)
    day = timezone.localtime(sent.sent_at).replace(hour=0, minute=0, second=0, microsecond=0)
    since, after = (quote(str(each)) for each in (day, day + timedelta(days=1)))

    assert found(client.get(f"{LIST}?sent_at__gte={since}&sent_at__lt={after}")) == [sent.pk]
    assert found(client.get(f"{LIST}?sent_at__gte={after}")) == []
    assert found(client.get(f"{LIST}?sent_at__gte={day:%Y-%m-%d}")) == [sent.pk]
    assert len(rows(export(client, sent, f"sent_at__gte={since}&sent_at__lt={after}"))) == 1
    assert rows(export(client, sent, f"sent_at__lt={since}")) == []


@pytest.mark.parametrize("said", ["yesterday", "2027-02-30", "0001-01-01 00:00:00+14:00"])
def test_what_is_no_day_is_no_error(as_role, sent, said):
    client = as_role(NATIONAL_AUTHORITY)

    assert client.get(f"{LIST}?sent_at__gte={quote(said)}").url == f"{LIST}?e=1"


def test_an_export_of_what_the_filters_let_through_is_as_the_list(as_role, sent, draft):
    client = as_role(NATIONAL_AUTHORITY)

    assert len(rows(export(client, sent, "place=timis&state__exact=sent"))) == 1
    assert rows(export(client, sent, "place=borski&state__exact=sent")) == []


@pytest.mark.parametrize("model", MODELS)
def test_every_link_of_a_lists_filters_is_followed(root, sent, model):
    address = f"/en/admin/surveys/{model}/"
    lists = root.get(address).context["cl"]

    links = [each["query_string"] for spec in lists.filter_specs for each in spec.choices(lists)]

    assert {link: root.get(address + link).status_code for link in links} == dict.fromkeys(
        links, 200
    )


def lookups(model):
    """By every column, whole and by its beginning."""
    names = [field.name for field in [*model._meta.fields, *model._meta.many_to_many]]
    return [f"{name}{lookup}" for name in names for lookup in ("", "__startswith", "__isnull")]


@pytest.mark.parametrize("model", MODELS)
def test_no_column_of_any_list_is_asked_for_but_by_its_filters(root, sent, model):
    address = f"/en/admin/surveys/{model}/"
    lists = root.get(address).context["cl"]
    own = {name for spec in lists.filter_specs for name in spec.expected_parameters()}
    asked = [name for name in lookups(lists.model) if name not in own]

    statuses = {name: root.get(address, {name: "1"}).status_code for name in asked}

    assert statuses == dict.fromkeys(asked, 400)


def test_a_one_time_code_is_not_found_by_trying(as_role, listens):
    Message.objects.create(
        key="code:1",
        kind="code",
        to="mira@example.org",
        language="ro",
        subject="Cod",
        text="KBCD-FGHJ",
        next_try_at=timezone.now(),
    )
    client = as_role(SECRETARIAT)
    address = "/en/admin/surveys/message/"

    assert client.get(address, {"text__contains": "KBCD"}).status_code == 400
    assert client.get(address, {"html__contains": "KBCD"}).status_code == 400
    assert len(client.get(address, {"kind": "code"}).context["cl"].result_list) == 1


def test_the_secret_of_an_invitation_is_not_found_by_trying(as_role, sent):
    invitation = Invitation.objects.create(organisation=sent.organisation, email="m@example.org")
    client = as_role(MANAGING_AUTHORITY)
    address = "/en/admin/surveys/invitation/"

    begun = {"token__startswith": invitation.token[:1]}
    assert client.get(address, begun).status_code == 400
    assert len(client.get(address, {"role__exact": "send"}).context["cl"].result_list) == 1
