from django.urls import path

from surveys.transcribing import sheets, views

urlpatterns = [
    path("transcripts/", views.transcripts, name="transcripts"),
    path("transcripts/errors/<int:pk>/", views.transcript_errors, name="transcript_errors"),
    path("transcripts/new/<int:pk>/", sheets.transcript_new, name="transcript_new"),
    path("transcripts/<int:pk>/type/", sheets.transcript_type, name="transcript_type"),
    path(
        "transcripts/<int:pk>/differences/",
        views.transcript_differences,
        name="transcript_differences",
    ),
    path("transcripts/<int:pk>/aside/", views.transcript_aside, name="transcript_aside"),
    path("transcripts/typings/<int:pk>/erase/", views.typing_erase, name="typing_erase"),
]
