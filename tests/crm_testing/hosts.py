"""Opening a site on either host, and keeping tests apart."""

import contextlib
import os
from pathlib import Path

APP = "crm_app"
SAVEPOINT = "crm_test"


def open_bench_site(name: str):
	import frappe

	frappe.init(site=name)
	frappe.connect()
	frappe.flags.in_test = True
	return name, str(Path.cwd())


def build_embedded_site(folder: Path, db_type: str):
	import frappe
	from frappe import installer

	settings = {"db_type": db_type, "admin_password": "admin"}
	if db_type == "mariadb":
		settings["db_url"] = os.environ["CRM_TEST_MARIADB"]
		settings["db_name"] = "crm_test_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
	installer.new_site("test.local", sites_path=str(folder), apps=[APP], force=True, **settings)
	frappe.init(site="test.local", sites_path=str(folder))
	frappe.connect()
	frappe.flags.in_test = True
	return "test.local", str(folder)


def close() -> None:
	import frappe

	frappe.db.rollback()
	frappe.destroy()


@contextlib.contextmanager
def isolated(really_commits: bool):
	import frappe

	frappe.set_user("Administrator")
	frappe.clear_messages()
	frappe.local.lang = "en"
	fields = custom_fields()
	with contextlib.nullcontext() if really_commits else commits_kept_back():
		try:
			yield
		finally:
			frappe.set_user("Administrator")
	frappe.db.rollback()
	if left := custom_fields() - fields:
		drop_what_new_columns_committed(left)
	forget_what_was_rolled_back()


def custom_fields() -> set[str]:
	import frappe

	return {name for (name,) in frappe.db.sql("SELECT name FROM `tabCustom Field`")}


def drop_what_new_columns_committed(fields: set[str]) -> None:
	"""On MariaDB a new column commits what was written before it: a custom field would outlive its test."""
	import frappe

	frappe.db.delete("Custom Field", {"name": ("in", list(fields))})
	frappe.db.delete("Property Setter", {"property": "field_order"})
	frappe.db.commit()
	frappe.clear_cache()


def forget_what_was_rolled_back() -> None:
	"""Caches that outlive a rollback; a test that changes metadata calls frappe.clear_cache() itself."""
	import frappe

	if os.environ["CRM_TEST_HOST"] == "embedded":
		frappe.clear_cache()
		return
	# A full clear_cache costs over a second on a real site.
	frappe.cache.delete_keys("document_cache::")
	for key in ("roles", "user_permissions", "workflow", "defaults"):
		frappe.cache.delete_value(key)
	frappe.db.value_cache.clear()  # values of Singles
	frappe.local.cache = {}
	frappe.local.role_permissions = {}
	frappe.local.user_perms = None


@contextlib.contextmanager
def commits_kept_back():
	"""commit() moves a savepoint and rollback() returns to it; the real rollback follows the test."""
	import frappe

	db, real = frappe.db, (frappe.db.commit, frappe.db.rollback)

	def commit(*args, **kwargs):
		db.savepoint(SAVEPOINT)

	def rollback(*args, save_point=None, **kwargs):
		real[1](save_point=save_point or SAVEPOINT)

	db.begin() if hasattr(type(db), "begin_write") else None
	db.savepoint(SAVEPOINT)
	db.commit, db.rollback = commit, rollback
	try:
		yield
	finally:
		db.commit, db.rollback = real


@contextlib.contextmanager
def acting_as(user: str):
	import frappe

	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


@contextlib.contextmanager
def counted_queries():
	"""The list of SQL statements sent inside the block, on either host."""
	import frappe

	seen, sql = [], frappe.db.sql

	def spy(query, *args, **kwargs):
		seen.append(str(query))
		return sql(query, *args, **kwargs)

	frappe.db.sql = spy
	try:
		yield seen
	finally:
		frappe.db.sql = sql
