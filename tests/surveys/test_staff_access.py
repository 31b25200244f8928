"""Who may open what at the desk: every page against every role.

The pages come from the URL configuration: one without a rule here fails.
"""

import pytest
from django.test import Client

from surveys.desk.urls import urlpatterns
from surveys.models import User
from surveys.people import make_person
from surveys.roles import ROLES
from tests.surveys.doors import DESK, expected

RULES = {
    ("view_version",): (
        *("drafting_questionnaires", "drafting_questionnaire", "drafting_version"),
        *("drafting_publish", "drafting_length", "drafting_translations", "drafting_preview"),
        *("drafting_preview_form", "drafting_print", "interchange", "interchange_json"),
        *("interchange_xlsform", "interchange_sheet", "interchange_xliff"),
    ),
    ("change_version",): (
        *("drafting_begin", "drafting_version_delete", "drafting_note", "drafting_rehearsal"),
        *("drafting_rehearsals_erase", "drafting_section_translations", "drafting_section_add"),
        *("drafting_question_add", "drafting_code_add", "drafting_row", "drafting_move"),
        *("drafting_delete", "branching_versions", "branching", "branching_section"),
        *("branching_question", "branching_condition_remove"),
    ),
    ("add_version", "change_version"): (
        *("interchange_upload", "interchange_preview", "interchange_import"),
        "interchange_discard",
    ),
    ("review_response", "see_words"): (
        *("review_queue", "review_table", "review_publish", "review_waiting", "review_answer"),
        *("review_decide", "review_suggest", "review_confirm", "review_reopen"),
    ),
    ("add_codingframe",): ("coding_frame_add",),
    ("change_codingframe",): (
        *("coding_frame_edit", "code_add", "code_edit", "code_merge", "code_split"),
    ),
    ("export_response",): (
        *("coding_export", "exports", "export", "export_cancel", "export_resume", "export_file"),
        *("export_codebook", "export_codebook_file"),
    ),
    ("view_campaign",): ("campaigns", "campaign_groups", "campaign"),
    ("change_campaign",): ("campaign_find", "campaign_text_take_out", "campaign_text_put_back"),
    ("view_transcript",): ("transcripts", "transcript_errors"),
    ("change_transcript",): (
        *("transcript_new", "transcript_type", "transcript_differences", "transcript_aside"),
        "typing_erase",
    ),
    ("view_reply",): ("replies_desk", "reply_preview"),
    ("change_reply",): ("reply_add", "reply_edit", "reply_move", "reply_delete"),
    ("publish_reply",): ("reply_publish", "reply_take_back", "replies_tell"),
    ("view_quotation",): ("quotations_desk",),
    ("change_quotation",): (
        *("quotations_choose", "quotation_add", "quotation_edit", "quotation_move"),
        "quotation_remove",
    ),
    ("view_fault",): ("errors",),
    ("view_privacynotice",): ("notices", "notice_preview"),
    ("change_privacynotice",): ("notice_begin", "notice_edit", "notice_delete"),
    ("publish_privacynotice",): ("notice_publish",),
    ("view_target",): ("coverage", "coverage_questionnaire"),
    ("view_release",): ("results_desk", "results_questions", "results_question"),
    ("view_release", "publish_results"): ("results_publish", "results_while_open"),
    ("view_target", "change_target"): ("coverage_targets",),
    ("view_reportedition",): ("report", "report_file"),
    ("handle_subject_requests", "see_identity", "see_words"): (
        *("subject_requests", "subject_request", "subject_copy", "subject_done", "subject_lift"),
    ),
    ("view_auditentry",): ("retention",),
    ("view_reporttext",): ("report_texts",),
    ("view_reporttext", "change_reporttext"): ("report_text",),
    ("view_reportedition", "add_reportedition"): ("report_make",),
    ("view_reportedition", "publish_results"): ("report_publish", "report_take_back"),
    # By object: a coder opens the frames that name them. See tests/surveys/test_coding_pages.py.
    (): (
        *("coding_frames", "coding_frame", "coding_history", "code_recode", "coding_recode"),
        *("coding_next", "coding_answer", "coding_skip", "coding_translation", "coding_agree"),
        *("coding_differences", "coding_agreement"),
    ),
}
NEEDED = {name: permissions for permissions, names in RULES.items() for name in names}
PATTERNS = {pattern.name: pattern for pattern in urlpatterns}
REFUSED = {"403", "405"}
# These ask for more: to publish, and to see who it was.
EVEN_SO = {"drafting_publish", "export_file"}


def test_every_page_has_a_rule_and_keeps_it():
    assert {name: page.callback.permissions for name, page in PATTERNS.items()} == {
        name: tuple(f"surveys.{permission}" for permission in permissions)
        for name, permissions in NEEDED.items()
    }


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_is_let_in_where_it_holds_what_is_needed(role):
    """By the table that test_second_doors.py holds against the site."""
    held = set(role.codenames())
    rows = expected(DESK)
    statuses = {
        name: set(rows[f"admin:{name}"][role.name].split("/"))
        for name, needed in NEEDED.items()
        if needed
    }

    may = {name for name in statuses if held.issuperset(NEEDED[name])}
    assert {name for name in may - EVEN_SO if "403" in statuses[name]} == set()
    # Of some pages a method is refused before anybody is asked who they are.
    assert {name for name in statuses.keys() - may if not statuses[name] <= REFUSED} == set()


def test_whoever_is_not_let_in_is_asked_to_sign_in(listens):
    member, half = Client(), Client()
    member.force_login(make_person("elena@example.org", language="ro"))
    half.force_login(User.objects.create_superuser("root"))

    for client in (Client(), member, half):
        assert "/admin/login/" in client.get("/en/admin/review/table/").url
