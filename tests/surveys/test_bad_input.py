"""Whatever is sent: a clear answer in words, never a 500, never half a response."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from surveys.models import Response
from tests.content import load_content
from tests.surveys.keys import new_key

FORM = "/en/citizens/"
SECRET = "23456789ABCDEFGHJKMNPQRSTUVW"


def post_raw(client, body, address=FORM):
    return client.post(address, body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    "body",
    [
        "place=timis&C5=%ED%A0%80",
        "place=timis&C5=%00",
        "place=%00",
        "place=timis&S2_1=%00&C2=%FF",
        "place=timis&" + "&".join(f"x{number}=1" for number in range(2000)),
        "place=timis&C5=" + "a" * 9_000_000,
        "key=%00&place=timis",
        "%%%=&&&==",
    ],
)
def test_odd_bytes_are_refused_in_words(client, listens, body):
    r = post_raw(client, body)

    assert r.status_code in (400, 413, 422)
    assert "<h1>" in r.content.decode()
    assert Response.objects.count() == 0


@pytest.mark.parametrize("address", ["invitation/%00/", "invitation/%00/decline/", "?x=%00"])
def test_a_null_character_in_an_address_is_refused_in_words(client, listens, address):
    r = client.get(f"/en/{address}")

    assert r.status_code == 400
    assert "<h1>" in r.content.decode()


def test_a_lone_surrogate_in_a_good_form_is_replaced_and_stored(client, listens):
    r = post_raw(client, f"key={new_key()}&place=timis&C5=a%ED%A0%80b")

    assert r.status_code == 302
    assert Response.objects.get().answers["C5"] == "a\ufffd\ufffd\ufffdb"


def test_answers_to_what_is_not_asked_are_not_stored(client, listens):
    sent = {"key": new_key(), "place": "timis", "S1": "both", "state": "withdrawn", "C9": "x"}

    client.post(FORM, sent)

    response = Response.objects.get()
    assert (response.answers, response.state) == ({"place": "timis"}, "sent")


@pytest.mark.parametrize("key", [{}, {"key": "forged:1:2"}])
def test_a_form_without_its_key_comes_back_with_a_new_one(client, listens, key):
    first = client.post(FORM, {"place": "timis", "C5": "kept"} | key)
    fresh = re.search(r'name="key" value="([^"]+)"', first.content.decode()).group(1)

    second = client.post(FORM, {"place": "timis", "C5": "kept", "key": fresh})

    assert (first.status_code, second.status_code) == (422, 302)
    assert "kept</textarea>" in first.content.decode()


def test_another_site_cannot_send_for_its_visitor(client, listens):
    sent = {"key": new_key(), "place": "timis"}

    r = client.post(FORM, sent, headers={"Sec-Fetch-Site": "cross-site"})

    assert r.status_code == 422
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [(1, 2, "The consultation is not open yet"), (-2, -1, "The consultation closed on")],
)
def test_a_consultation_that_is_not_open_takes_no_answers(client, listens, opens, closes, words):
    listens.opens_at = timezone.now() + timedelta(opens)
    listens.closes_at = timezone.now() + timedelta(closes)
    listens.save()

    r = client.post(FORM, {"key": new_key(), "place": "timis"})

    assert r.status_code == 403
    assert words in r.content.decode()
    assert client.get(FORM).status_code == 200
    assert Response.objects.count() == 0


def test_an_address_without_its_slash_takes_the_answers(client, listens):
    r = client.post("/en/citizens", {"key": new_key(), "place": "timis"})

    assert r.status_code == 302
    assert Response.objects.get().answers == {"place": "timis"}


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_is_one_response():
    load_content()
    sent = {"key": new_key(secret=SECRET), "place": "timis"}

    def post(_number):
        try:
            return Client().post(FORM, sent).url
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        receipts = set(pool.map(post, range(12)))

    assert Response.objects.count() == 1
    assert receipts == {f"/en/citizens/sent/{Response.objects.get().reference}/{SECRET}/"}
