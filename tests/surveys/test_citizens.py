"""What citizens do after sending: read, change, withdraw, come back. And what strangers cannot."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from surveys.answering.form_key import FormKey
from surveys.exports.dataset import csv_blocks
from surveys.identifiers import new_reference, new_secret, secret_hash
from surveys.models import Attempts, Consultation, Response, Revision
from tests.content import load_content
from tests.shown import entries, shown
from tests.surveys.keys import key_on, new_key
from tests.surveys.two_at_once import at_the_first_delete

FORM = "/en/citizens/"
RETURN = "/en/citizens/return/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș"}


@pytest.fixture
def receipt(client, listens):
    """The address of a receipt."""
    return client.post(FORM, {"key": new_key()} | ANSWERS).url


def change(client, receipt, **changed):
    form = entries(client.get(f"{receipt}change/").content.decode())
    return client.post(f"{receipt}change/", form | changed)


def test_the_receipt_shows_reference_link_and_qr_code_but_no_answer(client, receipt):
    page = client.get(receipt).content.decode()

    assert Response.objects.get().reference in page
    assert f"http://testserver{receipt}</textarea>" in page
    assert '<svg aria-hidden="true" focusable="false" viewBox=' in page
    assert "Baziaș" not in page


def test_of_the_secret_only_a_hash_is_stored(client, receipt):
    secret = receipt.split("/")[-2]
    response = Response.objects.values().get()

    assert response["secret_hash"] == secret_hash(secret)
    assert secret not in str(response)


def test_what_was_sent_can_be_read_back(client, receipt):
    page = client.get(f"{receipt}answers/").content.decode()

    assert "Timiș County" in page
    assert "Climate adaptation, floods, fires and other emergencies" in page
    assert "Un pod la Baziaș" in page


def test_a_change_counts_and_what_was_said_before_is_kept(client, receipt):
    r = change(client, receipt, C5="Un feribot")
    change(client, receipt, C5="Un tunel")

    response = Response.objects.get()
    first, second = response.revisions.all()
    assert r.url == receipt
    assert response.answers == ANSWERS | {"C5": "Un tunel"}
    assert (first.number, first.answers) == (1, ANSWERS)
    assert (second.number, second.answers) == (2, ANSWERS | {"C5": "Un feribot"})
    assert (first.said_since, second.said_since) == (response.sent_at, first.replaced_at)
    assert "Changed on" in client.get(receipt).content.decode()


def test_saving_without_a_change_makes_no_revision(client, receipt):
    change(client, receipt)

    assert Revision.objects.count() == 0


def test_the_data_file_has_the_latest(client, receipt, listens):
    change(client, receipt, C5="Un feribot")

    questionnaire = listens.questionnaires.get(slug="citizens")
    text = b"".join(csv_blocks(questionnaire, Response.objects.all())).decode()
    assert "Un feribot" in text
    assert "Baziaș" not in text


def test_after_closing_nothing_is_changed_any_more(client, receipt):
    form = entries(client.get(f"{receipt}change/").content.decode())
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=30))

    late = client.post(f"{receipt}change/", form | {"C5": "Prea târziu"})

    assert late.status_code == 403
    assert "Prea târziu" in late.content.decode()
    assert client.get(f"{receipt}change/").url == receipt
    assert "change/" not in client.get(receipt).content.decode()
    assert Response.objects.get().answers == ANSWERS


def test_withdrawing_erases_what_was_ever_said_and_keeps_that_it_was_sent(client, receipt):
    change(client, receipt, C5="Un feribot")
    before = Response.objects.get()
    said = client.get(f"{receipt}withdraw/").content.decode()

    client.post(f"{receipt}withdraw/")

    after = Response.objects.get()
    assert "every earlier version" in said
    assert (after.state, after.answers, after.place) == ("withdrawn", {}, None)
    assert (after.reference, after.sent_at) == (before.reference, before.sent_at)
    assert Revision.objects.count() == 0
    page = client.get(receipt)
    assert page.status_code == 410
    assert "These answers were withdrawn" in page.content.decode()


@pytest.mark.parametrize("page", ["", "answers/", "change/", "withdraw/", "copy.pdf"])
def test_neither_half_of_the_link_alone_opens_anything(client, receipt, page):
    reference, secret = receipt.split("/")[-3:-1]
    for wrong in ((reference, new_secret()), (new_reference(), secret), ("x", "y")):
        address = f"/en/citizens/sent/{wrong[0]}/{wrong[1]}/{page}"
        assert client.get(address).status_code == 404
    assert client.get(f"{receipt}{page}").status_code == 200


def test_wrong_links_are_answered_until_there_were_too_many(client, receipt):
    wrong = receipt.replace(receipt.split("/")[-2], new_secret())

    statuses = [client.get(wrong).status_code for _try in range(31)]

    assert statuses == [404] * 30 + [429]
    refused = client.get(receipt)
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    assert Client(REMOTE_ADDR="10.9.8.7").get(receipt).status_code == 200


def test_no_address_is_stored_with_the_tries(client, receipt):
    Client(REMOTE_ADDR="203.0.113.77").get(f"/en/citizens/sent/AAAA-AAAA/{new_secret()}/")

    stored = str(list(Attempts.objects.values()))
    assert Attempts.objects.count() == 1
    assert "203.0.113" not in stored


@pytest.mark.parametrize("lower", [False, True])
def test_reference_and_code_from_paper_open_the_receipt(client, receipt, lower):
    reference, secret = receipt.split("/")[-3:-1]
    code = " ".join(secret[i : i + 4] for i in range(0, 28, 4))
    typed = {"reference": reference, "code": code}
    if lower:
        typed = {name: value.lower().replace("-", "") for name, value in typed.items()}

    assert client.post(RETURN, typed).url == receipt


def test_a_reference_with_the_prefix_of_its_questionnaire_opens_the_receipt(client, receipt):
    reference, secret = receipt.split("/")[-3:-1]

    assert client.post(RETURN, {"reference": f"CIT-{reference}", "code": secret}).url == receipt


def test_the_whole_link_can_be_pasted_as_the_code(client, receipt):
    typed = {"reference": receipt.split("/")[-3], "code": f"https://example.org{receipt}"}

    assert client.post(RETURN, typed).url == receipt


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reference": "K7QF-9M2E"}, "This is not a reference"),
        ({"code": "K7QF"}, "This is not a code"),
        ({"reference": "", "code": ""}, "Enter the reference"),
        ({"code": new_secret()}, "We cannot find answers with this reference and this code"),
    ],
)
def test_a_typo_is_told_from_an_unknown_code(client, receipt, typed, words):
    reference, secret = receipt.split("/")[-3:-1]

    r = client.post(RETURN, {"reference": reference, "code": secret} | typed)

    assert r.status_code == 422
    assert words in r.content.decode()


def test_saving_a_draft_needs_no_answer_at_all(client, listens):
    r = client.post(FORM, {"key": new_key(), "save": "yes"})

    page = client.get(r.url).content.decode()
    assert Response.objects.get().state == "draft"
    assert "It is not sent yet." in page
    assert "If it is not sent, it is erased on" in page


def test_a_draft_is_sent_once_and_its_link_then_opens_the_receipt(client, listens):
    saved = client.post(FORM, {"key": new_key(), "save": "yes"} | ANSWERS).url
    draft = saved.removesuffix("saved/")
    form = entries(client.get(draft).content.decode())

    sent = client.post(draft, form)
    again = client.post(draft, form)

    assert sent.url == again.url
    assert client.get(draft).url == client.get(saved).url == sent.url
    assert Response.objects.get().answers == ANSWERS


def test_a_draft_can_be_deleted_at_once(client, listens):
    saved = client.post(FORM, {"key": new_key(), "save": "yes"} | ANSWERS).url
    draft = saved.removesuffix("saved/")

    client.post(f"{draft}erase/")

    assert Response.objects.count() == 0
    assert client.get(draft).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_while_its_draft_is_deleted_is_not_lost():
    load_content()
    saved = Client().post(FORM, {"key": new_key(), "save": "yes"} | ANSWERS).url
    draft = saved.removesuffix("saved/")
    form = entries(Client().get(draft).content.decode())

    with at_the_first_delete(lambda: Client().post(draft, form)) as sending:
        Client().post(f"{draft}erase/")
        sent = sending[0].result()

    assert sent.status_code == 302
    assert Response.objects.get().state == "sent"


def test_too_many_drafts_from_one_network_are_refused_with_the_words_kept(client, listens):
    client.post(FORM, {"key": new_key(), "save": "yes"})
    Attempts.objects.update(count=300)

    r = client.post(FORM, {"key": new_key(), "save": "yes"} | ANSWERS)

    assert (r.status_code, r["Retry-After"]) == (429, "600")
    assert shown(r.content.decode())["C5"] == ["Un pod la Baziaș"]


def test_drafts_and_old_tries_are_erased_by_a_command(client, listens):
    client.post(FORM, {"key": new_key(), "save": "yes"} | ANSWERS)
    long_ago = timezone.now() - timedelta(days=91)
    Consultation.objects.update(opens_at=long_ago - timedelta(days=9), closes_at=long_ago)
    Attempts.objects.update(since=timezone.now() - timedelta(days=3))

    call_command("erase_expired", stdout=io.StringIO())

    assert (Response.objects.count(), Attempts.objects.count()) == (0, 0)


def test_a_device_that_answered_is_told_so_and_can_answer_again(client, receipt):
    page = client.get(FORM)
    again = client.post(FORM, {"key": key_on(page)} | ANSWERS | {"C1": "both"})

    assert "An answer was already sent from this device today." in page.content.decode()
    assert again.status_code == 302
    assert Response.objects.count() == 2
    assert "already sent from this device" not in Client().get(FORM).content.decode()


def test_a_kiosk_keeps_nothing_and_returns_to_the_start(client, listens):
    page = client.get(f"{FORM}?kiosk=1")
    r = client.post(f"{FORM}?kiosk=1", {"key": key_on(page)} | ANSWERS)

    said = r.content.decode()
    assert r.status_code == 200
    assert "no-store" in r["Cache-Control"]
    assert client.cookies == {}
    assert Response.objects.get().reference in said
    refresh = '<noscript><meta http-equiv="refresh" content="120; url=/en/?kiosk=1"></noscript>'
    assert refresh in said
    assert "data-backup=" not in page.content.decode()
    assert 'href="/en/?kiosk=1"' in page.content.decode()


def test_an_extended_deadline_is_shown_as_such(client, listens):
    Consultation.objects.update(
        extended_from=listens.closes_at, closes_at=listens.closes_at + timedelta(days=14)
    )

    words = "Extended from 28 February 2027, 23:59 (Romania), 22:59 (Serbia) to 14 March 2027"
    assert words in client.get("/en/").content.decode()
    assert words in client.get(FORM).content.decode()


def test_the_last_day_and_the_quarter_of_an_hour_after_it_say_so(client, listens):
    Consultation.objects.update(closes_at=timezone.now() + timedelta(hours=5))
    last_day = client.get("/en/").content.decode()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=5))
    grace = client.get(FORM).content.decode()

    assert "Last day" in last_day
    assert "What was begun before closing is still taken until" in grace


def test_the_paper_form_is_offered_until_the_closing(client, listens):
    offered = client.get("/en/").content.decode()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=20))
    closed = client.get("/en/").content.decode()

    assert ("On paper or by telephone" in offered, ".pdf" in offered) == (True, True)
    assert ("On paper or by telephone" in closed, ".pdf" in closed) == (False, False)


def test_before_the_opening_the_page_says_from_when_it_can_be_answered(client, listens):
    Consultation.objects.update(opens_at=timezone.now() + timedelta(days=1))

    page = client.get(FORM).content.decode()

    opens, closes = page.index("Opens on "), page.index("Closes on ")
    assert opens < page.index("You can answer on this page from then on.") < closes


def test_a_key_of_another_site_opens_nothing(listens):
    assert FormKey.read("WyJBIl0:1abc:forged") is None


@pytest.mark.django_db(transaction=True)
def test_a_thousand_parallel_double_sends_of_five_hundred_forms_are_five_hundred_responses(
    versions_are_kept,
):
    load_content()
    keys = [new_key() for _form in range(500)]

    def send(key):
        try:
            # Where the database has no room for a moment, the page asks to send it again.
            for _try in range(20):
                answer = Client().post(FORM, {"key": key} | ANSWERS)
                if answer.status_code != 503:
                    break
        finally:
            connections.close_all()
        assert answer.status_code == 302
        return answer.url

    # The two of a pair stand next to each other, so that they meet.
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(send, [key for key in keys for _twice in range(2)]))

    assert Response.objects.sent().count() == 500
    assert receipts[0::2] == receipts[1::2]
    assert len(set(receipts)) == 500
