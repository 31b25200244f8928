from django.urls import path

from surveys.exporting import codebook, views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/<int:pk>/", views.export, name="export"),
    path("exports/<int:pk>/cancel/", views.export_cancel, name="export_cancel"),
    path("exports/<int:pk>/resume/", views.export_resume, name="export_resume"),
    path("exports/<int:pk>/files/<str:name>", views.export_file, name="export_file"),
    path("exports/codebook/<int:pk>/", codebook.export_codebook, name="export_codebook"),
    path(
        "exports/codebook/<int:pk>/<slug:form>/",
        codebook.export_codebook_file,
        name="export_codebook_file",
    ),
]
