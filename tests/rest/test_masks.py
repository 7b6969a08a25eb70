"""What a role may not read stays away in every way of asking: stars, child lists, answers, comments."""

import json
from urllib.parse import quote

import frappe
import pytest
from crm_testing.customers import make_customer

pytestmark = pytest.mark.embedded
FINANCE, MARKETING, SALES, STAFF = (f"masks.{role}@desk.test" for role in ("fin", "mkt", "sales", "staff"))
SECRETS = ("13800138000", "13900139111", "grace@secret.test", "110101199003071234")
CUSTOMER, CONTACT = "/api/resource/CRM Customer?", "/api/resource/CRM Customer Contact?parent=CRM Customer&"


@pytest.fixture
def customer(site):
	from crm_testing.desk import make_user

	make_user(FINANCE, "CRM Finance User")
	make_user(MARKETING, "CRM Marketing User")
	make_user(SALES, "CRM Sales User")
	make_user(STAFF, "CRM Staff")
	doc = make_customer(
		customer_name="Grace Hopper",
		mobile_no="13800138000",
		email_id="grace@secret.test",
		id_number="110101199003071234",
		contacts=[{"contact_name": "Kid", "mobile_no": "13900139111"}],
	)
	frappe.db.commit()
	return doc.name


def call(user, method, path, body=None):
	"""(status, text) of the answer"""
	from crm_testing.desk import client_of

	sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
	answer = client_of(user).generic(method, path, **sent)
	frappe.set_user("Administrator")
	return answer.status_code, answer.content.decode()


def asked(**query) -> str:
	return "&".join(f"{key}={quote(json.dumps(value))}" for key, value in query.items())


def leaks(text: str) -> list[str]:
	return [secret for secret in SECRETS if secret in text]


STARS = ["*", "`tabCRM Customer`.*", "tabCRM Customer.*", " `tabCRM Customer`.* "]


@pytest.mark.parametrize("user", [FINANCE, MARKETING, STAFF])
@pytest.mark.parametrize("star", STARS)
def test_no_form_of_star_shows_a_field_above_the_readers_level(customer, user, star):
	for fields in ([star], ["mobile_no", star], ["name", star, "email_id"]):
		status, text = call(user, "GET", CUSTOMER + asked(fields=fields))
		assert (status, leaks(text)) == (200, []), fields
		assert customer in text
	for path in ("frappe.client.get_list", "frappe.desk.reportview.get", "frappe.client.get_value"):
		body = {
			"doctype": "CRM Customer",
			"fields": [star],
			"fieldname": [star],
			"filters": {"name": customer},
		}
		if path.endswith("get_value"):
			body.pop("fields")
		assert leaks(call(user, "POST", f"/api/method/{path}", body)[1]) == [], path


def test_a_star_shows_what_the_reader_may_see(customer):
	row = json.loads(call(FINANCE, "GET", CUSTOMER + asked(fields=["`tabCRM Customer`.*"]))[1])["data"][0]
	assert row["customer_name"] == "Grace Hopper" and row["mobile_no_masked"] == "138****8000"
	row = json.loads(call("Administrator", "GET", CUSTOMER + asked(fields=["`tabCRM Customer`.*"]))[1])
	assert leaks(json.dumps(row)) and row["data"][0]["owner"] == "Administrator"


def test_who_may_only_choose_gets_no_more_by_a_star(customer):
	row = json.loads(call(STAFF, "GET", "/api/resource/User?" + asked(fields=["`tabUser`.*"]))[1])["data"][0]
	assert not row.keys() & {"api_key", "mobile_no", "last_login", "sessions_since"}


@pytest.mark.parametrize(
	"field", ["*", "`tabCRM Customer Contact`.*", "mobile_no", "mobile_no as contact_name"]
)
def test_rows_of_a_table_show_no_field_above_the_readers_level(customer, field):
	status, text = call(FINANCE, "GET", CONTACT + asked(fields=["contact_name", field]))
	assert (status, leaks(text)) == (200, []) and "Kid" in text


