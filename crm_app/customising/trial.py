"""Trying a condition when its workflow is saved: on a record with every field filled, and on an empty one."""

import datetime

import frappe
from frappe.utils import now_datetime

from crm_app.customising.domain.conditions import STANDARD, Lookup, Readable, check_condition, tidy
from crm_app.customising.evaluation import fault, mismatch
from crm_app.utils.rules import RuleError, _
from crm_app.workflows.changes import NO_VALUE, TABLES

DECIMALS, WHOLE = {"Currency", "Float", "Percent"}, {"Int", "Check", "Rating", "Duration"}


def try_conditions(rows, meta) -> None:
	"""Raises RuleError naming the row of the first condition that would fail, or that reads too much."""
	readable = readable_fields(meta)
	samples = [{"doc": sample(meta, filled=True)}, {"doc": sample(meta, filled=False)}]
	for row in rows:
		row.condition = tidy(row.condition)
		try:
			if row.condition:
				_try(row.condition, readable, samples)
		except RuleError as error:
			text = _("Transitions, row {0}, condition: {1}")
			raise RuleError(text, row.idx, error) from error


def _try(condition: str, readable: Readable, samples: list[dict]) -> None:
	for lookup in check_condition(condition, readable):
		_check_lookup(lookup)
	if found := mismatch(condition, samples[0]):
		raise found
	for values in samples:
		if found := fault(condition, values):
			raise found


def readable_fields(meta) -> Readable:
	tables = {df.fieldname: frozenset(_names(df.options)) for df in meta.get_table_fields()}
	return Readable(frozenset(_names(meta.name)) - tables.keys(), tables)


def _names(doctype: str) -> set[str]:
	fields = frappe.get_meta(doctype).fields
	return {df.fieldname for df in fields if df.fieldtype not in NO_VALUE and df.fieldtype != "Password"}


def _check_lookup(lookup: Lookup) -> None:
	if not frappe.db.exists("DocType", lookup.doctype):
		raise RuleError(_("“{0}”: there is no DocType {1}."), lookup.text, lookup.doctype)
	for key in lookup.keys:
		if key not in _names(lookup.doctype) | STANDARD:
			raise RuleError(_("“{0}”: {1} has no field “{2}”."), lookup.text, lookup.doctype, key)


def sample(meta, filled: bool, row: bool = False) -> dict:
	"""A record as the database would hand it over: numbers are never empty, mandatory fields neither."""
	now = now_datetime()
	values = frappe._dict(name="1", owner="Administrator", modified_by="Administrator", doctype=meta.name)
	values.update(creation=now, modified=now, docstatus=0, idx=1 if row else 0)
	for df in meta.fields:
		if df.fieldtype in NO_VALUE:
			continue
		# The form asks for a mandatory field of an administrator's, but not everybody.
		sure = filled or (df.reqd and not df.get("is_custom_field"))
		values[df.fieldname] = _rows(df, filled, sure) if df.fieldtype in TABLES else _value(df, filled, sure)
	return values


def _rows(df, filled: bool, sure: bool) -> list[dict]:
	return [sample(frappe.get_meta(df.options), filled, row=True)] if sure else []


def _value(df, filled: bool, sure: bool):
	if df.fieldtype in DECIMALS:
		return float(filled)
	if df.fieldtype in WHOLE:
		return int(filled)
	if not sure:
		return None
	if df.fieldtype == "Select":
		return next((option for option in (df.options or "").split("\n") if option), "1")
	now = now_datetime()
	kinds = {"Date": now.date(), "Datetime": now, "Time": datetime.timedelta(hours=now.hour)}
	return kinds.get(df.fieldtype, "1")
