"""Naming, defaults, checks of fields, child rows, types."""

import datetime
import re

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction, make_tag, make_user
from crm_testing.sales import make_store, make_transaction


def test_a_naming_series_counts():
	first, second = make_customer(), make_customer()
	assert re.fullmatch(r"CUST-\d{5}", first.name)
	assert int(second.name[5:]) == int(first.name[5:]) + 1


def test_make_autoname_counts_per_prefix():
	from frappe.model.naming import make_autoname

	year = frappe.utils.nowdate()[:4]
	assert make_autoname("CONTRACT-.YYYY.-.###") == f"CONTRACT-{year}-001"
	assert make_autoname("CONTRACT-.YYYY.-.###") == f"CONTRACT-{year}-002"


def test_a_field_names_the_record_and_is_kept_equal():
	store = make_store("Field Road")
	assert store.name == "Field Road"
	store.store_name = "Another"
	store.save()
	assert store.store_name == "Field Road"


def test_a_hash_name_has_ten_characters():
	assert re.fullmatch(r"[0-9a-z]{10}", make_interaction(make_customer().name).name)


def test_a_second_record_of_the_same_name_is_refused():
	make_store("Twice Road")
	with pytest.raises(frappe.DuplicateEntryError):
		make_store("Twice Road")


def test_a_unique_column_refuses_a_second_value():
	first, second = make_user("u1@contract.test"), make_user("u2@contract.test")
	frappe.db.set_value("User", first, "username", "same_one")
	doc = frappe.get_doc("User", second)
	doc.username = "same_one"
	with pytest.raises(frappe.UniqueValidationError):
		doc.db_update()


def test_empty_unique_values_do_not_clash():
	assert make_customer(external_id="").name != make_customer(external_id="").name


def test_a_missing_mandatory_field_names_the_field():
	with pytest.raises(frappe.MandatoryError, match="description"):
		frappe.get_doc({"doctype": "ToDo"}).insert()


def test_a_select_takes_only_its_options():
	with pytest.raises(frappe.ValidationError, match="should be one of"):
		frappe.get_doc({"doctype": "ToDo", "description": "x", "priority": "Terrible"}).insert()


def test_a_select_without_default_gets_its_first_option():
	field = frappe.get_meta("CRM Transaction").get_field("transaction_type")
	assert frappe.new_doc("CRM Transaction").transaction_type == field.options.split("\n")[0]
	assert frappe.new_doc("Workflow Document State").doc_status == "0"


def test_a_text_that_is_too_long_is_refused():
	with pytest.raises(frappe.CharacterLengthExceededError):
		make_store("Long Road", city="x" * 141)


def test_a_link_must_exist():
	with pytest.raises(frappe.LinkValidationError, match="nobody@nowhere"):
		frappe.get_doc({"doctype": "ToDo", "description": "x", "role": "nobody@nowhere"}).insert()


def test_a_dynamic_link_must_exist():
	values = {"reference_type": "CRM Store", "reference_name": "No Such Road"}
	with pytest.raises(frappe.LinkValidationError):
		frappe.get_doc({"doctype": "ToDo", "description": "x", **values}).insert()


def test_fetch_from_fills_on_the_server():
	customer = make_customer(customer_name="王小明")
	assert make_interaction(customer.name).customer_name == "王小明"


def test_defaults_come_in_their_type():
	todo = frappe.new_doc("ToDo")
	assert (todo.status, todo.priority) == ("Open", "Medium")
	assert todo.docstatus == 0 and todo.is_new()


def test_scripts_are_taken_out_of_texts():
	store = make_store(
		"Script Road", address="<b>near</b> <script>alert(1)</script> <img src=x onerror=alert(1)>"
	)
	assert "<script" not in store.address and "onerror" not in store.address
	assert "<b>near</b>" in store.address


def test_text_without_tags_stays_as_it_is():
	text = "a < b & c > d"
	assert make_store("Plain Road", address=text).address == text


