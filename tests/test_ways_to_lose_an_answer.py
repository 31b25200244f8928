"""The table of ways to lose an answer: each is a test, and the README carries them all."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SURVEYS = "tests/surveys/test_nothing_is_lost.py"
SITE = "tests/site/test_nothing_is_lost.py"
BROWSER = "tests/browser/test_nothing_is_lost.py"
JOURNEYS = "tests/browser/test_journeys.py"

# The way, what happens instead, and the test that tries it.
WAYS = [
    (
        "The page is refreshed",
        "the script offers the copy it kept on the device",
        BROWSER,
        "test_refreshing_the_page_offers_what_was_written",
    ),
    (
        "Back, from another page",
        "what was typed is there, also without script",
        BROWSER,
        "test_back_from_another_page_shows_what_was_written",
    ),
    (
        "Back after sending, and sending again",
        "one response; a clear note, and a question before it counts twice",
        BROWSER,
        "test_back_after_sending_and_sending_again_is_one_response",
    ),
    ("Double click", "one response", BROWSER, "test_a_double_click_is_one_response"),
    (
        "The same form sent twice",
        "one response, the same receipt",
        SURVEYS,
        "test_the_same_form_twice_is_one_response_with_one_receipt",
    ),
    (
        "The same form sent twice with other words",
        "nothing overwritten; the new words shown, to be saved as a change",
        SURVEYS,
        "test_the_same_form_with_other_words_overwrites_nothing_and_keeps_them",
    ),
    (
        "Two tabs on one draft",
        "both texts shown, the person chooses",
        BROWSER,
        "test_two_tabs_of_one_draft_show_both_texts",
    ),
    (
        "Two colleagues on one section",
        "both texts shown, the person chooses",
        SURVEYS,
        "test_two_colleagues_on_one_section_show_both_texts",
    ),
    (
        "Another language, with an invalid answer",
        "every answer on the page, valid or not",
        BROWSER,
        "test_another_language_keeps_an_invalid_answer_without_javascript",
    ),
    (
        "Another script",
        "the words stay in theirs",
        BROWSER,
        "test_another_script_keeps_the_words_in_theirs",
    ),
    (
        "Enter in a line of text",
        "sends, and does not switch the language",
        BROWSER,
        "test_enter_in_a_line_of_text_sends_and_does_not_switch_the_language",
    ),
    (
        "An error on any kind of question",
        "everything on the page",
        SURVEYS,
        "test_an_error_on_a_citizens_question_keeps_everything_on_the_page",
    ),
    (
        "An error in an organisation's section",
        "everything on the page and in the draft",
        SURVEYS,
        "test_an_error_in_a_section_keeps_everything_on_the_page_and_in_the_draft",
    ),
    (
        "Session deleted",
        "the words wait on the sign-in page and come back",
        SURVEYS,
        "test_a_session_that_is_gone_gives_the_words_back_after_signing_in",
    ),
    (
        "CSRF cookie deleted, or its token rotated",
        "the form again, filled in; one more click",
        SURVEYS,
        "test_a_missing_or_rotated_token_shows_the_words_again",
    ),
    (
        "Signed out in another tab",
        "the words wait on the sign-in page and come back",
        BROWSER,
        "test_signing_out_in_another_tab_gives_the_words_back",
    ),
    (
        "Server restarted between opening and sending",
        "stored",
        SITE,
        "test_a_server_restarted_between_opening_and_sending_takes_the_form",
    ),
    (
        "Worker killed while it stores",
        "nothing half; sent again, stored once",
        SITE,
        "test_a_worker_killed_while_it_stores_leaves_nothing_half_and_takes_it_again",
    ),
    (
        "Database restarted while it stores",
        "a page with all answers and a button that sends again",
        SITE,
        "test_a_database_restarted_while_it_stores_gives_a_page_that_sends_again",
    ),
    (
        "No connection while an organisation writes",
        "says so, and saves when it is back",
        BROWSER,
        "test_without_connection_a_section_says_so_and_saves_itself_later",
    ),
    (
        "The deadline passes while somebody writes",
        "taken for 15 minutes, then shown to copy, with both clocks",
        SURVEYS,
        "test_a_form_opened_in_time_is_taken_for_a_quarter_of_an_hour",
    ),
    (
        "The server's clock is wrong by hours",
        "the database's clock decides",
        SURVEYS,
        "test_a_wrong_clock_of_the_server_costs_nobody_an_answer",
    ),
    (
        "The browser crashes before sending",
        "the script offers the copy it kept on the device",
        BROWSER,
        "test_a_crashed_browser_offers_what_was_written",
    ),
    ("JavaScript is off", "the whole journey works", JOURNEYS, "test_a_citizen_without_javascript"),
    (
        "Resumed on another device",
        "the personal link, or its QR code, opens the draft",
        BROWSER,
        "test_a_draft_goes_on_on_the_phone_by_its_link",
    ),
    (
        "1 MB of text",
        "comes back whole, and is saved whole in a draft",
        SURVEYS,
        "test_a_megabyte_of_text_is_saved_whole_in_a_draft",
    ),
    (
        "A version published while a draft is open",
        "the draft moves on to it, and says so, where it asks all that is answered",
        SURVEYS,
        "test_a_version_published_meanwhile_takes_nothing_from_a_draft",
    ),
    (
        "A version published while a form is open",
        "the form is stored as the version it showed",
        SURVEYS,
        "test_a_version_published_meanwhile_takes_nothing_from_an_open_form",
    ),
    (
        "A colleague begins with a newer version while I write",
        "my words shown to copy",
        SURVEYS,
        "test_words_for_a_version_that_a_colleague_has_left_behind_are_shown",
    ),
    (
        "A colleague sends while I write",
        "my words shown to copy",
        SURVEYS,
        "test_what_a_colleague_has_sent_meanwhile_leaves_my_words_to_copy",
    ),
    (
        "The draft is deleted in another tab",
        "the words shown to copy",
        SURVEYS,
        "test_words_for_a_draft_that_was_deleted_in_another_window_are_shown",
    ),
    (
        "Withdrawn in another tab",
        "the words shown to copy",
        SURVEYS,
        "test_words_for_answers_withdrawn_in_another_window_are_shown",
    ),
    (
        "Leaving with words that are not sent",
        "the browser asks first",
        BROWSER,
        "test_leaving_with_words_that_are_not_sent_asks_first",
    ),
]


@pytest.mark.parametrize(("way", "instead", "file", "test"), WAYS)
def test_a_way_to_lose_an_answer_is_tried_and_told(way, instead, file, test):
    functions = [
        node.name
        for node in ast.parse((ROOT / file).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]

    assert functions.count(test) == 1
    assert f"| {way} | {instead} |" in (ROOT / "README.md").read_text("utf-8")


def test_there_are_more_than_twenty_ways():
    assert len({way for way, *_rest in WAYS}) == len(WAYS) > 20
