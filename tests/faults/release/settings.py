"""The site's settings with the app of the next release."""

from consultation.settings import *  # noqa: F403
from consultation.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.release"]
