"""Installations with databases of their own, and one with a consultation that is in full swing."""

import random
from contextlib import contextmanager
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from surveys import audit
from surveys.coding.codings import save_coding
from surveys.coding.frames import change_frame, gather, open_frame
from surveys.fabrication import fabricate
from surveys.ledger.batches import publish_batch_due, takes_all_from
from surveys.ledger.committing import commit_missing
from surveys.models import (
    AuditEntry,
    Consultation,
    Fault,
    Member,
    Message,
    Organisation,
    Questionnaire,
    Response,
    RetentionRun,
    SubjectRequest,
    Subscriber,
    User,
    Version,
)
from surveys.verbatims import digest_of
from tests.content import load_content
from tests.surveys import results_cast
from tests.surveys.coding_cast import new_code, person
from tests.surveys.keys import key_on, new_key
from tests.surveys.replies_cast import published

ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș\n\tși „altul”\\"}
OF_THE_OTHER = "Words for another consultation"


class Site:
    """One installation; what is done `with` it is done in its database."""

    _entered: list[str] = []

    def __init__(self, suffix):
        self.suffix = suffix
        connection.creation.clone_test_db(suffix, verbosity=0)
        self.name = connection.creation.get_test_db_clone_settings(suffix)["NAME"]

    def __enter__(self):
        self._entered.append(connection.settings_dict["NAME"])
        _look_at(self.name)
        return self

    def __exit__(self, *args):
        _look_at(self._entered.pop())

    def destroy(self):
        connection.creation.destroy_test_db(suffix=self.suffix, verbosity=0)


def _look_at(name):
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


def tables():
    return {
        model._meta.label: model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
    }


def dump():
    """Every row of every table, as PostgreSQL tells it."""
    found = {}
    with connection.cursor() as cursor:
        for label, table in tables().items():
            cursor.execute(f'SELECT to_jsonb(each)::text FROM "{table}" each ORDER BY 1')  # noqa: S608
            found[label] = [row[0] for row in cursor.fetchall()]
    return found


def triggers_at_rest():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'")
        return cursor.fetchall()


@contextmanager
def migrated():
    """The database of the tests is there to be copied, also where no other test asked for it."""
    name = connection.settings_dict["NAME"]
    is_there = name.startswith("test_")
    if not is_there:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    yield
    if not is_there:
        connection.creation.destroy_test_db(name, verbosity=0)


# The first installation


def fill():
    """Something in every part of it; the address of a citizen's receipt."""
    consultation = results_cast.open_now(load_content())
    ana = person("ana")
    receipt = _citizens(consultation)
    _organisation(consultation)
    _codings(consultation, ana)
    published(consultation, ana)
    _letters(consultation)
    while commit_missing():
        pass
    assert publish_batch_due(takes_all_from(consultation) + timedelta(days=1))
    results_cast.release(consultation)
    # Sent since the tallies were brought up to date: only noted so far.
    Client().post("/ro/citizens/", {"key": new_key(), "place": "timis"})
    _installation(ana)
    return receipt


def _citizens(consultation):
    client = Client()
    receipt = client.post("/en/citizens/", {"key": new_key()} | ANSWERS).url
    change = {"key": key_on(client.get(f"{receipt}change/")), "C5": "Un feribot"}
    client.post(f"{receipt}change/", ANSWERS | change)
    gone = Client().post("/sr/citizens/", {"key": new_key()} | ANSWERS).url
    assert Client().post(f"{gone}withdraw/", {"sure": "on"}).status_code == 302
    for _batch in fabricate(consultation.questionnaires.get(slug="citizens"), 25, random.Random(8)):
        pass
    return receipt


def _organisation(consultation):
    elena = User.objects.create_user("elena", "elena@example.org")
    EmailAddress.objects.create(user=elena, email=elena.email, verified=True, primary=True)
    organisation = Organisation.objects.create(name="Asociația Dunărea Verde")
    Member.objects.create(organisation=organisation, user=elena)
    client = Client()
    client.force_login(elena)
    address = f"/ro/stakeholders/{organisation.pk}/section/organisation/"
    key = key_on(client.get(address))
    client.post(address, {"key": key, "org_type": "ngo", "place": "timis"})
    for _batch in fabricate(
        consultation.questionnaires.get(slug="stakeholders"), 5, random.Random(9)
    ):
        pass


