"""Django's settings: wiring only. Each comes from the environment; ``docs/settings.md`` lists all.

Without any variable set, this is the one-machine runtime that ``make up`` starts.
"""

from __future__ import annotations

from pathlib import Path

import dj_database_url

from controlplane.configuration import flag, kept_secret, setting, whole, words
from controlplane.standalone.choices import chosen_places, hosts, web_port

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED = chosen_places()
VAR = EMBEDDED.var

DEBUG = setting("INTERLOCK_DEBUG", "0", flag, "show tracebacks to the browser; never in production")
SECRET_KEY = setting("INTERLOCK_SECRET_KEY", "", str, "signs sessions; kept in var/ when not given") or kept_secret(
    VAR / "secret-key"
)
PUBLIC_URL = setting(
    "INTERLOCK_PUBLIC_URL",
    f"http://127.0.0.1:{web_port()}",
    lambda raw: raw.rstrip("/"),
    "address that people and senders use",
)
ALLOWED_HOSTS = hosts()
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ENVIRONMENT = setting("INTERLOCK_ENVIRONMENT", "production", str, "name of this environment, where lists begin")
GOVERNED_ENVIRONMENTS = setting(
    "INTERLOCK_GOVERNED_ENVIRONMENTS", "production", words, "environments whose entries change by a board's decision"
)
TIME_ZONE_SHOWN = setting("INTERLOCK_TIME_ZONE", "UTC", str, "time zone in which times are shown")

# -- infrastructure, configured by the operator (outside invariant 6) -----------------------------
DATABASE_URL = setting("DATABASE_URL", EMBEDDED.database_url, str, "PostgreSQL 15 or later")
BROKER_URL = setting("BROKER_URL", EMBEDDED.broker_url, str, "Celery's broker: Valkey, Redis or RabbitMQ")
CACHE_URL = setting("CACHE_URL", EMBEDDED.cache_url, str, "cache: Valkey or Redis")
VAULT_ADDR = setting("VAULT_ADDR", "", str, "Vault or OpenBao for vault:// references")
SECRETS_FOLDER = setting("INTERLOCK_SECRETS", str(VAR / "secrets"), Path, "folder of file:// references")
PGBOUNCER = setting("INTERLOCK_PGBOUNCER", "0", flag, "DATABASE_URL is a PgBouncer in transaction mode")
TRUSTED_PROXIES = setting(
    "INTERLOCK_TRUSTED_PROXIES", "", words, "networks whose X-Forwarded-* and client-certificate headers are believed"
)
PRIVATE_NETWORKS = setting(
    "INTERLOCK_PRIVATE_NETWORKS", "", words, "private networks that destinations may be in (10.1.0.0/16)"
)

DATABASES = {
    "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
    | {
        "OPTIONS": {
            "application_name": "interlock",
            # Every statement of ours is a short one; compiling a plan takes seconds, running it milliseconds.
            "options": "-c timezone=UTC -c jit=off" if not PGBOUNCER else "",
            "prepare_threshold": None if PGBOUNCER else 5,
        },
        "DISABLE_SERVER_SIDE_CURSORS": PGBOUNCER,
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        "KEY_PREFIX": "interlock",
    }
}

# -- applications, floor by floor (DESIGN section 1) ----------------------------------------------
INSTALLED_APPS = [
    "controlplane.foundation",
    "controlplane.audit",
    "controlplane.people",
    "controlplane.governance",
    "controlplane.inventory",
    "controlplane.contracts",
    "controlplane.credentials",
    "controlplane.transactions",
    "controlplane.sync",
    "controlplane.console",
    "controlplane.standalone",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "axes",
]
AUTH_USER_MODEL = "people.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "controlplane.foundation.middleware.CorrelationMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "controlplane.console.statics.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "controlplane.console.characters.NoZeroMiddleware",
    "controlplane.people.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "controlplane.people.middleware.ZoneMiddleware",
    "controlplane.inventory.middleware.EnvironmentMiddleware",
    "controlplane.console.middleware.PageMiddleware",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
ROOT_URLCONF = "controlplane.urls"
ASGI_APPLICATION = "controlplane.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "controlplane.console.shell.shell",
            ],
            "builtins": ["controlplane.console.templatetags.kit"],
        },
    }
]

