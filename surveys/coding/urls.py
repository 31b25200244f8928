from django.urls import path, register_converter

from surveys.coding.answer_pages import (
    coding_answer,
    coding_next,
    coding_skip,
    coding_translation,
)
from surveys.coding.code_pages import (
    code_add,
    code_edit,
    code_merge,
    code_recode,
    code_split,
    coding_recode,
)
from surveys.coding.double_pages import coding_agree, coding_agreement, coding_differences
from surveys.coding.frame_pages import (
    coding_export,
    coding_frame,
    coding_frame_add,
    coding_frame_edit,
    coding_frames,
    coding_history,
)
from surveys.masks import MaskConverter

register_converter(MaskConverter, "mask")

FRAME = "coding/<int:pk>"
CODE = f"{FRAME}/codes/<int:number>"
ANSWER = f"{FRAME}/answers/<mask:response_id>"

urlpatterns = [
    path("coding/", coding_frames, name="coding_frames"),
    path("coding/add/<int:pk>/<str:question>/", coding_frame_add, name="coding_frame_add"),
    path(f"{FRAME}/", coding_frame, name="coding_frame"),
    path(f"{FRAME}/edit/", coding_frame_edit, name="coding_frame_edit"),
    path(f"{FRAME}/history/", coding_history, name="coding_history"),
    path(f"{FRAME}/codings.csv", coding_export, name="coding_export"),
    path(f"{FRAME}/codes/add/", code_add, name="code_add"),
    path(f"{CODE}/", code_edit, name="code_edit"),
    path(f"{CODE}/merge/", code_merge, name="code_merge"),
    path(f"{CODE}/split/", code_split, name="code_split"),
    path(f"{CODE}/recode/", code_recode, name="code_recode"),
    path(f"{FRAME}/codings/<int:coding_id>/recode/", coding_recode, name="coding_recode"),
    path(f"{FRAME}/next/", coding_next, name="coding_next"),
    path(f"{ANSWER}/", coding_answer, name="coding_answer"),
    path(f"{ANSWER}/skip/", coding_skip, name="coding_skip"),
    path(f"{ANSWER}/translation/", coding_translation, name="coding_translation"),
    path(f"{ANSWER}/agree/", coding_agree, name="coding_agree"),
    path(f"{FRAME}/differences/", coding_differences, name="coding_differences"),
    path(f"{FRAME}/agreement/", coding_agreement, name="coding_agreement"),
]
