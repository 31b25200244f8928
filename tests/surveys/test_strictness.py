"""What browsers are told on answers that no walk over the addresses meets, and by cookies.

All pages, for every visitor, are looked at in test_second_doors.py.
"""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from surveys.ledger import views
from tests.site.test_settings import PRODUCTION, show
from tests.surveys.strictness import inline, unsafe


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (OperationalError, 503)])
def test_a_page_that_fails_is_as_strict(listens, monkeypatch, error, status):
    def fail(*_args, **_kwargs):
        raise error("relation surveys_response in /srv/site")

    monkeypatch.setattr(views, "render", fail)
    answer = Client(raise_request_exception=False).get("/en/record/")

    assert (answer.status_code, unsafe(answer)) == (status, [])
    assert not re.search("surveys_|/srv/|Traceback|Django", answer.content.decode())


@pytest.mark.parametrize(
    ("address", "status"), [("/en/%00/", 400), ("/en/nothing/", 404), ("/static/css/site.css", 200)]
)
def test_an_answer_of_no_view_is_as_strict(listens, address, status):
    answer = Client().get(address)
    answer.getvalue()

    assert (answer.status_code, unsafe(answer)) == (status, [])


def test_the_redirect_to_https_is_as_strict(listens, settings):
    settings.SECURE_SSL_REDIRECT = True

    answer = Client().get("/en/")

    assert (answer.status_code, unsafe(answer)) == (301, [])


@pytest.mark.parametrize(
    "page",
    [
        "<style>p{}</style>",
        '<p style="x">',
        "<p\nonclick=x>",
        "<script>1</script>",
        '<a href="javascript:x">',
    ],
)
def test_what_a_browser_would_refuse_is_found(page):
    assert len(inline(page)) == 1


def test_cookies_in_production_are_for_this_host_over_https_and_for_no_script():
    names = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
    expression = f"[[getattr(settings, f'{{k}}_COOKIE_{{n}}') for n in {names}] for k in KINDS]"
    shown = show(expression.replace("KINDS", "('SESSION', 'CSRF')"), **PRODUCTION)

    assert shown == str(
        [[f"__Host-{n}", True, True, "Lax", None, "/"] for n in ("sessionid", "csrftoken")]
    )


def test_production_asks_for_https_for_two_years():
    names = ("SECONDS", "INCLUDE_SUBDOMAINS", "PRELOAD")
    expression = f"[getattr(settings, f'SECURE_HSTS_{{n}}') for n in {names}]"

    assert show(expression, **PRODUCTION) == "[63072000, True, True]"
