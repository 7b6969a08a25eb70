"""Numbers from outside: text, NaN, infinity and more digits than a column holds get as far as validate."""

import frappe
from frappe import _

from crm_app.utils.money import to_decimal

LIMITS = {"Currency": 10**12, "Float": 10**12, "Percent": 10**9, "Int": 2**31}  # MariaDB: decimal(21,9)


def check_numbers(doc, method: str | None = None) -> None:
	"""Hook for `before_validate`: numbers of the record and its rows are numbers that can be stored."""
	for row in (doc, *doc.get_all_children()):
		for field in row.meta.fields:
			number = field.fieldtype in LIMITS and not field.is_virtual
			if number and row.get(field.fieldname) not in (None, ""):
				_check(row, field)


def _check(row, field) -> None:
	value = row.get(field.fieldname)
	text = value.replace(",", "").strip() if isinstance(value, str) else value
	try:
		fits = abs(to_decimal(text)) < LIMITS[field.fieldtype]
	except ValueError:
		_refuse(row, field, _("{0}: {1} is no number."))
	if not fits:
		_refuse(row, field, _("{0}: {1} is too large."))
	percent = field.fieldtype == "Percent" and field.non_negative  # Frappe checks the other numbers only
	if percent and to_decimal(text) < 0:
		_refuse(row, field, _("{0} cannot be negative."), frappe.NonNegativeError)
	if text is not value:
		row.set(field.fieldname, int(float(text or 0)) if field.fieldtype == "Int" else float(text or 0))


def _refuse(row, field, message: str, exception=frappe.ValidationError) -> None:
	label = _(field.label or field.fieldname)
	if row.get("parentfield"):
		label = _("Row {0}").format(row.idx) + " " + label
	frappe.throw(message.format(label, row.get(field.fieldname)), exception)
