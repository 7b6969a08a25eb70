"""Checks on the fields of one row, by the rules of its DocType."""

import json

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.utils import cint, cstr, flt, strip_html
from frappe.utils.html_utils import sanitize_html

TEXT_KINDS = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "HTML Editor", "Markdown Editor")
NON_NEGATIVE_KINDS = ("Int", "Float", "Currency")  # Percent is left out, as in real Frappe
UNSANITIZED = ("Attach", "Attach Image", "Barcode", "Code", "JSON", "Password", "Signature")


class FieldChecks:
	def _row_prefix(self) -> str:
		if not self.get("parentfield"):
			return ""
		parent = frappe.get_meta(self.parenttype)
		label = _(parent.get_label(self.parentfield))
		return f"{label} {_('Row')} #{self.idx}: "

	def _field_label(self, field) -> str:
		return _(field.label) if field.label else field.fieldname

	def _is_empty(self, field) -> bool:
		value = self.get(field.fieldname)
		if field.fieldtype in table_fields:
			return not value
		if field.fieldtype in ("Check", "Int", "Float", "Currency", "Percent", "Long Int"):
			return value is None
		return (
			not strip_html(cstr(value)).strip()
			if field.fieldtype == "Text Editor"
			else not cstr(value).strip()
		)

	def _missing_mandatory(self) -> list[tuple[str, str]]:
		missing = []
		for field in self.meta.fields:
			if not field.reqd or not self._is_empty(field):
				continue
			if field.fieldtype in table_fields:
				text = _("Error: Data missing in table {0}").format(self._field_label(field))
			elif self.get("parentfield"):
				text = _("Error: {0} Row #{1}: Value missing for: {2}").format(
					_(self.doctype), self.idx, self._field_label(field)
				)
			else:
				text = _("Error: Value missing for {0}: {1}").format(
					_(self.doctype), self._field_label(field)
				)
			missing.append((field.fieldname, text))
		return missing

	def _select_choices(self, field) -> list[str]:
		return [option.strip() for option in (field.options or "").split("\n")]

	def _validate_selects(self):
		for field in self.meta.get_select_fields():
			value = cstr(self.get(field.fieldname)).strip()
			if field.fieldname == "naming_series" or not value or not field.options:
				continue
			if isinstance(self.get(field.fieldname), str):
				self.set(field.fieldname, value)
			choices = self._select_choices(field)
			if value not in choices:
				listed = '", "'.join(_(choice) for choice in choices if choice)
				frappe.throw(
					_('{0} {1} cannot be "{2}". It should be one of "{3}"').format(
						self._row_prefix(), self._field_label(field), value, listed
					)
				)

	def _validate_data_fields(self):
		for field in self.meta.get_data_fields():
			value, kind = self.get(field.fieldname), (field.options or "").strip()
			if not value or not kind:
				continue
			if kind == "Email":
				if self.get("owner") not in frappe.STANDARD_USERS or self.doctype != "User":
					for address in frappe.utils.split_emails(cstr(value)):
						frappe.utils.validate_email_address(address, throw=True)
			elif kind == "Phone":
				frappe.utils.validate_phone_number(value, throw=True)
			elif kind == "URL":
				frappe.utils.validate_url(value, throw=True)

	def _validate_non_negative(self):
		for field in self.meta.fields:
			checked = field.non_negative and field.fieldtype in NON_NEGATIVE_KINDS
			if checked and flt(self.get(field.fieldname)) < 0:
				frappe.throw(
					_("{0}Value cannot be negative for {1}").format(
						self._row_prefix(), frappe.bold(self._field_label(field))
					),
					frappe.NonNegativeError,
					title=_("Negative Value"),
				)

	def _validate_length(self):
		for field in self.meta.fields:
			limit = _max_length(field)
			value = self.get(field.fieldname)
			if limit and len(cstr(value)) > limit and not self.flags.ignore_length:
				frappe.throw(
					_("{0}'{1}' ({3}) will get truncated, as max characters allowed is {2}").format(
						self._row_prefix(), self._field_label(field), limit, value
					),
					frappe.CharacterLengthExceededError,
					title=_("Value too big"),
				)

	def _validate_code_fields(self):
		for field in self.meta.get_code_fields():
			value = self.get(field.fieldname)
			if field.options == "JSON" and value and isinstance(value, str):
				try:
					json.loads(value)
				except ValueError:
					frappe.throw(_("{0} is not valid JSON").format(self._field_label(field)))

	def _fix_rating_value(self):
		for field in self.meta.get("fields", {"fieldtype": "Rating"}):
			rating = flt(self.get(field.fieldname))
			self.set(field.fieldname, min(max(rating, 0), 1))

	def _sanitize_content(self):
		"""Drop scripts and event handlers from texts; a text without HTML is left alone."""
		if self.flags.ignore_xss_filter:
			return
		for field in self.meta.fields:
			value = self.get(field.fieldname)
			if not isinstance(value, str) or "<" not in value or field.ignore_xss_filter:
				continue
			if field.fieldtype in UNSANITIZED or field.options in ("Email", "JSON"):
				continue
			if self.docstatus.is_submitted() and not field.allow_on_submit:
				continue
			self.set(field.fieldname, sanitize_html(value))

	def _validate_constants(self, before):
		"""`set_only_once` fields keep their first value."""
		for field in self.meta.get_set_only_once_fields():
			old, new = before.get(field.fieldname), self.get(field.fieldname)
			if field.fieldtype in table_fields:
				same = _rows(old) == _rows(new)
			elif field.fieldtype in ("Date", "Datetime", "Time"):
				same = cstr(self._stored(field.fieldname, old)) == cstr(self._stored(field.fieldname, new))
			else:
				same = self._stored(field.fieldname, old) == self._stored(field.fieldname, new)
			if old and not same:
				frappe.throw(
					_("Value cannot be changed for {0}").format(frappe.bold(self._field_label(field))),
					exc=frappe.CannotChangeConstantError,
				)

	def _validate_update_after_submit(self, before):
		"""A submitted record changes only in fields that allow it."""
		for field in self.meta.fields:
			if field.allow_on_submit or field.is_virtual or field.fieldname in ("amended_from",):
				continue
			if field.fieldtype in table_fields:
				if not self.get("parentfield") and len(self.get(field.fieldname)) != len(
					before.get(field.fieldname)
				):
					self._not_after_submit(field)
				continue
			if not self.meta.has_column(field.fieldname):
				continue
			old = self._stored(field.fieldname, before.get(field.fieldname))
			new = self._stored(field.fieldname, self.get(field.fieldname))
			if (old or None) != (new or None) and not _same_number(old, new):
				self._not_after_submit(field)

	def _not_after_submit(self, field):
		frappe.throw(
			_("{0}Not allowed to change {1} after submission").format(
				self._row_prefix(), frappe.bold(self._field_label(field))
			),
			frappe.UpdateAfterSubmitError,
			title=_("Cannot Update After Submit"),
		)


def _same_number(old, new) -> bool:
	return isinstance(old, float) and isinstance(new, float) and abs(old - new) < 1e-9


def _max_length(field) -> int | None:
	if field.fieldtype in (
		"Data",
		"Link",
		"Dynamic Link",
		"Select",
		"Read Only",
		"Color",
		"Barcode",
		"Phone",
	):
		return cint(field.length) or 140
	if field.fieldtype in ("Small Text", "Text"):
		return 65_535
	return None


def _rows(rows) -> list:
	skip = ("name", "creation", "modified", "modified_by", "owner", "idx", "parent")
	return [
		{key: cstr(value) for key, value in row.get_valid_dict().items() if key not in skip}
		for row in rows or []
	]
