from django.urls import path

from surveys.results import views

urlpatterns = [
    path("results/", views.results, name="results"),
]
