"""Very many forms: nobody is refused, a robot gets slow, a class and a library get through."""

from itertools import count
from time import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.answering import printing
from surveys.answering.form_key import FormKey
from surveys.challenges import PARTS, Challenge, _zero_bits, is_proof
from surveys.identifiers import new_secret
from surveys.models import Attempts, Response
from surveys.rate_limits import RateLimit
from tests.shown import entries
from tests.surveys.keys import new_key

FORM = "/en/citizens/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș"}

pytestmark = pytest.mark.usefixtures("listens")


@pytest.fixture(autouse=True)
def guard(settings):
    """Three forms an hour, and a proof that takes no time to find."""
    settings.SENT_PER_NETWORK = 3


@pytest.fixture
def easy(monkeypatch):
    monkeypatch.setattr("surveys.answering.flood.BITS", 2)


def send(client, form=None, address=FORM, **more):
    # Each form comes from another device.
    client.cookies.clear()
    return client.post(address, form or {"key": new_key()} | ANSWERS, **more)


def fill_up(client, address=FORM):
    for _ in range(3):
        assert send(client, address=address).status_code in (200, 302)


def proof_of(text, bits):
    return ".".join(
        next(str(n) for n in count() if _zero_bits(f"{text}:{part}:{n}") >= bits)
        for part in range(PARTS)
    )


def solved(page):
    """What the script sends: the form of the page with its proof."""
    form = entries(page.content.decode())
    return form | {"proof": proof_of(form["challenge"][0], 2)}


def waited(form, secret):
    """The form as it is once its time has come."""
    now = int(time())
    return form | {"challenge": Challenge(now - 60, now, 14).signed(secret), "proof": ""}


def send_with_secret(client):
    """The page that asks, and the secret of the form in it."""
    secret = new_secret()
    page = send(client, {"key": new_key(secret=secret)} | ANSWERS)
    return entries(page.content.decode()), secret


def test_below_the_limit_nothing_is_asked(client):
    fill_up(client)

    assert Response.objects.count() == 3


def test_above_it_the_answers_are_shown_again_with_one_more_step(client):
    fill_up(client)
    page = send(client)

    form = entries(page.content.decode())
    assert (page.status_code, page["Retry-After"]) == (429, "63")
    assert {name: form[name] for name in ANSWERS} == {
        **{"place": ["timis"], "C2": ["nature", "risk"]},
        "C5": ["Un pod la Baziaș"],
    }
    assert "Wait 63 seconds, then select “Send my answers”." in page.content.decode()
    assert "js/proof.js" in page.content.decode()
    assert Response.objects.count() == 3


def test_the_form_itself_loads_no_solver(client):
    assert "js/proof.js" not in client.get(FORM).content.decode()


def test_a_proof_sends_at_once_and_stores_one_response_however_often_it_is_sent(client, easy):
    fill_up(client)
    form = solved(send(client))
    first, second = send(client, form), send(client, form)

    assert (first.status_code, second.url) == (302, first.url)
    assert Response.objects.count() == 4


def test_without_script_the_same_button_works_after_the_time(client):
    fill_up(client)
    form, secret = send_with_secret(client)
    answer = send(client, waited(form, secret))

    assert answer.status_code == 302
    assert Response.objects.count() == 4


def test_too_early_keeps_the_answers_and_the_place_in_the_queue(client, monkeypatch):
    fill_up(client)
    form = entries(send(client).content.decode())
    monkeypatch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: time() + 1))
    page = send(client, form)

    again = entries(page.content.decode())
    assert "It was a little too early." in page.content.decode()
    # Signed a second later, a key is another text that says the same.
    keys = [FormKey.read(each.pop("key")[0]) for each in (form, again)]
    assert keys[0] == keys[1]
    assert again == form
    assert sorted(Attempts.objects.values_list("count", flat=True)) == [3, 4]


def test_a_challenge_of_another_form_an_old_one_and_a_made_up_proof_are_no_step(client):
    fill_up(client)
    form, secret = send_with_secret(client)
    now = int(time())
    other = form | {"challenge": Challenge(now - 60, now).signed(new_secret())}
    old = form | {"challenge": Challenge(now - 7201, now - 7000).signed(secret)}
    made_up = form | {"proof": "0.0.0.0.0.0.0.0"}

    assert [send(client, each).status_code for each in (other, old, made_up)] == [429] * 3
    assert Response.objects.count() == 3


@pytest.mark.parametrize("proof", ["", "1", "1.2.3.4.5.6.7", ".......", "x" * 13 + ".1" * 7])
def test_what_is_no_proof(proof):
    assert not is_proof(proof, "text", 14)