def _codings(consultation, ana):
    frame = open_frame(consultation.questionnaires.get(slug="citizens"), "C5", ana)
    code = new_code(frame, "Ferries", ana)
    change_frame(frame, 20, [ana], ana)
    gather(frame)
    response = Response.objects.filter(answers__C5="Un feribot").get()
    save_coding(frame, response, [code], digest_of("Un feribot"), ana)


def _letters(consultation):
    moment = timezone.now()
    for state, kind in (("sent", "invitation"), ("waiting", "replies"), ("waiting", "code")):
        Message.objects.create(
            key=f"{kind}:{state}",
            kind=kind,
            to="elena@example.org",
            language="ro",
            subject="Invitație",
            text="Bună ziua\nși „mulțumim”",
            state=state,
            next_try_at=moment,
        )
    Subscriber.objects.create(consultation=consultation, email="vera@example.org", language="sr")


def _installation(ana):
    today = timezone.localdate()
    SubjectRequest.objects.create(
        kind="erase", proof="link", received_on=today, due_on=today, handled_by=ana
    )
    RetentionRun.objects.create(kind="codes", ran_at=timezone.now(), erased=3)
    Fault.objects.create(number="12345678", page="landing", exception="KeyError", raised_at="x")
    audit.record(ana, AuditEntry.Action.CHANGED, ana, fields=["first_name"])
    audit.record(ana, AuditEntry.Action.SAW, Response.objects.first())


def add_another_consultation():
    """With answers, a letter about one of them, and an entry of the log that names it."""
    first = Consultation.objects.get()
    now = timezone.now()
    other = Consultation.objects.create(
        programme=first.programme,
        slug="other",
        title=first.title,
        short_title=first.short_title,
        opens_at=now - timedelta(days=900),
        closes_at=now - timedelta(days=800),
    )
    questionnaire = Questionnaire.objects.create(
        consultation=other, slug="citizens", title=first.title, answered_by="anyone", minutes=5
    )
    version = Version.objects.create(questionnaire=questionnaire, number=1)
    (response,) = results_cast_answer(questionnaire, version)
    Message.objects.create(
        **{"key": f"changed:{response.pk}:1", "kind": "receipt", "to": "x@example.org"},
        **{"language": "ro", "subject": OF_THE_OTHER, "text": OF_THE_OTHER, "state": "sent"},
        next_try_at=now,
    )
    audit.record(None, AuditEntry.Action.SAW, response, purpose=OF_THE_OTHER)
    today = timezone.localdate()
    SubjectRequest.objects.create(
        kind="restrict", proof="link", received_on=today, due_on=today, response=response
    )


def results_cast_answer(questionnaire, version):
    now = timezone.now()
    return Response.objects.bulk_create(
        [
            Response(
                questionnaire=questionnaire,
                version=version,
                state="sent",
                language="ro",
                answers={"C5": OF_THE_OTHER},
                started_at=now,
                sent_at=now,
            )
        ]
    )


# The second installation


def set_up(email="me@example.org", username="me"):
    """As an operator does: an administrator, who has signed in once."""
    call_command("createsuperuser", "--noinput", username=username, email=email, verbosity=0)
    me = User.objects.get()
    EmailAddress.objects.create(user=me, email=email, verified=True, primary=True)
    Authenticator.objects.create(user=me, type="totp", data={"secret": "x"})
    client = Client()
    client.force_login(me)
    assert Session.objects.count() == 1
    audit.record(me, AuditEntry.Action.CHANGED, me, fields=["language"])
    return me


@contextmanager
def another_site(suffix):
    """An installation that has its migrations, and is gone afterwards."""
    site = Site(suffix)
    try:
        with site:
            yield site
    finally:
        site.destroy()
