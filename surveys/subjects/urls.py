from django.urls import path

from surveys.subjects import views

urlpatterns = [
    path("subjects/", views.subject_requests, name="subject_requests"),
    path("subjects/<int:pk>/", views.subject_request, name="subject_request"),
    path("subjects/<int:pk>/copy/", views.subject_copy, name="subject_copy"),
    path("subjects/<int:pk>/done/", views.subject_done, name="subject_done"),
    path("subjects/<int:pk>/lift/", views.subject_lift, name="subject_lift"),
]
