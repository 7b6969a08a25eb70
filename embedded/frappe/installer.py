"""Making a site, installing an app on it."""

import json
import os
import secrets

import frappe
from frappe.app_hooks import get_attr, get_hooks, get_installed_apps, get_module_list, register_app
from frappe.core import core_definition, core_doctypes
from frappe.database.schema import create_base_tables, sync_table
from frappe.modules.sync import ensure_role, store_doctype, sync_app
from frappe.utils.scheduler import sync_jobs

FOLDERS = ("public/files", "private/files", "logs")
BASIC_ROLES = ("Administrator", "System Manager", "Guest", "All", "Desk User")
BASIC_RECORDS = (
	("Language", {"language_code": "en", "language_name": "English"}),
	("Language", {"language_code": "zh", "language_name": "简体中文"}),
	("Currency", {"currency_name": "CNY", "symbol": "¥", "fraction": "分", "fraction_units": 100}),
	("Currency", {"currency_name": "USD", "symbol": "$", "fraction": "Cent", "fraction_units": 100}),
	("Currency", {"currency_name": "EUR", "symbol": "€", "fraction": "Cent", "fraction_units": 100}),
	("Currency", {"currency_name": "GBP", "symbol": "£", "fraction": "Penny", "fraction_units": 100}),
	("Currency", {"currency_name": "HKD", "symbol": "HK$", "fraction": "Cent", "fraction_units": 100}),
	("Country", {"country_name": "China", "code": "cn"}),
	("Country", {"country_name": "United Kingdom", "code": "gb"}),
	("Country", {"country_name": "United States", "code": "us"}),
)
DEFAULTS = {"currency": "CNY", "language": "en", "country": "China", "time_zone": "Asia/Shanghai"}


def new_site(
	site: str,
	sites_path: str = ".",
	apps=(),
	force: bool = False,
	admin_password: str = "admin",
	db_type: str = "sqlite",
	db_url: str | None = None,
	db_name: str | None = None,
	config: dict | None = None,
	progress=None,
):
	"""Make the folder, the database and the core records of a site, then install `apps`.

	`db_url` is `mysql://user:password@host:port/database`; a MariaDB database is made when it is missing.
	"""
	path = os.path.join(sites_path, site)
	if os.path.exists(os.path.join(path, "site_config.json")) and not force:
		raise frappe.ValidationError(f"Site {site} already exists")
	settings = {"db_type": db_type, "db_name": db_name, **(config or {})}
	if db_url and not db_url.startswith("sqlite"):
		settings.update(_from_url(db_url))
		settings["db_name"] = db_name or settings["db_name"]
	settings["db_name"] = settings["db_name"] or "site.db"
	_write_folder(path, settings)
	_empty_database(path, settings, force)
	frappe.init(site, sites_path=sites_path, force=True)
	frappe.local.flags.in_new_site = True
	frappe.connect()
	_create_core(admin_password)
	frappe.local.flags.in_new_site = False
	frappe.db.commit()
	for app in apps:
		install_app(app, progress=progress)


def _from_url(url: str) -> dict:
	from urllib.parse import unquote, urlparse

	parts = urlparse(url)
	return {
		"db_type": "mariadb",
		"db_host": parts.hostname or "127.0.0.1",
		"db_port": parts.port or 3306,
		"db_user": unquote(parts.username or "root"),
		"db_password": unquote(parts.password or ""),
		"db_name": parts.path.strip("/") or None,
	}


