"""Long commands beside a site that serves."""

import os

from django.core.management.base import BaseCommand

NICENESS = 10
"""As `nice` adds where it is not told how much."""


class CommandBeside(BaseCommand):
    """A command that, from the command line, leaves the processor to whoever visits the site."""

    def run_from_argv(self, argv: list[str]) -> None:
        if self.gives_way(argv):
            os.nice(NICENESS)
        super().run_from_argv(argv)

    def gives_way(self, argv: list[str]) -> bool:
        """Whether it does with these arguments."""
        return True
