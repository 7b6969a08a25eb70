"""Records that only a ledger writes: budget entries and balances, members' accounts, lots and entries."""

from contextlib import contextmanager

import frappe
from frappe import _

FLAG = "crm_ledger_engine"


@contextmanager
def engine():
	"""Inside, a ledger may write. The flag belongs to the running request; no client can set it."""
	before = frappe.flags.get(FLAG)
	frappe.flags[FLAG] = True
	try:
		yield
	finally:
		frappe.flags[FLAG] = before


class EngineOnly:
	"""Mixin: refuses every save, rename and deletion that does not come from a ledger, for everybody."""

	def run_method(self, method, *args, **kwargs):
		if method in ("before_validate", "before_rename") and not frappe.flags.get(FLAG):
			refuse(self.doctype)
		if method == "on_trash":
			refuse(self.doctype)
		return super().run_method(method, *args, **kwargs)


def refuse(doctype: str) -> None:
	frappe.throw(
		_("{0} is written by its ledger only. Corrections are made in the source document.").format(
			_(doctype)
		),
		frappe.PermissionError,
		title=_("Ledger"),
	)
