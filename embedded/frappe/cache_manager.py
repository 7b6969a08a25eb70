"""`frappe.cache` with Redis' names, in the process; metas are versioned through a row in the database.

Each request asks for that row first. Threads that saw the same version share one dictionary of metas; a
thread that changed DocTypes has its own until its next request, one with an older snapshot keeps the old one.
"""

import time

import frappe


class Cache:
	"""Values of this process. Other processes notice changed DocTypes by `check_version`."""

	def __init__(self):
		self._values = {}
		self._hashes = {}
		self._listeners = []
		self._shared = {}
		self.controllers = {}
		self.version = None

	def __call__(self):
		return self

	def on_clear(self, function):
		self._listeners.append(function)

	def set_value(self, key, val, user=None, expires_in_sec=None, shared=False):
		self._values[key, user] = (val, time.monotonic() + expires_in_sec if expires_in_sec else None)

	def get_value(self, key, generator=None, user=None, expires=False, shared=False):
		value, until = self._values.get((key, user), (None, None))
		if until and until < time.monotonic():
			value = None
		if value is None and generator:
			value = generator()
			self.set_value(key, value, user=user)
		return value

	def delete_value(self, keys, user=None, make_keys=True, shared=False):
		for key in keys if isinstance(keys, list | tuple | set) else [keys]:
			self._values.pop((key, user), None)

	def delete_key(self, key):
		self.delete_value(key)
		self._hashes.pop(key, None)

	def delete_keys(self, key):
		for known in [known for known in self._values if str(known[0]).startswith(key)]:
			del self._values[known]

	def exists(self, key, user=None, shared=None) -> bool:
		return self.get_value(key, user=user) is not None

	def incrby(self, key, amount: int = 1) -> int:
		value, until = self._values.get((key, None), (0, None))
		if until and until < time.monotonic():
			value, until = 0, None
		self._values[key, None] = (int(value or 0) + amount, until)
		return self._values[key, None][0]

	incr = incrby

	def expire(self, key, seconds: int):
		if (key, None) in self._values:
			self._values[key, None] = (self._values[key, None][0], time.monotonic() + seconds)

	def ttl(self, key) -> int:
		until = self._values.get((key, None), (None, None))[1]
		return int(until - time.monotonic()) if until else -1

	def hset(self, name, key, value, shared=False, cache_miss=False):
		self._hashes.setdefault(name, {})[key] = value

	def hget(self, name, key, generator=None, shared=False):
		value = self._hashes.get(name, {}).get(key)
		if value is None and generator:
			value = generator()
			self.hset(name, key, value)
		return value

	def hdel(self, name, keys, shared=False, pipeline=None):
		for key in keys if isinstance(keys, list | tuple) else [keys]:
			self._hashes.get(name, {}).pop(key, None)

	def clear(self):
		self._values.clear()
		self._hashes.clear()
		for function in self._listeners:
			function()

	@property
	def metas(self) -> dict:
		"""What this thread keeps of DocTypes."""
		try:
			return frappe.local.metas
		except AttributeError:
			frappe.local.metas = self._shared
			return self._shared

	def forget_metas(self):
		self._shared = frappe.local.metas = {}
		self.controllers = {}
		self.version = None
		if getattr(frappe.local, "new_doc_templates", None):
			frappe.local.new_doc_templates = {}

	def check_version(self):
		"""Forget metas when another process changed a DocType. One indexed read, once per request."""
		if not frappe.db.table_exists("Version Row"):
			return
		rows = frappe.db.sql("SELECT version FROM `tabVersion Row` WHERE name = 'meta'", pluck=True)
		version = rows[0] if rows else 0
		if version != self.version:
			self.forget_metas()
			self.clear()
			self.version = version
		frappe.local.metas = self._shared
		if frappe.db.schema_version != version:
			frappe.db.forget_schema()
			frappe.db.schema_version = version

	def bump_version(self):
		"""Tell other processes that DocTypes changed; until the commit only this thread sees it."""
		self.forget_metas()
		frappe.local.metas = {}
		frappe.db.after_rollback.add(self.forget_metas)
		if not frappe.db.table_exists("Version Row"):
			return
		frappe.db.sql("UPDATE `tabVersion Row` SET version = version + 1 WHERE name = 'meta'")
		if not frappe.db.rows_affected:
			frappe.db.sql("INSERT INTO `tabVersion Row` (name, version) VALUES ('meta', 1)")


cache = Cache()


def clear_cache(user: str | None = None, doctype: str | None = None):
	"""Forget what is kept for a user, for a DocType, or all of it."""
	local = frappe.local
	local.cache = {}
	local.role_permissions = {}
	if getattr(local, "db", None):
		local.db.value_cache.clear()
	if doctype:
		cache.bump_version()
	elif not user:
		local.app_hooks = None
		local.installed_apps = None
		cache.clear()


def clear_document_cache(doctype: str, name: str | None = None, *_args):
	kept = frappe.local.cache
	for key in [k for k in kept if k[:2] == ("document", doctype) and name in (None, k[2])]:
		del kept[key]
	frappe.local.db.value_cache.clear()
