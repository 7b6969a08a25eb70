"""What a new site gets: causes, a service level and a calendar to start from, all of it open to change."""

import frappe

from crm_app.utils.seed import forget_seeded, is_shipped, seed_once

CAUSES = (
	("Defective Product", "Product Quality", "High"),
	("Product Not as Described", "Product Quality", "Medium"),
	("Safety or Health Risk", "Product Quality", "Critical"),
	("Rude or Careless Staff", "Service Attitude", "Medium"),
	("No Answer to the Customer", "Service Attitude", "Medium"),
	("Long Wait", "Service Attitude", "Low"),
	("Late Delivery", "Delivery", "Medium"),
	("Damaged in Delivery", "Delivery", "Medium"),
	("Wrong Item Delivered", "Delivery", "Medium"),
	("Wrong Price or Bill", "Price and Billing", "Medium"),
	("Refund Not Received", "Price and Billing", "High"),
	("Promotion Not Honoured", "Price and Billing", "Medium"),
	("Dirty or Unsafe Store", "Store Environment", "Medium"),
	("Points or Benefits Missing", "Membership and Points", "Low"),
	("Card Cannot Be Used", "Membership and Points", "Medium"),
	("Other Cause", "Other", "Low"),
)
SERVICE_LEVEL = {
	"doctype": "Service Level",
	"service_level_name": "Standard",
	"first_response_hours": 24,
	"resolution_hours": 72,
	"targets": [
		{"severity": "Critical", "first_response_hours": 2, "resolution_hours": 24},
		{"severity": "High", "first_response_hours": 8, "resolution_hours": 48},
		{"severity": "Medium", "first_response_hours": 24, "resolution_hours": 72},
		{"severity": "Low", "first_response_hours": 24, "resolution_hours": 120},
	],
}
CALENDAR = {
	"doctype": "Working Calendar",
	"calendar_name": "Office Hours",
	"hours": [
		{"weekday": weekday, "start_time": start, "end_time": end}
		for weekday in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
		for start, end in (("09:00:00", "12:00:00"), ("13:00:00", "18:00:00"))
	],
}


def seed() -> None:
	seed_once(map(cause_document, CAUSES), "cause_name")
	seed_once([CALENDAR], "calendar_name")
	is_new = not is_shipped("Service Level", SERVICE_LEVEL["service_level_name"])
	seed_once([SERVICE_LEVEL], "service_level_name")
	if is_new and not frappe.db.get_single_value("CRM Settings", "default_service_level"):
		frappe.db.set_single_value(
			"CRM Settings", "default_service_level", SERVICE_LEVEL["service_level_name"]
		)


def cause_document(cause: tuple[str, str, str]) -> dict:
	name, category, severity = cause
	return {
		"doctype": "Complaint Cause",
		"cause_name": name,
		"category": category,
		"default_severity": severity,
	}


def unseed() -> None:
	forget_seeded("Complaint Cause", "Working Calendar", "Service Level")
