"""What another site can do with our visitor, our name or our addresses: nothing."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from consultation.middleware import OnlyOursMiddleware
from surveys.models import Member, Message, Organisation, Response, Subscriber
from surveys.people import make_person
from tests.surveys.keys import new_key
from tests.surveys.signing_in import sign_in_with_code

OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://testserver"},
    {"Origin": "http://testserver:8443"},
    {},
]
OTHERS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://testserver.evil.example"},
    {"Origin": "null"},
]
ELSEWHERE = [
    *("https://evil.example/", "//evil.example/", "///evil.example", "\\\\evil.example"),
    *("/\\evil.example", "http:evil.example", "https:///evil.example", "javascript:alert(1)"),
    *("https://testserver@evil.example/", "https://testserver.evil.example/", "\t//evil.example"),
    *("%2F%2Fevil.example", "data:text/html,x", "ftp://testserver/", "//evil.example\\@testserver"),
]
HOSTS = [
    *("evil.example", "testserver.evil.example", "testserver:80@evil.example", "evil.example:80"),
    *("testserver,evil.example", "testserver/evil", "", "[::1", "testserver\tevil"),
]


def host_of(location):
    """Where a browser goes from here."""
    return urlsplit(urljoin("http://testserver/en/sign-in/", location)).netloc


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_a_form_of_our_own_is_taken(listens, headers):
    sent = {"key": new_key(), "place": "timis"}

    assert Client().post("/en/citizens/", sent, headers=headers).status_code == 302


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_a_form_of_another_site_changes_nothing(listens, headers):
    own = Client()
    receipt = own.post("/en/citizens/", {"key": new_key(), "place": "timis"}).url
    before = list(Response.objects.values())

    for address in ("/en/citizens/", f"{receipt}change/", f"{receipt}withdraw/"):
        own.post(address, {"key": new_key(), "place": "borski"}, headers=headers)
    own.post("/en/reply/subscribe/", {"email": "vesna@example.org"}, headers=headers)

    assert list(Response.objects.values()) == before
    assert not Subscriber.objects.exists()


@pytest.fixture
def elena(listens):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("elena@example.org", language="en"))
    return client


@pytest.mark.parametrize("name", ["account_close", "sign_out"])
def test_a_form_of_whoever_is_signed_in_needs_its_token(elena, name):
    assert elena.post(reverse(name), {"email": "elena@example.org"}).status_code == 403


def test_whoever_is_signed_in_is_led_on_from_signing_in(elena):
    answer = elena.post(reverse("sign_in"), {"email": "elena@example.org"})

    assert (answer.status_code, answer.url) == (302, reverse("stakeholder_home"))
    assert not Message.objects.exists()


@pytest.mark.parametrize("following", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(listens, following):
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    person = make_person("elena@example.org", language="en")
    Member.objects.create(organisation=organisation, user=person)

    answer = sign_in_with_code(Client(), "elena@example.org", following)

    assert answer.status_code == 302
    assert host_of(answer.url) == "testserver"


@pytest.mark.parametrize("following", ELSEWHERE)
def test_signing_out_leads_to_no_other_site(listens, following):
    assert host_of(Client().post(reverse("sign_out"), {"next": following}).url) == "testserver"


@pytest.mark.parametrize("host", HOSTS)
def test_another_hosts_name_is_refused(listens, host):
    answer = Client().get("/en/", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-URL"])
def test_no_header_changes_what_links_begin_with(listens, header):
    sent = {"key": new_key(), "place": "timis"}
    receipt = Client().post("/en/citizens/", sent).url

    page = Client().get(receipt, headers={header: "evil.example"}).content.decode()

    assert f"http://testserver{receipt}" in page
    assert "evil.example" not in page


def seen(rf, query="", cookies=""):
    """The query and the cookies that a page gets to see of what a browser brings."""
    found = {}

    def page(request):
        found.update(query=request.META["QUERY_STRING"], cookies=request.COOKIES)
        return HttpResponse()

    brought = {"HTTP_COOKIE": cookies} if cookies else {}
    OnlyOursMiddleware(page)(rf.get("/", QUERY_STRING=query, **brought))
    return found["query"], found["cookies"]


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("fbclid=IwAR1", ""),
        ("country=ro&fbclid=IwAR1", "country=ro"),
        ("fbclid=IwAR1&country=ro", "country=ro"),
        ("country=ro&utm_source=a&utm_medium=b&place=timis", "country=ro&place=timis"),
        ("q=fbclid=1&place=timis", "q=fbclid=1&place=timis"),
        ("mutm_source=1&country=utm_source", "mutm_source=1&country=utm_source"),
        ("q=%26fbclid%3D1", "q=%26fbclid%3D1"),
        ("kiosk=1&GCLID=2", "kiosk=1"),
    ],
)
def test_what_other_sites_add_to_an_address_reaches_no_page(rf, brought, kept):
    assert seen(rf, query=brought)[0] == kept


def test_cookies_of_others_reach_no_page_and_ours_do(rf, settings):
    session, answered = settings.SESSION_COOKIE_NAME, settings.ANSWERED_COOKIE_NAME
    brought = f"_ga=GA1.2.3; {session}=ours; {answered}='a b'; my{session}=no;; =; consent"

    assert seen(rf, cookies=brought)[1] == {session: "ours", answered: "'a b'"}
    assert seen(rf, cookies="_ga=GA1.2.3")[1] == {}
