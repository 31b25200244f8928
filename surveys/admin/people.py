from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest

from surveys.models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # Whose the old address is now has to be able to prove it.
            EmailAddress.objects.filter(user=obj).delete()
