"""Ways to lose an answer that a request can show. Each compares what was written with what is."""

import html
import re
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from surveys.answering.form_key import FormKey
from surveys.desk.erasers import run
from surveys.models import Consultation, Member, Organisation, Question, Response, User, Version
from tests.shown import entries, shown
from tests.surveys.keys import key_on, new_key
from tests.surveys.signing_in import last_code, sign_in_with_code

FORM = "/en/citizens/"
BORDER = "/en/stakeholders/31/section/border/"
WORDS = "Ștefan: „podul” mai repede.\nЂорђе: брже преко границе & čekanje < 5 min"
ENTERED = {
    "place": ["timis"],
    "C1": ["both"],
    "C2": ["nature", "health"],
    "C2_other_text": ["трајект"],
    "C5": [WORDS],
}
STORED = {
    "place": "timis",
    "C1": "both",
    "C2": ["nature", "health"],
    "C2_other_text": "трајект",
    "C5": WORDS,
}
TOO_MANY = {**ENTERED, "C2": ["nature", "risk", "energy", "health"], "C5": ["д" * 1200]}


@pytest.fixture
def member(client, listens):
    user = User.objects.create_user("elena", "elena@example.org")
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    Member.objects.create(organisation=organisation, user=user)
    client.force_login(user)
    return client


def only_response():
    return Response.objects.get()


def move_deadline(listens, **ago):
    """The consultation closed so long ago."""
    Consultation.objects.update(closes_at=timezone.now() - timedelta(**ago))


def saved_draft(client, entered=ENTERED):
    """Save a draft and return the address of its form."""
    r = client.post(FORM, {"key": key_on(client.get(FORM)), "save": "yes"} | entered)
    assert r.status_code == 302
    return r.url.removesuffix("saved/")


# Sending once


def test_the_same_form_twice_is_one_response_with_one_receipt(client, listens):
    sent = {"key": new_key()} | ENTERED

    first, second = client.post(FORM, sent), client.post(FORM, sent)

    assert first.url == second.url
    assert only_response().answers == STORED


def test_the_same_form_with_other_words_overwrites_nothing_and_keeps_them(client, listens):
    key = new_key()
    client.post(FORM, {"key": key} | ENTERED)

    r = client.post(FORM, {"key": key} | ENTERED | {"C5": "Alte cuvinte"})

    assert r.status_code == 409
    assert only_response().answers == STORED
    assert shown(r.content.decode()) == ENTERED | {"C5": ["Alte cuvinte"]}


def test_what_the_repeated_form_says_can_take_the_others_place(client, listens):
    key = new_key()
    client.post(FORM, {"key": key} | ENTERED)
    again = client.post(FORM, {"key": key} | ENTERED | {"C5": "Alte cuvinte"}).content.decode()
    action = again.split('<form method="post" id="answers"')[1].split('action="')[1].split('"')[0]

    r = client.post(action, entries(again))

    assert r.status_code == 302
    assert only_response().answers == STORED | {"C5": "Alte cuvinte"}
    assert [revision.answers for revision in only_response().revisions.all()] == [STORED]


# Errors, languages, length


