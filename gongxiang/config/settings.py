"""Django's settings: from the environment alone, refused loudly where they are unsafe.

GONGXIANG_ENV         development (default) or production
GONGXIANG_SECRET_KEY  needed in production; in development made once and kept in the home
GONGXIANG_SECRET_KEY_FALLBACKS  older secret keys, by commas, while they are changed
GONGXIANG_DEBUG       1 shows errors on the page; refused in production
GONGXIANG_HOSTS       host names that are answered, separated by commas
GONGXIANG_POOL_SIZE   connections that a web process keeps open (4 there); 0 keeps none
DATABASE_URL          the application's role; DATABASE_OWNER_URL the owner of the tables
GONGXIANG_PROXIES     how many proxies of ours stand before the web server; 0 believes none
GONGXIANG_PHONE_KEY   the key that phone numbers are hashed with; the secret key in development
GONGXIANG_SMS_URL     where text messages are handed over; in production https, not the sandbox
GONGXIANG_SMS_KEY     what they are signed with
GONGXIANG_SMS_HOUR_MAX  codes that the whole platform sends within an hour
GONGXIANG_WECHAT_APP  the app at WeChat that people sign in by, the payments' own; none: nobody
GONGXIANG_WECHAT_SECRET     the app's secret
GONGXIANG_WECHAT_AUTHORIZE  WeChat's page that asks the person; in production not the sandbox
GONGXIANG_WECHAT_API        where its codes are exchanged; in production not the sandbox
GONGXIANG_IDENTITY_KEY  what seals names, documents and accounts; the secret key in development
GONGXIANG_IDENTITY_KEY_FALLBACKS  older ones of it, by commas, until all is sealed anew
GONGXIANG_VERIFY_URL  where names and documents are verified; in production https, not the sandbox
GONGXIANG_VERIFY_KEY  what both sides of it sign with
GONGXIANG_CHANNELS    folder of the payment channels' files; in development the sandbox's own
GONGXIANG_CONSOLE_HOST  the host of the console alone; without one it stands beside the pages
GONGXIANG_MAINTENANCE   until when everything rests, as 03:30; without one nothing does
GONGXIANG_ADDRESS     where channels and payers reach this platform, https in production
GONGXIANG_PAYMENT_FEN_MAX  the most that one payment may be, in fen
GONGXIANG_DOCUMENTS   folder of the pictures that stores hand in; in the home by default
GONGXIANG_DRAFT_DAYS  after so long, the pictures of an application never handed in are deleted
GONGXIANG_API_RATE    requests a minute of one token: writing ones in all, reading ones a process
GONGXIANG_API_ADDRESS_RATE  requests a minute to the API from one address
GONGXIANG_OFFICER_IDLE_MINUTES    after so long without a click, staff sign in again
GONGXIANG_OFFICER_SESSION_HOURS   after so long, staff sign in again whatever they do
GONGXIANG_OFFICER_FACTOR_MINUTES  how long a second factor counts as fresh where money moves
GONGXIANG_STREAM      where browsers reach the stream of arrivals: ":8001", a path, an address
"""

import contextlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from gongxiang.cli.server import data_home, make_home
from gongxiang.config import environment
from gongxiang.ops.theme import UNFOLD as UNFOLD  # noqa: PLC0414  a setting of its own

HOME = data_home()
SECRET_LENGTH = 50
CONNECT_SECONDS = 5
PREPARED_FROM = 3
"""From the third time on, a kept connection lets the server keep the plan of a statement."""


def _secret_key() -> str:
    given = environment.text("GONGXIANG_SECRET_KEY")
    if given:
        if IS_PRODUCTION and (len(given) < SECRET_LENGTH or given.startswith("django-insecure")):
            raise ImproperlyConfigured(
                f"GONGXIANG_SECRET_KEY must be random and have {SECRET_LENGTH} characters or more"
            )
        return given
    if IS_PRODUCTION:
        raise ImproperlyConfigured("GONGXIANG_SECRET_KEY must be set in production")
    return _kept_secret_key(HOME / "secret_key")


def _kept_secret_key(path: Path) -> str:
    """Make the key on first use; whoever comes second at the same moment reads the first's."""
    if not path.exists():
        make_home(path.parent)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(SECRET_LENGTH))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


