"""What Custom Field, Property Setter and Custom DocPerm do on real Frappe."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.permissions import add_permission, reset_perms, setup_custom_perms, update_permission_property

pytestmark = pytest.mark.commits  # a new column is DDL
DOCTYPE, STAFF = "CRM Customer", "rights@contract.test"


@pytest.fixture(autouse=True)
def as_before():
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for doctype, fieldname in (
		("Custom Field", "dt"),
		("Property Setter", "doc_type"),
		("Custom DocPerm", "parent"),
	):
		frappe.db.delete(doctype, {fieldname: DOCTYPE})
	if frappe.db.exists("User", STAFF):
		frappe.delete_doc("User", STAFF, force=True)
	frappe.db.delete(DOCTYPE, {"customer_name": ["like", "Contract %"]})
	frappe.db.commit()
	frappe.clear_cache(doctype=DOCTYPE)


def field_names() -> list[str]:
	return [df.fieldname for df in frappe.get_meta(DOCTYPE).fields]


def add_field(**values):
	doc = {
		"doctype": "Custom Field",
		"dt": DOCTYPE,
		"fieldtype": "Data",
		"label": "Preferred table",
		**values,
	}
	return frappe.get_doc(doc).insert()


def test_a_custom_field_is_named_by_its_label_and_works_at_once():
	field = add_field(insert_after="customer_name")
	assert (field.fieldname, field.name) == (
		"custom_preferred_table",
		"CRM Customer-custom_preferred_table",
	)
	names = field_names()
	assert names[names.index("customer_name") + 1] == field.fieldname
	customer = make_customer(customer_name="Contract One", custom_preferred_table="Window")
	assert frappe.db.get_value(DOCTYPE, customer.name, field.fieldname) == "Window"
	assert frappe.get_all(DOCTYPE, filters={field.fieldname: "Window"}, pluck="name") == [customer.name]


def test_a_field_name_is_taken_once():
	with pytest.raises(frappe.ValidationError):
		add_field(fieldname="customer_name", label="Another")


def test_letters_of_any_script_make_a_field_name():
	assert add_field(label="喜欢的桌位").fieldname == "custom_喜欢的桌位"


def test_a_type_changes_only_where_values_keep_their_meaning():
	field = add_field()
	field.fieldtype = "Int"
	with pytest.raises(frappe.ValidationError):
		field.save()
	field.reload()
	field.fieldtype = "Select"
	field.options = "A\nB"
	field.save()


def test_deleting_a_custom_field_keeps_the_column_and_drops_its_properties():
	field = add_field()
	make_property_setter(DOCTYPE, field.fieldname, "label", "Table", "Data")
	frappe.delete_doc("Custom Field", field.name)
	assert field.fieldname not in field_names()
	assert not frappe.db.exists("Property Setter", {"doc_type": DOCTYPE, "field_name": field.fieldname})
	assert field.fieldname in frappe.db.get_table_columns(DOCTYPE)


def test_a_mandatory_custom_field_is_asked_for_and_a_default_fills_it():
	create_custom_field(DOCTYPE, {"fieldname": "custom_m", "label": "M", "fieldtype": "Data", "reqd": 1})
	frappe.db.commit()
	with pytest.raises(frappe.MandatoryError):
		make_customer(customer_name="Contract Two")
	frappe.db.rollback()
	make_property_setter(DOCTYPE, "custom_m", "default", "x", "Text")
	frappe.local.new_doc_templates = {}  # kept for a request by Frappe
	assert make_customer(customer_name="Contract Three").custom_m == "x"


def test_a_property_setter_overrides_and_its_deletion_restores():
	before = frappe.get_meta(DOCTYPE).get_field("occupation").label
	make_property_setter(DOCTYPE, "occupation", "label", "Job", "Data")
	setter = make_property_setter(DOCTYPE, "occupation", "label", "Trade", "Data")
	assert setter.name == "CRM Customer-occupation-label"
	assert frappe.get_meta(DOCTYPE).get_field("occupation").label == "Trade"
	make_property_setter(DOCTYPE, "occupation", "hidden", 1, "Check")
	assert frappe.get_meta(DOCTYPE).get_field("occupation").hidden == 1
	frappe.delete_doc("Property Setter", setter.name)
	assert frappe.get_meta(DOCTYPE).get_field("occupation").label == before


def test_field_order_sorts_the_form():
	names = field_names()
	turned = [names[1], names[0], *names[2:]]
	make_property_setter(DOCTYPE, None, "field_order", frappe.as_json(turned), "Data", for_doctype=True)
	assert field_names()[:2] == turned[:2] and len(field_names()) == len(names)


def test_the_first_own_rule_copies_the_shipped_ones_and_a_reset_drops_them():
	shipped = len(frappe.get_meta(DOCTYPE).permissions)
	setup_custom_perms(DOCTYPE)
	assert frappe.db.count("Custom DocPerm", {"parent": DOCTYPE}) == shipped
	reset_perms(DOCTYPE)
	frappe.clear_cache(doctype=DOCTYPE)
	assert not frappe.db.exists("Custom DocPerm", {"parent": DOCTYPE})


def test_rights_given_and_taken_count_at_once(as_user):
	staff = make_user(STAFF, "CRM Cashier")
	with as_user(staff):
		assert not frappe.has_permission(DOCTYPE, "create")
	add_permission(DOCTYPE, "CRM Cashier", 0, "read")
	update_permission_property(DOCTYPE, "CRM Cashier", 0, "create", 1)
	with as_user(staff):
		assert frappe.has_permission(DOCTYPE, "read") and frappe.has_permission(DOCTYPE, "create")
	update_permission_property(DOCTYPE, "CRM Cashier", 0, "create", 0)
	with as_user(staff):
		assert not frappe.has_permission(DOCTYPE, "create")
