from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Consultation")

    def ready(self) -> None:
        # They register themselves, and need the models.
        import_module("surveys.checks")
