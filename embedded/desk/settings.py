"""Django settings of one site. CRM_SITE_PATH names its folder, whose site_config.json is the only input."""

import json
import os
from pathlib import Path

SITE_PATH = Path(os.environ["CRM_SITE_PATH"])
CONFIG = json.loads((SITE_PATH / "site_config.json").read_text(encoding="utf-8"))

SECRET_KEY = CONFIG["secret_key"]
DEBUG = bool(CONFIG.get("developer_mode"))
ALLOWED_HOSTS = CONFIG.get("allowed_hosts", ["*"])
ROOT_URLCONF = "desk.urls"
APPEND_SLASH = False
USE_TZ = False
TIME_ZONE = CONFIG.get("time_zone", "Asia/Shanghai")
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
	"unfold.apps.BasicAppConfig",
	"unfold.contrib.forms",
	"django.contrib.contenttypes",
	"django.contrib.auth",
	"django.contrib.sessions",
	"django.contrib.messages",
	"django.contrib.staticfiles",
	"desk",
]
MIDDLEWARE = [
	"django.middleware.security.SecurityMiddleware",
	"django.middleware.clickjacking.XFrameOptionsMiddleware",
	"django.contrib.sessions.middleware.SessionMiddleware",
	"django.contrib.messages.middleware.MessageMiddleware",
	"desk.middleware.FrappeMiddleware",
	"django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
	{
		"BACKEND": "django.template.backends.django.DjangoTemplates",
		"APP_DIRS": True,
		"OPTIONS": {
			"context_processors": [
				"django.template.context_processors.request",
				"django.contrib.messages.context_processors.messages",
			]
		},
	}
]


def database(config: dict, site_path: Path) -> dict:
	"""The DATABASES entry. The host drives transactions itself, so Django stays in autocommit."""
	if config.get("db_type", "sqlite") == "sqlite":
		settings = ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536", "temp_store=MEMORY")
		pragmas = ";".join(f"PRAGMA {setting}" for setting in settings)
		name = site_path / config.get("db_name", "site.db")
		options = {"timeout": 30, "init_command": pragmas, "transaction_mode": "IMMEDIATE"}
		return {
			"ENGINE": "django.db.backends.sqlite3",
			"NAME": str(name),
			"CONN_MAX_AGE": None,
			"OPTIONS": options,
		}
	import pymysql

	pymysql.version_info = (2, 2, 1, "final", 0)  # the mysqlclient release whose interface PyMySQL offers
	pymysql.install_as_MySQLdb()
	return {
		"ENGINE": "django.db.backends.mysql",
		"NAME": config["db_name"],
		"USER": config.get("db_user") or config["db_name"],
		"PASSWORD": config.get("db_password", ""),
		"HOST": config.get("db_host", "127.0.0.1"),
		"PORT": str(config.get("db_port") or 3306),
		"CONN_MAX_AGE": 600,
		"CONN_HEALTH_CHECKS": True,
		"OPTIONS": {"charset": "utf8mb4", "isolation_level": "repeatable read"},
	}


DATABASES = {"default": database(CONFIG, SITE_PATH)}

PASSWORD_HASHERS = [
	"django.contrib.auth.hashers.Argon2PasswordHasher",
	"django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
	{"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
	for name in ("MinimumLength", "CommonPassword", "NumericPassword")
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "sid"
SESSION_COOKIE_AGE = int(CONFIG.get("session_expiry_seconds", 7 * 24 * 3600))
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CONFIG.get("https"))
CSRF_TRUSTED_ORIGINS = CONFIG.get("trusted_origins", [])
CSRF_FAILURE_VIEW = "desk.errors.csrf_failure"
CSRF_HEADER_NAME = "HTTP_X_FRAPPE_CSRF_TOKEN"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = int(CONFIG.get("max_form_size", 20 * 1024 * 1024))
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
LOGGING = {
	"version": 1,
	"disable_existing_loggers": False,
	"formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
	"handlers": {
		"file": {
			"class": "logging.handlers.RotatingFileHandler",
			"filename": str(SITE_PATH / "logs" / "desk.log"),
			"maxBytes": 5_000_000,
			"backupCount": 3,
			"delay": True,
			"formatter": "plain",
			"encoding": "utf-8",
		}
	},
	"loggers": {
		"waitress.queue": {"level": "ERROR"},
		"django.request": {"handlers": ["file"], "level": "WARNING", "propagate": False},
	},
	"root": {"handlers": ["file"], "level": "WARNING"},
}
