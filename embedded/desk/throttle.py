"""Attempts to log in, counted in the database: all processes of a site share one count.

An attempt is counted before the password is checked, so that many at once cannot try more than the limit, and
taken back when it succeeds. Names are kept as hashes: people type passwords into the wrong box.
"""

import contextlib
import hashlib
import time

import frappe
from frappe import _
from frappe.database.schema import create_base_tables

OF_NAME, OF_ADDRESS = 5, 30  # failures in a window of LOCK_SECONDS; the last one starts a lock of as long
LOCK_SECONDS = 300
TRIES = 20
TABLE = "__LoginFailure"


@contextlib.contextmanager
def attempt(usr: str, address: str):
	"""Around the check of a password: AuthenticationError where the name or the address is locked."""
	keys = [(_key("name", _stored_name(usr)), OF_NAME), (_key("address", address), OF_ADDRESS)]
	if not _count(keys):
		raise frappe.AuthenticationError(_("Too many failed attempts. Try again in five minutes."))
	yield
	_take_back(keys)


def forget_ended() -> None:
	_make_table()
	frappe.db.sql(f"DELETE FROM `{TABLE}` WHERE ends <= %s", [_now()])


def forget_all() -> None:
	_make_table()
	frappe.db.sql(f"DELETE FROM `{TABLE}`")


def _now() -> int:
	return int(time.time())


def _stored_name(usr: str) -> str:
	"""Spellings that reach one user count as one name; MariaDB compares without case and accents."""
	found = usr and (
		frappe.db.get_value("User", usr, "name")
		or frappe.db.get_value("User", {"email": usr}, "name")
		or frappe.db.get_value("User", {"username": usr}, "name")
	)
	return (found or usr).lower()


def _key(kind: str, text: str) -> str:
	return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def _count(keys: list[tuple[str, int]]) -> bool:
	"""One more attempt under each key, committed; False, and nothing counted, where one of them is locked."""
	_make_table()
	for _again in range(TRIES):
		try:
			counted = _count_once(keys)
			frappe.db.commit()
			return counted
		except frappe.QueryDeadlockError:  # first attempts at one moment: MariaDB lets one of them pass
			frappe.db.rollback()
	return False


def _count_once(keys: list[tuple[str, int]]) -> bool:
	now, rows = _now(), []
	for key, limit in keys:
		failures, ends = _locked_row(key)
		if ends <= now:
			failures, ends = 0, now + LOCK_SECONDS
		if failures >= limit:
			return False
		rows.append((failures + 1, now + LOCK_SECONDS if failures + 1 == limit else ends, key))
	for row in rows:
		frappe.db.sql(f"UPDATE `{TABLE}` SET failures = %s, ends = %s WHERE name = %s", row)
	return True


def _locked_row(key: str) -> tuple[int, int]:
	"""The row, made if it is missing and locked until the commit."""
	read = f"SELECT failures, ends FROM `{TABLE}` WHERE name = %s FOR UPDATE"
	rows = frappe.db.sql(read, [key])
	if not rows:
		ignore = "OR IGNORE" if frappe.db.is_sqlite else "IGNORE"
		frappe.db.sql(f"INSERT {ignore} INTO `{TABLE}` (name) VALUES (%s)", [key])
		rows = frappe.db.sql(read, [key])
	return rows[0]


def _take_back(keys: list[tuple[str, int]]) -> None:
	"""A success clears the name; the address keeps its other failures."""
	(name, _limit), (address, _limit) = keys
	frappe.db.sql(f"DELETE FROM `{TABLE}` WHERE name = %s", [name])
	frappe.db.sql(f"UPDATE `{TABLE}` SET failures = failures - 1 WHERE name = %s AND failures > 0", [address])


def _make_table() -> None:
	"""A site that was not migrated since lacks it."""
	if TABLE not in frappe.db.get_tables():
		create_base_tables()
