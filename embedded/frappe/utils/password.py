"""Password hashes in `__Auth`, made by Django's hashers."""

import frappe
from frappe import _
from frappe.exceptions import NotInHost


def _hashers():
	from django.contrib.auth import hashers

	return hashers


def update_password(
	user: str, pwd: str, doctype: str = "User", fieldname: str = "password", logout_all_sessions=False
):
	"""Store the hash of a password."""
	frappe.db.sql(
		"DELETE FROM `__Auth` WHERE doctype = %s AND name = %s AND fieldname = %s", [doctype, user, fieldname]
	)
	frappe.db.sql(
		"INSERT INTO `__Auth` (doctype, name, fieldname, password, encrypted) VALUES (%s, %s, %s, %s, 0)",
		[doctype, user, fieldname, _hashers().make_password(pwd)],
	)


def check_password(
	user: str, pwd: str, doctype: str = "User", fieldname: str = "password", delete_tracker_cache: bool = True
) -> str:
	"""The user's name as stored, or AuthenticationError. Takes as long for an unknown user."""
	name = user
	if doctype == "User":
		name = frappe.db.get_value("User", user, "name") or frappe.db.get_value(
			"User", {"email": user}, "name"
		)
		name = name or frappe.db.get_value("User", {"username": user}, "name") if user else None
	rows = frappe.db.sql(
		"SELECT password FROM `__Auth` WHERE doctype = %s AND name = %s AND fieldname = %s",
		[doctype, name or "", fieldname],
		pluck=True,
	)
	if not rows:
		_hashers().make_password(pwd)
	if not rows or not _hashers().check_password(pwd, rows[0]):
		raise frappe.AuthenticationError(_("Incorrect User or Password"))
	return name


def store_field_password(doc, fieldname: str, value: str):
	"""Fields of type Password are kept as a hash: they can be checked, not read back."""
	update_password(doc.name, value, doc.doctype, fieldname)


def get_decrypted_password(
	doctype: str, name: str, fieldname: str = "password", raise_exception: bool = True
):
	if not raise_exception:
		return None
	raise NotInHost("passwords cannot be read back on the embedded host; check them with check_password")
