"""Settings of the site, read from the environment.

Development needs no environment at all. With DEBUG off the process refuses to start until
SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL are given. The README lists every variable.
"""

import hashlib
import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from consultation import embedded, languages

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

DEBUG = env.bool("DEBUG", default=True)

REQUIRED_IN_PRODUCTION = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL")
missing = [name for name in REQUIRED_IN_PRODUCTION if not env.str(name, default="")]
if not DEBUG and missing:
    raise ImproperlyConfigured(
        f"DEBUG is off, so these environment variables must be set: {', '.join(missing)}."
    )

SECRET_KEY = env.str("SECRET_KEY", default="only-for-development-never-with-debug-off")
# What signs the public record: 32 bytes in hex. Without it the key follows from SECRET_KEY.
LEDGER_KEY = env.str("LEDGER_KEY", default="")
if LEDGER_KEY and not re.fullmatch("[0-9a-fA-F]{64}", LEDGER_KEY):
    raise ImproperlyConfigured("LEDGER_KEY is 64 hexadecimal digits.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Where the key of the day is kept that networks are counted by: memory, and no disk.
_memory = "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()  # noqa: S108
_checkout = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:12]
DAILY_KEYS = env.str("DAILY_KEYS", default=f"{_memory}/consultation-{os.getuid()}-{_checkout}")
# What the links in e-mails begin with.
_own = (
    f"http://127.0.0.1:{env.str('PORT', default='8000')}"
    if DEBUG
    else f"https://{ALLOWED_HOSTS[0]}"
)
SITE_URL = env.str("SITE_URL", default=_own).rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "consultation.apps.SiteConfig",
    "consultation.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "pgtrigger",
    "surveys",
]

MIDDLEWARE = [
    "consultation.request_log.RequestLogMiddleware",
    "consultation.middleware.OnlyOursMiddleware",
    "surveys.answering.kept.KeptPagesMiddleware",
    "consultation.headers.HeadersMiddleware",
    "consultation.middleware.KeepBodyMiddleware",
    # Before whatever answers by itself: a redirect to https, a static file.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "consultation.middleware.LanguagePrefixMiddleware",
    "consultation.middleware.NoNullMiddleware",
    "consultation.overload.OverloadMiddleware",
    "consultation.middleware.TrailingSlashMiddleware",
    "consultation.middleware.KnownHostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consultation.middleware.DatabaseAwayMiddleware",
]

ROOT_URLCONF = "consultation.urls"
WSGI_APPLICATION = "consultation.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "surveys.context_processors.site",
            ],
        },
    },
]
# Widgets are drawn by the project's own templates where it has some.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["listens"]
CRISPY_TEMPLATE_PACK = "listens"
CRISPY_FAIL_SILENTLY = False

# One engine everywhere, so that tests prove what runs. Without DATABASE_URL the PostgreSQL
# that comes in a wheel keeps its data under var/.
ENGINE = "django.db.backends.postgresql"
if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL", engine=ENGINE)}
else:
    DATABASES = {"default": embedded.database(VAR_DIR)}
# A streaming replica that exports, results and lists are read from: see consultation/replica.py.
if env.str("REPLICA_URL", default=""):
    DATABASES["replica"] = env.db("REPLICA_URL", engine=ENGINE) | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["consultation.replica.Router"]
    MIDDLEWARE.append("consultation.replica.OwnWritesMiddleware")
# How old what is read there may be at most.
REPLICA_MAX_LAG_SECONDS = env.float("REPLICA_MAX_LAG_SECONDS", default=10.0)
# Where DATABASE_URL leads to PgBouncer in transaction mode: one pool is enough, and a cursor of
# the server would be looked for on another connection than it was opened on.
PGBOUNCER = env.bool("PGBOUNCER", default=False)
# Whoever waits longer for what somebody else has locked is told to try again; 0 waits forever.
# PgBouncer takes no such option from us and sets it itself: see deploy/pgbouncer.ini.
LOCK_TIMEOUT_SECONDS = env.int("LOCK_TIMEOUT_SECONDS", default=3)
for _database in DATABASES.values():
    _database["CONN_HEALTH_CHECKS"] = True
    # A request whose database is away is told so within seconds; it does not hold its thread.
    _database.setdefault("OPTIONS", {})["connect_timeout"] = 2
    if PGBOUNCER:
        _database |= {"CONN_MAX_AGE": 60, "DISABLE_SERVER_SIDE_CURSORS": True}
    else:
        _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 2}
        _database["OPTIONS"].setdefault("options", f"-c lock_timeout={LOCK_TIMEOUT_SECONDS}s")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "surveys.User"