KINDS = {
    "place": {"C1": ["both"]},
    "single": {"place": ["timis"], "C1": ["invented"], "C5": [WORDS]},
    "multiple": {"place": ["timis"], "C2": ["nature", "risk", "energy", "health"], "C5": [WORDS]},
    "exclusive": {"place": ["timis"], "C4": ["law", "nothing"], "C5": [WORDS]},
    "text": {"place": ["timis"], "C5": ["ж" * 1500]},
    "comment": {"place": ["timis"], "C1_comment": ["ш" * 900], "C5": [WORDS]},
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_on_a_citizens_question_keeps_everything_on_the_page(client, listens, kind):
    entered = KINDS[kind]

    r = client.post(FORM, {"key": new_key()} | entered)

    expected = {name: values for name, values in entered.items() if values != ["invented"]}
    assert r.status_code == 422
    assert shown(r.content.decode()) == expected


@pytest.mark.parametrize(
    ("section", "entered"),
    [
        ("border", {"S2_1": ["health"], "S2_2": ["health"], "S1_comment": [WORDS]}),
        ("today", {"S3_info": ["invented"], "S3_comment": [WORDS]}),
        ("border", {"S1_comment": ["ж" * 3000]}),
        ("organisation", {"role": ["lead"]}),
    ],
)
def test_an_error_in_a_section_keeps_everything_on_the_page_and_in_the_draft(
    member, section, entered
):
    address = f"/en/stakeholders/31/section/{section}/"

    r = member.post(address, {"key": key_on(member.get(address))} | entered)

    expected = {name: values for name, values in entered.items() if values != ["invented"]}
    assert r.status_code == 422
    assert shown(r.content.decode()) == expected
    assert shown(member.get(address).content.decode()) == expected


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_another_language_shows_the_same_answers_valid_or_not(client, listens, language):
    r = client.post(f"/{language}/citizens/", {"key": new_key(), "switch": language} | TOO_MANY)

    page = r.content.decode()
    assert r.status_code == 200
    assert 'id="errors"' not in page
    assert shown(page) == TOO_MANY
    assert Response.objects.count() == 0


def test_another_script_keeps_a_sections_words_and_its_key(member):
    key = key_on(member.get(BORDER))

    r = member.post(
        "/sr-latn/stakeholders/31/section/border/",
        {"key": key, "switch": "sr-latn", "S1_comment": WORDS, "S2_1": "health"},
    )

    assert shown(r.content.decode()) == {"S1_comment": [WORDS], "S2_1": ["health"]}
    # What it carries; the second in which it was signed may be the next one.
    assert key_on(r).split(":")[0] == key.split(":")[0]


def test_a_megabyte_of_text_comes_back_whole(client, listens):
    text = "Дунав " * 175_000

    # As browsers send it: three bytes for each byte of Cyrillic.
    sent = urlencode({"key": new_key(), "place": "timis", "C5": text})
    r = client.post(FORM, sent, content_type="application/x-www-form-urlencoded")

    assert len(text.encode()) > 1_000_000
    assert r.status_code == 422
    assert shown(r.content.decode()) == {"place": ["timis"], "C5": [text]}


def test_a_megabyte_of_text_is_saved_whole_in_a_draft(client, listens):
    text = "Дунав " * 175_000

    address = saved_draft(client, {"place": "timis", "C5": text})

    assert shown(client.get(address).content.decode()) == {"place": ["timis"], "C5": [text]}


# Signed out, without cookie


def test_a_session_that_is_gone_gives_the_words_back_after_signing_in(member):
    key = key_on(member.get(BORDER))
    stranger = Client()

    kept = stranger.post(BORDER, {"key": key, "S1": "both", "S1_comment": WORDS})
    signed_in = sign_in_with_code(stranger, "elena@example.org", BORDER)
    again = stranger.get(signed_in.url)

    assert kept.status_code == 403
    assert signed_in.url == BORDER
    assert shown(again.content.decode()) == {"S1": ["both"], "S1_comment": [WORDS]}
    stranger.post(BORDER, entries(again.content.decode()))
    assert only_response().answers == {"S1": "both", "S1_comment": WORDS}


def test_a_wrong_code_on_that_way_keeps_the_words(member):
    key = key_on(member.get(BORDER))
    stranger = Client()
    stranger.post(BORDER, {"key": key, "S1_comment": WORDS})
    stranger.post("/en/sign-in/", {"email": "elena@example.org", "next": BORDER})

    refused = stranger.post("/en/sign-in/code/", {"code": "BBBB-BBBB", "next": BORDER})
    code = last_code("elena@example.org")
    signed_in = stranger.post("/en/sign-in/code/", {"code": code, "next": BORDER})

    assert refused.status_code == 422
    assert shown(stranger.get(signed_in.url).content.decode()) == {"S1_comment": [WORDS]}


def test_what_a_stranger_left_waiting_is_shown_to_no_other_organisation(member):
    key = key_on(member.get(BORDER))
    stranger = Client()
    stranger.post(BORDER, {"key": key, "S1_comment": WORDS})
    user = User.objects.create_user("dragan", "dragan@example.org")
    other = Organisation.objects.create(pk=32, name="Општина Кладово")
    Member.objects.create(organisation=other, user=user)

    signed_in = sign_in_with_code(stranger, "dragan@example.org", BORDER)

    assert stranger.get(signed_in.url).status_code == 404
    assert WORDS not in stranger.get(BORDER.replace("31", "32")).content.decode()


@pytest.mark.parametrize("token", [None, "x" * 64])
def test_a_missing_or_rotated_token_shows_the_words_again(member, token):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get())
    page = browser.get(BORDER).content.decode()
    del browser.cookies["csrftoken"]
    sent = {"key": entries(page)["key"], "S1": "both", "S1_comment": WORDS}

    refused = browser.post(BORDER, sent | ({"csrfmiddlewaretoken": token} if token else {}))
    again = browser.post(BORDER, entries(refused.content.decode()))

    assert refused.status_code == 403
    assert shown(refused.content.decode()) == {"S1": ["both"], "S1_comment": [WORDS]}
    assert again.status_code == 302
    assert only_response().answers == {"S1": "both", "S1_comment": WORDS}


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_what_another_site_enters_is_neither_shown_nor_kept(member, is_signed_in):
    browser = Client(enforce_csrf_checks=True)
    if is_signed_in:
        browser.force_login(User.objects.get())

    refused = browser.post(BORDER, {"S1_comment": WORDS}, headers={"Sec-Fetch-Site": "cross-site"})

    assert refused.status_code == 403
    assert WORDS not in refused.content.decode()
    assert "kept" not in browser.session


