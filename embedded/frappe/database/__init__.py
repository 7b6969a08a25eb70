"""`frappe.db`: Frappe's database API on Django's connection, SQLite or MariaDB."""

from frappe.database.connection import Connection
from frappe.database.records import Records
from frappe.database.settings_store import SettingsStore


class Database(Records, SettingsStore, Connection):
	"""One connection of one thread; transactions are explicit."""


def savepoint(catch=Exception):
	"""Context manager: roll the block back when it raises `catch`, and swallow that."""
	from contextlib import contextmanager

	import frappe

	@contextmanager
	def block():
		name = frappe.generate_hash(length=10)
		frappe.db.savepoint(name)
		try:
			yield
		except catch:
			frappe.db.rollback(save_point=name)
		else:
			frappe.db.release_savepoint(name)

	return block()
