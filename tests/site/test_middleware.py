"""No address loses what was posted to it, and none leads to another site."""

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from consultation import health


@csrf_exempt
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} {request.path} {request.body.decode()}")


urlpatterns = [
    path("live", health.live),
    *i18n_patterns(path("", echo, name="landing"), path("form/", echo), path("sent", echo)),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def no_pages_of_ours(settings):
    """Error pages draw on the database; here Django's own will do."""
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]


def post(client, address, **headers):
    return client.post(address, "a=1", "application/x-www-form-urlencoded", headers=headers)


def test_an_address_without_its_slash_is_redirected(client):
    response = client.get("/en/form?page=2")

    assert response.status_code == 301
    assert response.headers["Location"] == "/en/form/?page=2"


def test_a_post_without_its_slash_is_served_at_once(client):
    response = post(client, "/en/form")

    assert response.status_code == 200
    assert response.content == b"POST /en/form/ a=1"


def test_an_address_that_exists_without_a_slash_is_left_alone(client):
    assert client.get("/en/sent").content == b"GET /en/sent "


@pytest.mark.parametrize("address", ["/en/form/%00/", "/en/form/?page=%00", "/%00"])
def test_an_address_with_what_no_text_in_the_database_can_hold_is_refused(client, address):
    assert client.get(address).status_code == 400
    assert post(client, address).status_code == 400


def test_an_address_that_exists_neither_way_is_not_found(client):
    assert client.get("/en/nowhere").status_code == 404
    assert post(client, "/en/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("asked_for", "prefix"),
    [
        ("ro", "ro"),
        ("sr", "sr"),
        ("sr-Latn", "sr-latn"),
        ("sr-Latn-RS,sr;q=0.8", "sr-latn"),
        ("sr-RS", "sr"),
        ("ro-RO,en;q=0.5", "ro"),
        ("de, fr;q=0.9", "en"),
        ("", "en"),
    ],
)
def test_an_address_without_language_goes_to_the_visitors_language(client, asked_for, prefix):
    response = client.get("/", headers={"Accept-Language": asked_for})

    assert response.status_code == 302
    assert response.headers["Location"] == f"/{prefix}/"
    assert response.headers["Vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize("address", ["/form/", "/form"])
def test_a_post_without_language_keeps_its_body(client, address):
    response = post(client, address, **{"Accept-Language": "ro"})

    assert response.status_code == 307
    assert response.headers["Location"] == "/ro/form/"


def test_a_page_under_its_language_is_the_same_for_everybody(client):
    response = client.get("/sr/form/", headers={"Accept-Language": "ro"})

    assert response.headers["Content-Language"] == "sr"
    assert "Vary" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_a_post_over_http_keeps_its_body(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = post(client, "/en/form/")

    assert response.status_code == 308
    assert response.headers["Location"] == "https://testserver/en/form/"
    assert client.get("/en/form/").status_code == 301


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example", "//evil.example/en/form", "/en//evil.example"]
)
def test_no_address_leads_to_another_site(client, path):
    # Client.get would take the name for a host.
    assert client.request(PATH_INFO=path).status_code == 404


def test_a_foreign_host_is_refused_but_a_probe_comes_by_address(client):
    assert client.get("/en/form/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/live", headers={"Host": "10.0.0.7"}).status_code == 200


def test_the_length_of_the_content_is_told(client):
    assert client.get("/en/form/").headers["Content-Length"] == str(len("GET /en/form/ "))
