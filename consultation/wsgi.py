"""The WSGI entry point gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")

application = get_wsgi_application()


def load_everything() -> None:
    """All pages, addresses and words, before workers are forked: no first visitor waits for them.

    Naming one address in a language reads all of them and the catalog.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("landing")


load_everything()
