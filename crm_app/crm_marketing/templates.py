"""What a campaign takes over from its template: only where nothing was entered yet."""

import frappe
from frappe.utils import cint, getdate

from crm_app.crm_marketing.domain.campaign import last_day

CHANNEL_FIELDS = ("channel", "send_at", "planned_cost", "note")
RULE_FIELDS = ("source", "fieldname", "operator", "value", "period_days")


def fill_empty(campaign) -> None:
	if not campaign.template:
		return
	template = frappe.get_cached_doc("CRM Campaign Template", campaign.template)
	if campaign.kind in (None, "", "Other"):
		campaign.kind = template.kind
	for fieldname in ("objective", "message", "expected_response_rate"):
		if not campaign.get(fieldname):
			campaign.set(fieldname, template.get(fieldname))
	if campaign.start_date and not campaign.end_date:
		campaign.end_date = last_day(getdate(campaign.start_date), cint(template.duration_days))
	if campaign.is_new() and not campaign.channels:
		for row in template.channels:
			campaign.append("channels", _channel(row, campaign))


def _channel(row, campaign) -> dict:
	values = {fieldname: row.get(fieldname) for fieldname in CHANNEL_FIELDS}
	values["send_on"] = campaign.start_date
	return values


def segment_from(template, title: str):
	"""An unsaved dynamic segment with the rules that the template suggests."""
	segment = frappe.new_doc("Customer Segment")
	segment.update({"segment_name": title, "kind": "Dynamic", "match_rules": template.match_rules})
	for row in template.rules:
		segment.append("rules", {fieldname: row.get(fieldname) for fieldname in RULE_FIELDS})
	return segment
