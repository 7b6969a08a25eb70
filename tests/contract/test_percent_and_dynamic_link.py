"""Percent and Dynamic Link fields: kept, checked, refused."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction
from crm_testing.marketing import make_campaign
from crm_testing.membership import TIERS, make_programme
from crm_testing.sales import make_store


def test_a_percent_is_kept_as_a_number_and_a_text_becomes_one():
	doc = make_campaign(expected_response_rate="12.5").reload()
	assert doc.expected_response_rate == 12.5
	assert isinstance(doc.expected_response_rate, float)
	doc.expected_response_rate = None
	assert doc.save().reload().expected_response_rate == 0


def test_percents_are_compared_as_numbers():
	names = {rate: make_campaign(expected_response_rate=rate).name for rate in (9, 10.25)}
	mine = {"name": ["in", list(names.values())]}
	found = frappe.get_all("CRM Campaign", mine | {"expected_response_rate": [">", 9.5]}, pluck="name")
	assert found == [names[10.25]]
	ordered = frappe.get_all("CRM Campaign", mine, order_by="expected_response_rate desc", pluck="name")
	assert ordered == [names[10.25], names[9]]


def test_a_percent_outside_its_limits_is_refused():
	with pytest.raises(frappe.NonNegativeError, match="Expected Response Rate"):
		make_campaign(expected_response_rate=-0.5)
	with pytest.raises(frappe.ValidationError, match="between 0 and 100"):
		make_campaign(expected_response_rate=100.5)


def test_a_discount_outside_its_limits_is_refused_with_its_row_and_label():
	with pytest.raises(frappe.NonNegativeError, match="Row 1 Discount"):
		make_programme(tiers=[TIERS[0] | {"discount_percent": -1}, TIERS[1]])
	with pytest.raises(frappe.ValidationError, match="Row 2 Discount: at most 100"):
		make_programme(tiers=[TIERS[0], TIERS[1] | {"discount_percent": 100.5}])
	assert make_programme(tiers=[TIERS[0] | {"discount_percent": 100}, TIERS[1]]).tiers[0].discount_percent


def test_rules_and_templates_refuse_a_negative_percent():
	with pytest.raises(frappe.NonNegativeError):
		frappe.get_single("CRM Customer Rules").update({"decline_percent": -5}).save()
	template = {"doctype": "CRM Campaign Template", "template_name": "Spring", "kind": "Festival"}
	with pytest.raises(frappe.NonNegativeError):
		frappe.get_doc({**template, "expected_response_rate": -5}).insert()


def test_a_dynamic_link_points_to_a_record_of_the_named_doctype():
	store, customer = make_store("Dynamic Road"), make_customer()
	doc = make_interaction(customer.name, reference_doctype="CRM Store", reference_name=store.name)
	assert doc.reload().reference_name == store.name
	doc.update({"reference_doctype": "CRM Customer", "reference_name": customer.name}).save()
	mine = {"reference_doctype": "CRM Customer", "reference_name": customer.name}
	assert frappe.get_all("CRM Interaction", mine, pluck="name") == [doc.name]


def test_a_dynamic_link_to_nothing_or_to_the_wrong_doctype_is_refused():
	store, customer = make_store("Dynamic Road"), make_customer()
	for doctype, name in (("CRM Store", "No such store"), ("CRM Customer", store.name)):
		with pytest.raises(frappe.LinkValidationError, match="Reference"):
			make_interaction(customer.name, reference_doctype=doctype, reference_name=name)
	with pytest.raises(frappe.ValidationError, match="Reference Type must be set first"):
		make_interaction(customer.name, reference_name=store.name)


def test_an_unknown_doctype_in_a_dynamic_link_is_refused():
	with pytest.raises(frappe.ValidationError):
		make_interaction(make_customer().name, reference_doctype="No Such Type", reference_name="x")


def test_a_record_that_a_dynamic_link_points_to_is_not_deleted():
	store = make_store("Dynamic Road")
	doc = make_interaction(make_customer().name, reference_doctype="CRM Store", reference_name=store.name)
	with pytest.raises(frappe.LinkExistsError):
		store.delete()
	doc.delete()
	store.delete()
	assert not frappe.db.exists("CRM Store", store.name)
