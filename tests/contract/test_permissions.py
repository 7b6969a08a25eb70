"""Who may read and write: roles, levels, owners, user permissions, hooks."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction, make_user
from crm_testing.sales import make_store, make_transaction

READER, WRITER, STRANGER = "reader@contract.test", "writer@contract.test", "stranger@contract.test"


@pytest.fixture
def users():
	make_user(READER, "CRM General Manager")
	make_user(WRITER, "CRM Manager")
	make_user(STRANGER)


def test_a_reader_reads_and_does_not_write(users, as_user):
	store = make_store("Perm Road")
	with as_user(READER):
		assert frappe.has_permission("CRM Store", "read")
		assert not frappe.has_permission("CRM Store", "write")
		assert frappe.get_list("CRM Store", {"name": store.name}, pluck="name") == [store.name]
		store = frappe.get_doc("CRM Store", store.name)
		store.city = "Shanghai"
		with pytest.raises(frappe.PermissionError):
			store.save()
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc({"doctype": "CRM Store", "store_name": "Mine"}).insert()
		with pytest.raises(frappe.PermissionError):
			store.delete()


def test_who_has_no_role_gets_no_list(users, as_user):
	with as_user(STRANGER):
		with pytest.raises(frappe.PermissionError):
			frappe.get_list("CRM Store")
		assert isinstance(frappe.get_all("CRM Store"), list)
		with pytest.raises(frappe.PermissionError):
			frappe.has_permission("CRM Store", "read", throw=True)


def test_ignoring_permissions_must_be_said(users, as_user):
	with as_user(STRANGER):
		doc = frappe.get_doc({"doctype": "CRM Store", "store_name": "Ignored Road"})
		assert doc.insert(ignore_permissions=True).name == "Ignored Road"


def test_submitting_needs_its_own_right(users, as_user):
	make_user("service@contract.test", "CRM Service User")
	sale = make_transaction(make_customer().name, submit=False)
	with as_user("service@contract.test"):
		doc = frappe.get_doc("CRM Transaction", sale.name)
		with pytest.raises(frappe.PermissionError):
			doc.submit()
	with as_user(WRITER):
		assert frappe.get_doc("CRM Transaction", sale.name).has_permission("submit")


def test_a_field_of_another_level_is_put_back_without_a_word(users, as_user):
	make_user("sales@contract.test", "CRM Sales User")
	customer = make_customer(id_number="310101199001010000")
	with as_user("sales@contract.test"):
		doc = frappe.get_doc("CRM Customer", customer.name)
		doc.id_number = "changed"
		doc.save()
		assert "id_number" not in doc.meta.get_permitted_fieldnames()
		row = frappe.get_list("CRM Customer", {"name": customer.name}, ["name", "id_number"])[0]
		assert "id_number" not in row
		doc.apply_fieldlevel_read_permissions()
		assert not doc.get("id_number")
	assert frappe.db.get_value("CRM Customer", customer.name, "id_number") == "310101199001010000"


def test_owners_keep_what_if_owner_gives(users, as_user):
	with as_user(READER):
		mine = frappe.get_doc({"doctype": "ToDo", "description": "mine", "allocated_to": READER}).insert()
		assert frappe.get_doc("ToDo", mine.name).has_permission("write")


def test_a_user_permission_narrows_lists_and_records(users, as_user):
	from frappe.permissions import add_user_permission

	one, other = make_store("Allowed Road"), make_store("Other Road")
	add_user_permission("CRM Store", one.name, READER, ignore_permissions=True)
	with as_user(READER):
		assert frappe.get_list("CRM Store", pluck="name") == [one.name]
		assert not frappe.has_permission("CRM Store", "read", doc=other.name)
		assert frappe.has_permission("CRM Store", "read", doc=one.name)


def test_rows_of_a_child_table_need_the_parents_right(users, as_user):
	sale = make_transaction(make_customer().name)
	with as_user(READER):
		rows = frappe.get_list(
			"CRM Transaction Item", {"parent": sale.name}, ["item_code"], parent_doctype="CRM Transaction"
		)
		assert [row.item_code for row in rows] == ["TEA"]
	with as_user(STRANGER), pytest.raises(frappe.PermissionError):
		frappe.get_list("CRM Transaction Item", {"parent": sale.name}, parent_doctype="CRM Transaction")


def test_the_row_rule_hooks_narrow_lists_and_records(users, as_user):
	make_user("sales@contract.test", "CRM Sales User")
	foreign = make_customer(account_manager=WRITER)
	make_interaction(foreign.name)
	with as_user("sales@contract.test"):
		assert foreign.name not in frappe.get_list("CRM Customer", pluck="name", limit=0)
		assert not frappe.get_list("CRM Interaction", {"customer": foreign.name})
		assert not frappe.has_permission("CRM Customer", "read", doc=foreign.name)


def test_roles_of_a_user(users):
	roles = frappe.get_roles(READER)
	assert {"CRM General Manager", "All", "Guest"} <= set(roles)
	assert frappe.get_roles("Guest") == ["Guest"]
	assert "System Manager" in frappe.get_roles("Administrator")