@pytest.mark.parametrize(
	"query",
	[
		{"filters": [["mobile_no", "like", "%139111%"]]},
		{"filters": [["CRM Customer Contact", "mobile_no", "like", "%139111%"]]},
		{"or_filters": {"mobile_no": ["like", "%139111%"]}},
		{"order_by": "mobile_no"},
		{"order_by": "`tabCRM Customer Contact`.`mobile_no` desc"},
		{"group_by": "mobile_no"},
	],
)
def test_rows_of_a_table_are_neither_filtered_nor_sorted_by_it(customer, query):
	query = {key: value if isinstance(value, str) else json.dumps(value) for key, value in query.items()}
	text = "&".join(f"{key}={quote(value)}" for key, value in query.items())
	assert call(FINANCE, "GET", CONTACT + text)[0] == 403
	assert call(SALES, "GET", CONTACT + text)[0] == 200


@pytest.mark.parametrize("star", ["`tabCRM Customer Contact`.*", "tabCRM Customer Contact.*"])
def test_a_joined_table_shows_no_more_than_its_record(customer, star):
	status, text = call(FINANCE, "GET", CUSTOMER + asked(fields=["customer_name", star]))
	assert (status, leaks(text)) == (200, []) and "139****9111" in text
	status, text = call(SALES, "GET", CUSTOMER + asked(fields=["customer_name", star]))
	assert status == 200 and "13900139111" in text
	assert call(FINANCE, "GET", CUSTOMER + asked(fields=["`tabUser`.*"]))[0] == 417


WRITES = [
	(
		"frappe.client.set_value",
		{"doctype": "CRM Customer", "name": "{}", "fieldname": "occupation", "value": "x"},
	),
	("frappe.client.save", {"doc": {"doctype": "CRM Customer", "name": "{}", "occupation": "Cook"}}),
	("crm_app.crm_customers.api.review_customer", {"doc": {"doctype": "CRM Customer", "name": "{}"}}),
]


@pytest.mark.parametrize("user", [FINANCE, MARKETING])
@pytest.mark.parametrize(("method", "body"), WRITES)
def test_the_answer_to_a_write_shows_no_more_than_a_read(customer, user, method, body):
	body = json.loads(json.dumps(body).replace("{}", customer))
	status, text = call(user, "POST", f"/api/method/{method}", body)
	assert (status, leaks(text)) == (200, []) and "Grace Hopper" in text and "139****9111" in text
	status, text = call("Administrator", "POST", f"/api/method/{method}", body)
	assert len(leaks(text)) == len(SECRETS)


def test_neither_does_the_answer_of_a_resource(customer):
	path = f"/api/resource/CRM Customer/{customer}"
	for method, body in (("GET", None), ("PUT", {"occupation": "Baker"})):
		status, text = call(FINANCE, method, path, body)
		assert (status, leaks(text)) == (200, []) and "138****8000" in text
		assert len(leaks(call("Administrator", method, path, body)[1])) == len(SECRETS)


SCRIPT = "[\"<div x-data x-init='document.title=1337'><img src=x onerror=alert(1)></div>\"]"


def test_a_comment_that_looks_like_data_runs_nothing_in_anothers_page(customer):
	comment = {"reference_doctype": "CRM Customer", "reference_name": customer, "content": SCRIPT}
	assert call(SALES, "POST", "/api/resource/Comment", comment)[0] == 200
	status, page = call("Administrator", "GET", f"/app/crm-customer/{customer}")
	assert status == 200 and "document.title" not in page and "onerror" not in page


def test_a_rich_text_that_looks_like_data_is_cleaned_for_the_form(customer):
	complaint = {"customer": customer, "subject": "Cold", "description": SCRIPT}
	status, text = call(SALES, "POST", "/api/resource/Complaint", complaint)
	assert status == 200, text
	name = json.loads(text)["data"]["name"]
	page = call("Administrator", "GET", f"/app/complaint/{name}")[1]
	assert "Cold" in page and "document.title" not in page and "onerror" not in page
