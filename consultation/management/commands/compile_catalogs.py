"""`manage.py compile_catalogs`: message catalogs without GNU gettext."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from consultation import catalogs


class Command(BaseCommand):
    help = "Compile the message catalogs that have changed, and derive Serbian Latin."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for compiled in catalogs.compile_stale(Path(folder)):
                if options["verbosity"] > 0:
                    self.stdout.write(f"Compiled {compiled.relative_to(folder)}")
