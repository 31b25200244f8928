from django.urls import path

from surveys.coverage import views

urlpatterns = [
    path("coverage/", views.coverage, name="coverage"),
    path("coverage/<int:pk>/", views.coverage_questionnaire, name="coverage_questionnaire"),
    path(
        "coverage/<int:pk>/targets/<str:dimension>/",
        views.coverage_targets,
        name="coverage_targets",
    ),
]
