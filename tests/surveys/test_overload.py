"""More load than can be served: whoever waited too long is told so, and keeps what was entered."""

import time
from urllib.parse import urlencode

import pytest

from consultation import overload
from surveys.models import Response
from tests.shown import entries
from tests.surveys.keys import new_key

FORM = "/ro/citizens/"
WORDS = "Un pod la Baziaș"


@pytest.fixture(autouse=True)
def behind_a_server(listens, settings):
    settings.BEHIND_PROXY = True


def send(client, start, form=None):
    body = urlencode(form or {"key": new_key(), "place": "timis", "C5": WORDS}, doseq=True)
    kind = "application/x-www-form-urlencoded"
    return client.post(FORM, body, kind, headers={"X-Request-Start": start})


def waited(seconds):
    return f"t={time.time() - seconds:.3f}"


def test_what_waited_too_long_is_not_stored_and_can_be_sent_again(client):
    answer = send(client, waited(2))
    page = answer.content.decode()
    again = send(client, waited(0), entries(page, None))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert '<html lang="ro">' in page
    assert f'<p class="verbatim">{WORDS}</p>' in page
    assert again.status_code == 302
    assert Response.objects.get().answers == {"place": "timis", "C5": WORDS}


def test_a_page_that_waited_too_long_is_to_be_loaded_again(client):
    answer = client.get("/ro/results/", headers={"X-Request-Start": waited(2)})

    assert answer.status_code == 503
    assert 'href="/ro/results/"' in answer.content.decode()


@pytest.mark.parametrize(("seconds_ago", "status"), [(60, 302), (0, 503)])
def test_whoever_waited_through_a_short_stop_is_served(
    client, monkeypatch, settings, seconds_ago, status
):
    settings.SHED_AFTER_SECONDS = 20
    monkeypatch.setattr(overload, "SHORT", 10)
    monkeypatch.setattr(overload, "RIDDEN_OUT", seconds_ago)
    client.get("/ro/results/", headers={"X-Request-Start": waited(0)})

    assert send(client, waited(30)).status_code == status


def test_who_does_not_say_when_it_came_tells_nothing_of_the_queue(client):
    client.get("/ro/results/")

    assert send(client, waited(2)).status_code == 503


def test_what_waited_less_is_served(client, settings):
    settings.SHED_AFTER_SECONDS = 30

    assert send(client, waited(20)).status_code == 302


@pytest.mark.parametrize("start", ["", "t=", "t=soon", "t=nan", "t=99999999999"])
def test_who_does_not_say_when_a_request_came_is_served(client, start):
    assert send(client, start).status_code == 302


@pytest.mark.parametrize("hours", [-1, 1])
def test_another_clock_in_front_is_no_waiting(client, hours):
    """A server in front gives up after a minute: nobody has waited for an hour."""
    assert send(client, waited(hours * 3600)).status_code == 302


def test_nobody_but_our_own_server_in_front_is_believed(client, settings):
    settings.BEHIND_PROXY = False

    assert send(client, waited(2)).status_code == 302


def test_the_limit_can_be_switched_off(client, settings):
    settings.SHED_AFTER_SECONDS = 0

    assert send(client, waited(30)).status_code == 302


def test_whoever_brings_a_file_waits_since_it_could_not_be_sent_again(client):
    answer = client.post(FORM, {"key": "x"}, headers={"X-Request-Start": waited(2)})

    assert answer.status_code == 422
