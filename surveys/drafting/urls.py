from django.urls import path

from surveys.drafting import checking, editing, questionnaires, showing, translating

VERSION = "drafting/versions/<int:pk>/"
ROW = "drafting/<slug:kind>/<int:pk>/"

urlpatterns = [
    path("drafting/", questionnaires.drafting_questionnaires, name="drafting_questionnaires"),
    path(
        "drafting/questionnaires/<int:pk>/",
        questionnaires.drafting_questionnaire,
        name="drafting_questionnaire",
    ),
    path(
        "drafting/questionnaires/<int:pk>/begin/",
        questionnaires.drafting_begin,
        name="drafting_begin",
    ),
    path(VERSION, editing.drafting_version, name="drafting_version"),
    path(f"{VERSION}delete/", editing.drafting_version_delete, name="drafting_version_delete"),
    path(f"{VERSION}note/", checking.drafting_note, name="drafting_note"),
    path(f"{VERSION}publish/", checking.drafting_publish, name="drafting_publish"),
    path(f"{VERSION}length/", checking.drafting_length, name="drafting_length"),
    path(
        f"{VERSION}translations/", translating.drafting_translations, name="drafting_translations"
    ),
    path(f"{VERSION}preview/", showing.drafting_preview, name="drafting_preview"),
    path(f"{VERSION}preview/form/", showing.drafting_preview_form, name="drafting_preview_form"),
    path(f"{VERSION}preview/print.pdf", showing.drafting_print, name="drafting_print"),
    path(f"{VERSION}rehearsal/", showing.drafting_rehearsal, name="drafting_rehearsal"),
    path(
        f"{VERSION}rehearsal/erase/",
        showing.drafting_rehearsals_erase,
        name="drafting_rehearsals_erase",
    ),
    path(
        "drafting/section/<int:pk>/translations/",
        translating.drafting_section_translations,
        name="drafting_section_translations",
    ),
    path(f"{VERSION}section/add/", editing.drafting_section_add, name="drafting_section_add"),
    path(
        "drafting/section/<int:pk>/question/add/",
        editing.drafting_question_add,
        name="drafting_question_add",
    ),
    path(
        "drafting/question/<int:pk>/<slug:kind>/add/",
        editing.drafting_code_add,
        name="drafting_code_add",
    ),
    path(ROW, editing.drafting_row, name="drafting_row"),
    path(f"{ROW}move/", editing.drafting_move, name="drafting_move"),
    path(f"{ROW}delete/", editing.drafting_delete, name="drafting_delete"),
]
