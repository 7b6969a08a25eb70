"""REST over HTTP as Frappe v15 has it: records, methods, rights, and requests that are wrong in every way."""

import base64
import json
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.embedded

SALES = "rest.sales@desk.test"
NOBODY = "rest.nobody@desk.test"


@pytest.fixture(autouse=True)
def users(site):
	from crm_testing.desk import make_user

	make_user(SALES, "CRM Sales User")
	make_user(NOBODY)


@pytest.fixture
def customer(site):
	import frappe
	from crm_testing.customers import make_customer

	doc = make_customer(customer_name="Grace Hopper", mobile_no="13800138000", id_number="A-1")
	frappe.db.commit()
	return doc


@pytest.fixture
def call(site):
	"""call(user, method, path, body) -> (status, answer). A dict or list is sent as JSON, text as it is."""
	from crm_testing.desk import client_of

	def send(user, method, path, body=None, **headers):
		content = body if isinstance(body, str | bytes) else json.dumps(body)
		extra = {} if body is None else {"data": content, "content_type": "application/json"}
		response = client_of(user).generic(method, path, **extra, headers=headers)
		return response.status_code, json.loads(response.content)

	return send


def url(doctype: str, name: str | None = None, **query) -> str:
	parts = [
		f"{key}={quote(value if isinstance(value, str) else json.dumps(value))}"
		for key, value in query.items()
	]
	return f"/api/resource/{quote(doctype)}" + (f"/{quote(name)}" if name else "") + "?" + "&".join(parts)


def stored(doctype: str, name: str, fieldname: str):
	import frappe

	return frappe.db.get_value(doctype, name, fieldname)


def test_a_list_has_names_and_takes_fields_filters_order_and_paging(call, customer):
	from crm_testing.customers import make_customer

	others = [make_customer(customer_name=f"Rest {at}").name for at in range(3)]
	assert call("Administrator", "GET", url("CRM Customer", limit=1))[1]["data"][0].keys() == {"name"}
	query = {
		"fields": ["name", "customer_name"],
		"filters": [["customer_name", "like", "Rest%"]],
		"order_by": "customer_name desc",
		"limit_start": 1,
		"limit_page_length": 2,
	}
	status, answer = call("Administrator", "GET", url("CRM Customer", **query))
	assert (status, [row["name"] for row in answer["data"]]) == (200, [others[1], others[0]])
	either = [["name", "=", others[0]], ["name", "=", customer.name]]
	assert len(call("Administrator", "GET", url("CRM Customer", or_filters=either))[1]["data"]) == 2
	rows = call("Administrator", "GET", url("CRM Customer", filters={"name": others[2]}, as_dict="false"))
	assert rows[1]["data"] == [[others[2]]]


def test_a_record_is_made_read_changed_and_deleted(call):
	body = {"customer_name": "Rest Person", "contacts": [{"contact_name": "Ms Li"}], "no_such_field": 1}
	status, answer = call("Administrator", "POST", url("CRM Customer"), body)
	assert status == 200
	name = answer["data"]["name"]
	assert answer["data"]["contacts"][0]["contact_name"] == "Ms Li"
	assert "no_such_field" not in answer["data"]
	status, answer = call("Administrator", "PUT", url("CRM Customer", name), {"occupation": "Admiral"})
	assert (status, answer["data"]["occupation"]) == (200, "Admiral")
	assert call("Administrator", "GET", url("CRM Customer", name))[1]["data"]["occupation"] == "Admiral"
	assert call("Administrator", "DELETE", url("CRM Customer", name)) == (202, {"data": "ok"})
	assert call("Administrator", "GET", url("CRM Customer", name))[0] == 404


