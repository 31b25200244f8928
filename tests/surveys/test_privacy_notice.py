"""The privacy notice: its versions, who publishes them, and which one was in force."""

import re
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from surveys.models import Consultation, PrivacyNotice, Response, User
from surveys.notices import (
    NotPublished,
    begin_draft,
    missing,
    outdated_periods,
    placeholders,
    publish,
    told_since,
)
from tests.content import load_content
from tests.surveys.keys import new_key
from tests.surveys.signing_in import sign_in_staff

pytestmark = pytest.mark.django_db
NOTICE = "/en/about/privacy/"


@pytest.fixture
def consultation():
    return load_content()


@pytest.fixture
def head():
    return User.objects.create_superuser("head")


def complete(draft, **values):
    """The draft as it is when everything is filled in."""
    draft.sections = _filled(draft.sections)
    for name, value in {"changes": said("A new officer."), **values}.items():
        setattr(draft, name, value)
    draft.save()
    return draft


def said(words):
    return dict.fromkeys(("en", "ro", "sr"), words)


def _filled(part):
    if isinstance(part, str):
        return re.sub(r"\[\[.+?\]\]", "officer@example.org", part)
    if isinstance(part, list):
        return [_filled(each) for each in part]
    return {k: _filled(v) for k, v in part.items()} if isinstance(part, dict) else part


def second(consultation, head, **values):
    draft = complete(begin_draft(consultation, head), **values)
    publish(draft.pk, head, timezone.now())
    draft.refresh_from_db()
    return draft


def test_the_file_is_the_first_version_and_says_everything_in_three_languages(consultation):
    notice = consultation.privacy_notices.get()

    assert (notice.number, missing(notice)) == (1, [])
    assert [name for name, _words in placeholders(notice)] == [
        *("controller", "officers", "officers", "basis", "transfer", "transfer", "retention"),
    ]


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_every_section_is_reached_from_the_contents(client, consultation, language):
    page = client.get(f"/{language}/about/privacy/").content.decode()

    names = [section["name"] for section in consultation.privacy_notices.get().sections]
    assert re.findall(r'<li><a href="#([\w-]+)"', page) == [*names, "versions"]
    assert [name for name in names if f'id="{name}"' not in page] == []
    assert "[[" not in page
    assert page.count("<mark>") == 7


def test_it_says_how_long_as_the_settings_did_when_it_was_published(client, settings, consultation):
    settings.DRAFTS_KEPT_DAYS = 30

    page = client.get(NOTICE).content.decode()

    assert re.findall(r"<td>(\d+ days)", page) == ["90 days", "365 days", "365 days", "7 days"]
    assert outdated_periods(consultation.privacy_notices.get()) == ["DRAFTS_KEPT_DAYS"]


def test_an_older_version_stays_readable_and_leads_to_the_one_in_force(client, consultation, head):
    second(consultation, head)

    old, new = (client.get(f"{NOTICE}{number}/").content.decode() for number in (1, 2))

    assert ("This version was in force until" in old, "<mark>" in old) == (True, True)
    assert ("This version was in force until" in new, "<mark>" in new) == (False, False)
    assert client.get(f"{NOTICE}3/").status_code == 404


def test_a_draft_is_not_to_be_read(client, consultation, head):
    begin_draft(consultation, head)

    assert client.get(f"{NOTICE}2/").status_code == 404
    assert client.get(NOTICE).context["notice"].number == 1


def test_the_version_in_force_is_known_at_any_moment(consultation, head):
    first = consultation.privacy_notices.get()
    new = second(consultation, head)
    notices = consultation.privacy_notices.all()
    instant = timedelta(microseconds=1)

    moments = [first.published_at - instant, new.published_at - instant, new.published_at]

    assert [notices.in_force(moment) for moment in moments] == [None, first, new]


def test_answers_lead_to_the_version_that_held_when_they_were_sent(client, consultation, head):
    receipt = client.post("/en/citizens/", {"key": new_key(), "place": "timis"}).url
    second(consultation, head)

    page = client.get(f"{receipt}answers/").content.decode()

    told = f'Privacy notice at that time: <a href="{NOTICE}1/">Version 1 of '
    assert told in page


