from django.urls import path

from surveys.results import views

urlpatterns = [
    path("results/", views.results, name="results"),
    path("results/comments/", views.results_comments, name="results_comments"),
    path(
        "results/<slug:questionnaire>/<slug:question>.csv",
        views.results_figures,
        name="results_figures",
    ),
    path(
        "results/<slug:questionnaire>/<slug:question>/",
        views.results_question,
        name="results_question",
    ),
]
