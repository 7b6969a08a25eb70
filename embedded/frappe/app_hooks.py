"""Installed apps, their modules and their hooks."""

import importlib
import inspect
import json
import os

from frappe.exceptions import ValidationError
from frappe.types import _dict

_app_hooks: dict[str, dict] = {}
_module_app: dict[str, str] = {}


def scrub(text: str) -> str:
	return str(text).replace(" ", "_").replace("-", "_").lower()


def unscrub(text: str) -> str:
	return str(text).replace("_", " ").replace("-", " ").title()


def get_attr(path: str):
	"""The object at a dotted path."""
	import frappe

	module, _, name = path.rpartition(".")
	if not module:
		frappe.throw(frappe._("Failed to get method {0}").format(path), ValidationError)
	return getattr(importlib.import_module(module), name)


def named_method(path: str):
	"""The function that a caller named. Raises ValidationError without one, PermissionError for others'."""
	import frappe

	try:
		if str(path).split(".")[0] not in ("frappe", *frappe.get_installed_apps()):
			raise ValueError(path)
		function = get_attr(path)
	except (ImportError, AttributeError, ValueError, NotImplementedError):
		frappe.throw(frappe._("Failed to get method for command {0}").format(path))
	frappe.is_whitelisted(function)
	return function


def overridden(path: str):
	"""The function that answers for a whitelisted dotted path: an app may have put its own in its place."""
	return get_attr([path, *get_hooks("override_whitelisted_methods", {}).get(path, [])][-1])


def call(fn, *args, **kwargs):
	"""Call `fn` with those of `kwargs` that it takes; a string is a dotted path."""
	fn = get_attr(fn) if isinstance(fn, str) else fn
	parameters = inspect.signature(fn).parameters
	if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
		kwargs = {key: value for key, value in kwargs.items() if key in parameters}
	return fn(*args, **kwargs)


def get_installed_apps(*_args, **_kwargs) -> list[str]:
	"""Apps installed on the site, `frappe` first."""
	from frappe import local

	if getattr(local, "installed_apps", None) is None:
		stored = local.db.get_global("installed_apps") if local.db.table_exists("DefaultValue") else None
		local.installed_apps = json.loads(stored) if stored else ["frappe"]
	return list(local.installed_apps)


def get_app_path(app: str, *joins: str) -> str:
	return get_pymodule_path(app, *joins)


def get_pymodule_path(module: str, *joins: str) -> str:
	package = importlib.import_module(scrub(module))
	return os.path.join(os.path.dirname(os.path.abspath(package.__file__)), *joins)


def get_module_list(app: str) -> list[str]:
	with open(get_app_path(app, "modules.txt"), encoding="utf-8") as lines:
		return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def module_app(module: str) -> str:
	"""The app (scrubbed) that owns a module."""
	if module not in _module_app:
		_module_app.update({"Core": "frappe"})
		for app in get_installed_apps():
			if app != "frappe":
				_module_app.update(dict.fromkeys(get_module_list(app), app))
	if module not in _module_app:
		raise ValidationError(f"Module {module} not found")
	return _module_app[module]


def register_app(app: str):
	"""Make the modules of an app known before it is recorded as installed."""
	_module_app.update(dict.fromkeys(get_module_list(app), app))


def module_package(module: str) -> str:
	app = module_app(module)
	return f"{app}.{scrub(module)}"


def get_module_path(module: str, *joins: str) -> str:
	package = importlib.import_module(module_package(module))
	return os.path.join(os.path.dirname(package.__file__), *joins)


def get_site_path(*joins: str) -> str:
	from frappe import local

	return os.path.join(local.site_path, *joins)


def _hooks_of(app: str) -> dict:
	if app not in _app_hooks:
		module = importlib.import_module(f"{app}.hooks")
		_app_hooks[app] = {
			key: value
			for key, value in vars(module).items()
			if not key.startswith("_") and not inspect.ismodule(value) and not inspect.isfunction(value)
		}
	return _app_hooks[app]


def _append(target: dict, key, value):
	if isinstance(value, dict):
		branch = target.setdefault(key, _dict())
		for inner, item in value.items():
			_append(branch, inner, item)
		return
	target.setdefault(key, []).extend(value if isinstance(value, list) else [value])


def _merged_hooks() -> dict:
	from frappe import local

	if getattr(local, "app_hooks", None) is None:
		merged = _dict()
		for app in get_installed_apps():
			for key, value in _hooks_of(app).items():
				_append(merged, key, value)
		local.app_hooks = merged
	return local.app_hooks


def get_hooks(hook: str | None = None, default="_KEEP_DEFAULT_LIST", app_name: str | None = None):
	"""A hook's values over all installed apps: a list, or a dict of lists."""
	if app_name:
		hooks = _dict()
		for key, value in _hooks_of(app_name).items():
			_append(hooks, key, value)
	else:
		hooks = _merged_hooks()
	if not hook:
		return hooks
	return hooks.get(hook, [] if default == "_KEEP_DEFAULT_LIST" else default)
