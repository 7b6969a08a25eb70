"""/score_actions?report=…: what to do with the customers a report lists: a segment, or retention tasks."""

import frappe
from frappe import _

from crm_app.crm_analytics.report_parts import form_route, list_route, report_route
from crm_app.crm_analytics.scores import retention, selection

no_cache = 1
SHOWN = 12  # names on the page


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see customers."), frappe.PermissionError)
	report = frappe.form_dict.get("report") or ""
	filters = selection.filters_of(report, frappe.form_dict)
	customers = selection.listed(report, filters)
	context.update({"no_cache": 1, "show_sidebar": False, "title": _("Save as segment or make tasks")})
	context.report, context.report_url = report, report_route(report, **filters)
	context.filters = [(label_of(report, name), _(str(value))) for name, value in filters.items()]
	context.filters_json = frappe.as_json(filters, indent=None)
	context.count, context.names = len(customers), list(customers.items())[:SHOWN]
	context.suggested = " ".join([_(report), *(value for _label, value in context.filters)])[:120]
	context.may_segment = bool(frappe.has_permission(selection.SEGMENT, "create"))
	context.may_follow = selection.rules_of(report, filters) is not None
	context.may_task = bool(frappe.has_permission(retention.TASK, "create"))
	context.tasks_url = list_route(retention.TASK, status="Open")
	return context


def label_of(report: str, fieldname: str) -> str:
	rows = frappe.get_cached_doc("Report", report).filters
	return next((_(row.label) for row in rows if row.fieldname == fieldname), fieldname)


@frappe.whitelist(methods=["POST"])
def save_segment(report: str, filters: str, segment_name: str, kind: str = "Manual") -> dict:
	"""The listed customers as a segment; rights to the report and to segments are checked on the way."""
	chosen = selection.filters_of(report, frappe.parse_json(filters) or {})
	kind = selection.DYNAMIC if kind == selection.DYNAMIC else selection.FIXED
	name = selection.save(report, chosen, segment_name, kind)
	number = frappe.db.get_value(selection.SEGMENT, name, "member_count")
	message = _("Segment {0} has {1} customers.").format(name, number)
	return {"message": message, "url": form_route(selection.SEGMENT, name)}


@frappe.whitelist(methods=["POST"])
def make_tasks(report: str, filters: str) -> dict:
	"""A retention task for each listed customer who has none."""
	chosen = selection.filters_of(report, frappe.parse_json(filters) or {})
	done = retention.make_tasks(list(selection.listed(report, chosen)))
	return {"message": retention.told(done), "url": list_route(retention.TASK, status="Open"), **done}