def test_values_come_back_in_python_types():
	customer = make_customer(credit_limit="1500.5", birthday="1990-02-03")
	doc = frappe.get_doc("CRM Customer", customer.name)
	assert doc.credit_limit == 1500.5 and isinstance(doc.credit_limit, float)
	assert doc.birthday == datetime.date(1990, 2, 3)
	assert isinstance(doc.creation, datetime.datetime)
	store = frappe.get_doc("CRM Store", make_store("Type Road").name)
	assert store.disabled == 0 and isinstance(store.disabled, int)


def test_rows_come_back_in_python_types():
	customer = make_customer()
	make_transaction(customer.name, posting_date="2026-03-04", posting_time="10:20:30")
	row = frappe.get_all(
		"CRM Transaction",
		{"customer": customer.name},
		["posting_date", "posting_time", "amount", "docstatus"],
	)[0]
	assert row.posting_date == datetime.date(2026, 3, 4)
	assert row.posting_time == datetime.timedelta(hours=10, minutes=20, seconds=30)
	assert isinstance(row.amount, float) and row.docstatus == 1


def test_an_empty_number_is_zero_and_an_empty_date_none():
	customer = make_customer()
	assert frappe.db.get_value("CRM Customer", customer.name, ["credit_limit", "birthday"]) == (0.0, None)


def test_child_rows_are_numbered_named_and_kept_in_order():
	sale = make_transaction(
		make_customer().name,
		submit=False,
		items=[{"item_name": f"Item {i}", "item_code": str(i), "qty": 1, "rate": i} for i in (3, 1, 2)],
	)
	assert [(row.idx, row.item_code) for row in sale.items] == [(1, "3"), (2, "1"), (3, "2")]
	row = sale.items[0]
	assert (row.parent, row.parenttype, row.parentfield) == (sale.name, "CRM Transaction", "items")
	assert row.name and not row.is_new()
	sale.remove(sale.items[1])
	sale.append("items", {"item_code": "9", "item_name": "New", "qty": 1, "rate": 1})
	sale.save()
	sale.reload()
	assert [(row.idx, row.item_code) for row in sale.items] == [(1, "3"), (2, "2"), (3, "9")]
	assert frappe.db.count("CRM Transaction Item", {"parent": sale.name}) == 3


def test_child_rows_are_found_by_filters():
	customer = make_customer(tags=[{"tag": make_tag("A")}, {"tag": make_tag("B")}])
	assert [row.idx for row in customer.get("tags", {"tag": "B"})] == [2]


def test_a_copy_has_no_name_no_stamps_and_no_copied_numbers():
	sale = make_transaction(make_customer().name)
	copy = frappe.copy_doc(sale)
	assert copy.name is None and copy.creation is None and len(copy.items) == 1
	assert copy.items[0].name is None


def test_as_dict_has_columns_child_rows_and_the_doctype():
	values = make_transaction(make_customer().name).as_dict()
	assert values.doctype == "CRM Transaction"
	assert values["items"][0]["doctype"] == "CRM Transaction Item"
	assert values.docstatus == 1


def test_single_values_come_in_their_type():
	frappe.db.set_single_value("System Settings", "setup_complete", 1)
	assert frappe.db.get_single_value("System Settings", "setup_complete") == 1
	assert isinstance(frappe.get_single("System Settings").setup_complete, int)


def test_meta_describes_fields():
	meta = frappe.get_meta("CRM Transaction")
	assert meta.is_submittable and not meta.issingle and not meta.istable
	assert meta.get_field("items").options == "CRM Transaction Item"
	assert meta.get_label("customer") == "Customer"
	assert meta.has_field("amount") and not meta.has_field("nothing")
	assert [f.fieldname for f in meta.get_table_fields()] == ["items"]
	assert meta.get("fields", {"fieldname": "customer"})[0].options == "CRM Customer"


def test_a_time_of_a_new_record_is_never_empty():
	"""With or without a default; who may leave a time open needs a field of another type."""
	assert not frappe.get_meta("CRM Campaign Channel").get_field("send_at").default
	assert frappe.new_doc("CRM Campaign Channel").send_at
