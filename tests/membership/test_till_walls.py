"""A till token opens the till calls and nothing else, on every path over HTTP."""

import json

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.membership import make_programme
from crm_testing.tills import issue_token, make_till, new_key
from frappe.utils import now_datetime

pytestmark = pytest.mark.embedded
TILL = "/api/method/crm_app.crm_membership.till."


@pytest.fixture
def till(site):
	return make_till(programme=make_programme().name)


@pytest.fixture
def send(till):
	"""send(method, path, body, **headers) with the till's token -> (status, text)"""
	from crm_testing.desk import client_of

	token = issue_token(till)
	frappe.db.commit()

	def request(method, path, body=None, **headers):
		sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
		headers = {"HTTP_X_TILL_TOKEN": token, "HTTP_ACCEPT": "application/json"} | headers
		response = client_of().generic(method, path, **sent, **headers)
		frappe.set_user("Administrator")
		content = b"".join(response) if response.streaming else response.content
		return response.status_code, content.decode(errors="replace")

	request.token = token
	return request


def test_the_till_calls_are_open(send, till):
	status, text = send("POST", TILL + "status", {})
	assert (status, json.loads(text)["message"]["data"]["till"]) == (200, till.name)
	body = {
		"key": new_key(),
		"moment": now_datetime().isoformat(),
		"customer_name": "Li",
		"phone": "13800138009",
	}
	status, text = send("POST", TILL + "register", body)
	assert (status, json.loads(text)["message"]["code"]) == (200, "OK")
	assert frappe.db.exists("CRM Customer", {"mobile_no": "+8613800138009"})


def test_refusals_carry_their_http_status(send):
	assert send("POST", TILL + "identify", {"phone": "12"})[0] == 422
	assert send("POST", TILL + "status", {}, HTTP_X_TILL_TOKEN="a:b")[0] == 401
	assert send("GET", TILL + "status")[0] == 403


RECORDS = [
	"CRM Customer", "CRM Transaction", "Member Card", "Membership Programme", "CRM Till", "Till Call", "User",
	"CRM Settings", "CRM Store", "File", "DocType", "Role",
]  # fmt: skip


@pytest.mark.parametrize("doctype", RECORDS)
def test_no_record_is_read_listed_written_or_deleted(send, till, doctype):
	customer = make_customer()
	frappe.db.commit()
	name = {"CRM Customer": customer.name, "CRM Till": till.name, "CRM Settings": "CRM Settings"}.get(
		doctype, "x"
	)
	for method, path, body in (
		("GET", f"/api/resource/{doctype}", None),
		("GET", f"/api/resource/{doctype}/{name}", None),
		("POST", f"/api/resource/{doctype}", {"customer_name": "Mallory"}),
		("PUT", f"/api/resource/{doctype}/{name}", {"customer_name": "Mallory"}),
		("DELETE", f"/api/resource/{doctype}/{name}", None),
	):
		status, text = send(method, path, body)
		assert status in (401, 403, 404), (method, path, status, text)
		assert "Li Wei" not in text
	assert frappe.db.get_value("CRM Customer", customer.name, "customer_name") == "Li Wei"


METHODS = [
	("frappe.client.get_list", {"doctype": "CRM Customer"}),
	("frappe.client.get_value", {"doctype": "CRM Till", "fieldname": "token_hash", "filters": {}}),
	("frappe.client.insert", {"doc": {"doctype": "CRM Customer", "customer_name": "Mallory"}}),
	("frappe.client.set_value", {"doctype": "CRM Till", "name": "T", "fieldname": "active", "value": 0}),
	("frappe.desk.query_report.run", {"report_name": "RFM Segmentation"}),
	("frappe.desk.reportview.get", {"doctype": "Member Card", "fields": ["name"]}),
	("frappe.desk.search.search_link", {"doctype": "CRM Customer", "txt": ""}),
	("crm_app.crm_membership.tills.issue_token", {"doc": {"name": "T"}}),
	("crm_app.crm_membership.till.attention.settle", {"doc": {"name": "T|x"}}),
	("crm_app.crm_membership.api.activate", {"doc": {"name": "1"}}),
	("crm_app.www.approvals.decide", {"doctype": "Complaint", "name": "x", "action": "Approve"}),
	("upload_file", {}),
	("run_doc_method", {"dt": "Member Card", "dn": "1", "method": "activate"}),
	("frappe.core.doctype.user.user.generate_keys", {"user": "Administrator"}),
	("crm_app.crm_membership.till.calls.serve", {"method": "status", "given": {}}),
]


@pytest.mark.parametrize(("method", "body"), METHODS, ids=[name for name, _body in METHODS])
def test_no_other_method_is_run(send, method, body):
	status, text = send("POST", f"/api/method/{method}", body)
	assert status in (400, 401, 403, 404, 417), (status, text)


@pytest.mark.parametrize(
	"path",
	[
		"/app",
		"/app/crm-customer",
		"/app/crm-till",
		"/app/query-report/RFM Segmentation",
		"/customer_360",
		"/approvals",
	],
)
def test_no_page_of_staff_is_shown(send, path):
	assert send("GET", path)[0] in (302, 401, 403)


@pytest.mark.parametrize("scheme", ["token", "Bearer", "Basic"])
def test_the_token_is_no_login(send, scheme):
	headers = {"HTTP_AUTHORIZATION": f"{scheme} {send.token}"}
	assert send("GET", "/api/resource/CRM Customer", **headers)[0] == 401


def test_neither_the_tills_user_nor_its_name_logs_in(send, till):
	for password in ("", send.token, send.token.split(":")[1], till.name):
		body = {"usr": f"till-{till.name.lower()}@tills.invalid", "pwd": password}
		assert send("POST", "/api/method/login", body)[0] == 401