def _databases() -> dict[str, dict[str, Any]]:
    url = environment.text("DATABASE_URL")
    owner_url = environment.text("DATABASE_OWNER_URL", default=url)
    databases = {"default": environment.database(url)}
    pool_size = environment.whole("GONGXIANG_POOL_SIZE", default=0)
    if pool_size:
        databases["default"]["OPTIONS"] |= {
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": CONNECT_SECONDS},
            "prepare_threshold": PREPARED_FROM,
        }
        databases["default"]["CONN_HEALTH_CHECKS"] = True
    if owner_url != url:
        databases["owner"] = environment.database(owner_url)
    return databases


ENVIRONMENT = environment.choice(
    "GONGXIANG_ENV", choices=("development", "production"), default="development"
)
IS_PRODUCTION = ENVIRONMENT == "production"

DEBUG = environment.flag("GONGXIANG_DEBUG")
if DEBUG and IS_PRODUCTION:
    raise ImproperlyConfigured("GONGXIANG_DEBUG=1 is refused in production")
SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = environment.words("GONGXIANG_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words(
    "GONGXIANG_HOSTS", default=() if IS_PRODUCTION else ("127.0.0.1", "localhost", "[::1]")
)
CSRF_TRUSTED_ORIGINS = environment.words("GONGXIANG_ORIGINS")
CONSOLE_HOST = environment.text("GONGXIANG_CONSOLE_HOST")
if CONSOLE_HOST and CONSOLE_HOST not in ALLOWED_HOSTS:
    raise ImproperlyConfigured("GONGXIANG_CONSOLE_HOST must be one of GONGXIANG_HOSTS")
MAINTENANCE = environment.hour("GONGXIANG_MAINTENANCE")

PROXIES = environment.whole("GONGXIANG_PROXIES", default=0)
PHONE_KEY = environment.text("GONGXIANG_PHONE_KEY", default="" if IS_PRODUCTION else SECRET_KEY)
IDENTITY_KEY = environment.text(
    "GONGXIANG_IDENTITY_KEY", default="" if IS_PRODUCTION else SECRET_KEY
)
IDENTITY_KEY_FALLBACKS = environment.words(
    "GONGXIANG_IDENTITY_KEY_FALLBACKS", default=() if IS_PRODUCTION else SECRET_KEY_FALLBACKS
)
VERIFY_URL = environment.gateway("GONGXIANG_VERIFY_URL", is_production=IS_PRODUCTION)
VERIFY_KEY = environment.text("GONGXIANG_VERIFY_KEY")
if VERIFY_URL and not VERIFY_KEY:
    raise ImproperlyConfigured("GONGXIANG_VERIFY_URL needs GONGXIANG_VERIFY_KEY")
SMS_URL = environment.gateway("GONGXIANG_SMS_URL", is_production=IS_PRODUCTION)
SMS_KEY = environment.text("GONGXIANG_SMS_KEY")
SMS_HOUR_MAX = environment.whole("GONGXIANG_SMS_HOUR_MAX", default=3_000)
WECHAT_SECRET = environment.text("GONGXIANG_WECHAT_SECRET")
WECHAT_AUTHORIZE = environment.gateway(
    "GONGXIANG_WECHAT_AUTHORIZE",
    default="https://open.weixin.qq.com/connect/oauth2/authorize",
    is_production=IS_PRODUCTION,
)
WECHAT_API = environment.gateway(
    "GONGXIANG_WECHAT_API", default="https://api.weixin.qq.com", is_production=IS_PRODUCTION
)
if SMS_URL and not SMS_KEY:
    raise ImproperlyConfigured("GONGXIANG_SMS_URL needs GONGXIANG_SMS_KEY")
if IS_PRODUCTION and SMS_URL and len(PHONE_KEY) < SECRET_LENGTH:
    raise ImproperlyConfigured(
        f"GONGXIANG_PHONE_KEY must be random and have {SECRET_LENGTH} characters or more"
    )
if IS_PRODUCTION and (VERIFY_URL or IDENTITY_KEY) and len(IDENTITY_KEY) < SECRET_LENGTH:
    raise ImproperlyConfigured(
        f"GONGXIANG_IDENTITY_KEY must be random and have {SECRET_LENGTH} characters or more"
    )
