"""Pages that are drawn once for many; of the form each person's is still theirs alone."""

import itertools
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from surveys.answering import kept, versions
from surveys.answering.form_key import FormKey
from surveys.models import Consultation, Passage, Response, User
from tests.shown import entries
from tests.surveys.keys import new_key

FORM = "/en/citizens/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș"}


@pytest.fixture(autouse=True)
def kept_long(monkeypatch, listens):
    monkeypatch.setattr(kept, "KEPT_FOR", 600)
    monkeypatch.setattr(versions, "READ_FOR", 600)


@pytest.fixture
def client():
    """Many people behind one process: none of them brings what another was given."""

    class People(Client):
        def request(self, **request):
            self.cookies.clear()
            return super().request(**request)

    return People()


def form_in(response):
    return entries(response.content.decode())


def words_in(response):
    return without_key(response).decode()


def key_in(response):
    return FormKey.read(form_in(response)["key"][0])


def without_key(response):
    return response.content.replace(form_in(response)["key"][0].encode(), b"")


def headers_of_all(response):
    """Without those that are another page's own."""
    own = ("Content-Length", "X-Request-ID")
    return {name: value for name, value in response.headers.items() if name not in own}


def kept_by(client):
    middleware = client.handler._middleware_chain
    while not isinstance(middleware, kept.KeptPagesMiddleware):
        middleware = getattr(middleware, "__wrapped__", None) or middleware.get_response
    return middleware.pages


def test_a_kept_page_is_drawn_by_no_query(client, django_assert_num_queries):
    client.get(FORM)

    with django_assert_num_queries(0):
        assert client.get(FORM).status_code == 200


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_a_kept_page_is_the_drawn_one_but_for_its_key(client, language):
    drawn = client.get(f"/{language}/citizens/", secure=True)
    again = client.get(f"/{language}/citizens/", secure=True)

    assert without_key(again) == without_key(drawn)
    assert again.headers["Content-Length"] == str(len(again.content))
    assert headers_of_all(again) == headers_of_all(drawn)
    assert "Content-Security-Policy" in again.headers


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_the_first_page_is_drawn_once_for_many(client, language, django_assert_num_queries):
    drawn = client.get(f"/{language}/")

    with django_assert_num_queries(0):
        again = client.get(f"/{language}/")
    assert again.content == drawn.content
    assert headers_of_all(again) == headers_of_all(drawn)


def test_that_it_is_not_open_yet_is_told_many_from_one_drawing(client, django_assert_num_queries):
    Consultation.objects.update(opens_at=timezone.now() + timedelta(days=1))
    drawn = client.get(FORM)

    with django_assert_num_queries(0):
        assert client.get(FORM).content == drawn.content
    assert b"Opens on" in drawn.content


def test_staff_see_on_the_first_page_at_once_what_they_changed(client):
    client.get("/en/")
    Consultation.objects.update(lead={"en": "Another sentence"})
    staff = Client()
    staff.handler = client.handler
    staff.force_login(User.objects.create_user("ana", "ana@example.org"))

    assert b"Another sentence" in staff.get("/en/").content
    assert b"Another sentence" not in client.get("/en/").content


def test_everybody_gets_a_key_of_their_own(client):
    keys = [key_in(client.get(FORM)) for _person in range(5)]

    assert len({key.secret for key in keys}) == 5
    assert len({key.opened_at for key in keys}) == 1


def test_keys_are_everybodys_own_though_the_clock_ticks_while_the_page_is_drawn(
    client, monkeypatch
):
    # A signature holds the second it was made in.
    seconds = itertools.count(time.time())
    monkeypatch.setattr(signing.time, "time", lambda: next(seconds))

    keys = [form_in(client.get(FORM))["key"][0] for _person in range(3)]

    assert len({FormKey.read(key).secret for key in keys}) == 3


