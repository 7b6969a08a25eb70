"""Jinja2 for www pages and messages: sandboxed, HTML escaped."""

import os

import frappe
from frappe.app_hooks import get_app_path, get_installed_apps


def make_environment():
	"""An environment with the names that real Frappe's templates have and pages use."""
	from jinja2 import FileSystemLoader
	from jinja2.sandbox import SandboxedEnvironment

	folders = []
	for app in reversed(get_installed_apps()):
		folders += [get_app_path(app), get_app_path(app, "www")]
	environment = SandboxedEnvironment(
		loader=FileSystemLoader([folder for folder in folders if os.path.isdir(folder)]), autoescape=True
	)
	environment.globals.update(_=frappe._, frappe=template_namespace(), len=len)
	environment.filters.update(
		json=frappe.as_json, len=len, int=frappe.utils.cint, flt=frappe.utils.flt, str=frappe.utils.cstr
	)
	return environment


def template_namespace():
	utils = frappe._dict({name: value for name, value in vars(frappe.utils).items() if callable(value)})
	return frappe._dict(
		_=frappe._,
		utils=utils,
		format=frappe.utils.format_value,
		format_value=frappe.utils.format_value,
		format_date=frappe.utils.formatdate,
		session=frappe.session,
		form_dict=frappe.form_dict,
		get_list=frappe.get_list,
		get_all=frappe.get_all,
		get_doc=frappe.get_doc,
		get_meta=frappe.get_meta,
		has_permission=frappe.has_permission,
		get_roles=frappe.get_roles,
		db=frappe._dict(
			get_value=frappe.db.get_value,
			get_single_value=frappe.db.get_single_value,
			get_default=frappe.db.get_default,
			count=frappe.db.count,
			exists=frappe.db.exists,
		),
		lang=frappe.local.lang,
		scrub=frappe.scrub,
		get_url=frappe.utils.get_url,
		render_template=frappe.render_template,
		parse_json=frappe.parse_json,
		as_json=frappe.as_json,
	)