def _write_folder(path: str, settings: dict):
	for folder in FOLDERS:
		os.makedirs(os.path.join(path, folder), exist_ok=True)
	target = os.path.join(path, "site_config.json")
	config = {"secret_key": secrets.token_hex(32), "apps": [], **settings}
	with open(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
		json.dump(config, out, indent=1, ensure_ascii=False)


def _empty_database(path: str, settings: dict, force: bool):
	if settings["db_type"] == "sqlite":
		for suffix in ("", "-wal", "-shm"):
			file = os.path.join(path, settings["db_name"]) + suffix
			if os.path.exists(file):
				if not force:
					raise frappe.ValidationError(f"{file} already exists")
				os.unlink(file)
		return
	import pymysql

	server = pymysql.connect(
		host=settings["db_host"],
		port=int(settings["db_port"]),
		user=settings["db_user"],
		password=settings["db_password"],
	)
	name = settings["db_name"].replace("`", "")
	with server.cursor() as cursor:
		if force:
			cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
		cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	server.close()


def _create_core(admin_password: str):
	create_base_tables()
	sync_table(frappe.get_meta("DocType"))
	sync_core()
	for role in BASIC_ROLES:
		ensure_role(role)
	for doctype, values in BASIC_RECORDS:
		frappe.get_doc(doctype=doctype, **values).insert(ignore_permissions=True)
	for name, email in (("Administrator", "admin@example.com"), ("Guest", "guest@example.com")):
		user = frappe.get_doc(doctype="User", name=name, email=email, first_name=name)
		user.flags.ignore_validate = False
		user.insert(ignore_permissions=True)
	from frappe.utils.password import update_password

	update_password("Administrator", admin_password)
	administrator = frappe.get_doc("User", "Administrator")
	administrator.append_roles("System Manager", "Administrator")
	administrator.save(ignore_permissions=True)
	for key, value in DEFAULTS.items():
		frappe.db.set_default(key, value)
		frappe.db.set_single_value("System Settings", key, value)
	frappe.db.set_global("installed_apps", json.dumps(["frappe"]))
	_create_session_table()


def _create_session_table():
	from desk.cli import create_session_table

	create_session_table()


def sync_core():
	"""Tables and rows of the host's own DocTypes."""
	tables = frappe.db.get_tables()
	for name in core_doctypes():
		definition = core_definition(name)
		digest = frappe.utils.sha256_hash(json.dumps(definition))[:32]
		if (
			f"tab{name}" in tables
			and frappe.db.get_value("DocType", name, "file_hash", order_by=None) == digest
		):
			continue
		sync_table(frappe.get_meta(name))
	for name in core_doctypes():
		definition = core_definition(name)
		digest = frappe.utils.sha256_hash(json.dumps(definition))[:32]
		if frappe.db.get_value("DocType", name, "file_hash", order_by=None) != digest:
			store_doctype(definition, "frappe", digest)


def install_app(app: str, progress=None, force: bool = False):
	"""Sync the app's modules, then its after_install and after_sync hooks."""
	if app in get_installed_apps() and not force:
		return
	register_app(app)
	frappe.local.flags.in_install = app
	for path in get_hooks("before_install", app_name=app):
		get_attr(path)()
	for module in get_module_list(app):
		if not frappe.db.exists("Module Def", module):
			frappe.get_doc(doctype="Module Def", module_name=module, app_name=app).insert(
				ignore_permissions=True
			)
	sync_app(app, progress=progress)
	_record_app(app)
	for path in get_hooks("after_install", app_name=app):
		get_attr(path)()
	record_patches(app)
	for path in get_hooks("after_sync", app_name=app):
		get_attr(path)()
	frappe.local.flags.in_install = False
	sync_jobs()
	frappe.db.commit()
	frappe.clear_cache()


def _record_app(app: str):
	apps = [*get_installed_apps(), app]
	frappe.db.set_global("installed_apps", json.dumps(list(dict.fromkeys(apps))))
	frappe.local.installed_apps = None
	frappe.local.app_hooks = None
	frappe.cache.forget_metas()


def record_patches(app: str):
	"""A fresh install needs no patches: note them as done."""
	from frappe.migrate import patches_of

	for patch in patches_of(app):
		if not frappe.db.sql("SELECT patch FROM `tabPatch Log` WHERE patch = %s", [patch]):
			frappe.db.sql("INSERT INTO `tabPatch Log` (patch) VALUES (%s)", [patch])


def migrate(progress=None):
	from frappe.migrate import migrate as run

	run(progress)