# The deadline


@pytest.mark.parametrize(("minutes_late", "is_taken"), [(14, True), (16, False)])
def test_a_form_opened_in_time_is_taken_for_a_quarter_of_an_hour(
    client, listens, minutes_late, is_taken
):
    key = key_on(client.get(FORM))
    listens.closes_at = timezone.now() - timedelta(minutes=minutes_late)
    listens.save()
    late_key = FormKey.read(key)
    opened = FormKey(
        listens.closes_at - timedelta(minutes=5), late_key.version_id, secret=late_key.secret
    )

    r = client.post(FORM, {"key": opened.signed()} | ENTERED)

    assert Response.objects.filter(answers=STORED).exists() == is_taken
    if not is_taken:
        page = r.content.decode()
        assert r.status_code == 403
        assert "Ђорђе: брже преко границе &amp; čekanje &lt; 5 min" in page
        assert "(Romania)" in page
        assert "(Serbia)" in page


def test_a_form_opened_after_closing_is_not_taken_within_that_quarter(client, listens):
    move_deadline(listens, minutes=5)

    r = client.post(FORM, {"key": new_key()} | ENTERED)

    assert r.status_code == 403
    assert "трајект" in r.content.decode()
    assert Response.objects.count() == 0


def test_a_section_that_comes_too_late_is_shown_to_copy(member, listens):
    key = key_on(member.get(BORDER))
    move_deadline(listens, minutes=30)

    r = member.post(BORDER, {"key": key, "S1": "both", "S1_comment": WORDS})

    assert r.status_code == 403
    assert "Ђорђе: брже преко границе" in r.content.decode()


def test_a_draft_that_was_not_sent_in_time_can_still_be_read(client, listens):
    address = saved_draft(client)
    move_deadline(listens, minutes=30)

    assert "Ђорђе: брже преко границе" in client.get(address).content.decode()


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_wrong_clock_of_the_server_costs_nobody_an_answer(client, listens, monkeypatch, hours):
    listens.closes_at = timezone.now() + timedelta(hours=1)
    listens.save()
    right = time.time
    key = key_on(client.get(FORM))
    monkeypatch.setattr(time, "time", lambda: right() + hours * 3600)
    moved = timezone.now

    monkeypatch.setattr(timezone, "now", lambda: moved() + timedelta(hours=hours))
    r = client.post(FORM, {"key": key} | ENTERED)

    assert r.status_code == 302
    assert only_response().answers == STORED


# Two windows, another device, another version


def test_a_draft_goes_on_from_another_device(client, listens):
    address = saved_draft(client)
    phone = Client()

    page = phone.get(address).content.decode()

    assert shown(page) == ENTERED
    assert phone.post(address, entries(page)).status_code == 302
    assert only_response().answers == STORED


