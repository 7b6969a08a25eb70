"""Contact data of employees: masked for roles without the level, on every path."""

import json

import frappe
import pytest
from crm_testing.workforce import make_department, make_employee, make_user

from crm_app.crm_customers import privacy, request_guard
from crm_app.patches import mask_employee_data

LOW, HIGH, LOOKER = "low@staff.test", "high@staff.test", "looker@staff.test"
MOBILE, MAIL, IDENTITY, HOME = "+8613800138555", "zhou@example.com", "110101199003074444", "Long Lane 7"
SECRETS = (MOBILE, MOBILE[3:], MAIL, IDENTITY, HOME)


@pytest.fixture
def employee():
	make_user(LOW, "CRM Staff")
	make_user(HIGH, "CRM Manager")
	make_user(LOOKER, "CRM Staff", "CRM Private Data")
	make_department("Privacy Team")
	values = {"mobile_no": MOBILE, "email_id": MAIL, "id_number": IDENTITY, "home_address": HOME}
	return make_employee("Zhou Yu", department="Privacy Team", **values)


def leaks(shown) -> list[str]:
	text = json.dumps(shown, default=str, ensure_ascii=False)
	return [secret for secret in SECRETS if secret in text]


def as_read(name: str) -> dict:
	doc = frappe.get_doc("CRM Employee", name)
	doc.check_permission("read")
	doc.apply_fieldlevel_read_permissions()
	return doc.as_dict()


def test_colleagues_see_masks_and_managers_values(employee, as_user):
	with as_user(LOW):
		shown = as_read(employee.name)
		rows = frappe.get_list("CRM Employee", {"name": employee.name}, ["*"])
	assert leaks(shown) == [] and leaks(rows) == []
	assert (shown["mobile_no_masked"], shown["email_id_masked"]) == ("138****8555", "z***@example.com")
	with as_user(HIGH):
		assert set(leaks(as_read(employee.name))) == set(SECRETS)


def test_link_search_does_not_find_by_a_hidden_number(employee, as_user):
	def found(text):
		return [row[0] for row in privacy.search("CRM Employee", text, "name", 0, 10)]

	with as_user(LOW):
		assert found("13800138555") == [] and found("Zhou Yu") == [employee.name]


@pytest.mark.parametrize("field", ["mobile_no", "email_id", "id_number", "home_address", "emergency_phone"])
def test_a_request_may_not_filter_or_sort_by_a_hidden_field(employee, as_user, field):
	def ask(user, values):
		with as_user(user):
			frappe.local.form_dict = frappe._dict(values)  # acting as somebody empties it
			request_guard.check()

	for given in ({"filters": json.dumps([[field, "like", "1%"]])}, {"order_by": f"`{field}` desc"}):
		given["doctype"] = "CRM Employee"
		with pytest.raises(frappe.PermissionError):
			ask(LOW, given)
		ask(HIGH, given)


def test_saving_without_the_level_loses_nothing_and_enters_nothing(employee, as_user):
	frappe.get_doc(
		{"doctype": "Custom DocPerm", "parent": "CRM Employee", "role": "CRM Staff", "read": 1, "write": 1}
	).insert()
	frappe.clear_cache(doctype="CRM Employee")
	with as_user(LOW):
		doc = frappe.get_doc(as_read(employee.name))
		doc.update({"notes": "Left-handed", "mobile_no": "13700137000", "mobile_no_masked": "x"})
		doc.save()
	employee.reload()
	assert (employee.notes, employee.mobile_no, employee.mobile_no_masked) == (
		"Left-handed",
		MOBILE,
		"138****8555",
	)
	frappe.db.rollback()
	frappe.clear_cache(doctype="CRM Employee")


def test_a_reveal_is_for_the_role_and_leaves_a_line(employee, as_user):
	def looks():
		filters = {"kind": "Reveal", "document_type": "CRM Employee", "document": employee.name}
		return frappe.get_all("CRM Operation Log", filters, pluck="user")

	with as_user(LOW), pytest.raises(frappe.PermissionError):
		privacy.reveal_employee({"name": employee.name})
	assert looks() == []
	with as_user(LOOKER):
		shown = privacy.reveal_employee({"name": employee.name})
		assert MOBILE in frappe.local.message_log[-1]["message"]
		assert IDENTITY not in frappe.local.message_log[-1]["message"]
		assert privacy.reveal("CRM Employee", employee.name, "email_id") == MAIL
		with pytest.raises(frappe.ValidationError, match="no private field"):
			privacy.reveal("CRM Employee", employee.name, "home_address")
	assert leaks(shown) == [] and looks() == [LOOKER, LOOKER]


def test_the_history_never_holds_private_values(employee):
	employee.update(
		{"mobile_no": "13800138556", "home_address": "Short Lane 1", "emergency_phone": "13800138557"}
	)
	employee.save(ignore_version=False)  # tests keep no versions otherwise
	(data,) = frappe.get_all(
		"Version", {"ref_doctype": "CRM Employee", "docname": employee.name}, pluck="data"
	)
	assert leaks(data) == [] and "Short Lane" not in data and "13800138557" not in data
	assert "138****8556" in data


def test_what_was_stored_before_gets_its_mask_by_the_patch(employee):
	frappe.db.set_value("CRM Employee", employee.name, {"mobile_no_masked": "", "email_id_masked": ""})
	mask_employee_data.execute()
	found = frappe.db.get_value("CRM Employee", employee.name, ["mobile_no_masked", "email_id_masked"])
	assert found == ("138****8555", "z***@example.com")
