"""Defaults, uniqueness, submitted values, mandatory fields: what would break records later is refused now."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.service import make_complaint
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

TOUCHED = (
	"Complaint",
	"CRM Customer",
	"CRM Campaign",
	"CRM Interaction",
	"CRM Budget Entry",
	"Comment",
	"ToDo",
)


@pytest.fixture(autouse=True)
def forget_metas(people):
	yield
	for doctype in TOUCHED:
		frappe.clear_cache(doctype=doctype)


def set_property(doctype, fieldname, key, value, kind=None):
	"""As Customize Form, REST and other apps write it."""
	kind = kind or ("Check" if value in (0, 1) else "Text")
	make_property_setter(
		doctype,
		fieldname,
		key,
		str(value),
		kind,
		for_doctype=not fieldname,
		validate_fields_for_doctype=False,
	)
	frappe.clear_cache(doctype=doctype)
	frappe.local.new_doc_templates = {}  # kept for a request by Frappe


def refused(reason, doctype, fieldname, key, value):
	with pytest.raises(frappe.ValidationError, match=reason):
		set_property(doctype, fieldname, key, value)


def own_field(doctype="Complaint", **values):
	"""Saved past the database's columns: only the checks are of interest."""
	field = {"doctype": "Custom Field", "dt": doctype, "label": "Extra", "fieldtype": "Data", **values}
	return frappe.get_doc(field)


def checked(doc):
	from crm_app.customising.fields import check_custom_field

	check_custom_field(doc)


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


# mandatory


@pytest.mark.parametrize(
	("doctype", "fieldname"), [("CRM Budget Entry", "campaign"), ("Complaint Alert", "person")]
)
def test_what_the_app_writes_takes_no_further_mandatory_field(doctype, fieldname):
	refused("written by the app", doctype, fieldname, "reqd", 1)


@pytest.fixture
def saved_field():
	"""Inserts Custom Fields; a column is DDL, so what is left of them goes in a transaction of its own."""
	names = []

	def save(doctype, **values):
		field = own_field(doctype, **values).insert()
		names.append(field.name)
		frappe.clear_cache(doctype=doctype)
		return field

	yield save
	frappe.db.rollback()
	for name in names:
		frappe.delete_doc("Custom Field", name, force=True)
	frappe.db.commit()


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
	customized("CRM Customer", customer_name={"hidden": 1, "default": "Walk-in"})
	assert frappe.get_meta("CRM Customer").get_field("customer_name").hidden
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		customized("CRM Customer", customer_name={"hidden": 1, "default": ""})


@pytest.mark.bench
def test_frappes_form_is_refused_what_rules_cannot_take():
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		customized("CRM Customer", customer_name={"read_only": 1})
	with pytest.raises(frappe.ValidationError, match="stays optional"):
		customized("CRM Budget Entry", campaign={"reqd": 1})
