"""E-mails to those who asked to be told of replies: asking, confirming, leaving, telling."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from surveys.announcing import announce, tell_waiting, untold
from surveys.models import Announcement, Message, Subscriber
from surveys.postman import as_email
from surveys.replying import publish, take_back
from surveys.retention import BY_KEY
from surveys.subscribing import (
    confirm_address_of,
    erase_subscribers,
    erase_unconfirmed,
    subscribe,
    unsubscribe_address,
)
from tests.surveys.coding_cast import at_the_desk, person
from tests.surveys.replies_cast import published
from tests.surveys.test_replies import address

ASKED = "/en/reply/subscribe/"


@pytest.fixture
def vesna(listens):
    """Of the Joint Secretariat."""
    return person("vesna")


def ask(email, language="en", client=None):
    return (client or Client()).post(f"/{language}/reply/subscribe/", {"email": email})


def a_subscriber(listens, email="ana@example.org", language="ro", **fields):
    fields = {"confirmed_at": timezone.now()} | fields
    return Subscriber.objects.create(consultation=listens, email=email, language=language, **fields)


def tell(listens, by):
    """Everything that is new, to everybody."""
    changes = untold(listens)
    told = announce(listens, max((each.pk for each in changes), default=0), by, timezone.now())
    while tell_waiting():
        pass
    return told


def path_in(message):
    return re.search(r"https?://[^/]+(/\S+/reply/(?:confirm|unsubscribe)/\S+)", message.text)[1]


# Asking and confirming


def test_an_address_is_written_to_before_anything_else_is_sent(client, listens, vesna):
    answer = ask("Ana@Example.org", "ro")

    assert (answer.status_code, answer.url) == (302, "/ro/reply/subscribe/?asked")
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.language) == ("ana@example.org", "ro")
    assert subscriber.confirmed_at is None
    (message,) = Message.objects.all()
    assert (message.to, message.language, message.kind) == (
        *("ana@example.org", "ro", "subscription"),
    )
    published(listens, vesna)
    tell(listens, vesna)
    assert Message.objects.count() == 1


def test_the_link_is_shown_by_get_and_confirmed_by_post(client, listens):
    ask("ana@example.org")
    path = path_in(Message.objects.get())

    page = client.get(path)
    assert page.status_code == 200
    assert "Shall we write to ana@example.org" in page.content.decode()
    assert Subscriber.objects.get().confirmed_at is None

    page = client.post(path)
    assert "Your address is confirmed" in page.content.decode()
    confirmed_at = Subscriber.objects.get().confirmed_at
    assert confirmed_at is not None

    client.post(path)
    assert Subscriber.objects.get().confirmed_at == confirmed_at


def test_the_page_says_the_same_whether_an_address_is_known_or_not(listens):
    a_subscriber(listens, "known@example.org", "en")

    known, unknown = ask("known@example.org"), ask("unknown@example.org")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert known.content == unknown.content
    # Both are written to; what stands in it only the reader of the mail sees.
    letters = {message.to: message for message in Message.objects.all()}
    assert "/reply/confirm/" not in letters["known@example.org"].text
    assert "/reply/confirm/" in letters["unknown@example.org"].text
    assert Subscriber.objects.count() == 2


def test_an_address_is_written_to_once_a_day_however_often_it_is_entered(listens):
    for _ in range(3):
        ask("ana@example.org")
    assert Message.objects.count() == 1

    subscribe(listens, "ana@example.org", "en", timezone.now() + timedelta(days=1))

    assert Message.objects.count() == 2
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Enter an e-mail address"),
        ("ana", "This is not an e-mail address. It looks like name@example.org"),
        ("a\r\nBcc: b@example.org", "This is not an e-mail address"),
    ],
)
def test_what_is_no_address_is_shown_again(client, listens, email, words):
    answer = ask(email)

    assert answer.status_code == 422
    assert answer.content.decode().count(words) >= 2
    assert not Subscriber.objects.exists()


def test_a_form_of_another_site_is_only_shown(client, listens):
    answer = client.post(
        ASKED, {"email": "ana@example.org"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 200
    assert not Subscriber.objects.exists()


def test_one_network_asks_a_limited_number_of_times(client, listens):
    statuses = [ask(f"{number}@example.org").status_code for number in range(41)]

    assert statuses == [302] * 40 + [429]
    assert Subscriber.objects.count() == 40


def test_a_public_page_sets_no_cookie(client, listens):
    ask("ana@example.org", client=client)
    client.get("/en/reply/")
    client.get(ASKED)

    assert not client.cookies


@pytest.mark.parametrize("page", ["confirm", "unsubscribe"])
@pytest.mark.parametrize("token", ["nothing", "0190a0a0-0000-7000-8000-000000000000.forged"])
def test_a_forged_link_says_that_it_does_not_work(client, listens, page, token):
    for method in (client.get, client.post):
        answer = method(f"/en/reply/{page}/{token}/")
        assert answer.status_code == 404
        assert "This link does not work any more" in answer.content.decode()


def test_the_link_that_confirms_does_not_unsubscribe(client, listens):
    subscriber = a_subscriber(listens)
    token = confirm_address_of(subscriber).rstrip("/").rpartition("/")[2]

    assert client.post(f"/en/reply/unsubscribe/{token}/").status_code == 404
    assert Subscriber.objects.exists()


# Telling


def test_each_is_told_once_in_their_language_what_has_changed(listens, vesna):
    a_subscriber(listens, "ana@example.org", "ro")
    a_subscriber(listens, "milan@example.org", "sr-latn")
    a_subscriber(listens, "late@example.org", "en", confirmed_at=None)
    published(listens, vesna, "Lanes")

    tell(listens, vesna)

    letters = {message.to: message for message in Message.objects.all()}
    assert set(letters) == {"ana@example.org", "milan@example.org"}
    assert "– Lanes (ro): " in letters["ana@example.org"].text
    assert "– Lanes (sr): " in letters["milan@example.org"].text
    assert "/ro/reply/" in letters["ana@example.org"].text

    assert tell(listens, vesna) is None
    assert Message.objects.count() == 2


def test_only_what_is_new_since_the_last_time_is_told(listens, vesna):
    a_subscriber(listens, language="en")
    first, second = published(listens, vesna, "Lanes"), published(listens, vesna, "Bridges")
    published(listens, vesna, "Trains")
    tell(listens, vesna)
    third = published(listens, vesna, "Ferries")
    take_back(second.pk, vesna, timezone.now())
    first.status = "taken_up"
    first.save()
    publish(first.pk, vesna, timezone.now())

    tell(listens, vesna)

    last = Message.objects.order_by("pk").last()
    assert re.findall(r"– (.*)", last.text) == ["Lanes: taken up", "Ferries: being examined"]
    assert third.published_at


def test_a_change_after_the_page_was_shown_waits_for_the_next_time(listens, vesna):
    a_subscriber(listens)
    published(listens, vesna, "Lanes")
    shown = untold(listens)[-1].pk
    published(listens, vesna, "Bridges")

    announce(listens, shown, vesna, timezone.now())
    tell_waiting()

    assert "Bridges" not in Message.objects.get().text
    assert [str(change.heading) for change in untold(listens)] == ["Bridges"]


def test_whoever_confirms_later_is_told_of_later_changes_only(listens, vesna):
    published(listens, vesna)
    told = announce(listens, untold(listens)[-1].pk, vesna, timezone.now())
    a_subscriber(listens, confirmed_at=told.made_at + timedelta(seconds=1))

    assert tell_waiting() is False
    assert not Message.objects.exists()


def test_the_step_goes_on_where_it_was_stopped(listens, vesna):
    for number in range(5):
        a_subscriber(listens, f"{number}@example.org")
    published(listens, vesna)
    announce(listens, untold(listens)[-1].pk, vesna, timezone.now())

    steps = [tell_waiting(limit=2) for _ in range(4)]

    assert steps == [True, True, True, False]
    assert Message.objects.values("to").distinct().count() == 5
    assert Message.objects.count() == 5


def test_the_desk_says_how_many_and_tells_once(listens, vesna):
    a_subscriber(listens)
    a_subscriber(listens, "unconfirmed@example.org", confirmed_at=None)
    published(listens, vesna, "Lanes")
    desk = at_the_desk(vesna)

    page = desk.get(address("replies_tell")).content.decode()
    assert "Write to 1 person" in page
    assert "Lanes: being examined" in page
    up_to = re.search(r'name="up_to" value="(\d+)"', page)[1]
    for _ in range(2):
        assert desk.post(address("replies_tell"), {"up_to": up_to}).status_code == 302

    assert Message.objects.count() == 1
    assert Announcement.objects.count() == 1
    for nonsense in ("", "x", "9" * 30, "²"):
        assert desk.post(address("replies_tell"), {"up_to": nonsense}).status_code == 302


# Leaving


def test_unsubscribing_forgets_the_address_and_what_was_written_to_it(client, listens, vesna):
    a_subscriber(listens, language="en")
    published(listens, vesna)
    tell(listens, vesna)
    path = path_in(Message.objects.get())

    assert client.get(path).status_code == 200
    assert Subscriber.objects.exists()
    page = client.post(path)

    assert "Your address is forgotten" in page.content.decode()
    assert not Subscriber.objects.exists()
    assert not Message.objects.exists()
    assert client.post(path).status_code == 404


def test_mail_programmes_unsubscribe_with_one_click(listens, vesna):
    subscriber = a_subscriber(listens, language="sr")
    published(listens, vesna)
    tell(listens, vesna)

    email = as_email(Message.objects.get())

    assert email.extra_headers["List-Unsubscribe"] == f"<{unsubscribe_address(subscriber)}>"
    assert email.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + email.extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()


def test_the_letter_that_asks_to_confirm_has_no_header_to_unsubscribe(listens):
    ask("ana@example.org")

    assert "List-Unsubscribe" not in as_email(Message.objects.get()).extra_headers


@pytest.mark.parametrize(("minutes", "left"), [(0, 1), (4, 1), (6, 0)])
def test_what_is_leaving_at_this_moment_is_left_alone_and_what_is_unclear_is_forgotten(
    client, listens, vesna, minutes, left
):
    subscriber = a_subscriber(listens)
    published(listens, vesna)
    tell(listens, vesna)
    handed_over_at = timezone.now() - timedelta(minutes=minutes)
    Message.objects.update(state=Message.State.HANDING_OVER, handed_over_at=handed_over_at)

    client.post(unsubscribe_address(subscriber).partition("/reply/")[2].join(["/ro/reply/", ""]))

    assert Message.objects.count() == left
    assert not Subscriber.objects.exists()


# Erasing


def test_an_address_nobody_confirms_is_erased(listens):
    ask("ana@example.org")
    confirmed = a_subscriber(listens, "b@example.org")
    now = timezone.now()

    assert erase_unconfirmed(now + BY_KEY["unconfirmed"].period - timedelta(minutes=1)) == 0
    assert erase_unconfirmed(now + BY_KEY["unconfirmed"].period + timedelta(minutes=1)) == 1
    assert list(Subscriber.objects.all()) == [confirmed]
    assert not Message.objects.exists()


def test_addresses_are_erased_some_time_after_closing_and_the_last_reply(listens, vesna, settings):
    a_subscriber(listens)
    kept = timedelta(days=settings.SUBSCRIBERS_KEPT_DAYS)
    reply = published(listens, vesna)
    replied = listens.closes_at + timedelta(days=100)
    reply.status = "taken_up"
    reply.save()
    publish(reply.pk, vesna, replied)

    assert erase_subscribers(replied + kept - timedelta(minutes=1)) == 0
    assert erase_subscribers(replied + kept + timedelta(minutes=1)) == 1


def test_the_daily_command_erases_them(listens):
    subscriber = a_subscriber(listens, confirmed_at=None)
    Subscriber.objects.filter(pk=subscriber.pk).update(
        asked_at=timezone.now() - BY_KEY["unconfirmed"].period - timedelta(days=1)
    )

    call_command("erase_expired")

    assert not Subscriber.objects.exists()
