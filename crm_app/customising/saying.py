"""How a refusal reads: properties by the names that forms give them, in the reader's language."""

import frappe
from frappe import _

PROPERTIES = {
	"allow_on_submit": "Allow on Submit",
	"autoname": "Auto Name",
	"collapsible_depends_on": "Collapsible Depends On",
	"default": "Default Value",
	"depends_on": "Depends On",
	"fetch_from": "Fetch From",
	"fieldname": "Field Name",
	"fieldtype": "Field Type",
	"is_submittable": "Is Submittable",
	"is_virtual": "Virtual",
	"issingle": "Is Single",
	"istable": "Is Child Table",
	"mandatory_depends_on": "Mandatory Depends On",
	"naming_rule": "Naming Rule",
	"options": "Options",
	"read_only_depends_on": "Read Only Depends On",
	"search_fields": "Search Fields",
	"sort_field": "Sort Field",
	"sort_order": "Sort Order",
	"title_field": "Title Field",
	"unique": "Unique",
}


def property_label(key: str) -> str:
	return _(PROPERTIES.get(key, key))


def field_label(df) -> str:
	return _(df.get("label") or df.get("fieldname"))


def refuse(message: str) -> None:
	frappe.throw(message, title=_("Not Possible"))


def refuse_fixed(key: str, label: str) -> None:
	refuse(_("{0} of {1} is fixed: the app counts on it.").format(property_label(key), label))
