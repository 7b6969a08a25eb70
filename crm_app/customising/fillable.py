"""A mandatory field without default has to be open to somebody, or nobody can save the record."""

import frappe
from frappe import _
from frappe.utils import cint

from crm_app.customising import saying
from crm_app.customising.domain.expressions import is_never
from crm_app.customising.saying import field_label


def check(doctype: str, changed: str, now: list, after: list, shipped: dict) -> None:
	"""Refuses a field that is out of reach after a change of `changed` and was not before.

	`shipped` holds the shipped fields by name: what ships read-only or shown on a condition is right.
	"""
	known = {*out_of_reach(doctype, list(shipped.values()), shipped)}
	known |= {name for name in out_of_reach(doctype, now, shipped) if name != changed}
	for fieldname, reason in out_of_reach(doctype, after, shipped).items():
		if fieldname not in known:
			saying.refuse(reason)


def out_of_reach(doctype: str, fields: list, shipped: dict) -> dict[str, str]:
	"""fieldname -> why nobody can fill it in."""
	found = {}
	for df, around in _placed(fields):
		if cint(df.reqd) and not df.default and not df.fetch_from:
			if reason := _obstacle(doctype, df, around, shipped):
				found[df.fieldname] = reason
	return found


def warn_where_it_is_not_shown(fields: list, fieldname: str) -> None:
	"""A shipped field may stand where only some records show it; those without it cannot be saved then."""
	for df, around in _placed(fields):
		if df.fieldname == fieldname and any(one.depends_on for one in (df, *around)):
			text = _("{0} is not shown on every record, and one without it cannot be saved: better use {1}.")
			frappe.msgprint(
				text.format(field_label(df), saying.property_label("mandatory_depends_on")), alert=True
			)


def _placed(fields: list):
	"""Each field with the section and the tab that it stands in."""
	around = {}
	for df in fields:
		if df.fieldtype == "Tab Break":
			around = {df.fieldtype: df}
		elif df.fieldtype == "Section Break":
			around = {**around, df.fieldtype: df}
		else:
			yield df, list(around.values())


def _obstacle(doctype: str, df, around: list, shipped: dict) -> str | None:
	label = field_label(df)
	if cint(df.hidden):
		return _("{0} is mandatory and has no default: hidden, nobody could fill it in.").format(label)
	if cint(df.read_only):
		return _("{0} is mandatory and has no default: read-only, nobody could fill it in.").format(label)
	for one in around:
		if cint(one.hidden) or _never(one):
			text = _("{0} is mandatory and has no default: in a hidden section, nobody could fill it in.")
			return text.format(label)
	for one in (df, *around):
		if one.depends_on and one.depends_on != (shipped.get(one.fieldname) or {}).get("depends_on"):
			text = _(
				"{0} is mandatory and has no default: it has to be shown always. "
				"Make it optional and use {1} where it is needed."
			)
			return text.format(label, saying.property_label("mandatory_depends_on"))
	if cint(df.permlevel) and not _somebody_writes(doctype, cint(df.permlevel)):
		text = _("{0} is mandatory and has no default: no role may write permission level {1}.")
		return text.format(label, df.permlevel)
	return None


def _never(df) -> bool:
	condition = df.depends_on or ""
	return condition.startswith("eval:") and is_never(condition[5:])


def _somebody_writes(doctype: str, level: int) -> bool:
	"""A table has the rights of the record that it is in."""
	meta = frappe.get_meta(doctype)
	rules = meta.permissions
	return bool(meta.istable) or any(cint(rule.permlevel) == level and rule.write for rule in rules)
