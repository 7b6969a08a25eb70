"""Who reads an administrator's own field: while somebody does, it can be neither deleted nor renamed."""

import frappe
from frappe import _

from crm_app.crm_marketing.segment_fields import DOCTYPES
from crm_app.customising.domain.conditions import names_read
from crm_app.shipped.definitions import is_ours


def check_deletion(doc, method=None) -> None:
	"""doc_events: Custom Field.on_trash"""
	_refuse_in_use(doc.dt, doc.fieldname, doc.label)


@frappe.whitelist()
def rename_fieldname(custom_field: str, fieldname: str):
	"""Stands in for the button of Frappe's form, which renames field and column without a save."""
	from frappe.custom.doctype.custom_field import custom_field as frappes

	frappe.only_for("System Manager")
	check_deletion(frappe.get_doc("Custom Field", custom_field))
	return frappes.rename_fieldname(custom_field, fieldname)


def readers(doctype: str, fieldname: str) -> list[str]:
	"""What reads the field, in words."""
	return [*_workflows(doctype, fieldname), *_rules(doctype, fieldname), *_figures(doctype, fieldname)]


def _refuse_in_use(doctype: str, fieldname: str, label: str | None) -> None:
	if is_ours(doctype) and (found := readers(doctype, fieldname)):
		text = _("{0} is still read: {1}. Change that first.")
		frappe.throw(text.format(_(label or fieldname), "; ".join(found[:5])), title=_("Not Possible"))


def _workflows(doctype: str, fieldname: str) -> list[str]:
	found = []
	for name in frappe.get_all("Workflow", filters={"is_active": 1}, pluck="name"):
		workflow = frappe.get_doc("Workflow", name)
		if not is_ours(workflow.document_type):
			continue
		own = workflow.document_type == doctype
		written = {workflow.workflow_state_field, *(row.update_field for row in workflow.states)}
		if own and fieldname in written:
			found.append(_("workflow {0}, states").format(_(name)))
		in_sight = own or doctype in _tables(workflow.document_type)
		found += [
			_("workflow {0}, transitions, row {1}, condition").format(_(name), row.idx)
			for row in workflow.transitions
			if row.condition and _reads(row.condition, doctype, fieldname, in_sight)
		]
	return found


def _reads(condition: str, doctype: str, fieldname: str, in_sight: bool) -> bool:
	names = names_read(condition)
	return fieldname in names and (in_sight or doctype in names)


def _tables(doctype: str) -> set[str]:
	return {df.options for df in frappe.get_meta(doctype).get_table_fields()}


def _rules(doctype: str, fieldname: str) -> list[str]:
	sources = [source for source, asked in DOCTYPES.items() if asked == doctype]
	if not sources:
		return []
	rows = frappe.get_all(
		"Customer Segment Rule",
		filters={"source": ["in", sources], "fieldname": fieldname},
		fields=["parenttype", "parent", "idx"],
		order_by="parent asc, idx asc",
	)
	return [_("{0} {1}, rules, row {2}").format(_(row.parenttype), row.parent, row.idx) for row in rows]


def _figures(doctype: str, fieldname: str) -> list[str]:
	"""Cards and charts that filter, group or add up by the field."""
	found = []
	for kind in ("Number Card", "Dashboard Chart"):
		for name in frappe.get_all(kind, filters={"document_type": doctype}, pluck="name"):
			record = frappe.get_doc(kind, name).as_dict()
			filters = f"{record.get('filters_json') or ''} {record.get('dynamic_filters_json') or ''}"
			named = [record.get(key) for key in record if key.endswith("based_on")]
			if f'"{fieldname}"' in filters or fieldname in named:
				found.append(f"{_(kind)} {_(name)}")
	return found
