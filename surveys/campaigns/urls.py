from django.urls import URLPattern, path

from surveys.campaigns import group_views, views

urlpatterns: list[URLPattern] = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path(
        "campaigns/<int:questionnaire_id>/<str:question>/",
        views.campaign_groups,
        name="campaign_groups",
    ),
    path(
        "campaigns/<int:questionnaire_id>/<str:question>/find/",
        views.campaign_find,
        name="campaign_find",
    ),
    path("campaigns/<int:pk>/", group_views.campaign, name="campaign"),
    path(
        "campaigns/texts/<int:pk>/take-out/",
        group_views.campaign_text_take_out,
        name="campaign_text_take_out",
    ),
    path(
        "campaigns/texts/<int:pk>/put-back/",
        group_views.campaign_text_put_back,
        name="campaign_text_put_back",
    ),
]
