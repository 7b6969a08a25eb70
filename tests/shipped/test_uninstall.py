"""What an uninstall takes, and what it leaves to the site."""

import copy

import frappe
import pytest
from crm_testing.customers import make_user

from crm_app.roles import FINANCE, MANAGER
from crm_app.shipped import definitions, desk, documents, memory


def uninstall():
	frappe.get_attr("crm_app.install.before_uninstall")()
	frappe.clear_cache()


def insert(doctype: str, **values):
	return frappe.get_doc({"doctype": doctype, **values}).insert()


def test_uninstalling_leaves_nothing_of_ours_and_loses_nothing_of_theirs():
	theirs = [
		frappe.get_doc({"doctype": "Role", "role_name": "Their Role"}).insert().name,
		frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": "Their State"}).insert().name,
	]
	user = make_user("both@uninstall.test", "CRM Manager", "Their Role", "System Manager")
	frappe.get_doc({"doctype": "ToDo", "description": "theirs", "allocated_to": user}).insert()
	own = {"doctype": "Property Setter", "doc_type": "CRM Customer", "field_name": "customer_name"}
	frappe.get_doc({**own, "doctype_or_field": "DocField", "property": "label", "value": "Own"}).insert()
	before = {doctype: frappe.db.count(doctype) for doctype in ("User", "ToDo", "CRM Customer")}
	frappe.get_attr("crm_app.install.before_uninstall")()
	ours = [d["name"] for d in definitions.doctypes()]
	assert not frappe.get_all("Workflow", filters={"document_type": ["in", ours]})
	assert not frappe.get_all("Role", filters={"name": ["like", "CRM %"]})
	assert not frappe.get_all("Has Role", filters={"role": ["like", "CRM %"]})
	assert not frappe.db.exists("Workflow State", "Pending General Manager")
	assert not [d for d in definitions.desk_records() if frappe.db.exists(d["doctype"], d["name"])]
	assert not frappe.get_all(memory.MEMORY)
	assert not frappe.get_all("DefaultValue", filters={"defkey": ["like", "crm_%"]})
	assert not frappe.get_all("Property Setter", filters={"doc_type": ["in", ours]})
	assert not frappe.get_all("Custom DocPerm", filters={"parent": ["in", ours]})
	assert not frappe.db.sql("SELECT 1 FROM `tabSingles` WHERE doctype = 'CRM Settings'")
	assert [
		frappe.db.exists(kind, name) for kind, name in zip(("Role", "Workflow State"), theirs, strict=True)
	]
	assert set(frappe.get_roles(user)) >= {"Their Role", "System Manager"}
	assert {doctype: frappe.db.count(doctype) for doctype in before} == before
	frappe.clear_cache()


def test_a_workflow_of_theirs_keeps_its_role():
	for name in ("T1", "T2"):
		insert("Workflow State", workflow_state_name=name)
	insert(
		"Workflow",
		workflow_name="Theirs",
		document_type="ToDo",
		workflow_state_field="sender",  # there already: a new column would commit
		is_active=1,
		states=[
			{"state": "T1", "doc_status": "0", "allow_edit": FINANCE},
			{"state": "T2", "doc_status": "0", "allow_edit": "System Manager"},
		],
		transitions=[{"state": "T1", "action": "Approve", "next_state": "T2", "allowed": FINANCE}],
	)
	uninstall()
	assert frappe.db.get_value("Workflow Transition", {"parent": "Theirs"}, "allowed") == FINANCE
	assert frappe.db.exists("Role", FINANCE) and not frappe.db.exists("Role", MANAGER)
	frappe.get_doc("Workflow", "Theirs").save()


@pytest.mark.parametrize("edit", [{}, {"color": "#777777"}])
def test_a_card_of_theirs_that_equals_a_shipped_one_stays(edit):
	card = copy.deepcopy(next(d for d in definitions.desk_records() if d["doctype"] == "Number Card"))
	memory.forget("Number Card", card["name"])  # as if it had been there before the app
	assert documents.sync(card) == "unchanged"
	frappe.get_doc("Number Card", card["name"]).update(edit).save()
	documents.sync(card)
	desk.unseed()
	assert frappe.db.exists("Number Card", card["name"])
	assert not frappe.db.get_value(
		"Number Card", card["name"], "module"
	)  # or Frappe takes it with the module


def test_filters_limits_cards_and_charts_of_our_doctypes_go():
	user = make_user("limited@uninstall.test", MANAGER)
	store = insert("CRM Store", store_name="S1").name
	insert("List Filter", filter_name="ours", reference_doctype="CRM Customer", filters="[]")
	insert("List Filter", filter_name="theirs", reference_doctype="ToDo", filters="[]")
	insert("User Permission", user=user, allow="CRM Store", for_value=store)
	insert("User Permission", user=user, allow="Language", for_value="en")
	card = {"type": "Document Type", "function": "Count", "filters_json": "[]"}
	ours = insert("Number Card", name="Ours", label="Ours", document_type="CRM Customer", **card).name
	theirs = insert("Number Card", name="Theirs", label="Theirs", document_type="ToDo", **card).name
	uninstall()
	assert frappe.get_all("List Filter", pluck="filter_name") == ["theirs"]
	assert frappe.get_all("User Permission", {"user": user}, pluck="allow") == ["Language"]
	assert not frappe.db.exists("Number Card", ours) and frappe.db.exists("Number Card", theirs)


@pytest.mark.commits
def test_a_link_of_theirs_to_our_doctype_goes_and_keeps_its_column():
	"""Commits: a new column does so on MariaDB."""
	field = insert("Custom Field", dt="ToDo", label="Guest", fieldtype="Link", options="CRM Customer")
	plain = insert("Custom Field", dt="ToDo", label="Room", fieldtype="Data")
	try:
		frappe.db.commit()
		frappe.get_attr("crm_app.shipped.pointers.remove")()
		frappe.clear_cache()
		meta = frappe.get_meta("ToDo")
		assert not meta.get_field(field.fieldname) and meta.get_field(plain.fieldname)
		assert field.fieldname in frappe.db.get_table_columns("ToDo")
		insert("ToDo", description="saves")
	finally:
		frappe.db.rollback()
		for name in (field.name, plain.name):
			frappe.delete_doc("Custom Field", name, ignore_missing=True)
		frappe.db.commit()


def test_a_workspace_of_theirs_loses_only_the_rows_that_name_what_is_gone():
	card = next(d["name"] for d in definitions.desk_records() if d["doctype"] == "Number Card")
	mine = {"type": "Document Type", "function": "Count", "filters_json": "[]", "document_type": "ToDo"}
	own = insert("Number Card", name="My Tasks", label="My Tasks", **mine).name
	space = insert(
		"Workspace",
		label="My Page",
		title="My Page",
		public=1,
		content="[]",
		number_cards=[{"number_card_name": card, "label": card}, {"number_card_name": own, "label": own}],
		shortcuts=[
			{"type": "DocType", "link_to": "CRM Customer", "label": "Customers"},
			{"type": "DocType", "link_to": "ToDo", "label": "Tasks"},
		],
	)
	uninstall()
	space.reload()
	assert [row.number_card_name for row in space.number_cards] == [own]
	assert [row.link_to for row in space.shortcuts] == ["ToDo"]
	space.save()