AUTHENTICATION_BACKENDS = [
    "surveys.accounts.backends.PasswordlessBackend",
    # The demonstration accounts alone have a password.
    "surveys.accounts.backends.DemonstrationBackend",
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "stakeholder_home"
LOGOUT_REDIRECT_URL = "landing"

ACCOUNT_ADAPTER = "surveys.accounts.adapters.AccountAdapter"
MFA_ADAPTER = "surveys.accounts.adapters.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_RATE_LIMITS = {"request_login_code": "60/m/ip,3/m/key,20/d/key"}
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["webauthn", "totp"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers themselves allow passkeys without https on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
CACHES = {
    # Counts of tries, shared by all processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    },
    # Pages that are the same for everybody, in the memory of each process: at most a few megabytes.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}

CSRF_FAILURE_VIEW = "surveys.answering.again.csrf_failure"

LANGUAGE_CODE = languages.SOURCE
SPOKEN = languages.spoken(env.list("LANGUAGES", default=["en", "ro", "sr-latn", "sr"]))
LANGUAGES = [(code, language.name) for code, language in SPOKEN.items()]
# What they are called in HTML.
LANGUAGE_TAGS = {code: language.tag for code, language in SPOKEN.items()}
LOCALE_PATHS = [
    BASE_DIR / "consultation" / "locale",
    # What Django's own catalogs lack.
    BASE_DIR / "consultation" / "locale_of_django",
]
FORMAT_MODULE_PATH = "consultation.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Bucharest")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Where no mail server is named no e-mail leaves; while DEBUG is on a page shows them instead.
MAILBOX = not env.str("EMAIL_URL", default="")
EMAIL_CONFIG = env.email("EMAIL_URL", default="dummymail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="consultation@localhost")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
# Browsers take a cookie of such a name over https alone, for this host and nobody's subdomain.
_prefix = "" if DEBUG else "__Host-"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_prefix}sessionid", f"{_prefix}csrftoken"
ANSWERED_COOKIE_NAME = f"{_prefix}answered"
# No page sees another.
OWN_COOKIES = {SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, ANSWERED_COOKIE_NAME}
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
# Health probes come from inside, over plain http.
SECURE_REDIRECT_EXEMPT = [r"^live$", r"^ready$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else 63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# Who waits longer for their turn gets a page to send it again with; 0 for never.
SHED_AFTER_SECONDS = env.float("SHED_AFTER_SECONDS", default=1.5)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The largest form has about 100 controls and room for some 20,000 characters. Somebody who pastes
# a megabyte gets it back with an error; browsers send three bytes for each byte of Cyrillic.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Above so many forms of citizens in an hour from one network, or in all, a form is asked for one
# more step before it is stored: see docs/abuse.md. 0 for never.
SENT_PER_NETWORK = env.int("SENT_PER_NETWORK", default=30)
SENT_IN_ALL = env.int("SENT_IN_ALL", default=250_000)
# The least time to wait for whoever has no script that does the step.
WAIT_SECONDS = env.int("WAIT_SECONDS", default=60)

# A form that was opened before the closing time is taken for so long after it.
GRACE_PERIOD = timedelta(minutes=env.int("GRACE_MINUTES", default=15))
# Drafts without an account are erased so long after closing.
DRAFTS_KEPT_DAYS = env.int("DRAFTS_KEPT_DAYS", default=90)
# What was hidden before publishing is erased so long after closing.
ORIGINALS_KEPT_DAYS = env.int("ORIGINALS_KEPT_DAYS", default=365)
# Addresses that asked to be told of replies, after the last reply of their consultation.
SUBSCRIBERS_KEPT_DAYS = env.int("SUBSCRIBERS_KEPT_DAYS", default=365)
# Data files that were made in the background are kept so long.
EXPORTS_KEPT_DAYS = env.int("EXPORTS_KEPT_DAYS", default=7)
# Whether the open data hold citizens' answers row by row. The privacy notice promises citizens that
# totals alone are published: switch it on only with a notice that says otherwise.
OPEN_DATA_CITIZENS_ROWS = env.bool("OPEN_DATA_CITIZENS_ROWS", default=False)
# Of the forms that are typed in, so many in a hundred are typed by a second person too.
TYPED_TWICE_PERCENT = env.int("TYPED_TWICE_PERCENT", default=10)
# Forms that came before the closing time are typed in until so long after it.
TYPED_UNTIL_DAYS = env.int("TYPED_UNTIL_DAYS", default=21)
# An organisation that was invited is reminded so often at most.
REMINDER_DAYS = env.int("REMINDER_DAYS", default=7)

# The last audit, which the accessibility statement is made from: `make accessibility` writes it.
ACCESSIBILITY_AUDIT = BASE_DIR / "surveys" / "content" / "accessibility-audit.json"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Who reads /metrics sends it as a bearer token; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# A file that each backup touches when it is done.
BACKUP_STAMP = env.str("BACKUP_STAMP", default="")

# `json` for machines, `plain` for eyes, which leaves out the line of every request.
LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if DEBUG else "json")
if LOG_FORMAT not in ("json", "plain"):
    raise ImproperlyConfigured("LOG_FORMAT is json or plain.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "consultation.logs.JsonFormatter"},
        "plain": {"()": "consultation.logs.SafeFormatter"},
    },
    "filters": {"request_id": {"()": "consultation.logs.RequestIdFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # Django's own handlers would say everything twice, and a missing page is no news.
        "django": {"handlers": []},
        "django.request": {"level": "ERROR"},
        "consultation.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
