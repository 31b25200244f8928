"""What a form carries about itself, as a test needs it."""

import re

from django.utils import timezone

from surveys.answering.form_key import FormKey
from surveys.models import Version


def new_key(**kwargs):
    """The key of a citizen form that was just opened."""
    version = Version.objects.filter(questionnaire__slug="citizens").latest("number")
    return FormKey(timezone.now(), version.pk, **kwargs).signed()


def key_on(page):
    """The key in a page that was fetched."""
    return re.search(r'name="key" value="([^"]+)"', page.content.decode()).group(1)
