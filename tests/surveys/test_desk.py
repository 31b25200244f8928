"""The frame of the desk: its links, its log."""

import pytest
from django.db import ProgrammingError, transaction
from django.test import RequestFactory

from surveys import audit
from surveys.desk.navigation import links
from surveys.documents import document_of, write_document
from surveys.models import AuditEntry, User, Version
from surveys.roles import secretariat


@pytest.fixture
def ana(db):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.groups.add(secretariat())
    return User.objects.get(pk=user.pk)


def test_only_what_somebody_may_open_is_linked(ana):
    request = RequestFactory().get("/en/admin/")
    request.resolver_match = None
    shown = {}

    for user in (ana, User.objects.create_user("guest", is_staff=True)):
        request.user = user
        shown[user.username] = [link["url"] for link in links(request)]

    assert "/en/admin/surveys/response/" in shown["ana"]
    assert shown["guest"] == []


def test_the_log_says_who_did_what_and_is_not_changed(ana, listens):
    audit.record(ana, AuditEntry.Action.CHANGED, listens, purpose="a test", fields=["title"])

    entry = AuditEntry.objects.get()
    assert (entry.user_id, entry.user_name, entry.action) == (ana.pk, "Ana", "changed")
    assert (entry.model, entry.object_id) == ("consultation", str(listens.pk))
    assert (entry.details, entry.purpose) == ({"fields": ["title"]}, "a test")
    for change in (lambda: AuditEntry.objects.update(purpose=""), AuditEntry.objects.all().delete):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_the_log_outlives_the_account(ana):
    audit.record(ana, AuditEntry.Action.EXPORTED, model="response")
    User.objects.all().delete()

    assert AuditEntry.objects.get().user_name == "Ana"


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_version_written_from_its_document_says_the_same(listens, slug):
    questionnaire = listens.questionnaires.get(slug=slug)
    first = Version.objects.with_questions().get(questionnaire=questionnaire)
    copy = Version.objects.create(questionnaire=questionnaire, number=2)

    write_document(copy, document_of(first))

    second = Version.objects.with_questions().get(pk=copy.pk)
    assert document_of(second) == document_of(first)
