"""Bringing a site up to the code: patches, DocTypes, records, hooks."""

import os

import frappe
from frappe.app_hooks import get_app_path, get_attr, get_hooks, get_installed_apps, register_app


def migrate(progress=None):
	"""In Frappe's order: early patches, DocTypes and records, late patches, after_migrate."""
	from frappe.database.schema import create_base_tables
	from frappe.installer import sync_core
	from frappe.modules.sync import sync_app
	from frappe.utils.scheduler import sync_jobs

	frappe.clear_cache()
	create_base_tables()
	sync_core()
	frappe.local.flags.in_migrate = True
	for path in get_hooks("before_migrate"):
		get_attr(path)()
	apps = [app for app in get_installed_apps() if app != "frappe"]
	for app in apps:
		register_app(app)
		run_patches(app, "pre_model_sync")
	for app in apps:
		sync_app(app, progress=progress)
	for app in apps:
		run_patches(app, "post_model_sync")
	sync_jobs()
	for path in get_hooks("after_migrate"):
		get_attr(path)()
	frappe.local.flags.in_migrate = False
	frappe.db.commit()
	frappe.clear_cache()


def run_patches(app: str, section: str):
	"""Each patch once; a failing one stops and is tried again."""
	for patch in patches_of(app, section):
		if frappe.db.sql("SELECT patch FROM `tabPatch Log` WHERE patch = %s", [patch]):
			continue
		get_attr(patch.split()[0] + ".execute")()
		frappe.db.sql("INSERT INTO `tabPatch Log` (patch) VALUES (%s)", [patch])
		frappe.db.commit()


def patches_of(app: str, section: str | None = None) -> list[str]:
	"""Lines of patches.txt, of one section or all of them."""
	path = get_app_path(app, "patches.txt")
	if not os.path.exists(path):
		return []
	out, current = [], "pre_model_sync"
	with open(path, encoding="utf-8") as lines:
		for line in (raw.split("#")[0].strip() for raw in lines):
			if line.startswith("["):
				current = line.strip("[]")
			elif line and section in (None, current):
				out.append(line)
	return out
