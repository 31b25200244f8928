from django.contrib.auth.views import LogoutView
from django.urls import path

from surveys import mailbox
from surveys.accounts import account, registration, sign_in
from surveys.answering import (
    checking,
    citizen_pages,
    citizens,
    comments,
    members,
    printing,
    privacy,
    public,
    sent,
    stakeholders,
)
from surveys.ledger import views as ledger
from surveys.open_data import urls as open_data
from surveys.replies import feed
from surveys.replies import public as replies
from surveys.reporting import public as reports
from surveys.results import urls as results

OWN = "<str:reference>/<str:secret>/"
TEAM = "stakeholders/<int:organisation_id>/"

urlpatterns = [
    path("", public.landing, name="landing"),
    path("about/privacy/<int:number>/", privacy.privacy_version, name="privacy_version"),
    path("about/<slug:slug>/", public.page, name="page"),
    path(
        "questionnaires/<slug:slug>.pdf", printing.blank_questionnaire, name="blank_questionnaire"
    ),
    path("reply/", replies.replies, name="replies"),
    path("reply/feed/", feed.RepliesFeed(), name="replies_feed"),
    path("reply/subscribe/", replies.replies_subscribe, name="replies_subscribe"),
    path("reply/confirm/<str:token>/", replies.replies_confirm, name="replies_confirm"),
    path("reply/unsubscribe/<str:token>/", replies.replies_unsubscribe, name="replies_unsubscribe"),
    *results.urlpatterns,
    *open_data.urlpatterns,
    path("results/report.<slug:format>", reports.report_download, name="report_download"),
    path("citizens/", citizens.citizens, name="citizens"),
    path("citizens/return/", citizen_pages.citizen_return, name="citizen_return"),
    path(f"citizens/draft/{OWN}", citizens.citizen_draft, name="citizen_draft"),
    path(f"citizens/draft/{OWN}saved/", citizen_pages.citizen_saved, name="citizen_saved"),
    path(f"citizens/draft/{OWN}erase/", citizen_pages.citizen_erase, name="citizen_erase"),
    path(f"citizens/sent/{OWN}", citizen_pages.citizen_receipt, name="citizen_receipt"),
    path(f"citizens/sent/{OWN}answers/", citizen_pages.citizen_answers, name="citizen_answers"),
    path(f"citizens/sent/{OWN}copy.pdf", citizen_pages.citizen_copy, name="citizen_copy"),
    path(f"citizens/sent/{OWN}change/", citizens.citizen_change, name="citizen_change"),
    path(f"citizens/sent/{OWN}withdraw/", citizen_pages.citizen_withdraw, name="citizen_withdraw"),
    path(f"citizens/sent/{OWN}receipt.json", citizen_pages.citizen_proof, name="citizen_proof"),
    path("record/", ledger.record, name="record"),
    path("record/check/", ledger.record_check, name="record_check"),
    path("record/list-<int:size>.txt", ledger.record_list, name="record_list"),
    path("record/states-<int:size>.txt", ledger.record_states, name="record_states"),
    path("record/checkpoint-<int:size>.txt", ledger.record_checkpoint, name="record_checkpoint"),
    path("record/checkpoints.txt", ledger.record_checkpoints, name="record_checkpoints"),
    path("record/specification.md", ledger.record_specification, name="record_specification"),
    path("record/verify.py", ledger.record_verifier, name="record_verifier"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/passkey/", sign_in.sign_in_passkey, name="sign_in_passkey"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second_factor"),
    path("sign-in/demonstration/", sign_in.sign_in_demonstration, name="sign_in_demonstration"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mailbox.mailbox_message, name="mailbox_message"),
    path("mailbox/<int:pk>/html/", mailbox.mailbox_html, name="mailbox_html"),
    path("register/", registration.register, name="register"),
    path("invitation/<str:token>/", registration.invitation, name="invitation"),
    path(
        "invitation/<str:token>/decline/",
        registration.invitation_decline,
        name="invitation_decline",
    ),
    path("account/", account.account, name="account"),
    path("account/data.json", account.account_data, name="account_data"),
    path("account/data.pdf", account.account_data_pdf, name="account_data_pdf"),
    path("account/close/", account.account_close, name="account_close"),
    path("account/passkeys/add/", account.passkey_add, name="passkey_add"),
    path("account/passkeys/<int:pk>/remove/", account.passkey_remove, name="passkey_remove"),
    path("account/authenticator/add/", account.authenticator_add, name="authenticator_add"),
    path(
        "account/authenticator/remove/", account.authenticator_remove, name="authenticator_remove"
    ),
    path("account/again/", sign_in.second_factor_again, name="second_factor_again"),
    path("account/again/passkey/", sign_in.passkey_again, name="passkey_again"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("stakeholders/", stakeholders.stakeholder_home, name="stakeholder_home"),
    path(TEAM, stakeholders.stakeholder_sections, name="stakeholder_sections"),
    path(
        f"{TEAM}section/<slug:name>/",
        stakeholders.stakeholder_section,
        name="stakeholder_section",
    ),
    path(f"{TEAM}members/", members.stakeholder_members, name="stakeholder_members"),
    path(f"{TEAM}members/invite/", members.member_invite, name="member_invite"),
    path(f"{TEAM}members/approval/", members.stakeholder_approval, name="stakeholder_approval"),
    path(f"{TEAM}members/hand-over/", members.member_hand_over, name="member_hand_over"),
    path(f"{TEAM}members/<int:pk>/role/", members.member_role, name="member_role"),
    path(f"{TEAM}members/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path(f"{TEAM}invitations/<int:pk>/again/", members.invitation_again, name="invitation_again"),
    path(
        f"{TEAM}invitations/<int:pk>/withdraw/",
        members.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(f"{TEAM}check/", checking.stakeholder_check, name="stakeholder_check"),
    path(f"{TEAM}history/", sent.stakeholder_history, name="stakeholder_history"),
    path(
        f"{TEAM}comments/<slug:question>/",
        comments.stakeholder_comments,
        name="stakeholder_comments",
    ),
    path(f"{TEAM}comments/<int:pk>/settle/", comments.comment_settle, name="comment_settle"),
    path(f"{TEAM}ask/", sent.stakeholder_ask, name="stakeholder_ask"),
    path(f"{TEAM}sent/", sent.stakeholder_receipt, name="stakeholder_receipt"),
    path(f"{TEAM}sent/versions/", sent.stakeholder_versions, name="stakeholder_versions"),
    path(f"{TEAM}sent/copy.pdf", sent.stakeholder_copy, name="stakeholder_copy"),
    path(f"{TEAM}sent/receipt.json", sent.stakeholder_proof, name="stakeholder_proof"),
    path(f"{TEAM}sent/change/", sent.stakeholder_change, name="stakeholder_change"),
    path(f"{TEAM}sent/drop/", sent.stakeholder_drop, name="stakeholder_drop"),
    path(f"{TEAM}sent/withdraw/", sent.stakeholder_withdraw, name="stakeholder_withdraw"),
]

# The same pages under the names that django-allauth asks for when it sends somebody on.
OUR_NAMES = {
    "account_login": "sign_in",
    "account_signup": "register",
    "account_request_login_code": "sign_in",
    "account_confirm_login_code": "sign_in_code",
    "mfa_login_webauthn": "sign_in_passkey",
    "mfa_authenticate": "second_factor",
    "account_reauthenticate": "second_factor_again",
    "mfa_reauthenticate": "second_factor_again",
    "mfa_reauthenticate_webauthn": "passkey_again",
    "mfa_index": "account",
    "mfa_list_webauthn": "account",
    "mfa_add_webauthn": "passkey_add",
    "mfa_remove_webauthn": "passkey_remove",
    "mfa_activate_totp": "authenticator_add",
    "mfa_deactivate_totp": "authenticator_remove",
}
by_name = {pattern.name: pattern for pattern in urlpatterns}
urlpatterns += [
    path(str(by_name[ours].pattern), by_name[ours].callback, name=theirs)
    for theirs, ours in OUR_NAMES.items()
]
