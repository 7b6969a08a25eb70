"""/customer_360?name=CUST-00001: one customer on one screen."""

import frappe
from frappe import _

from crm_app.crm_customers.view_360 import address, build, money
from crm_app.utils.phone import display_number
from crm_app.www.member_card import story

no_cache = 1


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see customers."), frappe.PermissionError)
	customer_id = frappe.form_dict.get("name")
	if not customer_id:
		frappe.throw(_("Open this page from a customer."), frappe.DoesNotExistError)
	context.update(build(customer_id))
	context.update({"no_cache": 1, "full_width": True, "show_sidebar": False})
	context.title = context.customer.customer_name
	context.record_url = address("CRM Customer", customer_id)
	context.update(story(customer_id, rows=10))
	context.update({"display_number": display_number, "money": money})
	return context