@pytest.mark.parametrize(
	("method", "path", "body", "status", "kind"),
	[
		("POST", url("CRM Customer"), "{broken", 400, "InvalidRequest"),
		("POST", url("CRM Customer"), "[" * 20000, 400, "InvalidRequest"),
		("POST", url("CRM Customer"), [1, 2], 400, "InvalidRequest"),
		("POST", url("CRM Customer"), '"text"', 400, "InvalidRequest"),
		("POST", url("CRM Customer"), {"occupation": "x"}, 417, "MandatoryError"),
		(
			"POST",
			url("CRM Customer"),
			{"customer_name": "x", "customer_type": "Robot"},
			417,
			"ValidationError",
		),
		(
			"POST",
			url("CRM Customer"),
			{"customer_name": "x", "account_manager": "x"},
			417,
			"LinkValidationError",
		),
		("POST", url("CRM Customer"), {"customer_name": "x", "contacts": "x"}, 417, "DataError"),
		("POST", url("CRM Customer"), {"customer_name": "x", "contacts": [1]}, 417, "DataError"),
		("POST", url("CRM Customer"), {"customer_name": {"like": "%"}}, 417, "DataError"),
		("GET", url("CRM Customer", filters=5), None, 417, "DataError"),
		("POST", url("CRM Store"), {"store_name": "Twice"}, 409, "DuplicateEntryError"),
		("GET", url("No Such DocType"), None, 404, "DoesNotExistError"),
		("GET", url("CRM Customer", "nobody"), None, 404, "DoesNotExistError"),
		("PUT", url("CRM Customer", "nobody"), {"occupation": "x"}, 404, "DoesNotExistError"),
		("DELETE", url("CRM Customer", "nobody"), None, 404, "DoesNotExistError"),
		("GET", url("CRM Customer", filters="{broken"), None, 400, "InvalidRequest"),
		("GET", url("CRM Customer", limit="ten"), None, 400, "InvalidRequest"),
		("GET", url("CRM Customer", fields=["nope"]), None, 417, "DataError"),
		("GET", url("CRM Customer", filters=[["nope", "=", 1]]), None, 417, "DataError"),
		("GET", url("CRM Customer", order_by="nope"), None, 417, None),
		("GET", url("CRM Customer", fields=["(select password from __Auth)"]), None, 417, None),
		("GET", url("CRM Customer", fields=["sleep(9)"]), None, 417, None),
		("GET", url("CRM Customer", order_by="name; drop table tabUser"), None, 417, None),
		("GET", url("CRM Customer", fields=["`tabUser`.`api_key`"]), None, 417, None),
		("GET", url("CRM Customer", group_by="name union select 1"), None, 417, None),
		("GET", url("CRM Customer", filters=[["name", "= '' or 1=1 --", ""]]), None, 417, None),
		("GET", "/api/method/os.system?command=true", None, 417, "ValidationError"),
		("GET", "/api/method/frappe.no.such.thing", None, 417, "ValidationError"),
		("GET", "/api/method/frappe.utils.now", None, 403, "PermissionError"),
		("GET", "/api/method/frappe.client.set_value", None, 403, "PermissionError"),
		("GET", "/api/method/frappe.client.get_count", None, 417, "FrappeTypeError"),
		(
			"GET",
			"/api/method/frappe.desk.search.search_link?doctype=User&txt=&page_length=x",
			None,
			417,
			None,
		),
	],
)
def test_a_wrong_request_is_refused_in_words_and_changes_nothing(call, method, path, body, status, kind):
	import frappe

	if kind == "DuplicateEntryError":
		frappe.get_doc({"doctype": "CRM Store", "store_name": "Twice"}).insert()
		frappe.db.commit()
	before = [frappe.db.count(doctype) for doctype in ("CRM Customer", "CRM Store", "User")]
	found, answer = call("Administrator", method, path, body)
	assert found == status, answer
	assert kind in (None, answer["exc_type"])
	assert answer.get("_server_messages") or answer.get("exception")
	assert [frappe.db.count(doctype) for doctype in ("CRM Customer", "CRM Store", "User")] == before


