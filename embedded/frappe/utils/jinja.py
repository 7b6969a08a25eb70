"""Jinja2 as pages and messages get it: sandboxed, autoescaped, with a short list of safe names."""

from functools import lru_cache
from pathlib import Path

import frappe

HOST_TEMPLATES = Path(__file__).resolve().parents[2] / "desk" / "jinja"
UTILS = (
	"format_date formatdate format_datetime format_time format_duration fmt_money flt cint cstr getdate "
	"get_datetime nowdate today now now_datetime add_days add_months add_to_date date_diff pretty_date "
	"strip_html escape_html get_url get_url_to_form get_url_to_list rounded money_in_words"
).split()


def get_jenv():
	"""This site's environment: `<app>/…` and plain paths are the apps', `templates/web.html` the host's."""
	return _environment(tuple(frappe.get_installed_apps()))


def get_template(path: str):
	return get_jenv().get_template(path)


def render_template(
	template: str, context: dict | None = None, is_path=None, safe_render: bool = True
) -> str:
	"""A template given as text or as a path (`templates/…`, `<app>/…html`), rendered with the context."""
	if not template:
		return ""
	is_path = template.endswith((".html", ".txt")) and "\n" not in template if is_path is None else is_path
	if safe_render and ".__" in template:
		frappe.throw(frappe._("Illegal template"))
	found = get_template(template) if is_path else get_jenv().from_string(template)
	return found.render({"frappe": _safe_frappe(), **(context or {})})


@lru_cache(maxsize=4)
def _environment(apps):
	from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
	from jinja2.sandbox import SandboxedEnvironment

	folders = {app: FileSystemLoader(frappe.get_app_path(app)) for app in apps if app != "frappe"}
	loaders = [PrefixLoader(folders), *folders.values(), FileSystemLoader(HOST_TEMPLATES)]
	env = SandboxedEnvironment(loader=ChoiceLoader(loaders), autoescape=True)
	env.globals.update(_=frappe._, abs_url=abs_url, get_url=_util("get_url"), scrub=frappe.scrub)
	env.filters.update(json=frappe.as_json, len=len, flt=_util("flt"), int=_util("cint"), str=_util("cstr"))
	return env


def _util(name):
	return getattr(frappe.utils, name)


def _safe_frappe():
	"""The `frappe` of templates: formatters and the request. What reads records asks the reader's rights."""
	utils = frappe._dict({name: _util(name) for name in UTILS if name in dir(frappe.utils)})
	return frappe._dict(
		_=frappe._,
		utils=utils,
		format=frappe.format_value,
		format_value=frappe.format_value,
		get_list=frappe.get_list,
		has_permission=frappe.has_permission,
		get_meta=frappe.get_meta,
		get_url=_util("get_url"),
		session=frappe._dict(user=frappe.session.user, csrf_token=csrf_token()),
		form_dict=frappe.form_dict,
		lang=frappe.local.lang,
	)


def csrf_token() -> str:
	"""The token that forms of this request send back, empty outside a request."""
	from django.middleware.csrf import get_token

	request = getattr(frappe.local, "request", None)
	return get_token(request) if hasattr(request, "META") else ""


def abs_url(path: str) -> str:
	return path if path.startswith(("/", "http://", "https://")) else f"/{path}"
