from django.contrib.auth.views import LogoutView
from django.urls import path

from surveys.answering import citizens, printing, public, stakeholders

OWN = "<str:reference>/<str:secret>/"

urlpatterns = [
    path("", public.landing, name="landing"),
    path("about/<slug:slug>/", public.page, name="page"),
    path(
        "questionnaires/<slug:slug>.pdf", printing.blank_questionnaire, name="blank_questionnaire"
    ),
    path("citizens/", citizens.citizens, name="citizens"),
    path("citizens/return/", citizens.citizen_return, name="citizen_return"),
    path(f"citizens/draft/{OWN}", citizens.citizen_draft, name="citizen_draft"),
    path(f"citizens/draft/{OWN}saved/", citizens.citizen_saved, name="citizen_saved"),
    path(f"citizens/draft/{OWN}erase/", citizens.citizen_erase, name="citizen_erase"),
    path(f"citizens/sent/{OWN}", citizens.citizen_receipt, name="citizen_receipt"),
    path(f"citizens/sent/{OWN}answers/", citizens.citizen_answers, name="citizen_answers"),
    path(f"citizens/sent/{OWN}copy.pdf", citizens.citizen_copy, name="citizen_copy"),
    path(f"citizens/sent/{OWN}change/", citizens.citizen_change, name="citizen_change"),
    path(f"citizens/sent/{OWN}withdraw/", citizens.citizen_withdraw, name="citizen_withdraw"),
    path("sign-in/", stakeholders.sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("stakeholders/", stakeholders.stakeholder_sections, name="stakeholder_sections"),
    path(
        "stakeholders/section/<slug:name>/",
        stakeholders.stakeholder_section,
        name="stakeholder_section",
    ),
    path("stakeholders/check/", stakeholders.stakeholder_check, name="stakeholder_check"),
    path("stakeholders/sent/", stakeholders.stakeholder_receipt, name="stakeholder_receipt"),
]
