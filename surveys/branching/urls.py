from django.urls import path

from surveys.branching import views

urlpatterns = [
    path("branching/", views.branching_versions, name="branching_versions"),
    path("branching/<int:pk>/", views.branching, name="branching"),
    path("branching/section/<int:pk>/", views.branching_section, name="branching_section"),
    path("branching/question/<int:pk>/", views.branching_question, name="branching_question"),
    path(
        "branching/condition/<int:pk>/remove/",
        views.branching_condition_remove,
        name="branching_condition_remove",
    ),
]
