"""What every test stands on. The database needs nothing: it starts at the first connection."""

from pathlib import Path

from django.conf import settings

from consultation import catalogs


def pytest_configure() -> None:
    # The rounds that make a stolen password slow to guess make a test slow as well.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for folder in settings.LOCALE_PATHS:
        list(catalogs.compile_stale(Path(folder)))
