"""All settings, from the environment; `manage.py check` names every one that is missing or wrong."""

import secrets
import sys
import warnings
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from helpdesk.database import LONG, database_settings
from helpdesk.env import env

BASE_DIR = Path(__file__).resolve().parent.parent

# -- What kind of installation this is ---------------------------------------------------------------

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# -- Secrets -----------------------------------------------------------------------------------------

# Without one, `manage.py check` shall still name everything that is missing; servers and workers refuse to start.
SECRET_KEY_IS_SET = bool(env.secret("SECRET_KEY", minimum=50))
SECRET_KEY = env.secret("SECRET_KEY", minimum=50) or secrets.token_urlsafe(48)
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS")
WHATSAPP_APP_SECRETS = env.words("WHATSAPP_APP_SECRETS")
WHATSAPP_VERIFY_TOKEN = env.secret("WHATSAPP_VERIFY_TOKEN", minimum=8)

# -- Meta, or whoever plays Meta ---------------------------------------------------------------------

GRAPH_BASE_URL = env.url("GRAPH_BASE_URL", "https://graph.facebook.com", ("https", "http")).rstrip("/")
GRAPH_VERSION = env.text("GRAPH_VERSION", "v26.0")
# Seconds for a whole call, however slowly the answer drips; well below the lease of a message that is being sent.
GRAPH_DEADLINE = 20.0
GRAPH_CONNECT_TIMEOUT = 5.0
MEDIA_DEADLINE = 60.0
MEDIA_MAX_BYTES = 20 * 1024 * 1024
# The access token goes to these hosts and those below them, and nowhere else.
MEDIA_HOSTS = ("facebook.com", "fbsbx.com", "fbcdn.net")
SIMULATOR_URL = env.url("SIMULATOR_URL", "", ("http",)).rstrip("/")

# -- The wiring diagram: who answers for what --------------------------------------------------------

CHANNELS = {"whatsapp": "channels_whatsapp.channel.WhatsAppChannel"}
# Off: nobody can add up when somebody was here and how long they worked at what; those figures show "–".
RECORD_WORK = env.flag("RECORD_WORK", default=True)
# For so many days; of older ones the sums stay. 0: for ever.
WORK_RECORD_DAYS = env.number("WORK_RECORD_DAYS", 180, low=0, high=3650)
# What one contact may be told by itself within an hour; two machines that answer each other stop there.
AUTOMATIC_MESSAGES_PER_HOUR = env.number("AUTOMATIC_MESSAGES_PER_HOUR", 3, low=1, high=60)
ANSWERS = ["surveys.answers.take"]
PANELS = ["surveys.panels.ticket"]
# Cards on the overview of the set-up pages, in the order of the side navigation: functions without parameters.
SETUP_CARDS = [
    "tickets.views.setup.rules.card",
    "tickets.views.setup.sla.card",
    "tickets.views.setup.hours.card",
    "tickets.views.setup.texts.card",
    "surveys.views.setup.card",
    "tickets.views.setup.teams.card",
]

INSTALLED_APPS = [
    "helpdesk",
    "agents",
    "tickets",
    "channels_whatsapp",
    "surveys",
    "analytics",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "helpdesk.apps.StaticFiles",
    "django.contrib.postgres",
    "django_celery_beat",
    "django_htmx",
    "channels",
    "csp",
    "axes",
    "lucide",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "helpdesk.middleware.WebhookMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.middleware.StorableTextMiddleware",
    "helpdesk.middleware.AgentPreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helpdesk.middleware.PrivatePagesMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"
# A webhook URL that answers with a redirect loses its body, so nothing is ever redirected to a slash.
APPEND_SLASH = False

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
                "helpdesk.context.shell",
            ],
            "libraries": {"i18n": "helpdesk.templatetags.words"},
        },
    }
]

# -- PostgreSQL and Valkey ---------------------------------------------------------------------------

DATABASE_URL = env.url("DATABASE_URL", "postgresql://helpdesk@127.0.0.1/helpdesk", ("postgresql", "postgres"))
# Commands, such as a migration of full tables, are waited for; servers and workers have others to serve.
A_COMMAND = Path(sys.argv[0]).name == "manage.py"
DATABASES = {"default": database_settings(DATABASE_URL, statement_seconds=LONG if A_COMMAND else 15)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url("REDIS_URL", "redis://127.0.0.1:6379/0", ("redis", "rediss", "unix"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "live"},
    }
}

# -- Celery is the engine, PostgreSQL is the memory --------------------------------------------------