if IS_PRODUCTION and any(
    len(key) < SECRET_LENGTH for key in (*SECRET_KEY_FALLBACKS, *IDENTITY_KEY_FALLBACKS)
):
    raise ImproperlyConfigured(
        f"each key in the FALLBACKS must be random and have {SECRET_LENGTH} characters or more"
    )

CHANNELS_FOLDER = environment.channels(
    "GONGXIANG_CHANNELS", sandbox=HOME / "sandbox", is_production=IS_PRODUCTION
)
WECHAT_APP = environment.wechat_app("GONGXIANG_WECHAT_APP", channels_folder=CHANNELS_FOLDER)
PUBLIC_ADDRESS = environment.text("GONGXIANG_ADDRESS", default="http://127.0.0.1:8000")
if IS_PRODUCTION and CHANNELS_FOLDER and not PUBLIC_ADDRESS.startswith("https://"):
    raise ImproperlyConfigured("GONGXIANG_ADDRESS must be https where payments are taken")
PAYMENT_FEN_MAX = environment.whole("GONGXIANG_PAYMENT_FEN_MAX", default=5_000_000)
API_RATE = environment.whole("GONGXIANG_API_RATE", default=120)
API_ADDRESS_RATE = environment.whole("GONGXIANG_API_ADDRESS_RATE", default=600)
if not (API_RATE and API_ADDRESS_RATE):
    raise ImproperlyConfigured(
        "GONGXIANG_API_RATE and GONGXIANG_API_ADDRESS_RATE must be 1 or more"
    )
STREAM_ADDRESS = environment.text("GONGXIANG_STREAM")
DOCUMENTS_FOLDER = Path(environment.text("GONGXIANG_DOCUMENTS", default=str(HOME / "documents")))
DRAFT_DAYS = environment.whole("GONGXIANG_DRAFT_DAYS", default=30)
UPLOAD_BYTES_MAX = 8 * 1024 * 1024
BODY_BYTES_MAX = 2 * UPLOAD_BYTES_MAX + 1024 * 1024
"""Two pictures and the rest of a form; a larger body is refused before it is read."""
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_BYTES_MAX
"""What is uploaded stays in memory until it is drawn anew: no file of others on any disk."""

OFFICER_IDLE_MINUTES = environment.whole("GONGXIANG_OFFICER_IDLE_MINUTES", default=30)
OFFICER_SESSION_HOURS = environment.whole("GONGXIANG_OFFICER_SESSION_HOURS", default=12)
OFFICER_FACTOR_MINUTES = environment.whole("GONGXIANG_OFFICER_FACTOR_MINUTES", default=15)

OUR_APPS = (
    "ledger",
    "members",
    "payments",
    "regions",
    "merchants",
    "orders",
    "points",
    "treasury",
    "governance",
    "settlement",
    "ops",
    "web.shared",
    "web.public",
    "web.member",
    "web.merchant",
    "api",
)
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "ninja",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    *(f"gongxiang.{name}" for name in OUR_APPS),
]
MIDDLEWARE = [
    # First what sets headers: the Shield answers by itself, too.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gongxiang.web.middleware.Shield",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "gongxiang.web.pacing.Pacing",
]
ROOT_URLCONF = "gongxiang.config.urls"
WSGI_APPLICATION = "gongxiang.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "gongxiang.web.printing.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

DATABASES = _databases()
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["gongxiang.jobs.tasks"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["gongxiang.ops.staff.StaffBackend"]
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}"
    for name in ("Argon2PasswordHasher", "PBKDF2PasswordHasher")
]
OTP_TOTP_ISSUER = "共享会员运营"
AXES_HANDLER = "gongxiang.ops.lock_out.LockOut"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_NEVER_LOCKOUT_GET = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "gongxiang.members.address.network_of_caller"
AXES_LOCKOUT_CALLABLE = "gongxiang.ops.door.locked_out"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"lost": {"()": "gongxiang.config.logs.LostDatabase"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["lost"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

SESSION_ENGINE = "gongxiang.members.sessions"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
COOKIE_PREFIX = "__Host-" if IS_PRODUCTION else ""
"""Before the names of cookies, which no other host of the domain can set; they have no path."""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
CSRF_FAILURE_VIEW = "gongxiang.web.errors.form_expired"