# -- people ---------------------------------------------------------------------------------------
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/signin/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
# Further tries neither lengthen the lock (the page says when it ends) nor grow the row that counts them.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
# Counted under a keyed digest: what is typed as a name may be a password.
AXES_USERNAME_CALLABLE = "controlplane.people.signin.tried_name"
AXES_SENSITIVE_PARAMETERS = ["username", "email", "ip_address"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# -- the browser ----------------------------------------------------------------------------------
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "controlplane.console.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # Marks in charts and meters are placed by custom properties in style attributes.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "controlplane.console.finders.InstalledPackagesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "controlplane.console.statics.VersionedStorage"},
}
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG

USE_TZ = True
TIME_ZONE = TIME_ZONE_SHOWN
LANGUAGE_CODE = "en-gb"
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# -- carrying -------------------------------------------------------------------------------------
INGRESS_MAX_BODY = setting("INTERLOCK_INGRESS_MAX_BODY", str(10 * 1024 * 1024), whole, "largest webhook body, in bytes")
INGRESS_RATE = setting("INTERLOCK_INGRESS_RATE", "50000", whole, "events a second and process that an endpoint lets in")
INGRESS_SENDER_RATE = setting(
    "INTERLOCK_INGRESS_SENDER_RATE", "50000", whole, "requests a second and process of one address to an endpoint"
)
INBOX_LIMIT = setting(
    "INTERLOCK_INBOX_LIMIT", "200000", whole, "events that may wait in a lane before senders must wait"
)
DISK_RESERVE = setting(
    "INTERLOCK_DISK_RESERVE", str(200 * 1024 * 1024), whole, "bytes that stay free on the database's volume"
)
DATABASE_VOLUME = setting(
    "INTERLOCK_DATABASE_VOLUME",
    str(VAR) if EMBEDDED.database_url == DATABASE_URL else "",
    str,
    "folder on the database's volume, where that is on this machine",
)
LEASE_SECONDS = setting("INTERLOCK_LEASE_SECONDS", "40", whole, "after this, a silent worker's work is taken over")
SWEEP_SECONDS = setting("INTERLOCK_SWEEP_SECONDS", "2", whole, "how often workers look for work without a ring")
CALL_DEADLINE = setting("INTERLOCK_CALL_DEADLINE", "30", whole, "longest call to a destination, in seconds")
REPLAY_APPROVAL_ITEMS = setting(
    "INTERLOCK_REPLAY_APPROVAL_ITEMS", "1000", whole, "a replay of more deliveries waits for the board"
)
REPLAY_APPROVAL_UNSAFE = setting(
    "INTERLOCK_REPLAY_APPROVAL_UNSAFE", "100", whole, "the same for deliveries that do not repeat by themselves"
)

# -- the API --------------------------------------------------------------------------------------
API_RATE = setting("INTERLOCK_API_RATE", "600", whole, "requests a minute of one token or session to the API")
SPECTACULAR_SETTINGS = {
    "TITLE": "Interlock",
    "VERSION": "1",
    "DESCRIPTION": "Search transactions, work on dead letters, replay, and hold or limit destinations.",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DISABLE_ERRORS_AND_WARNINGS": False,
    # What several shapes choose from, under one name.
    "ENUM_NAME_OVERRIDES": {
        "CompatibilityEnum": "controlplane.contracts.models.Compatibility.values",
        "ContractStateEnum": "controlplane.contracts.models.VersionState.values",
        "LevelEnum": "controlplane.contracts.rest.shapes.LEVELS",
    },
}

# -- seeing itself --------------------------------------------------------------------------------
SENTRY_DSN = setting("SENTRY_DSN", "", str, "where errors are reported; nothing is reported when empty")
LOG_FORMAT = setting("INTERLOCK_LOG_FORMAT", "json", str, "json, or text for people")
LOG_LEVEL = setting("INTERLOCK_LOG_LEVEL", "INFO", str, "lowest level that is logged")
METRICS_TOKEN = setting("INTERLOCK_METRICS_TOKEN", "", str, "bearer token that /metrics asks for; open when empty")
METRICS_PORT = setting("INTERLOCK_METRICS_PORT", "0", whole, "port on which workers and consumers serve /metrics")
METRICS_FOLDER = setting("PROMETHEUS_MULTIPROC_DIR", "", str, "where processes count together; each alone when empty")
LOGGING_CONFIG = None
