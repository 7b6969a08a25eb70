"""Ways around permissions over HTTP that are closed: files, choices, cards, comments, methods of records."""

import json
from urllib.parse import quote

import frappe
import pytest
from crm_testing.customers import make_customer

pytestmark = pytest.mark.embedded
SALES = "ways.sales@desk.test"
CARD = "/api/method/frappe.desk.doctype.number_card.number_card.get_result"


@pytest.fixture
def call(site):
	"""call(method, path, body) as a sales user -> (status, answer, or bytes when it is no JSON)"""
	from crm_testing.desk import client_of, make_user

	make_user(SALES, "CRM Sales User")

	def send(method, path, body=None):
		sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
		response = client_of(SALES).generic(method, path, **sent)
		frappe.set_user("Administrator")
		content = b"".join(response) if response.streaming else response.content
		is_json = response["Content-Type"].startswith("application/json")
		return response.status_code, json.loads(content) if is_json else content

	return send


@pytest.fixture
def secret(call):
	"""A private file of a customer of somebody else."""
	customer = make_customer(account_manager="Administrator")
	values = {"file_name": "secret.txt", "is_private": 1, "content": "top secret"}
	target = {"attached_to_doctype": "CRM Customer", "attached_to_name": customer.name}
	doc = frappe.get_doc({"doctype": "File", **values, **target}).insert()
	frappe.db.commit()
	return doc


def test_a_private_file_is_not_opened_by_naming_its_address(call, secret):
	assert call("POST", "/api/resource/File", {"file_url": secret.file_url})[0] == 403
	own = call("POST", "/api/resource/File", {"file_name": "a.txt", "content": "x"})[1]["data"]["name"]
	assert call("PUT", f"/api/resource/File/{own}", {"file_url": secret.file_url})[0] == 403
	assert call("GET", secret.file_url)[0] == 403


def test_a_file_is_not_moved_to_a_record_of_somebody_else(call, secret):
	own = call("POST", "/api/resource/File", {"file_name": "a.txt", "content": "x"})[1]["data"]["name"]
	target = {"attached_to_doctype": "CRM Customer", "attached_to_name": secret.attached_to_name}
	assert call("PUT", f"/api/resource/File/{own}", target)[0] == 403


def test_who_may_only_choose_users_reads_no_more_of_them(call):
	fields = quote(json.dumps(["name", "full_name", "api_key", "mobile_no"]))
	status, answer = call("GET", f"/api/resource/User?fields={fields}")
	assert (status, set(answer["data"][0])) == (200, {"name", "full_name"})
	for field in ("roles.role", "`tabHas Role`.`role`"):
		assert call("GET", "/api/resource/User?fields=" + quote(json.dumps([field])))[0] == 403
	filters = quote(json.dumps([["api_key", "like", "%"]]))
	assert call("GET", f"/api/resource/User?filters={filters}")[0] == 403
	assert call("GET", f"/api/method/frappe.desk.search.search_link?doctype=User&txt={SALES}")[1]["message"]


def test_a_made_up_number_card_calls_only_what_is_whitelisted(call):
	card = {"type": "Custom", "method": "frappe.utils.get_site_path"}
	assert call("POST", CARD, {"doc": card})[0] == 403


def test_a_comment_is_by_its_writer_on_a_record_that_they_read(call, secret):
	forged = {"comment_type": "Workflow", "comment_email": "gm@demo.test", "content": "Approved"}
	foreign = {"reference_doctype": "CRM Customer", "reference_name": secret.attached_to_name}
	assert call("POST", "/api/resource/Comment", forged | foreign)[0] == 403
	own = foreign | {"reference_name": make_customer().name}
	stored = call("POST", "/api/resource/Comment", forged | own)[1]["data"]
	assert (stored["comment_type"], stored["comment_email"]) == ("Comment", SALES)


def test_no_client_says_that_permissions_do_not_matter(call, secret):
	args = {"doctype": "CRM Customer", "name": secret.attached_to_name, "assign_to": [SALES]}
	body = {"args": args, "ignore_permissions": True}
	assert call("POST", "/api/method/frappe.desk.form.assign_to.add", body)[0] == 403


def test_an_unknown_column_of_a_table_is_the_callers_mistake(call):
	fields = quote(json.dumps(["contacts.nothing"]))
	assert call("GET", f"/api/resource/CRM Customer?fields={fields}")[0] == 417


def test_only_whitelisted_methods_of_a_record_are_called(call):
	from crm_testing.membership import make_card

	card = make_card(make_customer().name)
	frappe.db.commit()
	body = {"dt": "Member Card", "dn": card.name}
	for method in ("db_set", "nothing", "__init__"):
		assert call("POST", "/api/method/run_doc_method", body | {"method": method})[0] == 403
	suspend = {"method": "suspend", "args": {"reason": "Lost"}}
	assert call("POST", "/api/method/run_doc_method", body | suspend)[0] == 200
	assert frappe.db.get_value("Member Card", card.name, "status_category") == "Suspended"
