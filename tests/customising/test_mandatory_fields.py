"""A mandatory field can be filled in by people, and rules and jobs are not stopped by it."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.field_changes import checked, forget_metas, own_field, refused, set_property


@pytest.fixture(autouse=True)
def fresh_metas(people):
	yield
	forget_metas()


@pytest.mark.parametrize(
	("doctype", "fieldname"), [("CRM Budget Entry", "campaign"), ("Complaint Alert", "person")]
)
def test_what_the_app_writes_takes_no_further_mandatory_field(doctype, fieldname):
	refused("written by the app", doctype, fieldname, "reqd", 1)


@pytest.mark.commits
def test_an_own_field_there_needs_its_default_by_whatever_way_it_gets_mandatory(saved_field):
	field = saved_field("CRM Budget Entry", label="Extra Rule", default="as always")
	set_property("CRM Budget Entry", field.fieldname, "reqd", 1)
	refused("written by the app", "CRM Budget Entry", field.fieldname, "default", "")


@pytest.mark.parametrize(
	"doctype", ["Comment", "Version", "ToDo", "Communication", "Notification Log", "File"]
)
def test_what_workflow_actions_write_takes_no_mandatory_field_without_default(doctype):
	with pytest.raises(frappe.ValidationError, match="written by the app"):
		checked(own_field(doctype, reqd=1))
	checked(own_field(doctype, reqd=1, default="as always"))


def test_people_are_held_to_a_shipped_field_that_was_made_mandatory():
	set_property("CRM Customer", "industry", "reqd", 1)
	with pytest.raises(frappe.MandatoryError):
		make_customer()
	assert make_customer(industry="Catering").industry == "Catering"


def test_rules_forgive_a_shipped_field_that_was_made_mandatory():
	from crm_app.customising.mandatory import forgive_custom

	customer = make_customer()
	set_property("CRM Customer", "occupation", "reqd", 1)
	customer = frappe.get_doc("CRM Customer", customer.name)
	customer.grade_reason = "by a rule"
	forgive_custom(customer)
	customer.save()
	customer.customer_name = ""
	customer.flags.ignore_mandatory = False
	forgive_custom(customer)
	with pytest.raises(frappe.MandatoryError):
		customer.save()


def test_rules_forgive_an_empty_table_that_was_made_mandatory():
	from crm_app.customising.mandatory import forgive_custom

	customer = make_customer()
	set_property("CRM Customer", "contacts", "reqd", 1)
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc("CRM Customer", customer.name).save()
	customer = frappe.get_doc("CRM Customer", customer.name)
	forgive_custom(customer)
	customer.save()


# a mandatory field can be filled in


@pytest.mark.parametrize(
	("fieldname", "key", "value"),
	[
		("customer_name", "hidden", 1),
		("customer_name", "read_only", 1),
		("customer_name", "depends_on", "eval:0"),
		("customer_name", "depends_on", "eval:doc.customer_type=='Company'"),
		("customer_name", "permlevel", 5),
	],
)
def test_a_mandatory_field_stays_open_to_people(fieldname, key, value):
	with pytest.raises(frappe.ValidationError, match="mandatory and has no default"):
		set_property("CRM Customer", fieldname, key, value, "Int" if key == "permlevel" else None)


@pytest.mark.parametrize("first", [("read_only", 1), ("hidden", 1), ("depends_on", "eval:false")])
def test_what_people_cannot_reach_is_not_made_mandatory(first):
	set_property("CRM Customer", "industry", *first)
	refused("mandatory and has no default", "CRM Customer", "industry", "reqd", 1)
	set_property("CRM Customer", "industry", "default", "Catering")
	set_property("CRM Customer", "industry", "reqd", 1)
	refused("mandatory and has no default", "CRM Customer", "industry", "default", "")


@pytest.mark.parametrize(("key", "value"), [("hidden", 1), ("depends_on", "eval:false")])
def test_a_section_with_a_mandatory_field_is_not_hidden(key, value):
	fields = frappe.get_meta("CRM Interaction").fields
	at = next(i for i, df in enumerate(fields) if df.fieldname == "subject")
	section = next((df for df in fields[at::-1] if df.fieldtype == "Section Break"), None)
	assert section, "subject stands in a section"
	refused("mandatory and has no default", "CRM Interaction", section.fieldname, key, value)


def test_a_field_of_a_section_that_is_shipped_for_persons_only_may_be_mandatory():
	frappe.clear_messages()
	set_property("CRM Customer", "occupation", "reqd", 1)
	assert "Mandatory Depends On" in str(frappe.local.message_log), "companies do not show it"


def test_an_own_mandatory_field_is_not_read_only_unless_it_is_fetched():
	with pytest.raises(frappe.ValidationError, match="mandatory and has no default"):
		checked(own_field(reqd=1, read_only=1))
	checked(own_field(reqd=1, read_only=1, fetch_from="customer.city"))


@pytest.mark.parametrize(
	"condition", ["eval:doc.(", "eval:doc.stage ==", "eval:(doc.stage", "eval:", "no_such_field"]
)
def test_a_condition_that_cannot_be_read_is_refused(condition):
	for key in ("depends_on", "mandatory_depends_on", "read_only_depends_on"):
		refused("cannot be read|no field", "Complaint", "subject", key, condition)
	with pytest.raises(frappe.ValidationError, match=r"cannot be read|no field"):
		checked(own_field(depends_on=condition))
