import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from surveys.models import Member, Organisation, User
from surveys.roles import secretariat

# Made only where DEBUG is on, and printed: nobody takes them for a secret.
PASSWORD = "listens-2027"  # noqa: S105
ORGANISATION = "Asociația Dunărea Verde, Orșova"


class Command(BaseCommand):
    help = "Make the demonstration accounts: one stakeholder, one of the Secretariat. DEBUG only."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demonstration accounts exist only where DEBUG is on.")
        staff = self.account("secretariat", is_staff=True)
        staff.groups.add(secretariat())
        organisation, _created = Organisation.objects.get_or_create(name=ORGANISATION)
        Member.objects.get_or_create(organisation=organisation, user=self.account("stakeholder"))
        site = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        self.stdout.write(
            f"Sign in (secretariat): secretariat / {PASSWORD} at {site}/en/admin/\n"
            f"Sign in (stakeholder): stakeholder / {PASSWORD} at {site}/en/sign-in/demonstration/"
        )

    def account(self, name: str, **fields: bool) -> User:
        user, created = User.objects.get_or_create(username=name, defaults=fields)
        if created:
            user.set_password(PASSWORD)
            user.save()
        return user
