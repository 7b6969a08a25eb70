"""The host's one screen for fields, order and rights; it writes what Frappe's tools write."""

import json

import frappe
import pytest
from crm_testing.customers import make_customer, make_user

pytestmark = [pytest.mark.embedded]
DOCTYPE = "CRM Customer"


@pytest.fixture(autouse=True)
def forget_metas():
	yield
	frappe.clear_cache(doctype=DOCTYPE)


def form():
	doc = frappe.get_doc("Customize Form", DOCTYPE)
	return doc, {row.fieldname: row for row in doc.fields}


def setters() -> list[tuple]:
	rows = frappe.get_all(
		"Property Setter", filters={"doc_type": DOCTYPE}, fields=["field_name", "property", "value"]
	)
	return sorted((row.field_name or "", row.property, row.value) for row in rows)


def test_saving_an_unchanged_form_writes_nothing():
	form()[0].save()
	assert setters() == [] and not frappe.get_all("Custom Field") and not frappe.get_all("Custom DocPerm")


def test_a_new_row_becomes_a_field_below_the_one_that_is_named():
	doc, _rows = form()
	doc.append("fields", {"label": "Preferred table", "fieldtype": "Data", "insert_after": "Customer Name"})
	doc.save()
	names = [df.fieldname for df in frappe.get_meta(DOCTYPE).fields]
	assert names[names.index("customer_name") + 1] == "custom_preferred_table"
	assert make_customer(custom_preferred_table="Window").custom_preferred_table == "Window"


def test_changes_become_properties_and_changing_back_drops_them():
	doc, rows = form()
	rows["occupation"].update({"label": "Trade", "hidden": 1})
	doc.save()
	assert setters() == [("occupation", "hidden", "1"), ("occupation", "label", "Trade")]
	doc, rows = form()
	rows["occupation"].update({"label": "Occupation", "hidden": 0})
	doc.save()
	assert setters() == []


def test_labels_shown_in_the_users_language_are_no_changes():
	frappe.local.lang = "zh"
	doc, rows = form()
	assert rows["customer_name"].label == "客户名称"
	rows["occupation"].label = "职业身份"
	doc.save()
	assert setters() == [("occupation", "label", "职业身份")]


def test_moved_rows_are_kept_as_the_order_of_the_form():
	doc, _rows = form()
	moved = doc.fields.pop(7)
	doc.fields.insert(2, moved)
	doc.save()
	assert frappe.get_meta(DOCTYPE).fields[2].fieldname == moved.fieldname
	assert json.loads(setters()[0][2])[2] == moved.fieldname


def test_standard_fields_keep_their_type_and_place_on_the_form():
	doc, rows = form()
	doc.fields.remove(rows["occupation"])
	with pytest.raises(frappe.ValidationError, match="standard field"):
		doc.save()
	doc, rows = form()
	rows["occupation"].fieldtype = "Int"
	with pytest.raises(frappe.ValidationError, match="standard field"):
		doc.save()


def test_rights_are_changed_as_a_copy_and_the_shipped_ones_need_none():
	doc, _rows = form()
	service = next(row for row in doc.permissions if row.role == "CRM Service User")
	service.create = 0
	doc.save()
	count = frappe.db.count("Custom DocPerm", {"parent": DOCTYPE})
	assert count == len(doc.permissions)
	user = make_user("service@customize.test", "CRM Service User")
	assert not frappe.has_permission(DOCTYPE, "create", user=user)
	doc, _rows = form()
	next(row for row in doc.permissions if row.role == "CRM Service User").create = 1
	doc.save()
	assert not frappe.db.exists("Custom DocPerm", {"parent": DOCTYPE})


def test_two_administrators_do_not_overwrite_each_other():
	mine, rows = form()
	other, other_rows = form()
	other_rows["occupation"].label = "Trade"
	other.save()
	frappe.db.sql("UPDATE `tabProperty Setter` SET modified = '2099-01-01 00:00:00.000000'")
	rows["occupation"].label = "Job"
	with pytest.raises(frappe.TimestampMismatchError):
		mine.save()


def test_only_a_system_manager_customises(as_user):
	with as_user(make_user("manager@customize.test", "CRM Manager")):
		doc, rows = form()
		rows["occupation"].label = "Job"
		with pytest.raises(frappe.PermissionError):
			doc.save()


def saved(**changes):
	"""fieldname -> what is changed of it, in one save."""
	doc, rows = form()
	for fieldname, values in changes.items():
		rows[fieldname].update(values)
	doc.save()
	frappe.clear_cache(doctype=DOCTYPE)


def test_one_save_is_judged_as_a_whole():
	saved(
		customer_name={"hidden": 1, "default": "Walk-in"},
		industry={"reqd": 1, "hidden": 1, "default": "Other"},
	)
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		saved(industry={"default": ""})
	saved(customer_name={"hidden": 0, "default": ""}, industry={"reqd": 0, "hidden": 0, "default": ""})
	assert setters() == []


def test_choices_and_the_default_among_them_come_in_one_save():
	with pytest.raises(frappe.ValidationError, match="none of its choices"):
		saved(source={"default": "Fair"})
	saved(source={"default": "Fair", "options": "Fair\nNewspaper"})
	assert make_customer(source=None).source == "Fair"


@pytest.mark.parametrize("first", ["hidden", "read_only"])
def test_a_mandatory_field_is_not_put_out_of_reach_in_steps(first):
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		saved(customer_name={first: 1})
	with pytest.raises(frappe.ValidationError, match="nobody could fill it in"):
		saved(customer_name={"hidden": 1, "read_only": 1})
	assert setters() == []


def test_the_last_rule_stays():
	doc, _rows = form()
	doc.set("permissions", [])
	with pytest.raises(frappe.ValidationError, match="at least one rule"):
		doc.save()
	assert frappe.get_meta(DOCTYPE).permissions
