"""`manage.py erase_expired`: what a scheduler runs once a day."""

from datetime import UTC, timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from surveys.daily_key import forget_keys
from surveys.exporting.asking import erase_exports
from surveys.interchange.storing import forget_uploads
from surveys.lifecycle import erase_drafts_without_account
from surveys.organisation_lists import forget_lists
from surveys.people import erase_unused_people
from surveys.postman import forget_codes
from surveys.rate_limits import forget_attempts
from surveys.rehearsing import erase_rehearsals_of_open_consultations
from surveys.reviewing.originals import erase_originals
from surveys.subscribing import erase_subscribers


class Command(BaseCommand):
    help = "Erase what is due: drafts and hidden words after closing, counts of yesterday's tries"

    def handle(self, *args: Any, **options: Any) -> None:
        moment = timezone.now()
        drafts = erase_drafts_without_account(moment)
        people = erase_unused_people(moment)
        erase_rehearsals_of_open_consultations(moment)
        forget_codes(moment)
        call_command("clearsessions")
        forget_attempts(moment - timedelta(days=1))
        forget_keys(moment.astimezone(UTC).date())
        forget_lists(moment)
        forget_uploads(moment)
        erase_subscribers(moment)
        erase_exports(moment)
        originals = erase_originals(moment)
        self.stdout.write(
            f"Drafts erased: {drafts}. People who never came: {people}. "
            f"Answers whose hidden words were erased: {originals}"
        )