def test_of_a_consultation_before_the_version_is_told_without_a_page(client, consultation, head):
    receipt = client.post("/en/citizens/", {"key": new_key(), "place": "timis"}).url
    later = timezone.now() - timedelta(seconds=1)
    Consultation.objects.create(
        programme=consultation.programme,
        slug="next",
        title=said("Next"),
        short_title=said("Next"),
        opens_at=later,
        closes_at=later + timedelta(days=9),
    )

    page = client.get(f"{receipt}answers/").content.decode()

    assert "<p>Privacy notice at that time: Version 1 of " in page


def test_before_the_first_version_nothing_is_told(client, consultation):
    receipt = client.post("/en/citizens/", {"key": new_key(), "place": "timis"}).url
    long_ago = timezone.now() - timedelta(days=9999)
    Response.objects.update(started_at=long_ago, sent_at=long_ago)

    assert "Privacy notice at that time" not in client.get(f"{receipt}answers/").content.decode()


def test_what_is_to_be_filled_in_keeps_a_draft_from_being_published(consultation, head):
    draft = begin_draft(consultation, head)

    with pytest.raises(NotPublished):
        publish(draft.pk, head, timezone.now())

    assert PrivacyNotice.objects.published().count() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "joint controllers and the essence of their arrangement"),
        ("ro", "operatorii asociați"),
        ("sr", "заједнички руковаоци"),
        ("sr-latn", "zajednički rukovaoci"),
    ],
)
def test_what_is_to_be_filled_in_is_told_in_the_language_of_the_page(
    consultation, head, language, words
):
    desk = Client()
    sign_in_staff(desk, head)
    notice = consultation.privacy_notices.get()

    for page in ("", f"{notice.pk}/"):
        told = desk.get(f"/{language}/admin/notices/{page}").context["placeholders"]
        assert words in str(told)
        assert len(told) == len(placeholders(notice))


def test_a_missing_translation_keeps_a_draft_from_being_published(consultation, head):
    draft = complete(begin_draft(consultation, head), changes={"en": "A new officer."})

    with pytest.raises(NotPublished):
        publish(draft.pk, head, timezone.now())

    assert missing(draft) == [("changes", "ro"), ("changes", "sr")]


@pytest.mark.parametrize("write", ["update", "delete"])
def test_the_database_freezes_what_is_published(consultation, write):
    published = consultation.privacy_notices.all()

    with pytest.raises(ProgrammingError), transaction.atomic():
        published.update(changes={}) if write == "update" else published.delete()

    assert published.get().changes["en"] == "First version."


def test_only_a_material_change_is_told_and_only_to_who_began_before(consultation, head):
    began = timezone.now()
    second(consultation, head)
    third = second(consultation, head, is_material=True)

    assert told_since(consultation, began) == [third]
    assert told_since(consultation, third.published_at) == []


def test_staff_write_preview_and_publish_the_next_version(consultation, head):
    client = Client()
    sign_in_staff(client, head)
    client.post("/en/admin/notices/begin/")
    draft = complete(PrivacyNotice.objects.get(number=2))
    edit = f"/en/admin/notices/{draft.pk}/edit/"
    form = client.get(edit).context["form"]
    data = {"seen": form["seen"].initial, "is_material": "on"}
    for name in form.fields:
        for language, text in (form.initial.get(name) or {}).items() if "_" in name else ():
            data[f"{name}_{language}"] = text
    for name in ("changes", "short"):
        data |= {f"{name}_{language}": f"{name} said" for language in ("en", "ro", "sr")}

    saved = client.post(edit, data)
    stale = client.post(edit, data)
    published = client.post(f"/en/admin/notices/{draft.pk}/publish/")

    draft.refresh_from_db()
    assert (saved.status_code, stale.status_code, published.status_code) == (302, 422, 302)
    assert (draft.short["ro"], draft.is_material) == ("short said", True)
    assert Consultation.objects.current().privacy_notices.in_force(timezone.now()) == draft
    assert client.get(edit).status_code == 404