def test_a_row_is_never_taken_from_another_record(call, customer):
	import frappe
	from crm_testing.customers import make_customer

	theirs = make_customer(customer_name="Keeps their row", contacts=[{"contact_name": "Ms Li"}])
	frappe.db.commit()
	row = {"name": theirs.contacts[0].name, "contact_name": "Taken", "parent": theirs.name}
	status, answer = call("Administrator", "PUT", url("CRM Customer", customer.name), {"contacts": [row]})
	assert status == 200
	assert answer["data"]["contacts"][0]["name"] != theirs.contacts[0].name
	kept = call("Administrator", "GET", url("CRM Customer", theirs.name))[1]["data"]["contacts"]
	assert [line["contact_name"] for line in kept] == ["Ms Li"]


def test_sql_in_a_value_is_only_a_value(call, customer):
	import frappe

	nasty = "x' OR '1'='1"
	assert call("Administrator", "GET", url("CRM Customer", filters={"customer_name": nasty}))[1] == {
		"data": []
	}
	made = call("Administrator", "POST", url("CRM Customer"), {"customer_name": "'; DROP TABLE tabUser; --"})
	assert made[1]["data"]["customer_name"] == "'; DROP TABLE tabUser; --"
	assert frappe.db.count("User") > 0


def test_scripts_in_texts_are_taken_out_before_they_are_stored(call, customer):
	text = '<b>bold</b><script>alert(1)</script><img src=x onerror="alert(2)"><a href="javascript:x()">x</a>'
	body = {"customer": customer.name, "subject": "<script>alert(0)</script>", "description": text}
	status, answer = call("Administrator", "POST", url("Complaint"), body)
	assert status == 200
	kept = answer["data"]["description"] + answer["data"]["subject"]
	assert "<b>bold</b>" in kept
	assert not any(bad in kept for bad in ("<script", "onerror", "javascript:"))


PATHS = [
	("GET", url("CRM Customer"), None),
	("GET", url("CRM Customer", "{name}"), None),
	("POST", url("CRM Customer"), {"customer_name": "Sneaked in"}),
	("PUT", url("CRM Customer", "{name}"), {"occupation": "Sneaked in"}),
	("DELETE", url("CRM Customer", "{name}"), None),
	("GET", "/api/method/frappe.client.get?doctype=CRM Customer&name={name}", None),
	("GET", "/api/method/frappe.client.get_list?doctype=CRM Customer", None),
	("GET", "/api/method/frappe.client.get_count?doctype=CRM Customer", None),
	("GET", "/api/method/frappe.client.get_value?doctype=CRM Customer&fieldname=mobile_no", None),
	("GET", "/api/method/frappe.client.get_list?doctype=CRM Customer Contact&parent=CRM Customer", None),
	("GET", "/api/method/frappe.client.get_list?doctype=CRM Customer Contact", None),
	("GET", "/api/method/frappe.client.validate_link?doctype=CRM Customer&docname={name}", None),
	("GET", "/api/method/frappe.desk.search.search_link?doctype=CRM Customer&txt=", None),
	(
		"POST",
		"/api/method/frappe.client.set_value",
		{"doctype": "CRM Customer", "name": "{name}", "fieldname": "occupation", "value": "Sneaked in"},
	),
	("POST", "/api/method/frappe.client.save", {"doc": {"doctype": "CRM Customer", "name": "{name}"}}),
	("POST", "/api/method/frappe.client.insert", {"doc": {"doctype": "CRM Customer", "customer_name": "x"}}),
	("POST", "/api/method/frappe.client.delete", {"doctype": "CRM Customer", "name": "{name}"}),
	("POST", "/api/method/upload_file", {"doctype": "CRM Customer", "docname": "{name}"}),
]