def test_two_hundred_pupils_behind_one_address_all_get_through(
    client, easy, settings, versions_are_kept
):
    settings.SENT_PER_NETWORK = 30
    statuses = []
    for pupil in range(200):
        secret = new_secret()
        page = send(client, {"key": new_key(secret=secret)} | ANSWERS | {"C5": f"Pupil {pupil}"})
        if page.status_code == 429:
            form = entries(page.content.decode())
            # Every second device runs no script.
            page = send(client, waited(form, secret) if pupil % 2 else solved(page))
        statuses.append(page.status_code)

    assert statuses == [302] * 200
    assert {r.answers["C5"] for r in Response.objects.all()} == {f"Pupil {n}" for n in range(200)}


def test_a_flood_stores_the_limit_and_gives_every_other_form_back(
    client, settings, monkeypatch, versions_are_kept
):
    settings.SENT_PER_NETWORK = 30
    settings.SENT_IN_ALL = 100
    monkeypatch.setattr("surveys.answering.flood.WAITING_AT_MOST", 60)
    pages = [send(client, {"key": new_key()} | ANSWERS | {"C5": f"Flood {n}"}) for n in range(200)]
    other = send(client, REMOTE_ADDR="198.51.100.77")

    statuses = [page.status_code for page in pages]
    assert (statuses.count(302), statuses.count(429)) == (30, 170)
    assert all(f"Flood {n}" in pages[n].content.decode() for n in range(30, 200))
    # Of those above the limit no more than so many can be sent by waiting.
    assert sum("then select “Send my answers”" in page.content.decode() for page in pages) == 60
    assert other.status_code == 302


def test_the_more_come_the_longer_is_the_wait_and_the_harder_the_proof(client, settings):
    fill_up(client)
    Attempts.objects.update(count=3 + 299)
    at_300 = send(client).content.decode()
    Attempts.objects.update(count=3 + 600)
    at_601 = send(client).content.decode()

    assert ("Wait 16 minutes" in at_300, 'data-bits="15"' in at_300) == (True, True)
    assert ("after the next full hour" in at_601, 'data-bits="16"' in at_601) == (True, True)


def test_far_more_than_usual_from_everybody_asks_everybody(client, settings):
    settings.SENT_IN_ALL = 4
    sent = [send(client, REMOTE_ADDR=f"198.51.100.{n}").status_code for n in range(6)]

    assert sent == [302] * 4 + [429] * 2


def test_a_kiosk_counts_by_itself(client):
    fill_up(client)

    assert send(client, address=f"{FORM}?kiosk=1").status_code == 200
    assert send(client).status_code == 429


def test_forms_of_kiosks_are_among_those_of_everybody(client, settings):
    settings.SENT_IN_ALL = 4
    addresses = [FORM, f"{FORM}?kiosk=1"] * 3
    sent = [
        send(client, address=address, REMOTE_ADDR=f"198.51.100.{n}").status_code
        for n, address in enumerate(addresses)
    ]

    assert sent == [302, 200, 302, 200, 429, 429]


def test_by_waiting_a_network_stores_its_own_forms_and_as_many_as_a_kiosk(client, monkeypatch):
    monkeypatch.setattr("surveys.answering.flood.WAITING_AT_MOST", 2)
    pages = [
        send(client, address=address) for address in [FORM, f"{FORM}?kiosk=1"] for _form in range(9)
    ]

    stored = Response.objects.count()
    may_wait = sum("then select “Send my answers”" in page.content.decode() for page in pages)
    assert (stored, may_wait) == (2 * 3, 2 * 2)


def test_what_was_sent_already_is_answered_with_its_receipt(client):
    form = {"key": new_key()} | ANSWERS
    first = send(client, form)
    Attempts.objects.update(count=50)

    assert send(client, form).url == first.url


def test_a_field_that_nobody_sees_asks_a_robot_and_loses_nothing(client, easy):
    page = send(client, {"key": new_key()} | ANSWERS | {"website": "https://casino.example"})
    answer = send(client, solved(page))

    assert (page.status_code, answer.status_code) == (429, 302)
    assert Response.objects.get().answers == ANSWERS


def test_another_language_keeps_the_step(client, easy):
    fill_up(client)
    form = solved(send(client))
    page = client.post("/ro/citizens/", form | {"switch": "ro"})
    answer = send(client, entries(page.content.decode()), address="/ro/citizens/")

    assert answer.status_code == 302


def test_a_limit_of_none_counts_nothing(client, settings):
    settings.SENT_PER_NETWORK = 0
    fill_up(client)

    assert not Attempts.objects.exists()


def test_the_guard_takes_one_statement(client, settings):
    with CaptureQueriesContext(connection) as guarded:
        send(client)
    settings.SENT_PER_NETWORK = 0
    with CaptureQueriesContext(connection) as unguarded:
        send(client)

    assert len([q for q in guarded if "surveys_attempts" in q["sql"]]) == 1
    assert len(guarded) == len(unguarded) + 1


def test_a_network_makes_so_many_papers(client, monkeypatch):
    monkeypatch.setattr(printing, "PAPERS", RateLimit("few", 1, printing.PAPERS.period))
    copy = send(client).url + "copy.pdf"

    assert [client.get(copy).status_code for _ in range(2)] == [200, 429]
