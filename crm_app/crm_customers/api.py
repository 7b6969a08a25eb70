"""What the desk's buttons on a customer call."""

from urllib.parse import urlencode

import frappe
from frappe import _

from crm_app.crm_customers.review import review
from crm_app.utils.actions import shown, stored


@frappe.whitelist()
def open_360(doc: str | dict) -> dict:
	"""Address of the customer's 360° page; the real desk shows it as a link, the embedded one goes there."""
	customer = stored(doc, "CRM Customer", "read")
	route = "/customer_360?" + urlencode({"name": customer.name})
	frappe.msgprint(
		'<a href="{}" target="_blank">{}</a>'.format(route, _("Open the 360° view")), title=_("360° View")
	)
	return {"route": route}


@frappe.whitelist()
def review_customer(doc: str | dict) -> dict:
	"""Grade and stage by rule, now. Returns the document, which the desk shows."""
	customer = stored(doc, "CRM Customer", "write")
	if not review(customer):
		frappe.msgprint(_("Grade and stage are as the rules say."), alert=True)
	return shown(customer)
