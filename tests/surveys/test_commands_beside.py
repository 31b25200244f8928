"""Long commands leave the processor to whoever visits the site."""

import os
import subprocess
import sys

import pytest
from django.core.management import load_command_class

from surveys.management.beside import CommandBeside

PROGRAM = """
import os, django
django.setup()
from surveys.management.beside import CommandBeside

class Command(CommandBeside):
    requires_system_checks = []

    def handle(self, **options):
        self.stdout.write(str(os.nice(0)))

Command().run_from_argv(["manage.py", "command"])
"""


def test_from_the_command_line_it_takes_what_the_site_leaves():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "consultation.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        **{"env": environment, "capture_output": True, "text": True, "check": True},
    )

    assert int(ran.stdout) == min(os.nice(0) + 10, 19)


@pytest.mark.parametrize(
    "name",
    [
        *("backup_consultation", "export_codings", "export_responses"),
        *("find_campaigns", "make_report", "work"),
    ],
)
def test_so_do_all_that_read_every_response(name):
    assert isinstance(load_command_class("surveys", name), CommandBeside)


def test_what_is_to_be_fast_does_not():
    command = load_command_class("surveys", "export_responses")

    assert command.gives_way(["manage.py", "export_responses", "-o", "file.csv"])
    assert not command.gives_way(["manage.py", "export_responses", "-o", "file.csv", "--fast"])
