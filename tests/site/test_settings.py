"""The settings need nothing in development and everything in production."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": "Bt3xvM9qLw0Zr8dKf5Yh2Jn7Gc4Ps6Ua1Ei3Xo9Tb5Qm8Vw0Zk7Rd",
    "ALLOWED_HOSTS": "consultation.example.org",
    "DATABASE_URL": "postgresql://site:secret@db.example.org:5433/answers",
}
KNOWN = {"DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL"}


def manage(*arguments, **environment):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in KNOWN and name != "DJANGO_ALLOW_ASYNC_UNSAFE"
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def show(expression, **environment):
    code = f"from django.conf import settings; print({expression})"
    return manage("shell", "--no-imports", "-c", code, **environment).stdout.strip()


def test_development_needs_no_environment():
    assert manage("check").stdout == "System check identified no issues (0 silenced).\n"
    assert show("settings.DEBUG, settings.DATABASES['default']['ENGINE']") == (
        "True consultation.embedded"
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_does_not_start_without(missing):
    done = manage("check", **{**PRODUCTION, missing: ""})

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: "
        f"DEBUG is off, so these environment variables must be set: {missing}."
    )


def test_production_names_everything_that_is_missing():
    done = manage("check", DEBUG="off")

    assert done.stderr.endswith("must be set: SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL.\n")


def test_production_settings_pass_the_deployment_check():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    # That one says when the accessibility audit is a year old, which is nothing of the settings.
    told = set(re.findall(r"\((\w+\.[WE]\d+)\)", done.stderr))
    assert told - {"surveys.W001"} == set()
    assert told or done.stdout == "System check identified no issues (0 silenced).\n"


def test_a_database_url_is_used_and_nothing_is_embedded():
    names = ("ENGINE", "HOST", "PORT", "NAME", "USER", "PASSWORD")
    expression = f"*[settings.DATABASES['default'][name] for name in {names}]"

    assert show(expression, **PRODUCTION) == (
        "django.db.backends.postgresql db.example.org 5433 answers site secret"
    )