CELERY_BROKER_URL = env.url("BROKER_URL", "", ("redis", "rediss", "redis+socket", "amqp", "amqps")) or (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
)
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if CELERY_BROKER_URL.startswith("amqp")
    else {
        "visibility_timeout": 60,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "unacked_restore_throttle": 1,
    }
)
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "timers"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_TASK_ROUTES = {
    "analytics.tasks.refresh": {"queue": "analytics"},
    "analytics.tasks.review": {"queue": "analytics"},
    "analytics.tasks.forget_work": {"queue": "analytics"},
    "channels_whatsapp.tasks.process_inbound": {"queue": "inbound"},
    "channels_whatsapp.tasks.fetch_media": {"queue": "media"},
    "agents.tasks.forget_idempotency_keys": {"queue": "timers"},
    "channels_whatsapp.tasks.fetch_templates": {"queue": "media"},
    "tickets.tasks.deliver": {"queue": "outbound"},
    "tickets.tasks.settle_unknown": {"queue": "timers"},
    "surveys.tasks.invite": {"queue": "timers"},
    "surveys.tasks.send": {"queue": "timers"},
    "tickets.tasks.notice_clocks": {"queue": "timers"},
    "tickets.tasks.assign_waiting": {"queue": "timers"},
    "tickets.tasks.end_lapsed": {"queue": "timers"},
    "tickets.tasks.forget_changes": {"queue": "timers"},
    "tickets.tasks.tell_read": {"queue": "media"},
}
# An expiry keeps a stopped worker from finding a thousand identical wake-ups when it comes back.
CELERY_BEAT_SCHEDULE = {
    "bring figures up to date": {
        "task": "analytics.tasks.refresh",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "forget old records of work": {
        "task": "analytics.tasks.forget_work",
        "schedule": 900.0,
        "options": {"expires": 600},
    },
    "write due reviews": {"task": "analytics.tasks.review", "schedule": 60.0, "options": {"expires": 50}},
    "process inbound updates": {
        "task": "channels_whatsapp.tasks.process_inbound",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "deliver due messages": {"task": "tickets.tasks.deliver", "schedule": 1.0, "options": {"expires": 10}},
    "fetch templates": {
        "task": "channels_whatsapp.tasks.fetch_templates",
        "schedule": 900.0,
        "options": {"expires": 600},
    },
    "fetch due media": {
        "task": "channels_whatsapp.tasks.fetch_media",
        "schedule": 3.0,
        "options": {"expires": 10},
    },
    "invite to surveys": {"task": "surveys.tasks.invite", "schedule": 2.0, "options": {"expires": 10}},
    "send due surveys": {"task": "surveys.tasks.send", "schedule": 2.0, "options": {"expires": 10}},
    "notice clocks that are due": {
        "task": "tickets.tasks.notice_clocks",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "give waiting tickets to people who are here": {
        "task": "tickets.tasks.assign_waiting",
        "schedule": 3.0,
        "options": {"expires": 10},
    },
    "end presence and focus of pages that are gone": {
        "task": "tickets.tasks.end_lapsed",
        "schedule": 10.0,
        "options": {"expires": 30},
    },
    "forget changes that were read": {
        "task": "tickets.tasks.forget_changes",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tell contacts what was read": {
        "task": "tickets.tasks.tell_read",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "forget idempotency keys": {
        "task": "agents.tasks.forget_idempotency_keys",
        "schedule": 600.0,
        "options": {"expires": 300},
    },
    "settle deliveries of unknown fate": {
        "task": "tickets.tasks.settle_unknown",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
}

# Who reads the log of changes, each with a cursor of this name; a change is kept until all of them have read it.
CHANGE_READERS = ("facts", "surveys")

# -- People ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "agents.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account:login"
LOGIN_REDIRECT_URL = "inbox:index"
LOGOUT_REDIRECT_URL = "account:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "agents.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# -- Words and zones ---------------------------------------------------------------------------------

LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "en", ("en", "de", "fr"))
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["helpdesk.formats"]
TIME_ZONE = env.zone("TIME_ZONE", "Europe/Berlin")
USE_TZ = True

# -- The API for other programs: how views behave stands in agents/api/views.py -----------------------

API_REQUESTS_PER_MINUTE = 600  # for each token
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "agents.api.schema.ApiSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Helpdesk API",
    "VERSION": "1",
    "DESCRIPTION": "Tickets, messages, contacts and figures of the helpdesk, for other programs.",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "agents.api.schema.add_problems",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "TicketStatusEnum": "tickets.models.Status",
        "KpiStatusEnum": "analytics.api.serializers.STATUSES",
    },
}

# -- Files -------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(DATA_DIR / "media")))
# collectstatic itself must hash the names already, or there would never be a list of them to find.
COLLECTED = "collectstatic" in sys.argv[1:2] or (STATIC_ROOT / "staticfiles.json").is_file()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "helpdesk.storage.HashedStaticFilesStorage"
        if COLLECTED and not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
if not COLLECTED:
    # Without collectstatic, files come from their source folders; the missing folder is no news then.
    warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
WHITENOISE_USE_FINDERS = not COLLECTED or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
# Meta sends up to 3 MB; Django's own default is less than that.
WEBHOOK_MAX_BYTES = 3 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = WEBHOOK_MAX_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# -- Browser security --------------------------------------------------------------------------------

SECURE_COOKIES = env.flag("SECURE_COOKIES", default=not (DEBUG or DEMO))
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", default=SECURE_COOKIES)
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
# A promise for all subdomains, and the preload list, bind a whole domain for long: not ours to make.
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_HSTS_PRELOAD = False
# The last: our tags for words stand in for Django's, by intent.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "templates.W003"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("TRUST_PROXY") else None
X_FRAME_OPTIONS = "SAMEORIGIN" if DEMO else "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF] if DEMO else [NONE],
        "frame-src": [SELF, SIMULATOR_URL] if DEMO and SIMULATOR_URL else [NONE],
    }
}

# -- Logs: structured, one line each, without message bodies or telephone numbers --------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": "ext://helpdesk.logs.FORMAT",
            "foreign_pre_chain": "ext://helpdesk.logs.ENRICH",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "WARNING"},
        # A sweep every second is no news.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # A broker on a unix socket has no host name, and that is no news.
        "kombu.connection": {"level": "ERROR"},
    },
}

# -- The limits of one process, checked against max_connections at start -----------------------------

WEB_THREADS = env.number("WEB_THREADS", 4, low=1, high=64)
WORKER_THREADS = env.number("WORKER_THREADS", 16, low=1, high=128)
DEMO_SEED_AGENT_PASSWORD = "demo"  # noqa: S105 - printed on the log-in page of the demo, refused elsewhere
