"""The same holes and the ledger, tried over HTTP."""

import json
from urllib.parse import quote

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.workforce import make_company

pytestmark = pytest.mark.embedded
HEAD, FINANCE, STAFF = "head@example.com", "finance@example.com", "staff@example.com"
REFUSED = (403, 409, 417)


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	return make_company()


@pytest.fixture
def request_of_staff():
	make_budget({"amount": 5000})
	request = move(make_request(1000), "Submit for Approval", user=STAFF)
	frappe.db.commit()
	return request


@pytest.fixture
def call(site):
	"""call(user, method, path, body) -> status"""
	from crm_testing.desk import client_of

	def send(user, method, path, body=None):
		response = client_of(user).generic(
			method, path, data=json.dumps(body or {}), content_type="application/json"
		)
		return response.status_code

	return send


def url(doctype, name=""):
	return f"/api/resource/{quote(doctype)}" + (f"/{quote(name)}" if name else "")


def stored(request):
	fields = ["workflow_state", "status_category", "docstatus", "total_amount"]
	return tuple(frappe.db.get_value("Expense Request", request.name, fields))


@pytest.mark.parametrize(
	"user, body",
	[
		(HEAD, {"docstatus": 1}),
		(FINANCE, {"docstatus": 1}),
		(STAFF, {"docstatus": 1}),
		(FINANCE, {"workflow_state": "Approved", "docstatus": 1}),
		(HEAD, {"workflow_state": "Reimbursed", "docstatus": 1}),
		(HEAD, {"lines": [], "workflow_state": "Approved", "docstatus": 1}),
		(HEAD, {"purpose": "Mine"}),
		(FINANCE, {"department_approver": FINANCE, "workflow_state": "Approved", "docstatus": 1}),
		(FINANCE, {"purpose": "x", "flags": {"workflow_system": 1, "ignore_permissions": 1}}),
	],
)
def test_a_put_goes_around_nothing(call, request_of_staff, user, body):
	before = stored(request_of_staff)
	assert call(user, "PUT", url("Expense Request", request_of_staff.name), body) in REFUSED
	assert stored(request_of_staff) == before


def test_a_category_sent_along_has_no_effect(call, request_of_staff):
	call(HEAD, "PUT", url("Expense Request", request_of_staff.name), {"status_category": "Approved"})
	assert stored(request_of_staff)[1] == "Pending"


def test_the_workflow_itself_works_over_http(call, request_of_staff):
	body = {"doc": request_of_staff.as_dict(convert_dates_to_str=True), "action": "Approve"}
	assert call(HEAD, "POST", "/api/method/frappe.model.workflow.apply_workflow", body) == 200
	assert stored(request_of_staff)[:3] == ("Approved", "Approved", 1)


@pytest.mark.parametrize("user", ["Administrator", FINANCE])
@pytest.mark.parametrize("doctype", ["CRM Budget Entry", "CRM Budget Balance"])
def test_the_ledger_takes_no_writes(call, request_of_staff, user, doctype):
	name = frappe.get_all(doctype, pluck="name", limit=1)[0]
	entry = {"kind": "Spend", "amount": 1, "flags": {"crm_budget_engine": 1, "ignore_permissions": 1}}
	assert call(user, "POST", url(doctype), entry) in REFUSED
	assert call(user, "PUT", url(doctype, name), {"amount": 1}) in REFUSED
	assert call(user, "DELETE", url(doctype, name)) in REFUSED
	assert frappe.db.exists(doctype, name)
