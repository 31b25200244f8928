from django.contrib.auth.views import LogoutView
from django.urls import path

from surveys.answering import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("about/<slug:slug>/", views.page, name="page"),
    path("citizens/", views.citizens, name="citizens"),
    path("citizens/sent/<str:reference>/", views.citizen_receipt, name="citizen_receipt"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("stakeholders/", views.stakeholder_sections, name="stakeholder_sections"),
    path(
        "stakeholders/section/<slug:name>/", views.stakeholder_section, name="stakeholder_section"
    ),
    path("stakeholders/check/", views.stakeholder_check, name="stakeholder_check"),
    path("stakeholders/sent/", views.stakeholder_receipt, name="stakeholder_receipt"),
]
