"""Django settings of the simulator's own process: no database, no sessions, no users."""

import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(50)  # signs nothing that outlives the process
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "simulator.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE = ["simulator.middleware.guard"]
DATABASES: dict[str, dict[str, str]] = {}
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "simulator" / "templates"],
        "OPTIONS": {"builtins": ["django.templatetags.i18n"]},
    }
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # bytes; an imported history
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; larger files go through the disk

USE_I18N = True
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("TIME_ZONE") or "Europe/Berlin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
