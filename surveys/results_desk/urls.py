from django.urls import path

from surveys.results_desk import views

urlpatterns = [
    path("results/", views.results_desk, name="results_desk"),
    path("results/publish/", views.results_publish, name="results_publish"),
    path("results/while-open/", views.results_while_open, name="results_while_open"),
    path("results/<int:pk>/", views.results_questions, name="results_questions"),
    path("results/<int:pk>/<str:name>/", views.results_question, name="results_question"),
]
