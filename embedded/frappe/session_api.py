"""Opening a site, who acts, and what is said to them."""

import json
import os
from contextlib import contextmanager

from frappe.exceptions import IncorrectSitePath, PermissionError, ValidationError
from frappe.types import _dict


def init(site: str, sites_path: str = ".", new_site: bool = False, force: bool = False):
	"""Open a site folder: configuration, Django, fresh request state. No database connection yet."""
	import frappe

	local = frappe.local
	if getattr(local, "initialised", False) and local.site == site and not force:
		return
	local.sites_path = sites_path
	local.site = site
	local.site_path = os.path.join(sites_path, site)
	local.conf = _read_config(local.site_path)
	_boot_django(local.site_path)
	local.system_timezone = None
	local.installed_apps = None
	local.app_hooks = None
	new_request()
	from frappe.query_builder import Builder

	local.qb = Builder()
	local.initialised = True


init_site = init


def _read_config(site_path: str) -> _dict:
	path = os.path.join(site_path, "site_config.json")
	if not os.path.exists(path):
		raise IncorrectSitePath(f"{site_path} is not a site: it has no site_config.json")
	with open(path, encoding="utf-8") as config:
		return _dict(json.load(config))


def _boot_django(site_path: str):
	from django.apps import apps

	os.environ["CRM_SITE_PATH"] = os.path.abspath(site_path)
	os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
	if not apps.ready:
		import django

		django.setup()


def connect(site: str | None = None, *_args, **_kwargs):
	"""Connect to the database of the site; the session is Administrator's, as in real Frappe."""
	import frappe
	from frappe.database import Database

	if site:
		init(site)
	frappe.local.db = Database()
	set_user("Administrator")


def destroy():
	"""Close the database and forget the site in this thread."""
	import frappe

	if getattr(frappe.local, "db", None):
		frappe.local.db.close()
	frappe.local.__dict__.clear()


def new_request(user: str | None = None, lang: str | None = None, form_dict=None, request=None):
	"""Fresh per-request state; the site, its configuration and the connection stay."""
	import frappe

	local = frappe.local
	local.flags = _dict(currently_saving=[], ran_schedulers=[], redirect_location="")
	local.message_log = []
	local.error_log = []
	local.debug_log = []
	local.response = _dict(docs=[])
	local.request = request
	local.request_ip = None
	local.lang = lang or local.conf.get("lang") or "en"
	local.rollback_observers = []
	local.task_id = None
	local.dev_server = bool(local.conf.get("developer_mode"))
	set_user(user or "Guest")
	local.form_dict = _dict(form_dict or {})
	if user and not getattr(local, "db", None):
		from frappe.database import Database

		local.db = Database()


def set_user(username: str):
	"""Act as this user from now on."""
	from frappe import local

	local.session = _dict(user=username, sid=username, data=_dict())
	local.cache = {}
	local.form_dict = _dict()
	local.jenv = None
	local.role_permissions = {}
	local.new_doc_templates = {}
	local.user_perms = None
	local.user = username


@contextmanager
def as_user(username: str):
	"""Act as a user inside a block. Host only."""
	from frappe import local

	previous = local.session.user
	set_user(username)
	try:
		yield
	finally:
		set_user(previous)


def get_user():
	from frappe import local

	return local.session.user


def get_roles(username: str | None = None) -> list[str]:
	"""Roles of a user, with the automatic ones (All, Guest, Desk User)."""
	from frappe import local
	from frappe.permissions import roles_of

	return roles_of(username or local.session.user)


def only_for(roles, message: bool = False):
	"""Raise PermissionError unless the user has one of the roles."""
	import frappe

	if frappe.local.flags.in_test and not message:
		pass
	if frappe.session.user == "Administrator":
		return
	roles = {roles} if isinstance(roles, str) else set(roles)
	if roles.isdisjoint(get_roles()):
		if not message:
			raise PermissionError
		throw(
			frappe._("This action is only allowed for {}").format(
				", ".join(frappe._(role) for role in roles)
			),
			PermissionError,
			frappe._("Not Permitted"),
		)


def msgprint(
	msg,
	title=None,
	raise_exception=0,
	as_table=False,
	as_list=False,
	indicator=None,
	alert=False,
	primary_action=None,
	is_minimizable=False,
	wide=False,
	*,
	realtime=False,
):
	"""Tell the user something; with `raise_exception` also stop."""
	from frappe import local

	out = _dict(message=_message_text(msg, as_table, as_list))
	if title:
		out.title = title
	if not indicator and raise_exception:
		indicator = "red"
	if indicator:
		out.indicator = indicator
	if alert:
		out.alert = 1
	if raise_exception:
		out.raise_exception = 1
	if not local.flags.mute_messages:
		local.message_log.append(out)
	if raise_exception:
		_raise(raise_exception, out.message)


def _message_text(msg, as_table: bool, as_list: bool) -> str:
	if as_list and isinstance(msg, list | tuple):
		return "<ul>" + "".join(f"<li>{item}</li>" for item in msg) + "</ul>" if len(msg) > 1 else str(msg[0])
	if as_table and isinstance(msg, list | tuple):
		rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in msg)
		return f"<table>{rows}</table>"
	return str(msg)


def _raise(kind, text: str):
	if isinstance(kind, type) and issubclass(kind, Exception):
		raise kind(text)
	if isinstance(kind, Exception):
		raise kind
	raise ValidationError(text)


def throw(
	msg, exc=ValidationError, title=None, is_minimizable=False, wide=False, as_list=False, primary_action=None
):
	"""Stop with a message for the user."""
	import frappe

	msgprint(msg, raise_exception=exc, title=title or frappe._("Message"), indicator="red", as_list=as_list)


def bold(text) -> str:
	return f"<strong>{text}</strong>"


def clear_messages():
	from frappe import local

	local.message_log = []


def clear_last_message():
	from frappe import local

	if local.message_log:
		local.message_log = local.message_log[:-1]