def test_an_unfinished_draft_keeps_what_is_no_answer_yet(client, listens):
    address = saved_draft(client, TOO_MANY)

    assert shown(client.get(address).content.decode()) == TOO_MANY
    assert "C5" not in only_response().answers


def two_windows(client, address):
    return entries(client.get(address).content.decode()), entries(
        client.get(address).content.decode()
    )


@pytest.mark.parametrize(("choice", "kept"), [("mine", "al doilea"), ("stored", "primul")])
def test_two_windows_on_one_draft_show_both_texts(client, listens, choice, kept):
    address = saved_draft(client)
    first, second = two_windows(client, address)

    client.post(address, first | {"C5": "primul", "save": "yes"})
    conflict = client.post(address, second | {"C5": "al doilea", "save": "yes"})
    page = conflict.content.decode()
    chosen = client.post(address, entries(page) | {"choose-C5": choice})

    assert conflict.status_code == 409
    assert '<p class="verbatim">primul</p>' in page
    assert '<p class="verbatim">al doilea</p>' in page
    assert chosen.url == address
    assert only_response().answers == STORED | {"C5": kept}


@pytest.mark.parametrize(("choice", "kept"), [("mine", "al doilea"), ("stored", "primul")])
def test_two_colleagues_on_one_section_show_both_texts(member, choice, kept):
    first, second = two_windows(member, BORDER)

    member.post(BORDER, first | {"S1": "both", "S1_comment": "primul"})
    conflict = member.post(BORDER, second | {"S1": "both", "S1_comment": "al doilea"})
    page = conflict.content.decode()
    member.post(BORDER, entries(page) | {"choose-S1": choice})

    assert conflict.status_code == 409
    assert '<p class="verbatim">primul</p>' in page
    assert '<p class="verbatim">al doilea</p>' in page
    assert only_response().answers == {"S1": "both", "S1_comment": kept}


def links_of(page):
    return re.findall('<li><a href="#([^"]+)">(.+?)</a></li>', page)


def test_without_a_choice_nothing_is_overwritten_and_the_choice_is_asked_for(client, listens):
    address = saved_draft(client)
    first, second = two_windows(client, address)

    client.post(address, first | {"C1": "clear_opp", "C5": "primul", "save": "yes"})
    conflict = client.post(address, second | {"C5": "al doilea", "save": "yes"}).content.decode()
    again = client.post(address, entries(conflict) | {"choose-C1": "stored", "choose-C5": "both"})
    page = again.content.decode()
    kept = only_response().answers
    chosen = client.post(address, entries(page) | {"choose-C5": "mine"})

    question = str(Question.objects.get(name="C5").text)
    told = f"“{question}”: Choose which of the two to keep"
    assert again.status_code == 422
    assert "<title>Error: Two versions: choose which to keep" in page
    assert links_of(page) == [("choose-C5", html.escape(told))]
    assert 'name="choose-C1" value="stored" checked' in page
    assert '<p class="verbatim">primul</p>' in page
    assert '<p class="verbatim">al doilea</p>' in page
    assert kept == STORED | {"C1": "clear_opp", "C5": "primul"}
    assert chosen.url == address
    assert only_response().answers == STORED | {"C1": "clear_opp", "C5": "al doilea"}


def test_what_was_sent_is_not_overwritten_without_a_choice(client, listens):
    address = f"{client.post(FORM, {'key': new_key()} | ENTERED).url}change/"
    first, second = two_windows(client, address)

    client.post(address, first | {"C5": "primul"})
    conflict = client.post(address, second | {"C5": "al doilea"}).content.decode()
    again = client.post(address, entries(conflict))

    assert again.status_code == 422
    assert only_response().answers == STORED | {"C5": "primul"}


