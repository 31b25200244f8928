from django.urls import URLPattern, path

from surveys.interchange import files, views

VERSION = "interchange/version/<int:pk>/"
UPLOAD = "interchange/upload/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("interchange/", views.interchange, name="interchange"),
    path("interchange/upload/", views.upload, name="interchange_upload"),
    path(UPLOAD, views.preview, name="interchange_preview"),
    path(f"{UPLOAD}import/", views.write, name="interchange_import"),
    path(f"{UPLOAD}discard/", views.discard, name="interchange_discard"),
    path(f"{VERSION}questionnaire.json", files.as_json, name="interchange_json"),
    path(f"{VERSION}xlsform.xlsx", files.as_xlsform, name="interchange_xlsform"),
    path(f"{VERSION}translations.xlsx", files.as_sheet, name="interchange_sheet"),
    path(f"{VERSION}<slug:language>.xliff", files.as_xliff, name="interchange_xliff"),
]
