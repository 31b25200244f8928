"""A real Chromium on the live server. Where none is installed, these tests are skipped, aloud."""

import os

import pytest
from django.core.cache import cache

from surveys.models import Member, Organisation, User
from tests.browser import chromium as chromium_here
from tests.content import load_content

# Playwright's synchronous interface runs an event loop, which makes Django refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def find_chromium():
    if found := chromium_here.path():
        return found
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(chromium_here.NONE)
    pytest.skip(chromium_here.NONE)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    with chromium_here.launched(find_chromium(), tmp_path_factory.mktemp("home")) as browser:
        yield browser


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
