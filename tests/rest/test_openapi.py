"""The description of the REST interface, and what schemathesis makes of it: never a fault of the server."""

import json
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.embedded

FUZZED = [
	"CRM Customer",
	"CRM Transaction",
	"Member Card",
	"Expense Request",
	"Customer Segment",
	"CRM Settings",
]
READER = "openapi.reader@desk.test"
MARK = "zq'\"`\\%(zq)s;--"


@pytest.fixture
def client(site):
	from crm_testing.desk import client_of, make_user

	make_user(READER, "CRM Sales User")
	return client_of


def described(page, *doctypes) -> dict:
	query = urlencode([("doctype", name) for name in doctypes])
	answer = page.get(f"/api/openapi.json?{query}")
	assert answer.status_code == 200
	return answer.json()


def test_the_description_names_what_the_reader_may_see(client):
	assert client().get("/api/openapi.json").status_code == 403
	paths = described(client(READER))["paths"]
	assert "/api/resource/CRM Customer" in paths and "/api/resource/CRM Budget" not in paths


def test_a_schema_has_the_fields_and_rows_of_the_doctype(client):
	schemas = described(client("Administrator"), "CRM Transaction")["components"]["schemas"]
	sale = schemas["CRM_Transaction"]["properties"]
	assert sale["transaction_type"]["enum"] == ["Sale", "Return", None]
	assert sale["posting_date"]["format"] == "date" and sale["amount"]["type"] == ["number", "null"]
	assert sale["items"]["items"]["$ref"].endswith("CRM_Transaction_Item")
	assert "rate" in schemas["CRM_Transaction_Item"]["properties"]


@pytest.mark.parametrize("doctype", FUZZED)
def test_no_request_that_fits_the_description_breaks_the_server(client, doctype):
	import schemathesis
	from hypothesis import HealthCheck, given, settings

	page, known = client("Administrator"), name_of_one(doctype)
	schema = schemathesis.openapi.from_dict(described(page, doctype))
	for operation in schema.get_all_operations():

		@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
		@given(case=operation.ok().as_strategy())
		def send(case):
			if known and case.path_parameters:
				case.path_parameters["name"] = known
			sent = case.as_transport_kwargs(base_url="http://testserver")
			answer = answer_to(page, sent)
			assert answer.status_code < 500, (sent, answer.content[:500])

		send()


def name_of_one(doctype: str) -> str | None:
	"""A record to be read, changed and deleted; without one the requests ask for what is not there."""
	import frappe
	from crm_testing.customers import make_customer
	from crm_testing.membership import make_card
	from crm_testing.sales import make_transaction

	customer = make_customer().name
	match doctype:
		case "CRM Customer":
			name = customer
		case "Member Card":
			name = make_card(customer).name
		case "CRM Transaction":
			name = make_transaction(customer, submit=False).name
		case "CRM Settings":
			name = doctype
		case _:
			name = None
	frappe.db.commit()
	return name


def answer_to(page, sent: dict):
	path = sent["url"].removeprefix("http://testserver")
	if query := {key: value for key, value in (sent.get("params") or {}).items() if value is not None}:
		path += "?" + urlencode(query, doseq=True)
	body = json.dumps(sent["json"]) if "json" in sent else ""
	return page.generic(sent["method"], path, body, content_type="application/json")


@pytest.mark.parametrize("doctype", ["CRM Customer", "CRM Transaction", "CRM Budget Entry"])
def test_what_a_caller_writes_reaches_the_database_as_a_value_only(client, doctype):
	"""In every position of a list call; refused or bound, but never part of a statement unescaped."""
	from crm_testing.hosts import counted_queries

	page = client("Administrator")
	for arguments in (
		{"filters": json.dumps([["name", "=", MARK]])},
		{"filters": json.dumps([["name", "like", MARK]])},
		{"filters": json.dumps([["name", "in", [MARK]]])},
		{"filters": json.dumps([["name", MARK, "x"]])},
		{"filters": json.dumps([[MARK, "=", "x"]])},
		{"or_filters": json.dumps({"name": MARK})},
		{"fields": json.dumps([MARK])},
		{"fields": json.dumps([f"name as {MARK}"])},
		{"order_by": MARK},
		{"order_by": f"name {MARK}"},
		{"group_by": MARK},
		{"limit_start": MARK},
		{"parent": MARK},
	):
		with counted_queries() as seen:
			answer = page.get(f"/api/resource/{doctype}", arguments)
		assert answer.status_code < 500, arguments
		assert not [query for query in seen if MARK in query], arguments