@pytest.mark.parametrize("user", [None, NOBODY])
@pytest.mark.parametrize(("method", "path", "body"), PATHS)
def test_nobody_without_rights_gets_through_on_any_path(call, customer, user, method, path, body):
	import frappe

	count = frappe.db.count("CRM Customer")
	body = body and json.loads(json.dumps(body).replace("{name}", customer.name))
	path = path.replace("%7Bname%7D", customer.name).replace("{name}", customer.name)
	status, answer = call(user, method, path, body)
	if "upload_file" in path and user:
		assert status in (403, 417)
	else:
		assert status == 403, answer
	assert customer.mobile_no not in json.dumps(answer)
	assert (frappe.db.count("CRM Customer"), stored("CRM Customer", customer.name, "occupation")) == (
		count,
		None,
	)


def test_a_reader_gets_only_the_rows_and_levels_that_are_theirs(call, customer):
	import frappe
	from crm_testing.customers import make_customer

	other = make_customer(customer_name="Somebody else's", account_manager="Administrator").name
	frappe.db.commit()
	names = [row["name"] for row in call(SALES, "GET", url("CRM Customer", limit=0))[1]["data"]]
	assert customer.name in names
	assert other not in names
	assert call(SALES, "GET", url("CRM Customer", other))[0] == 403
	mine = {"doc": {"doctype": "CRM Customer", "name": other, "account_manager": SALES}}
	assert call(SALES, "POST", "/api/method/frappe.client.save", mine)[0] == 403
	assert call(SALES, "GET", url("CRM Customer", customer.name))[1]["data"].get("id_number") is None
	assert call(SALES, "PUT", url("CRM Customer", customer.name), {"id_number": "B-2"})[0] == 200
	assert stored("CRM Customer", customer.name, "id_number") == "A-1"


@pytest.mark.parametrize(
	"query",
	[
		{"fields": ["name", "account_manager.api_key"]},
		{"filters": [["account_manager.email", "like", "%"]]},
		{"filters": {"id_number": "A-1"}},
		{"order_by": "id_number desc"},
		{"group_by": "id_number"},
	],
)
def test_a_list_gives_away_neither_hidden_levels_nor_linked_records(call, customer, query):
	status, answer = call(SALES, "GET", url("CRM Customer", **query))
	assert (status, answer["exc_type"]) == (403, "PermissionError")
	plain = call(
		SALES, "GET", url("CRM Customer", fields=["name", "id_number"], filters={"name": customer.name})
	)
	assert plain[1]["data"] == [{"name": customer.name}]


def test_a_stale_change_is_refused(call, customer):
	read = call("Administrator", "GET", url("CRM Customer", customer.name))[1]["data"]
	assert call("Administrator", "PUT", url("CRM Customer", customer.name), {"occupation": "First"})[0] == 200
	late = {"occupation": "Second", "modified": read["modified"]}
	status, answer = call("Administrator", "PUT", url("CRM Customer", customer.name), late)
	assert (status, answer["exc_type"]) == (417, "TimestampMismatchError")
	assert stored("CRM Customer", customer.name, "occupation") == "First"


def test_a_session_needs_the_csrf_token_and_an_api_key_does_not(customer):
	from crm_testing.desk import client_of

	path, body = url("CRM Customer", customer.name), {"occupation": "Sailor"}
	client = client_of(SALES)
	client.handler.enforce_csrf_checks = True
	refused = client.put(path, body, content_type="application/json")
	assert (refused.status_code, refused.json()["exc_type"]) == (400, "CSRFTokenError")
	page = client.get("/app/crm-customer/new")
	token = page.cookies["csrftoken"].value
	assert (
		client.put(path, body, "application/json", headers={"X-Frappe-CSRF-Token": token}).status_code == 200
	)
	make = "/api/method/frappe.core.doctype.user.user.generate_keys"
	assert client_of(SALES).post(make, {"user": SALES}).status_code == 403
	keys = client_of("Administrator").post(make, {"user": SALES}).json()["message"]
	pair = f"{keys['api_key']}:{keys['api_secret']}"
	for right in (f"token {pair}", f"Basic {base64.b64encode(pair.encode()).decode()}"):
		machine = client_of()
		machine.handler.enforce_csrf_checks = True
		assert (
			machine.put(path, body, "application/json", headers={"Authorization": right}).status_code == 200
		)
	for wrong in (f"token {keys['api_key']}:wrong", "token nobody:x", "token", "Bearer abc", "Basic !!"):
		answer = client_of().get(path, headers={"Authorization": wrong})
		assert (answer.status_code, answer.json()["exc_type"]) == (401, "AuthenticationError")


