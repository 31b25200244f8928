"""Members of staff: whom they are, their roles. Nobody has a password."""

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from surveys.admin.audited import AuditedAdmin
from surveys.models import User
from surveys.people import find_person

BY_NAME = ("see_identity", "see_words", "export_response")
"""What one person may get besides the permissions of their roles."""

# A role holds what surveys/roles.py says.
admin.site.unregister(Group)
# Whose address is proved is the library's to say; and an authenticator's row holds its secret.
admin.site.unregister([EmailAddress, Authenticator])


class AddressForm(forms.ModelForm):
    """Who signs in with a code that is sent to the address."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        found = find_person(email)
        if found and found.pk != self.instance.pk:
            raise forms.ValidationError(_("Somebody has this address already: change them instead"))
        return email


class NewPersonForm(AddressForm):
    groups = forms.ModelMultipleChoiceField(
        Group.objects.all(), label=_("Roles"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["email", "first_name", "language", "groups"]
        labels = {"first_name": _("Name")}


class PersonForm(AddressForm):
    user_permissions = forms.ModelMultipleChoiceField(
        Permission.objects.filter(codename__in=BY_NAME),
        label=_("Besides the roles"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = User
        fields = [
            *("email", "first_name", "language", "is_active", "is_staff", "groups"),
            "user_permissions",
        ]
        labels = {"first_name": _("Name"), "groups": _("Roles")}
        widgets = {"groups": forms.CheckboxSelectMultiple}


@admin.register(User)
class PersonAdmin(AuditedAdmin):
    """For superusers: Django gives nobody else the permission."""

    is_personal = True
    list_display = ["__str__", "email", "roles", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "groups", "is_active"]
    search_fields = ["email", "first_name", "username"]
    form = PersonForm

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, *args, **kwargs)

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            # Nobody signs in with this name.
            obj.username = uuid.uuid4().hex
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # Whose the old address is now has to be able to prove it.
            EmailAddress.objects.filter(user=obj).delete()
        elif not change:
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True)
