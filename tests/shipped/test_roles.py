"""The shipped roles: deleted ones stay deleted, own ones stay own."""

import json

import frappe
import pytest
from crm_testing.customers import make_user

from crm_app.patches import remember_roles
from crm_app.roles import CASHIER, FINANCE, MANAGER, ROLES
from crm_app.shipped import made, memory, roles


def migrate(doctype_sync=()):
	"""`doctype_sync`: roles that the sync of changed DocTypes makes by itself."""
	roles.note_own()
	frappe.flags.in_migrate = True
	try:
		for role in doctype_sync:
			if not frappe.db.exists("Role", role):
				frappe.get_doc({"doctype": "Role", "role_name": role}).insert()
		frappe.get_attr("crm_app.install.after_migrate")()
	finally:
		frappe.flags.in_migrate = False


def state(role: str) -> str:
	return memory.recall("Role", role).state


def delete(role: str):
	frappe.delete_doc("Role", role, force=True)


def test_a_new_site_has_every_role_as_shipped():
	assert {role: state(role) for role in ROLES} == dict.fromkeys(ROLES, "As Shipped")
	assert not frappe.db.get_value("Role", CASHIER, "desk_access")
	assert not any(memory.recall("Role", role).was_there for role in ROLES)


def test_a_deleted_role_stays_deleted_even_where_the_rights_of_a_doctype_name_it():
	delete(CASHIER)
	for _upgrade in range(2):
		migrate()
		migrate(doctype_sync=[CASHIER])
	assert not frappe.db.exists("Role", CASHIER)
	assert state(CASHIER) == "Deleted"
	assert frappe.get_list("CRM Customer", limit=1) is not None


def test_a_role_that_an_administrator_makes_again_stays():
	delete(CASHIER)
	migrate()
	frappe.get_doc({"doctype": "Role", "role_name": CASHIER}).insert()
	migrate()
	assert frappe.db.exists("Role", CASHIER)
	assert state(CASHIER) == "Edited"


def test_a_deleted_role_comes_back_by_take_shipped():
	from crm_app.crm_platform.doctype.crm_shipped_default import crm_shipped_default as page

	delete(CASHIER)
	migrate()
	page.take_shipped(memory.recall("Role", CASHIER).as_dict())
	migrate()
	assert frappe.db.exists("Role", CASHIER) and state(CASHIER) == "As Shipped"


def test_an_edited_role_keeps_its_edit():
	frappe.get_doc("Role", CASHIER).update({"desk_access": 1}).save()
	migrate()
	assert frappe.db.get_value("Role", CASHIER, "desk_access") == 1 and state(CASHIER) == "Edited"


def test_a_shipped_role_is_not_renamed():
	with pytest.raises(frappe.ValidationError, match="knows the role"):
		frappe.rename_doc("Role", CASHIER, "Till", force=True)
	mine = frappe.get_doc({"doctype": "Role", "role_name": "Mine"}).insert().name
	assert frappe.rename_doc("Role", mine, "Mine Too", force=True) == "Mine Too"


def test_no_shipped_record_makes_a_deleted_role_again():
	delete(CASHIER)
	made.ensure("Role", CASHIER)
	assert not frappe.db.exists("Role", CASHIER)


def test_a_role_that_was_there_before_a_later_version_shipped_it_stays_the_sites_own():
	memory.forget("Role", CASHIER)
	frappe.get_doc("Role", CASHIER).update({"desk_access": 1}).save()
	migrate()
	row = memory.recall("Role", CASHIER)
	assert (row.was_there, row.state) == (1, "Edited")
	assert frappe.db.get_value("Role", CASHIER, "desk_access") == 1
	frappe.get_attr("crm_app.install.before_uninstall")()
	assert frappe.db.exists("Role", CASHIER)
	frappe.clear_cache()


def test_a_site_that_remembered_no_roles_takes_them_as_they_are():
	memory.forget("Role")
	frappe.get_doc("Role", CASHIER).update({"desk_access": 1}).save()
	frappe.db.set_value("Role", MANAGER, "creation", "2001-01-01 00:00:00", update_modified=False)
	roles.note_own()
	remember_roles.execute()
	migrate()
	assert frappe.db.get_value("Role", CASHIER, "desk_access") == 1 and state(CASHIER) == "As Shipped"
	assert {role for role in ROLES if memory.recall("Role", role).was_there} == {MANAGER}


def test_before_installation_the_sites_own_roles_are_noted(monkeypatch):
	monkeypatch.setattr(roles, "_remembered", lambda: None)
	delete(FINANCE)
	roles.note_own()
	assert set(made.noted_under(roles.KEY)) == {*ROLES} - {FINANCE}
	assert json.loads(frappe.db.get_default(roles.KEY))


def test_an_uninstall_leaves_a_role_that_others_need_and_takes_the_rest():
	person = make_user("needs@uninstall.test", MANAGER, FINANCE)
	rule = {"doctype": "Custom DocPerm", "parent": "ToDo", "role": MANAGER, "read": 1}
	frappe.get_doc({**rule, "parenttype": "DocType", "parentfield": "permissions"}).insert()
	frappe.get_attr("crm_app.install.before_uninstall")()
	assert frappe.db.exists("Role", MANAGER)
	assert frappe.db.exists("Custom DocPerm", {"parent": "ToDo", "role": MANAGER})
	assert frappe.db.exists("Has Role", {"parent": person, "role": MANAGER})
	assert not frappe.db.exists("Role", FINANCE)
	assert not frappe.db.exists("Has Role", {"role": FINANCE})
	frappe.clear_cache()
