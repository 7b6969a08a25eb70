"""Where domain rules meet the user: their errors become Frappe's, in the user's language."""

from contextlib import contextmanager

import frappe
from frappe import _

from crm_app.utils.rules import RuleError, Term


def tell(template: str, *values) -> str:
	"""`template` in the user's language, `values` filled in; a Term and a RuleError are translated too."""
	return _(template).format(*map(_shown, values))


def _shown(value):
	if isinstance(value, tuple):
		return ", ".join(_shown(part) for part in value)
	if isinstance(value, RuleError):
		return tell(value.template, *value.values)
	return _(value) if isinstance(value, Term) else value


@contextmanager
def telling(title: str | None = None, exception=frappe.ValidationError):
	"""A RuleError inside the block is thrown as `exception` with a translated message."""
	try:
		yield
	except RuleError as error:
		frappe.throw(tell(error.template, *error.values), exc=exception, title=title)
