"""No middleware, no template, the same database over the same kind of pool."""

import os

import environ

SECRET_KEY = "bare"  # noqa: S105 - signs nothing
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.bare.urls"
MIDDLEWARE: list[str] = []
USE_TZ = True
DATABASES = {"default": environ.Env().db("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8}
PAGE = os.environ.get("BARE_PAGE", "")
"""The file that `/page` answers with."""
