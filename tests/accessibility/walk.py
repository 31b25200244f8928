"""The way through the site in one language: every page, and the states that people meet."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from django.utils import timezone, translation

from surveys.models import Response, Subscriber
from surveys.subscribing import confirm_address_of, unsubscribe_address
from tests.accessibility.world import session_of
from tests.surveys.signing_in import last_code

SECTIONS = ["organisation", "border", "today", "support", "after_2027"]
WORDS = "Ștefan: „podul” mai repede. Ђорђе: брже преко границе"
ERRORS = "with errors"
OF_MEMBERS = (
    *("stakeholder_receipt", "stakeholder_versions", "stakeholder_drop", "stakeholder_withdraw"),
    *("stakeholder_comments", "stakeholder_history", "stakeholder_members"),
    *("member_role", "member_remove", "member_hand_over"),
)


def walk(eye, world):
    """As a stranger, a citizen, a member of an organisation, and staff who sign in."""
    # Tries of the language before are not to count.
    cache.clear()
    world.open()
    _what_everybody_reads(eye)
    _forms_of_strangers(eye, world)
    _a_citizen(eye)
    _an_organisation(eye, world)
    _what_was_sent(eye, world)
    _an_account(eye, world)
    world.close()
    eye.somebody_else()
    for page, path in {"landing": "", "citizens": "citizens/", "results": "results/"}.items():
        eye.at(page, path, "closed")


def _what_everybody_reads(eye):
    eye.at("landing", "")
    for slug in ("privacy", "accessibility", "help"):
        eye.at("page", f"about/{slug}/", slug)
    eye.at("privacy_version", "about/privacy/1/")
    eye.at("results", "results/")
    eye.at("results", "results/?country=rs", "of one country")
    eye.at("results_question", "results/citizens/C2/?by=place", "by place")
    eye.at("results_question", "results/stakeholders/S3/?by=country", "a matrix")
    eye.at("results_comments", "results/comments/")
    eye.at("replies", "reply/")
    eye.at("replies", "reply/?status=not_now", "chosen by status")
    eye.at("open_data", "open-data/")
    eye.at("record", "record/")
    eye.at("error", "nowhere/", "no such page", status=404)
    eye.at("error", "citizens/sent/AAAA-AAAA/x/", "unknown link", status=404)


def _forms_of_strangers(eye, world):
    for page, path in {
        "citizen_return": "citizens/return/",
        "record_check": "record/check/",
        "replies_subscribe": "reply/subscribe/",
        "register": "register/",
        "sign_in": "sign-in/",
    }.items():
        eye.at(page, path)
        eye.press()
        eye.now(page, ERRORS)
    subscriber = Subscriber.objects.create(
        consultation=world.things.citizens.consultation,
        email=f"{eye.language}@example.org",
        language=eye.language,
    )
    with translation.override(eye.language):
        eye.at("replies_confirm", _path(confirm_address_of(subscriber)))
    eye.at("replies_unsubscribe", _path(unsubscribe_address(subscriber)))
    token = world.invitation()
    eye.at("invitation", f"invitation/{token}/")
    eye.at("invitation_decline", f"invitation/{token}/decline/")


def _a_citizen(eye):
    eye.at("citizens", "citizens/")
    eye.press("form .actions button")
    eye.now("citizens", ERRORS)
    eye.go("citizens/")
    _fill_in(eye.page)
    eye.press("button[name=save]")
    eye.now("citizen_saved")
    eye.at("citizen_draft", _path(eye.page.url.removesuffix("saved/")), "filled in")
    eye.press("form .actions button")
    eye.now("citizen_receipt")
    receipt = _path(eye.page.url)
    for part in ("answers", "change", "withdraw"):
        eye.at(f"citizen_{part}", f"{receipt}{part}/")
    eye.press()
    eye.now("citizen_withdraw", "withdrawn")
    eye.go("citizens/")
    _fill_in(eye.page)
    eye.press("button[name=save]")
    eye.press("form[action$='/erase/'] button")
    eye.now("citizen_erase", "erased")


def _an_organisation(eye, world):
    email, organisation = world.newcomer(eye.language)
    eye.somebody_else(session_of(email))
    team = f"stakeholders/{organisation}/"
    eye.at("stakeholder_sections", team)
    for name in SECTIONS:
        eye.at("stakeholder_section", f"{team}section/{name}/", name)
    eye.go(f"{team}section/border/")
    for rank in (1, 2):
        eye.page.select_option(f"#id_S2_{rank}", "nature")
    eye.press("main form .actions .button >> nth=0")
    eye.now("stakeholder_section", ERRORS)
    eye.at("stakeholder_check", f"{team}check/")
    eye.press()
    eye.now("stakeholder_check", ERRORS)
    world.joins(email)
    eye.at("stakeholder_home", "stakeholders/", "of two organisations")


def _what_was_sent(eye, world):
    eye.somebody_else(session_of(world.sender))
    for name in OF_MEMBERS:
        eye.at(name, world.path(name, eye.language))
    eye.press()
    eye.now(OF_MEMBERS[-1], ERRORS)


def _an_account(eye, world):
    """Of staff, who have more to sign in with than others."""
    staff = world.staff(eye.language)
    secret = generate_totp_secret()
    eye.somebody_else()
    _ask_for_a_code(eye, staff.email)
    eye.now("sign_in_code")
    _give(eye, "BBBB-BBBB")
    eye.now("sign_in_code", ERRORS)
    _give(eye, last_code(staff.email))
    for page, path in {
        "account": "account/",
        "account_close": "account/close/",
        "passkey_add": "account/passkeys/add/",
        "authenticator_add": "account/authenticator/add/",
    }.items():
        eye.at(page, path)
    TOTP.activate(staff, secret)
    eye.somebody_else()
    _ask_for_a_code(eye, staff.email)
    _give(eye, last_code(staff.email))
    eye.now("second_factor")
    _give(eye, "000000")
    eye.now("second_factor", ERRORS)
    _give(eye, format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30)))
    eye.at("second_factor_again", "account/again/")
    eye.at("authenticator_remove", "account/authenticator/remove/")
    passkey = Authenticator.objects.create(user=staff, type="webauthn", data={"name": "Telefon"})
    eye.at("passkey_remove", f"account/passkeys/{passkey.pk}/remove/")


def _ask_for_a_code(eye, email):
    eye.go("sign-in/")
    eye.page.fill("[name=email]", email)
    eye.press()


def _give(eye, code):
    eye.page.fill("[name=code]", code)
    eye.press()


def _fill_in(page):
    page.check("[name=place][value=timis]")
    # Each time something else, or it would be the same response once more.
    page.fill("[name=C5]", f"{WORDS} {Response.objects.count()}")


def _path(address):
    """Without scheme and host."""
    return "/" + address.split("/", 3)[3]
