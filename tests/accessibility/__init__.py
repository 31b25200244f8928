"""The audit of accessibility: pages in their states, languages and widths, held against axe-core.

`make accessibility` writes what the accessibility statement is made from: docs/accessibility.md.
"""

import os

import django
from django.apps import apps

if not apps.ready:
    # What is imported from here on has models in it, and no test runner has set them up.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
    # Playwright runs an event loop, which makes Django refuse its database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    django.setup()
