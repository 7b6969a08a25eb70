"""Module folders of an app into the site: DocTypes, reports, cards, charts, workspaces."""

import glob
import hashlib
import json
import os

import frappe
from frappe.app_hooks import get_module_list, get_module_path, scrub
from frappe.database.schema import sync_table

RECORD_FOLDERS = ("report", "number_card", "dashboard_chart", "workspace")


def sync_app(app: str, progress=None, force: bool = False):
	"""Bring DocTypes and standard records of an app up to its files."""
	modules = get_module_list(app)
	files = [path for module in modules for path in _json_files(module, "doctype")]
	for done, path in enumerate(files, start=1):
		sync_doctype_file(path, app, force)
		if progress:
			progress(done, len(files), os.path.basename(path))
	frappe.cache.bump_version()
	run_doctype_updates(files)
	for folder in RECORD_FOLDERS:
		for module in modules:
			for path in _json_files(module, folder):
				sync_record_file(path, force)
	for module in modules:
		dashboards = os.path.join(get_module_path(module), f"{scrub(module)}_dashboard", "*", "*.json")
		for path in sorted(glob.glob(dashboards)):
			sync_record_file(path, force)


def _json_files(module: str, folder: str) -> list[str]:
	paths = sorted(glob.glob(os.path.join(get_module_path(module), folder, "*", "*.json")))
	return [
		p for p in paths if os.path.splitext(os.path.basename(p))[0] == os.path.basename(os.path.dirname(p))
	]


def sync_doctype_file(path: str, app: str, force: bool = False):
	with open(path, encoding="utf-8") as source:
		text = source.read()
	definition = json.loads(text)
	digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
	known = frappe.db.sql(
		"SELECT file_hash FROM `tabDocType` WHERE name = %s", [definition["name"]], pluck=True
	)
	if known and known[0] == digest and not force:
		return
	store_doctype(definition, app, digest)


def store_doctype(definition: dict, app: str, digest: str = ""):
	"""Record a DocType, make its table, and the roles that it names."""
	name = definition["name"]
	values = {
		"module": definition.get("module"),
		"app": app,
		"istable": definition.get("istable", 0),
		"issingle": definition.get("issingle", 0),
		"is_submittable": definition.get("is_submittable", 0),
		"custom": definition.get("custom", 0),
		"is_virtual": definition.get("is_virtual", 0),
		"definition": json.dumps(definition, ensure_ascii=False),
		"file_hash": digest,
		"modified": frappe.utils.now(),
		"modified_by": "Administrator",
	}
	assignments = ", ".join(f"`{key}` = %s" for key in values)
	frappe.db.sql(f"UPDATE `tabDocType` SET {assignments} WHERE name = %s", [*values.values(), name])
	if not frappe.db.sql("SELECT name FROM `tabDocType` WHERE name = %s", [name]):
		values.update(name=name, creation=values["modified"], owner="Administrator")
		columns = ", ".join(f"`{key}`" for key in values)
		marks = ", ".join(["%s"] * len(values))
		frappe.db.sql(f"INSERT INTO `tabDocType` ({columns}) VALUES ({marks})", list(values.values()))
	frappe.cache.forget_metas()
	sync_table(frappe.get_meta(name))
	if definition.get("autoname") == "autoincrement":
		from frappe.model.naming import create_sequence

		create_sequence(name)
	for role in {rule["role"] for rule in definition.get("permissions", []) if rule.get("role")}:
		ensure_role(role)


def ensure_role(role: str):
	if not frappe.db.exists("Role", role):
		frappe.get_doc(doctype="Role", role_name=role, desk_access=int(role != "Guest")).insert(
			ignore_permissions=True
		)


def run_doctype_updates(paths: list[str]):
	"""Call `on_doctype_update` of the controllers: indexes that JSON cannot express."""
	import sys

	from frappe.model.base_document import get_controller

	for path in paths:
		with open(path, encoding="utf-8") as source:
			name = json.load(source)["name"]
		module = sys.modules.get(get_controller(name).__module__)
		if update := getattr(module, "on_doctype_update", None):
			update()


def sync_record_file(path: str, force: bool = False):
	"""Import a standard record when its file is newer than what the site has."""
	with open(path, encoding="utf-8") as source:
		values = json.load(source)
	doctype, name = values["doctype"], values["name"]
	stored = frappe.db.get_value(doctype, name, "modified", order_by=None)
	if stored and not force and str(stored)[:19] >= str(values.get("modified", ""))[:19]:
		return
	frappe.local.flags.in_import = True
	try:
		if stored:
			frappe.delete_doc(doctype, name, force=1, ignore_permissions=True, ignore_on_trash=True)
		doc = frappe.get_doc(values)
		doc.flags.update(
			ignore_links=True, ignore_validate=True, ignore_permissions=True, ignore_mandatory=True
		)
		doc.insert(set_name=name)
	finally:
		frappe.local.flags.in_import = False
	if values.get("modified"):
		frappe.db.set_value(doctype, name, "modified", values["modified"], update_modified=False)


def import_file(module: str, kind: str, name: str):
	"""Reload one DocType or standard record from its file."""
	path = get_module_path(module, scrub(kind), scrub(name), scrub(name) + ".json")
	if kind != "doctype":
		return sync_record_file(path, force=True)
	from frappe.app_hooks import module_app

	sync_doctype_file(path, module_app(module), force=True)
	frappe.cache.bump_version()