def test_a_section_is_not_overwritten_without_a_choice(member):
    first, second = two_windows(member, BORDER)

    member.post(BORDER, first | {"S1": "both", "S1_comment": "primul"})
    conflict = member.post(BORDER, second | {"S1": "both", "S1_comment": "al doilea"})
    again = member.post(BORDER, entries(conflict.content.decode()))

    question = str(Question.objects.get(name="S1").text)
    told = f"“{question}”: Choose which of the two to keep"
    assert again.status_code == 422
    assert links_of(again.content.decode()) == [("choose-S1", html.escape(told))]
    assert only_response().answers == {"S1": "both", "S1_comment": "primul"}


def test_a_choice_between_versions_that_changed_since_is_asked_for_anew(client, listens):
    address = saved_draft(client)
    first, second = two_windows(client, address)
    client.post(address, first | {"C5": "primul", "save": "yes"})
    conflict = client.post(address, second | {"C5": "al doilea", "save": "yes"}).content.decode()
    third = entries(client.get(address).content.decode())
    client.post(address, third | {"C5": "al treilea", "save": "yes"})

    again = client.post(address, entries(conflict) | {"choose-C5": "mine"})

    assert again.status_code == 409
    assert "checked" not in again.content.decode()
    assert '<p class="verbatim">al treilea</p>' in again.content.decode()
    assert only_response().answers == STORED | {"C5": "al treilea"}


def test_sending_what_a_colleague_has_changed_asks_for_another_look(member):
    profile = "/en/stakeholders/31/section/organisation/"
    member.post(profile, {"key": key_on(member.get(profile)), "org_type": "ngo", "place": "timis"})
    check = "/en/stakeholders/31/check/"
    sending = {"key": key_on(member.get(check)), "publication": "named", "authorised": "on"}
    member.post(BORDER, {"key": key_on(member.get(BORDER)), "S1_comment": WORDS})

    r = member.post(check, sending)

    assert r.status_code == 409
    assert only_response().state == "draft"
    assert "Ђорђе: брже преко границе" in r.content.decode()


def test_what_a_colleague_has_sent_meanwhile_leaves_my_words_to_copy(member):
    profile = "/en/stakeholders/31/section/organisation/"
    member.post(profile, {"key": key_on(member.get(profile)), "org_type": "ngo", "place": "timis"})
    mine = key_on(member.get(BORDER))
    check = "/en/stakeholders/31/check/"
    member.post(
        check, {"key": key_on(member.get(check)), "publication": "named", "authorised": "on"}
    )

    r = member.post(BORDER, {"key": mine, "S1_comment": WORDS})

    assert r.status_code == 409
    assert "Ђорђе: брже преко границе" in r.content.decode()


def new_version(listens):
    """A version that no longer asks C5."""
    version = Version.objects.with_questions().get(questionnaire__slug="citizens")
    old_sections = list(version.sections.all())
    version.pk, version.number, version.published_at = None, 2, None
    version.save()
    for section in old_sections:
        questions = [question for question in section.questions.all() if question.name != "C5"]
        section.pk, section.version = None, version
        section.save()
        for question in questions:
            options = list(question.options.all())
            question.pk, question.version, question.section = None, version, section
            question.save()
            for option in options:
                option.pk, option.question = None, question
                option.save()
    version.published_at = timezone.now()
    version.save()


def test_a_version_published_meanwhile_takes_nothing_from_a_draft(client, listens):
    address = saved_draft(client)
    new_version(listens)

    page = client.get(address).content.decode()
    client.post(address, entries(page))

    assert 'name="C5"' not in client.get(FORM).content.decode()
    assert shown(page) == ENTERED
    assert only_response().answers == STORED


def test_a_version_published_meanwhile_takes_nothing_from_an_open_form(client, listens):
    key = key_on(client.get(FORM))
    new_version(listens)

    client.post(FORM, {"key": key} | ENTERED)

    assert only_response().answers == STORED
    assert only_response().version.number == 1


# Erased, withdrawn, refused, away


def test_words_for_a_version_that_a_colleague_has_left_behind_are_shown(member, listens):
    mine = key_on(member.get(BORDER))
    stakeholders = listens.questionnaires.get(slug="stakeholders")
    newer = Version.objects.create(
        questionnaire=stakeholders, number=2, published_at=timezone.now()
    )
    Response.objects.create(
        questionnaire=stakeholders,
        version=newer,
        organisation=Organisation.objects.get(),
        state="draft",
        language="ro",
        started_at=timezone.now(),
    )

    r = member.post(BORDER, {"key": mine, "S1": "both", "S1_comment": WORDS})

    assert r.status_code == 409
    assert "The questionnaire has changed since you opened this page." in r.content.decode()
    assert "Ђорђе: брже преко границе" in r.content.decode()


