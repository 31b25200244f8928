"""What each role sees of a response: on screens, in searches and in files."""

import csv
import importlib
import io
import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from surveys.models import AuditEntry, Organisation, Response, User
from surveys.people import make_person
from surveys.roles import (
    CODER,
    MANAGING_AUTHORITY,
    NATIONAL_AUTHORITY,
    OBSERVER,
    ROLES,
    SECRETARIAT,
    bring_up_to_date,
)
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/surveys/response/"
WORDS = "Un pod la Orșova"
NAME = "Asociația Dunărea Verde"
IDENTITY = {"reference", "sent_at", "organisation"}
EVERYBODY = [role.name for role in ROLES]


@pytest.fixture
def one(listens):
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    return Response.objects.create(
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        organisation=Organisation.objects.create(name=NAME),
        state="sent",
        language="ro",
        answers={"place": "mehedinti", "S1": "both", "S1_comment": WORDS},
        publication="totals",
        started_at=listens.now,
        sent_at=listens.now,
    )


def rows(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def seen(client, path):
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


def address_in(listed):
    """Where the list of responses leads to."""
    return re.search(f"{LIST}[0-9a-f-]{{36}}/change/", listed)[0]


@pytest.mark.parametrize(
    ("role", "sees_identity", "sees_words"),
    [
        (SECRETARIAT, True, True),
        (MANAGING_AUTHORITY, True, True),
        (NATIONAL_AUTHORITY, False, False),
    ],
)
def test_a_role_sees_who_answered_and_words_or_not(as_role, one, role, sees_identity, sees_words):
    client = as_role(role)

    listed = seen(client, LIST)
    shown = seen(client, address_in(listed))
    found = seen(client, f"{LIST}?q=orsova")
    (row,) = rows(client.post(f"{LIST}export/{one.questionnaire_id}/codes/", {"purpose": "a test"}))

    for page in (listed, shown):
        assert (one.reference in page, NAME in page) == (sees_identity, sees_identity)
    assert (WORDS in shown, "Words that your role does not show" in shown) == (
        *(sees_words, not sees_words),
    )
    assert ("Total: 1" in found) == sees_words
    assert (row.keys() >= IDENTITY, bool(row.keys() & IDENTITY)) == (sees_identity, sees_identity)
    assert row.get("S1_comment") == (WORDS if sees_words else None)
    assert (row["place"], row["S1"]) == ("mehedinti", "both")


@pytest.mark.parametrize("role", [CODER, OBSERVER])
def test_some_roles_open_no_responses(as_role, one, role):
    client = as_role(role)

    assert seen(client, LIST) == 403
    assert seen(client, f"{LIST}{one.pk}/change/") == 403
    assert seen(client, f"{LIST}export/{one.questionnaire_id}/codes/") == 403


def test_without_the_right_a_reference_finds_nothing_and_tells_no_history(as_role, one):
    client = as_role(NATIONAL_AUTHORITY)

    assert "Total: 0" in seen(client, f"{LIST}?q={one.reference}")
    assert seen(client, f"{LIST}{one.pk}/history/") == 403


@pytest.mark.parametrize(
    ("role", "opens"), [(MANAGING_AUTHORITY, True), (NATIONAL_AUTHORITY, False)]
)
def test_an_address_with_the_key_tells_the_time_to_who_may_see_it(as_role, one, role, opens):
    client = as_role(role)
    by_key = f"{LIST}{one.pk}/change/"

    listed = seen(client, LIST)
    shown = seen(client, address_in(listed))

    assert WORDS in shown or not opens
    assert (str(one.pk) in listed, address_in(listed) == by_key) == (opens, opens)
    assert opens or str(one.pk) not in shown
    assert client.get(by_key).status_code == (200 if opens else 302)
    assert {*AuditEntry.objects.values_list("action", "object_id")} == {("saw", str(one.pk))}


@pytest.mark.parametrize("wrong", ["1", "00000000-0000-0000-0000-000000000000", "x"])
def test_an_address_that_stands_for_nothing_opens_nothing(as_role, one, wrong):
    assert as_role(NATIONAL_AUTHORITY).get(f"{LIST}{wrong}/change/").status_code == 302


def test_somebody_may_get_a_right_by_name(as_role, one):
    client = as_role(NATIONAL_AUTHORITY)
    user = User.objects.get(username=NATIONAL_AUTHORITY.name)
    user.user_permissions.add(Permission.objects.get(codename="see_identity"))

    assert NAME in seen(client, LIST)


def test_roles_hold_just_what_they_say(db):
    bring_up_to_date()
    Group.objects.get(name="Observer").permissions.set(Permission.objects.all())
    bring_up_to_date()

    held = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert held == {role.name: set(role.codenames()) for role in ROLES}


# People


@pytest.fixture
def root(client, db):
    sign_in_staff(client, User.objects.create_superuser("root"))
    return client


def test_a_colleague_is_added_with_an_address_and_roles_alone(root):
    bring_up_to_date()
    roles = list(Group.objects.filter(name__in=["Coder", "Observer"]).values_list("pk", flat=True))

    root.post(
        "/en/admin/surveys/user/add/",
        {"email": "Jovana@Example.org", "first_name": "Јована", "language": "sr", "groups": roles},
    )

    jovana = User.objects.get(email="jovana@example.org")
    assert (jovana.is_staff, jovana.is_superuser, jovana.has_usable_password()) == (
        *(True, False, False),
    )
    assert {group.pk for group in jovana.groups.all()} == set(roles)
    assert jovana.emailaddress_set.get().email == "jovana@example.org"


def test_an_address_is_not_added_twice(root):
    bring_up_to_date()
    make_person("jovana@example.org", language="sr")
    roles = [Group.objects.first().pk]

    page = root.post(
        "/en/admin/surveys/user/add/",
        {"email": "JOVANA@example.org", "first_name": "J", "language": "sr", "groups": roles},
    )

    assert "Somebody has this address already" in page.content.decode()
    assert User.objects.filter(email="jovana@example.org").count() == 1


def test_not_even_superusers_read_the_secrets_of_authenticators(root):
    assert seen(root, "/en/admin/mfa/authenticator/") == 404
    assert seen(root, "/en/admin/account/emailaddress/") == 404


def test_only_superusers_add_people(as_role):
    assert seen(as_role(SECRETARIAT), "/en/admin/surveys/user/add/") == 403


# The log


def test_what_was_seen_and_exported_is_in_the_log_without_words(as_role, one):
    client = as_role(SECRETARIAT)
    client.get(f"{LIST}{one.pk}/change/")
    rows(
        client.post(
            f"{LIST}export/{one.questionnaire_id}/codes/?language__exact=ro", {"purpose": "a test"}
        )
    )

    saw, exported = AuditEntry.objects.order_by("pk")
    assert (saw.action, saw.model, saw.object_label) == ("saw", "response", one.reference)
    assert (exported.action, exported.details["filters"]) == ("exported", "language__exact=ro")
    assert WORDS not in str(list(AuditEntry.objects.values()))


def test_the_log_is_searched_and_exported_and_says_so(as_role, one):
    client = as_role(SECRETARIAT)
    client.get(f"{LIST}{one.pk}/change/")
    log = "/en/admin/surveys/auditentry/"

    found = seen(client, f"{log}?q={one.reference}")
    ids = list(AuditEntry.objects.values_list("pk", flat=True))
    (row,) = rows(client.post(log, {"action": "export", "_selected_action": ids}))

    assert one.reference in found
    assert (row["user_name"], row["action"], row["object_label"]) == (
        *(SECRETARIAT.name, "saw", one.reference),
    )
    assert AuditEntry.objects.latest("pk").model == "auditentry"


@pytest.mark.parametrize("role", [NATIONAL_AUTHORITY, CODER, OBSERVER])
def test_the_log_is_not_for_everybody(as_role, role):
    assert seen(as_role(role), "/en/admin/surveys/auditentry/") == 403


def test_whoever_was_in_the_group_of_another_name_stays_in_it(django_user_model, db):
    migration = importlib.import_module("surveys.migrations.0033_national_authority")
    somebody = django_user_model.objects.create(username="authority")
    somebody.groups.add(Group.objects.create(name="National Authority in Serbia"))

    migration.rename(apps, migration.BEFORE, migration.NOW)
    NATIONAL_AUTHORITY.group()

    assert [group.name for group in somebody.groups.all()] == ["National Authority"]
