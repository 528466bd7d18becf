"""Settings. Everything that differs between machines comes from the environment; unset, nothing is needed.

PASSBOARD_DATA          folder of database, uploads and secret key   (var/ beside manage.py)
SECRET_KEY              otherwise made once and kept in that folder
SECRET_KEY_FALLBACKS    earlier ones, comma-separated: what they signed and encrypted is still good
DATABASE_URL            postgres://…                                 (SQLite in that folder)
CELERY_BROKER_URL       redis://… or amqp://…                        (an SQLite queue in that folder)
CACHE_URL               redis://…: shared by all processes           (each process's memory)
API_RATE                API requests a minute of a token, an account or an address; 0: any (600)
ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS   comma-separated
STATIC_ROOT             where static files are collected             (static/ in that folder)
DEBUG                   1 for Django's debug pages
MAX_UPLOAD_MB           largest accepted sample file                 (256)
SCORING_WORKERS         worker processes                             (number of cores)
SAMPLING_REQUESTS       requests to model servers at the same time   (16)
SAMPLING_PATIENCE       seconds without an answer until a sampling pauses (600)
SAMPLING_LOCAL_MODELS   weights on this machine that may be sampled: folders, names on the hub (none)
SAMPLING_PYTHON         the sampling worker's Python, where that is another one (docs/sampling.md)
SAMPLING_ALLOWED_NETWORKS  private networks that samplings may reach, as 127.0.0.0/8,::1/128 (none)
HTTPS                   1: the site is reached by https alone; cookies never travel without it (0)
HSTS_SECONDS            how long browsers remember that, with HTTPS=1 (0: not at all)
PROXIES                 how many proxies of yours stand before the site, and are believed (0)
SITE_URL                https://board.example.org: the site's address in mails
EMAIL_URL               smtp://name:password@host:587, for passwords by mail (none; needs SITE_URL)
MAIL_FROM               the sender of mails                          (passboard@ and the host of SITE_URL)
SIGN_UP_OPEN            0: accounts are made by the operator alone   (1)
LEASE_SECONDS           how long a silent worker keeps its work      (60)
IDLE_TRANSACTION_SECONDS  how long PostgreSQL keeps a transaction whose process is silent; 0: for ever
                        (half of LEASE_SECONDS)
SWEEP_SECONDS           how often work that nobody does is looked for (15)
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import quote, urlsplit

from csp.constants import NONE, SELF

from leaderboard.database_settings import database_settings
from leaderboard.mail_settings import mail_settings
from leaderboard.secret_key import load_or_make_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("PASSBOARD_DATA", BASE_DIR / "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("SECRET_KEY") or load_or_make_key(DATA_DIR / "secret_key")
DEBUG = os.environ.get("DEBUG", "") == "1"


def _listed(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


SECRET_KEY_FALLBACKS = _listed("SECRET_KEY_FALLBACKS", "")
# The embedded site answers on whatever name the reader typed; a public one names its hosts.
ALLOWED_HOSTS = _listed("ALLOWED_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = _listed("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "leaderboard",
]

MIDDLEWARE = [
    "leaderboard.middleware.RequestIdMiddleware",
    "leaderboard.middleware.UnlistedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "leaderboard.api.middleware.ApiFaultMiddleware",
]

ROOT_URLCONF = "leaderboard.urls"
WSGI_APPLICATION = "leaderboard.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["leaderboard.templatetags.sharing"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leaderboard.views.context.site",
            ],
        },
    }
]

_DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'passboard.sqlite3'}"
LEASE_SECONDS = float(os.environ.get("LEASE_SECONDS") or 60)
# Half a lease: who waited for a frozen process's rows still holds its own work when it gets them.
_IDLE_SECONDS = float(os.environ.get("IDLE_TRANSACTION_SECONDS") or LEASE_SECONDS / 2)
DATABASES = {"default": database_settings(_DATABASE_URL, _IDLE_SECONDS)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = (
    os.environ.get("CELERY_BROKER_URL") or f"sqlite-queue:///{quote(str(DATA_DIR / 'queue.sqlite3'))}"
)
# What `leaderboard.board_cache` keeps; an entry of a large board has some 300 kB.
_CACHE_URL = os.environ.get("CACHE_URL", "")
CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if _CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 120}}
}
# What `leaderboard.api.rate` counts: small, many, and not to push the boards out of the memory above.
CACHES["rates"] = CACHES["default"] | (
    {} if _CACHE_URL else {"LOCATION": "rates", "OPTIONS": {"MAX_ENTRIES": 20_000}}
)
API_RATE = int(os.environ.get("API_RATE", "600") or 600)
SCORING_WORKERS = int(os.environ.get("SCORING_WORKERS") or os.cpu_count() or 1)
# Words put before the scoring worker's command: runs it in a sandbox of its own (docs/security.md).
WORKER_WRAPPER = shlex.split(os.environ.get("WORKER_WRAPPER", ""))
SAMPLING_REQUESTS = int(os.environ.get("SAMPLING_REQUESTS") or 16)
SAMPLING_PATIENCE_SECONDS = float(os.environ.get("SAMPLING_PATIENCE") or 600)
SAMPLING_LOCAL_MODELS = _listed("SAMPLING_LOCAL_MODELS", "")
SAMPLING_PYTHON = os.environ.get("SAMPLING_PYTHON", "")
SAMPLING_ALLOWED_NETWORKS = _listed("SAMPLING_ALLOWED_NETWORKS", "")
SWEEP_SECONDS = float(os.environ.get("SWEEP_SECONDS") or 15)

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3600
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
# A link in a mail never takes its host from a request: whoever asks could name any.
HAS_MAIL = bool(SITE_URL and os.environ.get("EMAIL_URL"))
for _name, _value in mail_settings(os.environ.get("EMAIL_URL", "") if HAS_MAIL else "").items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM") or f"passboard@{urlsplit(SITE_URL).hostname or 'localhost'}"
SIGN_UP_OPEN = os.environ.get("SIGN_UP_OPEN", "1") == "1"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected under names that hold their hash, and compressed: kept by browsers for ever, never stale.
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}

MAX_UPLOAD_BYTES = int(os.environ.get("MAX_UPLOAD_MB", "256")) << 20
FILE_UPLOAD_TEMP_DIR = DATA_DIR
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20  # of form fields; files are streamed to disk

# Every line carries the id of the request that it is about: an error page names the same one.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "leaderboard.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "leaderboard.middleware.KeylessFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}
    },
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "leaderboard": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

# Behind proxies the visitor's address and whether it came by https are what the outermost one says.
PROXIES = int(os.environ.get("PROXIES") or 0)
HTTPS = os.environ.get("HTTPS", "") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # asked from inside, past the proxy
SECURE_HSTS_SECONDS = int(os.environ.get("HSTS_SECONDS") or 0) if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "leaderboard.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