def test_a_page_without_a_place_for_the_key_is_not_kept(rf):
    key = FormKey(timezone.now(), 1)
    page = kept.keep(HttpResponse("no key"), key)

    assert kept.KeptPage.of(rf.get(FORM), page) is None


def test_what_two_people_send_from_kept_pages_are_two_responses(client):
    for words in ("Un pod", "Un bac"):
        form = form_in(client.get(FORM))
        client.post(FORM, form | ANSWERS | {"C5": words})

    answers = Response.objects.order_by("sent_at").values_list("answers__C5", flat=True)
    assert list(answers) == ["Un pod", "Un bac"]


def test_languages_are_kept_apart(client):
    pages = {language: words_in(client.get(f"/{language}/citizens/")) for language in ("en", "sr")}

    assert words_in(client.get("/en/citizens/")) == pages["en"]
    assert words_in(client.get("/sr/citizens/")) == pages["sr"]
    assert pages["en"] != pages["sr"]


def test_names_of_the_site_and_schemes_are_kept_apart(client, settings):
    settings.SECURE_HSTS_SECONDS = 60
    page = client.get(FORM)

    assert client.get(FORM, headers={"host": "evil.example"}).status_code == 400
    assert without_key(client.get(FORM)) == without_key(page)
    assert "Strict-Transport-Security" not in page.headers
    assert "max-age=60" in client.get(FORM, secure=True)["Strict-Transport-Security"]


def test_what_is_wrong_in_somebodys_form_is_shown_to_nobody_else(client):
    page = without_key(client.get(FORM))
    wrong = client.post(FORM, {"key": new_key(), "C5": "Моје речи"})

    assert wrong.status_code == 422
    assert without_key(client.get(FORM)) == page


def test_who_sent_today_is_told_so_and_nobody_else_is(client):
    sender = Client()
    sender.get(FORM)
    sender.post(FORM, {"key": new_key()} | ANSWERS)

    words = "An answer was already sent from this device today."
    assert words in words_in(sender.get(FORM))
    fresh = Client()
    assert words not in words_in(fresh.get(FORM))
    sender.handler = fresh.handler
    assert words in words_in(sender.get(FORM))
    fresh.cookies.clear()
    assert words not in words_in(fresh.get(FORM))


def test_a_computer_that_many_use_gets_a_page_of_its_own(client):
    client.get(FORM)
    kiosk = client.get(FORM, {"kiosk": "1"})

    assert kiosk["Cache-Control"] == "private, no-store, no-cache"
    assert client.get(FORM)["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "query", ["fbclid=IwAR1", "utm_source=a&utm_medium=b", "gclid=1&mc_eid=2&GCLID=3", "&", ""]
)
def test_who_follows_a_link_of_another_site_gets_the_kept_page(
    client, query, django_assert_num_queries
):
    page = client.get(FORM)

    with django_assert_num_queries(0):
        assert without_key(client.get(f"{FORM}?{query}")) == without_key(page)


def test_cookies_of_a_domain_around_ours_change_no_page(client, django_assert_num_queries):
    page = client.get(FORM)
    foreign = "_ga=GA1.2.3; consent=yes;nonsense; =;; sessionid2=1"

    with django_assert_num_queries(0):
        assert without_key(client.get(FORM, headers={"cookie": foreign})) == without_key(page)


def test_a_page_drawn_for_who_comes_from_another_site_is_everybodys(client):
    foreign = {"cookie": "_ga=GA1.2.3"}
    page = client.get(f"{FORM}?fbclid=IwAR1&utm_campaign=autumn", headers=foreign)

    assert b"fbclid" not in page.content
    assert b"autumn" not in page.content
    assert len(kept_by(client)) == 1


def test_who_is_signed_in_neither_gets_nor_leaves_a_kept_page(client, django_assert_num_queries):
    staff = Client()
    staff.handler = client.handler
    staff.force_login(User.objects.create_user("ana", "ana@example.org"))
    staff.get(FORM)

    assert kept_by(client) == {}
    first = client.get(FORM)
    (page,) = kept_by(client).values()
    staff.get(FORM)
    # Hers was drawn for her, and is in nobody's place.
    assert list(kept_by(client).values()) == [page]
    with django_assert_num_queries(0):
        assert without_key(client.get(FORM)) == without_key(first)


