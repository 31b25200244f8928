"""The desk's own pages. Their names are the admin's: `reverse("admin:review_queue")`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
