"""Buttons of the campaign form."""

import frappe
from frappe import _

from crm_app.crm_marketing.doctype.customer_segment.actions import unused_name
from crm_app.crm_marketing.templates import segment_from
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.actions import stored


@frappe.whitelist()
def create_segment(doc: str | dict):
	"""Makes the segment that the template suggests and targets it."""
	campaign = stored(doc, "CRM Campaign")
	if campaign.segment:
		frappe.throw(_("The campaign already has a segment."))
	if not campaign.template:
		frappe.throw(_("Choose a template first."))
	template = frappe.get_doc("CRM Campaign Template", campaign.template)
	segment = segment_from(template, unused_name(campaign.campaign_name))
	forgive_custom(segment)
	segment.insert()
	campaign.segment = segment.name
	return campaign.save()


@frappe.whitelist()
def recount(doc: str | dict):
	"""Counts the customers of the segment anew; after approval the approved number stays."""
	return stored(doc, "CRM Campaign").save()
