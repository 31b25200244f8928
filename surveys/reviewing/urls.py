from django.urls import path

from surveys.reviewing import listing, views

answer = "review/<uuid:pk>/<slug:name>/"

urlpatterns = [
    path("review/", views.review_queue, name="review_queue"),
    path("review/table/", listing.review_table, name="review_table"),
    path("review/table/publish/", listing.review_publish, name="review_publish"),
    path("review/waiting/", listing.review_waiting, name="review_waiting"),
    path(answer, views.review_answer, name="review_answer"),
    path(f"{answer}decide/", views.review_decide, name="review_decide"),
    path(f"{answer}suggest/", views.review_suggest, name="review_suggest"),
    path(f"{answer}confirm/", views.review_confirm, name="review_confirm"),
    path(f"{answer}reopen/", views.review_reopen, name="review_reopen"),
]
