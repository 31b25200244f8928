"""The forms around signing in. What they check is the library's; labels and errors are ours."""

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.answering.forms import PlainForm, address_field
from surveys.models import User
from surveys.people import find_person, let_in_whoever_is_invited

CODE_WIDGET_ATTRS = {
    "autocomplete": "one-time-code",
    "autocapitalize": "characters",
    "spellcheck": "false",
    "class": "code-input",
}


def own_address_field() -> forms.EmailField:
    field = address_field(_("E-mail address"))
    field.help_text = _("We send a code to it. There is no password")
    field.error_messages["required"] = _("Enter your e-mail address")
    field.widget.attrs["autocomplete"] = "email"
    return field


class SignInForm(PlainForm, RequestLoginCodeForm):
    email = own_address_field()

    def clean_email(self) -> str:
        """In small letters: what is compared with what is known is also what is written to."""
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        let_in_whoever_is_invited(self.cleaned_data["email"])
        email = str(super().clean_email())
        # The library also looks among addresses somebody had once.
        person = find_person(email)
        self._user = person if person and person.is_active else None
        return email


class CodeForm(PlainForm, ConfirmLoginCodeForm):
    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=40,
        help_text=_("8 letters, for example KBCD-FGHJ"),
        error_messages={"required": _("Enter the code from the e-mail")},
        widget=forms.TextInput(attrs=CODE_WIDGET_ATTRS),
    )


def app_code_field() -> forms.CharField:
    return forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=20,
        help_text=_("6 digits"),
        error_messages={"required": _("Enter the code from your authenticator app")},
        widget=forms.TextInput(attrs=CODE_WIDGET_ATTRS | {"inputmode": "numeric"}),
    )


class SecondFactorForm(PlainForm, AuthenticateForm):
    code = app_code_field()


class SecondFactorAgainForm(PlainForm, ReauthenticateForm):
    code = app_code_field()


class AddAuthenticatorForm(PlainForm, ActivateTOTPForm):
    code = app_code_field()


class AddPasskeyForm(AddWebAuthnForm):
    """A name, and what the browser's ceremony gives. Every passkey here signs in by itself."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        max_length=100,
        required=False,
        help_text=_("For example the device it is on"),
    )
    passwordless = forms.BooleanField(required=False, initial=True)


class DemonstrationForm(PlainForm, AuthenticationForm):
    """User name and password, for the demonstration accounts."""


class OrganisationForm(PlainForm):
    """The name of an organisation that was not invited."""

    organisation = forms.CharField(
        label=_("Name of your organisation"),
        max_length=200,
        help_text=_("The full official name, in any language"),
        error_messages={"required": _("Enter the name of your organisation")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def clean_organisation(self) -> str:
        return " ".join(self.cleaned_data["organisation"].split())


class RegistrationForm(OrganisationForm):
    """The same, with who registers it."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = own_address_field()
    field_order = ["organisation", "name", "email"]


class AccountForm(PlainForm, forms.ModelForm):
    """What colleagues see of somebody, and the language of e-mails."""

    first_name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        help_text=_("Your colleagues see it beside what you change"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language of our e-mails to you"),
        choices=[(code, language.own_name) for code, language in settings.SPOKEN.items()],
    )

    class Meta:
        model = User
        fields = ["first_name", "language"]


def active_language() -> str:
    return get_language() or settings.LANGUAGE_CODE
