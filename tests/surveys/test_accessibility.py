"""The accessibility statement says what the last audit found, and no more than that."""

import html
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from surveys import urls
from surveys.accessibility import statement
from surveys.accessibility.audit import Audit, last_audit
from surveys.checks import the_audit_is_recent
from surveys.models import Passage

STATEMENT = "/en/about/accessibility/"
COMMITTED = Path(project.BASE_DIR) / "surveys" / "content" / "accessibility-audit.json"
STANDARD = (
    "EN 301 549 V3.2.1, that is with the Web Content Accessibility Guidelines (WCAG) 2.1, level AA"
)
PASSED = {
    "what": {"en": "Use without scripts"},
    "when": "2026-11-20",
    "by": {"en": "tests in a browser"},
    "result": "passed",
}
NOT_DONE = {"what": {"en": "Use with screen readers"}, "when": None, "by": {}, "result": "not done"}
FAILED = PASSED | {"what": {"en": "Use at 400%"}, "when": "2026-12-03", "result": "failed"}


def content(**said):
    """What an audit of three states of two pages leaves, unless told otherwise."""
    return {
        "date": "2026-11-26",
        "tools": [
            {"name": "axe-core", "version": "4.12.1"},
            {"name": "Chromium", "version": "150.0"},
        ],
        "languages": ["en", "ro", "sr", "sr-latn"],
        "widths": [1280, 360],
        "checks": 12345,
        "pages": [
            {"page": "citizens", "states": ["as it opens", "with errors"]},
            {"page": "results", "states": ["as it opens"]},
        ],
        "findings": [],
        "manual": [PASSED],
    } | said


def finding(criterion="1.4.3", page="results", places=1, state="as it opens"):
    rule = "color-contrast"
    return {
        **{"rule": rule, "criterion": criterion},
        **{"page": page, "state": state, "places": places},
    }


def compliance(**said):
    return statement.compliance(Audit.of(content(**said)))


def found(*findings):
    return statement.found(Audit.of(content(findings=findings)))


@pytest.fixture
def audited(listens, settings, tmp_path):
    """Put another audit in the place of the last one: `audited(findings=[…])`."""
    settings.ACCESSIBILITY_AUDIT = tmp_path / "audit.json"

    def put(**said):
        settings.ACCESSIBILITY_AUDIT.write_text(json.dumps(content(**said)), "utf-8")

    put()
    return put


def headings(page):
    return re.findall(r"<h[12][^>]*>([^<]*)</h[12]>", page)


