"""A real Chromium on the live server. Where none is installed, these tests are skipped, aloud."""

import os
import shutil

import pytest
from django.core.cache import cache
from playwright.sync_api import sync_playwright

from surveys.models import Member, Organisation, User
from tests.content import load_content

# Playwright's synchronous interface runs an event loop, which makes Django refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    reason = "No Chromium was found: install one, or set CHROMIUM to its path."
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    # Chromium wants a home to write to; the one we were given may be empty.
    environment = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
    executable = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS, env=environment
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium, live_server):
    """Open a page of the live server: `browser_page(width=360, javascript=False)`."""
    contexts = []

    def open_page(width=1280, javascript=True):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def site(live_server):
    """The consultation, and Elena, who answers for her organisation."""
    # Its table is no model's, so no test's end empties it.
    cache.clear()
    load_content()
    user = User.objects.create_user("elena", "elena@example.org")
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    Member.objects.create(organisation=organisation, user=user)