def test_login_and_logout_over_rest(site):
	from crm_testing.desk import client_of, make_user

	make_user("rest.login@desk.test", "CRM Sales User", password="a long enough password")
	client = client_of()
	assert client.post("/api/method/login", {"usr": "rest.login@desk.test", "pwd": "no"}).status_code == 401
	good = client.post("/api/method/login", {"usr": "rest.login@desk.test", "pwd": "a long enough password"})
	assert good.json()["message"] == "Logged In"
	assert client.get("/api/method/frappe.auth.get_logged_user").json() == {"message": "rest.login@desk.test"}
	client.post("/api/method/logout")
	assert client.get("/api/method/frappe.auth.get_logged_user").status_code == 403


def test_a_document_is_submitted_and_cancelled_and_a_workflow_moved_over_rest(call, customer):
	import frappe
	from crm_testing.sales import LINE

	body = {"customer": customer.name, "posting_date": "2026-03-01", "items": [LINE]}
	sale = call("Administrator", "POST", url("CRM Transaction"), body)[1]["data"]
	answer = call("Administrator", "POST", "/api/method/frappe.client.submit", {"doc": sale})
	assert answer[1]["message"]["docstatus"] == 1
	cancel = {"doctype": "CRM Transaction", "name": sale["name"]}
	assert (
		call("Administrator", "POST", "/api/method/frappe.client.cancel", cancel)[1]["message"]["docstatus"]
		== 2
	)
	complaint = frappe.get_doc(
		{"doctype": "Complaint", "customer": customer.name, "subject": "Late"}
	).insert()
	frappe.db.commit()
	move = {
		"doc": frappe.as_json({"doctype": "Complaint", "name": complaint.name}),
		"action": "No Such Action",
	}
	status, answer = call("Administrator", "POST", "/api/method/frappe.model.workflow.apply_workflow", move)
	assert (status, answer["exc_type"]) == (417, "WorkflowTransitionError")


def test_link_search_offers_matches_with_their_titles(call, customer):
	search = "/api/method/frappe.desk.search.search_link?doctype=CRM Customer&txt="
	found = call(SALES, "GET", search + "hopper")[1]["message"]
	assert [(row["value"], row["label"]) for row in found] == [(customer.name, "Grace Hopper")]
	assert call(SALES, "GET", search + quote("%' OR 1=1 --"))[1]["message"] == []


def test_a_private_file_is_only_for_readers_of_its_record(site, customer):
	import frappe
	from crm_testing.desk import client_of
	from django.core.files.uploadedfile import SimpleUploadedFile

	def upload(user, name, content=b"<script>alert(1)</script>"):
		values = {"doctype": "CRM Customer", "docname": customer.name, "is_private": 1}
		file = SimpleUploadedFile(name, content)
		return client_of(user).post("/api/method/upload_file", {**values, "file": file})

	made = upload(SALES, "note.html")
	assert made.status_code == 200, made.content
	address = made.json()["message"]["file_url"]
	shown = client_of(SALES).get(address)
	assert shown.status_code == 200
	assert shown["Content-Disposition"].startswith("attachment")
	assert client_of(NOBODY).get(address).status_code == 403
	assert client_of().get(address).status_code in (302, 403)
	assert upload(NOBODY, "x.txt").status_code == 403
	assert client_of(SALES).get("/private/files/../../site_config.json").status_code in (400, 403, 404)
	frappe.conf.max_file_size = 10
	try:
		assert upload(SALES, "big.txt", b"x" * 11).status_code == 417
	finally:
		del frappe.conf.max_file_size
