"""Defaults, uniqueness, lists, submitted values: what would break records later is refused now."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.field_changes import checked, forget_metas, own_field, refused, set_property
from crm_testing.service import make_complaint


@pytest.fixture(autouse=True)
def fresh_metas(people):
	yield
	forget_metas()


# after a submit


@pytest.mark.parametrize(
	("doctype", "fieldname"),
	[("CRM Transaction", "amount"), ("Member Adjustment", "change"), ("CRM Transaction Item", "rate")],
)
def test_a_shipped_field_does_not_open_after_the_submit(doctype, fieldname):
	refused("what was submitted", doctype, fieldname, "allow_on_submit", 1)


def test_what_rules_write_after_the_submit_stays_open():
	refused("what was submitted", "Expense Request", "status_category", "allow_on_submit", 0)


def test_an_own_field_may_be_open_after_the_submit():
	checked(own_field("CRM Transaction", allow_on_submit=1))


# defaults


@pytest.mark.parametrize(
	("doctype", "fieldname", "value"),
	[
		("Complaint", "severity", "Nonsense"),
		("Complaint", "received_on", "garbage"),
		("Complaint", "customer", "Nobody At All"),
		("CRM Customer", "birthday", "31.02.2026"),
		("CRM Customer", "credit_limit", "a lot"),
		("CRM Customer", "email_id", "not an address"),
		("CRM Customer", "city", "x" * 141),
	],
)
def test_a_default_that_no_record_could_take_is_refused(doctype, fieldname, value):
	refused("default", doctype, fieldname, "default", value)


@pytest.mark.parametrize(
	("doctype", "fieldname", "value"),
	[
		("Complaint", "severity", "High"),
		("Complaint", "received_on", "Now"),
		("CRM Customer", "birthday", "2000-02-29"),
		("CRM Customer", "credit_limit", "1500.50"),
		("CRM Customer", "account_manager", "__user"),
		("CRM Customer", "country", "China"),
	],
)
def test_a_good_default_is_taken(doctype, fieldname, value):
	set_property(doctype, fieldname, "default", value)
	assert frappe.get_meta(doctype).get_field(fieldname).default == value


def test_choices_are_not_taken_from_under_the_default():
	set_property("CRM Customer", "source", "default", "Walk-in")
	refused("default", "CRM Customer", "source", "options", "Fair\nNewspaper")


def test_the_naming_series_is_replaced_as_frappes_settings_do_it():
	set_property("CRM Customer", "naming_series", "options", "KH-.#####")
	set_property("CRM Customer", "naming_series", "default", "KH-.#####")
	assert make_customer().name.startswith("KH-")


def test_an_own_field_has_a_good_default():
	with pytest.raises(frappe.ValidationError, match="default"):
		checked(own_field(fieldtype="Select", options="A\nB", default="C"))
	checked(own_field(fieldtype="Select", options="A\nB", default="B"))


# the list


@pytest.mark.parametrize(
	("key", "value"),
	[
		("sort_field", "nope"),
		("title_field", "nope"),
		("search_fields", "subject, nope"),
		("sort_order", "UP"),
	],
)
def test_lists_name_fields_that_exist(key, value):
	refused("nope|UP", "Complaint", None, key, value)


def test_lists_take_fields_that_exist():
	for key, value in (
		("sort_field", "creation"),
		("title_field", "subject"),
		("search_fields", "subject, severity"),
		("sort_order", "ASC"),
	):
		set_property("Complaint", None, key, value)
	assert frappe.get_list("Complaint", limit=1) is not None


# unique


def test_a_field_whose_values_repeat_is_not_made_unique():
	for _time in range(2):
		make_customer(industry="Catering")
	refused("Catering", "CRM Customer", "industry", "unique", 1)


@pytest.mark.parametrize(
	("doctype", "fieldname"), [("Complaint", "description"), ("CRM Budget Entry", "voucher_no")]
)
def test_long_texts_and_records_of_the_app_are_not_unique(doctype, fieldname):
	refused("unique", doctype, fieldname, "unique", 1)


def test_a_default_and_unique_exclude_each_other():
	with pytest.raises(frappe.ValidationError, match="unique"):
		checked(own_field(unique=1, default="the same"))


def test_what_ships_unique_stays_so():
	refused("is fixed", "CRM Customer", "external_key", "unique", 0)


# names


@pytest.mark.commits
def test_the_fieldname_of_a_saved_field_is_fixed(saved_field):
	field = frappe.get_doc("Custom Field", saved_field("CRM Customer", label="Table Wish").name)
	field.fieldname = "custom_other"
	with pytest.raises(frappe.ValidationError, match="Field Name"):
		field.save()


def test_properties_are_named_in_the_language_of_the_reader(monkeypatch):
	monkeypatch.setattr(frappe.local, "lang", "zh")
	refused("字段类型", "Complaint", "subject", "fieldtype", "Int")
	refused("选项", "Complaint", "customer", "options", "User")
	refused("可提交", "Complaint", None, "is_submittable", 1)


def test_a_complaint_with_the_changed_default_is_saved():
	set_property("Complaint", "severity", "default", "High")
	assert make_complaint(severity=None).severity == "High"


def test_a_second_record_with_the_same_value_is_refused_by_the_label_of_the_field():
	first, second = make_customer(), make_customer()
	frappe.db.set_value("CRM Customer", first.name, "external_key", "one key")
	second.external_key = "one key"
	frappe.clear_messages()
	with pytest.raises(frappe.UniqueValidationError):
		second.db_update()
	told = frappe.utils.strip_html(frappe.parse_json(frappe.local.message_log[-1])["message"])
	assert told == f"{second.meta.get_label('external_key')} must be unique"


# Frappe's Customize Form writes one property after the other


def customized(doctype: str, **changes):
	"""As its page sends it: the whole form, then one save."""
	form = frappe.get_doc("Customize Form")
	form.doc_type = doctype
	form.fetch_to_customize()
	for row in form.fields:
		row.update(changes.get(row.fieldname, {}))
	before = dict(frappe.form_dict)
	frappe.form_dict.update({"method": "save_customization", "docs": frappe.as_json(form.as_dict())})
	try:
		form.save_customization()
	finally:
		frappe.form_dict.clear()
		frappe.form_dict.update(before)
		frappe.clear_cache(doctype=doctype)


@pytest.mark.bench
def test_frappes_form_is_judged_as_a_whole():
	customized("CRM Customer", customer_name={"read_only": 1, "default": "Walk-in"})
	assert frappe.get_meta("CRM Customer").get_field("customer_name").read_only
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		customized("CRM Customer", customer_name={"read_only": 1, "default": ""})


@pytest.mark.bench
def test_frappes_form_is_refused_what_rules_cannot_take():
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		customized("CRM Customer", customer_name={"read_only": 1})
	with pytest.raises(frappe.ValidationError, match="stays optional"):
		customized("CRM Budget Entry", campaign={"reqd": 1})
