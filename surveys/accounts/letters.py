"""The e-mails around signing in."""

from django.utils.translation import gettext as _

from surveys.letters import Letter, address, consultation_title


def code(one_time: str) -> Letter:
    """The one-time code. It is first in the subject, where phones show it."""
    return Letter(
        subject=_("%(code)s is your code for %(consultation)s")
        % {"code": one_time, "consultation": consultation_title()},
        paragraphs=[_("Enter this code on the page where you asked for it:")],
        code=one_time,
        after=[
            _("It works for 15 minutes and once. We never ask for it by phone or by e-mail."),
            _("You did not ask for it? Then somebody has mistyped an address: do nothing."),
        ],
    )


def unknown_address() -> Letter:
    """To whoever asked for a code with an address nobody was invited or registered with."""
    return Letter(
        subject=_("Signing in to %(consultation)s") % {"consultation": consultation_title()},
        paragraphs=[
            _("Somebody, probably you, wanted to sign in with this address. We do not know it."),
            _(
                "Were you invited with another address? Use that one. Was your organisation not "
                "invited? Then register it:"
            ),
        ],
        link=address("register"),
        link_label=_("Register an organisation"),
        after=[_("You did not want to sign in? Then do nothing. We keep no account for you.")],
    )


def second_factor(*, is_new: bool) -> Letter:
    """That a passkey or an authenticator came to the account, or went."""
    told = (
        _("A passkey or an authenticator was added to your account.")
        if is_new
        else _("A passkey or an authenticator was removed from your account.")
    )
    return Letter(
        subject=_("Your account: %(consultation)s") % {"consultation": consultation_title()},
        paragraphs=[
            told,
            _("Was it not you? Sign in, remove what you do not know, and write to us."),
        ],
        link=address("account"),
        link_label=_("Your account"),
    )