def test_asking_for_the_headers_alone_keeps_nothing(client):
    assert client.head(FORM).content == b""
    assert kept_by(client) == {}
    assert client.get(FORM).content != b""


def test_what_staff_change_is_seen_once_the_page_is_drawn_again(client, monkeypatch):
    client.get(FORM)
    Consultation.objects.update(closes_at=timezone.now() + timedelta(days=3, minutes=1))
    Passage.objects.all().delete()
    before = words_in(client.get(FORM))

    monkeypatch.setattr(kept, "KEPT_FOR", 0)
    monkeypatch.setattr(versions, "READ_FOR", 0)

    assert words_in(client.get(FORM)) != before


def test_a_closed_consultation_is_not_kept_open(client, monkeypatch):
    client.get(FORM)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(days=1))

    monkeypatch.setattr(versions, "READ_FOR", 0)
    monkeypatch.setattr(kept, "KEPT_FOR", 0)
    assert 'name="key"' not in client.get(FORM).content.decode()
    monkeypatch.setattr(kept, "KEPT_FOR", 600)
    assert 'name="key"' not in client.get(FORM).content.decode()


def test_an_open_form_that_was_kept_over_the_closing_is_taken(client, monkeypatch):
    monkeypatch.setattr(versions, "READ_FOR", 0)
    drawn_at = key_in(client.get(FORM)).opened_at
    Consultation.objects.update(closes_at=drawn_at + timedelta(microseconds=1))
    form = form_in(client.get(FORM))

    assert client.post(FORM, form | ANSWERS).status_code == 302
    assert Response.objects.sent().count() == 1


def test_pages_of_other_names_do_not_fill_the_memory(client, settings):
    settings.ALLOWED_HOSTS = ["*"]

    for number in range(kept.KEPT_AT_MOST + 5):
        assert client.get(FORM, headers={"host": f"h{number}.example"}).status_code == 200

    assert len(kept_by(client)) == kept.KEPT_AT_MOST


def fill_all_places(client):
    for port in range(1, kept.KEPT_AT_MOST + 1):
        assert client.get(FORM, headers={"host": f"testserver:{port}"}).status_code == 200


def test_a_page_is_kept_though_somebody_asked_for_it_under_many_ports(
    client, django_assert_num_queries
):
    fill_all_places(client)
    client.get(FORM)

    with django_assert_num_queries(0):
        client.get(FORM)
        client.get(FORM, headers={"host": "testserver:2"})
    names = [name for _scheme, name, _path in kept_by(client)]
    assert (len(names), "testserver:1" in names) == (kept.KEPT_AT_MOST, False)


def test_pages_that_are_not_fresh_any_more_are_dropped_when_there_is_no_place(client, monkeypatch):
    fill_all_places(client)
    monkeypatch.setattr(kept, "KEPT_FOR", 0)
    client.get(FORM, headers={"host": "testserver"})

    assert list(kept_by(client)) == [("http", "testserver", FORM)]


def test_what_is_asked_is_read_once_for_many_forms(client, django_assert_num_queries):
    client.post(FORM, {"key": new_key()} | ANSWERS)
    key = new_key()

    # To begin and to end; the response, its commitment, and whether somebody rehearsed.
    with django_assert_num_queries(5):
        assert client.post(FORM, {"key": key} | ANSWERS).status_code == 302


def test_a_form_knows_the_time_though_its_version_was_read_before(client):
    client.post(FORM, {"key": new_key()} | ANSWERS)
    client.post(FORM, {"key": new_key()} | ANSWERS)

    first, second = Response.objects.order_by("sent_at").values_list("sent_at", flat=True)
    assert first < second < timezone.now()
