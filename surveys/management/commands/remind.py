"""`manage.py remind`: what a scheduler runs once a day while organisations are asked."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from surveys.inviting import remind


class Command(BaseCommand):
    help = "Remind organisations that were invited and have not sent a response"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Reminded: {remind(timezone.now())}")
