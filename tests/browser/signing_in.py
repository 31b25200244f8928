"""Signing in with the code from the e-mail, in the browser, and sending a form."""

from tests.surveys.signing_in import last_code


def sign_in_with_code(page, email="elena@example.org"):
    """From the page that asks for an address on."""
    page.fill("[name=email]", email)
    page.click("main form .button >> nth=0")
    page.wait_for_url("**/sign-in/code/**")
    page.fill("[name=code]", last_code(email))
    page.click("main form .button >> nth=0")


def save(page):
    """Select the button of the page's form, and wait for what comes of it."""
    with page.expect_navigation():
        page.click("main form .actions .button")
