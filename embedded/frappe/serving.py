"""JSON, hashes, logs, templates, background calls, whitelisting."""

import datetime
import decimal
import functools
import json
import logging
import traceback

import frappe

whitelisted: set = set()
guest_methods: set = set()
allowed_http_methods: dict = {}


def whitelist(allow_guest: bool = False, xss_safe: bool = False, methods=None):
	"""Allow a function to be called over HTTP."""

	def decorate(function):
		target = function.__func__ if isinstance(function, classmethod | staticmethod) else function
		whitelisted.add(target)
		allowed_http_methods[target] = methods or ["GET", "POST", "PUT", "DELETE"]
		if allow_guest:
			guest_methods.add(target)
		return function

	return decorate(allow_guest) if callable(allow_guest) else decorate


def is_whitelisted(method) -> bool:
	"""Raise PermissionError unless the function may be called over HTTP by this user."""
	method = getattr(method, "__func__", method)
	is_guest = frappe.session.user == "Guest"
	if method not in whitelisted or (is_guest and method not in guest_methods):
		name = f"{getattr(method, '__module__', '')}.{getattr(method, '__name__', method)}"
		frappe.throw(
			frappe._("Function {0} is not whitelisted.").format(frappe.bold(name)),
			frappe.PermissionError,
			title=frappe._("Method Not Allowed"),
		)
	return True


def is_valid_http_method(method):
	"""Raise PermissionError unless the request's verb is allowed for the function."""
	verb = frappe.local.request.method if frappe.local.request is not None else "POST"
	method = getattr(method, "__func__", method)
	if verb not in allowed_http_methods.get(method, ["POST"]):
		frappe.throw(frappe._("Not permitted"), frappe.PermissionError)


def parse_json(val):
	from frappe.utils.data import parse_json

	return parse_json(val)


def as_json(obj, indent: int | None = 1, separators=None, ensure_ascii: bool = True) -> str:
	"""Deterministic JSON; dates become text."""
	return json.dumps(obj, indent=indent, sort_keys=True, default=json_default, ensure_ascii=ensure_ascii)


def json_default(value):
	if isinstance(value, datetime.datetime | datetime.date | datetime.timedelta):
		return str(value)
	if isinstance(value, decimal.Decimal):
		return float(value)
	if hasattr(value, "as_dict"):
		return value.as_dict(no_nulls=True)
	if isinstance(value, set | frozenset | map | filter) or hasattr(value, "__iter__"):
		return list(value)
	if isinstance(value, type | BaseException):
		return repr(value)
	raise TypeError(f"{type(value)} is not JSON")


def generate_hash(txt: str | None = None, length: int = 56) -> str:
	from frappe.utils import generate_hash

	return generate_hash(txt, length)


def get_traceback(with_context: bool = False) -> str:
	return traceback.format_exc()


def log_error(title=None, message=None, reference_doctype=None, reference_name=None, *, defer_insert=False):
	"""Keep an error in Error Log. Without a message the current traceback."""
	title = title or "Error"
	if not message and "\n" in str(title):
		title, message = "Error", title
	doc = frappe.get_doc(
		doctype="Error Log",
		method=str(title)[:140],
		error=str(message or get_traceback()),
		reference_doctype=reference_doctype,
		reference_name=reference_name,
	)
	return doc.insert(ignore_permissions=True)


def logger(
	module=None, with_more_info=False, allow_site=True, filter=None, max_size=0, file_count=0, **_kwargs
):
	"""A logger that writes below the site's logs folder."""
	return logging.getLogger(f"frappe.{module or 'site'}")


def get_url(uri=None, full_address=False) -> str:
	return frappe.utils.get_url(uri, full_address)


# -- templates


def get_template(path: str):
	return jinja_environment().get_template(path)


def jinja_environment():
	"""Jinja2 over the templates and www folders of the installed apps."""
	if getattr(frappe.local, "jenv", None) is None:
		from frappe.utils.jinja import make_environment

		frappe.local.jenv = make_environment()
	return frappe.local.jenv


def render_template(template: str, context=None, is_path=None, safe_render=True) -> str:
	"""Render a template text, or a file when `is_path` or the text is a path."""
	environment = jinja_environment()
	looks_like_path = template.startswith("templates/") or (
		template.endswith(".html") and "\n" not in template
	)
	if is_path or (is_path is None and looks_like_path):
		return environment.get_template(template).render(context or {})
	return environment.from_string(template).render(context or {})


# -- elsewhere


def enqueue(*args, **kwargs):
	"""Run a function in a background job."""
	from frappe.utils.background_jobs import enqueue

	return enqueue(*args, **kwargs)


def sendmail(recipients=None, sender="", subject="No Subject", message="No Message", **kwargs):
	"""Put a message in Email Queue; nothing leaves the machine."""
	from frappe.utils.mail import queue_mail

	return queue_mail(recipients, sender, subject, message, **kwargs)


def safe_eval(code, eval_globals=None, eval_locals=None):
	from frappe.utils.safe_exec import safe_eval

	return safe_eval(code, eval_globals, eval_locals)


def publish_realtime(*_args, **_kwargs):
	"""Real Frappe tells open browsers; this host has no push channel."""


def validate_and_sanitize_search_inputs(function):
	"""Decorator for link-search queries: the field must exist, numbers are numbers."""

	@functools.wraps(function)
	def wrapper(doctype, txt, searchfield, start, page_len, filters, *args, **kwargs):
		if searchfield and searchfield != "name" and not frappe.get_meta(doctype).has_column(searchfield):
			raise frappe.ValidationError(f"no such field: {searchfield}")
		cint = frappe.utils.cint
		return function(doctype, txt, searchfield, cint(start), cint(page_len), filters, *args, **kwargs)

	return wrapper
