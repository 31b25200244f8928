from django.urls import path

from surveys.reporting import views

urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/texts/", views.report_texts, name="report_texts"),
    path("report/texts/<slug:key>/", views.report_text, name="report_text"),
    path("report/make/", views.report_make, name="report_make"),
    path("report/<int:pk>/publish/", views.report_publish, name="report_publish"),
    path("report/<int:pk>/take-back/", views.report_take_back, name="report_take_back"),
    path(
        "report/<int:pk>/<slug:language>.<slug:format>",
        views.report_file,
        name="report_file",
    ),
]
