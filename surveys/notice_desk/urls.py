from django.urls import path

from surveys.notice_desk import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/begin/", views.notice_begin, name="notice_begin"),
    path("notices/<int:pk>/", views.notice_preview, name="notice_preview"),
    path("notices/<int:pk>/edit/", views.notice_edit, name="notice_edit"),
    path("notices/<int:pk>/publish/", views.notice_publish, name="notice_publish"),
    path("notices/<int:pk>/delete/", views.notice_delete, name="notice_delete"),
]