def test_words_for_a_draft_that_was_deleted_in_another_window_are_shown(client, listens):
    address = saved_draft(client)
    form = entries(client.get(address).content.decode())
    client.post(f"{address}erase/")

    r = client.post(address, form)

    page = r.content.decode()
    assert r.status_code == 404
    assert "Ђорђе: брже преко границе" in page
    assert "трајект" in page
    assert "Health care and long-term care" in page


def test_words_for_answers_withdrawn_in_another_window_are_shown(client, listens):
    receipt = client.post(FORM, {"key": new_key()} | ENTERED).url
    form = entries(client.get(f"{receipt}change/").content.decode())
    client.post(f"{receipt}withdraw/")

    r = client.post(f"{receipt}change/", form)

    assert r.status_code == 410
    assert "Ђорђе: брже преко границе" in r.content.decode()
    assert only_response().answers == {}


def test_a_database_that_is_away_gives_a_page_that_sends_again(client, listens, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as broken:
        broken.setattr("surveys.answering.citizens.send_citizen_response", away)
        r = client.post(FORM, {"key": new_key()} | ENTERED)
    again = client.post(FORM, entries(r.content.decode(), None))

    assert (r.status_code, r["Retry-After"]) == (503, "10")
    assert "Ђорђе: брже преко границе" in r.content.decode()
    assert again.status_code == 302
    assert only_response().answers == STORED


def test_who_only_reads_while_the_database_is_away_is_told_that_the_page_cannot_be_shown(
    client, listens, monkeypatch
):
    def away(*args, **kwargs):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("surveys.answering.citizens.send_citizen_response", away)
    monkeypatch.setattr("surveys.results.views.State", away)
    shown, sent = client.get("/en/results/"), client.post(FORM, {"key": new_key()} | ENTERED)

    assert (shown.status_code, sent.status_code) == (503, 503)
    assert "<h1>We cannot show this page just now</h1>" in shown.content.decode()
    assert "We cannot store" not in shown.content.decode()
    assert "<h1>We cannot store anything just now</h1>" in sent.content.decode()


def test_drafts_are_erased_ninety_days_after_closing_and_not_before(client, listens):
    saved_draft(client)
    closing = listens.closes_at

    assert run(closing + timedelta(days=90))["drafts"] == 0
    assert run(closing + timedelta(days=90, seconds=1))["drafts"] == 1
    assert Response.objects.count() == 0


def test_the_same_answers_from_the_same_device_count_twice_only_if_that_is_meant(client, listens):
    client.post(FORM, {"key": new_key()} | ENTERED)

    asked = client.post(FORM, {"key": new_key()} | ENTERED)
    assert asked.status_code == 409
    assert Response.objects.count() == 1
    meant = client.post(FORM, entries(asked.content.decode()))

    assert meant.status_code == 302
    assert Response.objects.count() == 2
    assert shown(asked.content.decode()) == ENTERED | {"again": ["yes"]}


def next_consultation(listens):
    """Another consultation of the programme is open and current; its questionnaire is shorter."""
    old = listens.questionnaires.get(slug="citizens")
    listens.pk, listens.slug, listens.opens_at = None, "listens-2028", timezone.now()
    listens.save()
    old.pk, old.consultation = None, listens
    old.save()
    Version.objects.create(questionnaire=old, number=1, published_at=timezone.now())


def test_the_next_consultation_takes_nothing_from_drafts_and_forms_of_the_last(client, listens):
    key, address = key_on(client.get(FORM)), saved_draft(client)
    next_consultation(listens)

    page = client.get(address).content.decode()
    client.post(FORM, {"key": key} | ENTERED)

    assert shown(page) == ENTERED
    assert Response.objects.sent().get().answers == STORED
    assert 'name="C5"' not in client.get(FORM).content.decode()