def text_of(page):
    """What is read in the main part, as words with single spaces."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main)).split())


def shown(address=STATEMENT):
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_findings_and_with_every_check_passed_the_site_is_fully_compliant():
    assert compliance() == f"This site is fully compliant with {STANDARD}."


@pytest.mark.parametrize("manual", [[], [NOT_DONE], [PASSED, NOT_DONE], [PASSED, FAILED]])
def test_what_people_have_not_checked_or_found_makes_it_partially_compliant(manual):
    assert compliance(manual=manual) == (
        f"This site is partially compliant with {STANDARD}, because of what is listed below."
    )


def test_one_finding_makes_it_partially_compliant():
    assert compliance(findings=[finding()]).startswith("This site is partially compliant")


def test_findings_on_more_than_half_of_the_states_make_it_not_compliant():
    findings = [finding(), finding(page="citizens", state="with errors")]

    assert compliance(findings=findings) == (
        f"This site is not compliant with {STANDARD}. What is not accessible is listed below."
    )


def test_findings_are_told_by_requirement_with_pages_in_words():
    lines = found(
        finding("4.1.2", "results"),
        finding("1.4.10", "citizens"),
        finding("1.4.3", "results", places=2),
        finding("1.4.3", "citizen_receipt"),
        finding("9.9.9", "unheard_of"),
    )

    assert lines == [
        "Text stands out too little from its background (WCAG 1.4.3), in 3 places: "
        "Results, Questionnaire for citizens",
        "A page is wider than a narrow screen (WCAG 1.4.10), in 1 place: "
        "Questionnaire for citizens",
        "Controls do not tell screen readers their name, role or state (WCAG 4.1.2), in 1 place: "
        "Results",
        "Another requirement is not fulfilled (WCAG 9.9.9), in 1 place: unheard_of",
    ]


def test_the_method_is_told_in_numbers():
    assert statement.method(Audit.of(content())) == [
        ("Tools", "axe-core 4.12.1, Chromium 150.0"),
        ("Rules", "WCAG 2.0, 2.1 and 2.2, levels A and AA"),
        ("Pages", "2"),
        ("States of these pages, for instance with errors", "3"),
        (
            "Languages and scripts",
            "English; Romanian; Serbian, Cyrillic script; Serbian, Latin script",
        ),
        ("Widths of the screen, in pixels", "1280, 360"),
        ("Single checks", "12,345"),
    ]


def test_the_statement_has_the_headings_of_the_model_in_its_order(audited):
    assert headings(shown()) == [
        "Accessibility statement",
        "Compliance status",
        "Non-accessible content",
        "Preparation of this accessibility statement",
        "Feedback and contact information",
        "Enforcement procedure",
    ]


def test_the_statement_says_what_was_checked_when_and_by_whom(audited):
    audited(manual=[PASSED, FAILED, NOT_DONE], findings=[finding()])

    words = text_of(shown())

    for sentence in (
        "is committed to making this site accessible",
        "This accessibility statement applies to the site testserver.",
        "The automatic checks found this: Text stands out too little from its background",
        "People came upon barriers here: Use at 400% (tests in a browser, 3 December 2026)",
        "barriers that we do not know of: Use with screen readers",
        "This statement was prepared on 26 November 2026.",
        "nothing was found: Use without scripts (tests in a browser, 20 November 2026)",
        "The statement was last reviewed on 3 December 2026.",
    ):
        assert sentence in words


def test_an_audit_without_checks_by_people_says_so(audited):
    audited(manual=[])

    words = text_of(shown())

    assert "The automatic checks found nothing. They see only a part" in words
    assert "People have not checked the site yet, so there may be barriers" in words


@pytest.mark.parametrize(
    ("language", "date", "check"),
    [
        ("en", "26 November 2026", "Use with screen readers"),
        ("ro", "26 noiembrie 2026", "Folosirea cu cititoare de ecran"),
        ("sr", "26. новембра 2026.", "Коришћење са читачима екрана"),
        ("sr-latn", "26. novembra 2026.", "Korišćenje sa čitačima ekrana"),
    ],
)
def test_the_statement_is_in_every_variant(audited, language, date, check):
    in_words = json.loads(COMMITTED.read_text("utf-8"))["manual"]
    audited(manual=in_words)

    words = text_of(shown(f"/{language}/about/accessibility/"))

    assert date in words
    assert check in words


def test_what_people_checked_is_written_in_every_language():
    for check in last_audit().manual:
        assert set(check.what) == {"en", "ro", "sr"}
        assert check.when is None or set(check.by) == {"en", "ro", "sr"}


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "[]",
        "null",
        "{",
        json.dumps(content(date="yesterday")),
        json.dumps(content(manual=[PASSED | {"result": "perhaps"}])),
        json.dumps(content(manual=[PASSED | {"what": "Words"}])),
        json.dumps(content(manual=[NOT_DONE | {"result": "passed"}])),
        json.dumps(content(findings=[{"rule": "x"}])),
        json.dumps(content(findings=[finding("4.1")])),
    ],
)
def test_without_an_audit_that_can_be_read_the_page_says_that_none_was_made(
    audited, settings, written
):
    settings.ACCESSIBILITY_AUDIT.unlink()
    if written is not None:
        settings.ACCESSIBILITY_AUDIT.write_text(written)

    page = shown()

    assert "No audit of this site has been made yet." in text_of(page)
    assert "fully compliant" not in page
    assert headings(page) == [
        *("Accessibility statement", "Compliance status"),
        *("Feedback and contact information", "Enforcement procedure"),
    ]
    assert [warning.id for warning in the_audit_is_recent()] == ["surveys.W001"]


def test_a_programme_without_passages_of_its_own_still_says_whom_to_write_to(audited, listens):
    Passage.objects.all().delete()
    listens.programme.email = "contact@example.org"
    listens.programme.save()

    page = shown()

    assert "Feedback and contact information" in headings(page)
    assert 'href="mailto:contact@example.org"' in page


@pytest.mark.parametrize(("days", "warned"), [(0, []), (365, []), (366, ["surveys.W001"])])
def test_whoever_runs_the_site_is_warned_after_a_year(audited, days, warned):
    audited(date=f"{timezone.localdate() - timedelta(days=days)}")

    assert [warning.id for warning in the_audit_is_recent()] == warned


def test_a_check_by_people_does_not_make_an_old_audit_new(audited):
    audited(date="2020-01-01", manual=[PASSED | {"when": f"{timezone.localdate()}"}])

    (warning,) = the_audit_is_recent()

    assert warning.msg == ("The accessibility statement is of 2020-01-01, more than a year ago.")


def test_the_warning_is_among_the_checks_of_the_site(audited, capsys):
    audited(date="2020-01-01")

    call_command("check")

    assert "surveys.W001" in capsys.readouterr().err


# Pages that an audit has to look at: all that people read as a page, and that are not listed here.
NO_PAGES = {
    # Files.
    *("blank_questionnaire", "replies_feed", "results_figures", "open_data_file"),
    *("report_download", "citizen_copy", "citizen_proof", "stakeholder_copy", "stakeholder_proof"),
    *("record_list", "record_states", "record_checkpoint", "record_checkpoints"),
    *("record_specification", "record_verifier", "account_data", "account_data_pdf"),
    # Steps that lead to another page at once.
    *("sign_in_passkey", "passkey_again", "sign_out", "stakeholder_ask", "stakeholder_change"),
    *("stakeholder_approval", "member_invite", "invitation_again", "invitation_withdraw"),
    "comment_settle",
    # They exist while DEBUG is on alone.
    *("sign_in_demonstration", "mailbox", "mailbox_message", "mailbox_html"),
}


def test_the_last_audit_has_looked_at_every_page():
    looked_at = set(json_pages()) - {"error"}

    assert looked_at == set(urls.by_name) - NO_PAGES


def test_the_last_audit_has_looked_at_every_language_and_both_widths():
    audit = last_audit()

    assert audit.languages == sorted(code for code, _name in project.LANGUAGES)
    assert audit.widths == [1280, 360]


def json_pages():
    return [row["page"] for row in json.loads(COMMITTED.read_text("utf-8"))["pages"]]
