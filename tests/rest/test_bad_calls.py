"""Calls of methods with values of the wrong form: refused in words, never a fault of the server."""

import json
from urllib.parse import quote

import frappe
import pytest
from crm_testing.customers import make_customer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.embedded
USER, SALES = "bad.calls@desk.test", "bad.sales@desk.test"
CHART = "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
CARD = "frappe.desk.doctype.number_card.number_card.get_result"
C = {"doctype": "CRM Customer"}
BY = {"document_type": "CRM Customer"}


@pytest.fixture
def page(site):
	from crm_testing.desk import client_of, make_user

	return client_of(make_user(USER, "CRM Sales User", "CRM Marketing User"))


def post(page, method: str, body):
	answer = page.post(f"/api/method/{method}", json.dumps(body), content_type="application/json")
	frappe.set_user("Administrator")
	return answer


WRONG = [
	("frappe.client.insert", {}),
	("frappe.client.insert", {"doc": {}}),
	("frappe.client.insert", {"doc": [1]}),
	("frappe.client.save", {"doc": {}}),
	("frappe.client.set_value", C | {"name": "x", "fieldname": [1], "value": 1}),
	("frappe.client.get_value", C | {"fieldname": 5}),
	("frappe.client.get", {"doctype": 5}),
	("frappe.client.get_list", {"doctype": ["a"]}),
	("frappe.client.get_list", C | {"filters": [["name", "between", 5]]}),
	("frappe.client.get_list", C | {"filters": [["name", "in", 5]]}),
	("frappe.client.get_list", C | {"filters": [["customer_name", "=", "\ud800"]]}),
	("frappe.client.get_list", C | {"filters": {"idx": ["=", 10**30]}}),
	("frappe.client.get_list", C | {"filters": {"credit_limit": ["=", "9" * 400]}}),
	("frappe.desk.reportview.get_count", C | {"filters": 5}),
	("frappe.desk.search.search_link", C | {"txt": "a", "filters": "[[["}),
	("frappe.desk.query_report.run", {"report_name": "Sales Lines", "filters": "["}),
	("frappe.desk.query_report.run", {"report_name": "Sales Lines", "filters": [1]}),
	(CHART, {}),
	(CHART, {"chart": "["}),
	(CHART, {"chart": {"chart_type": "Custom"}}),
	(CHART, {"chart": BY | {"chart_type": "Group By", "group_by_type": "X", "group_by_based_on": "grade"}}),
	(CHART, {"chart": BY | {"chart_type": "Count", "timespan": "X"}}),
	(CARD, {"doc": {}}),
	(CARD, {"doc": BY | {"type": "Document Type", "function": "X"}}),
	(CARD, {"doc": {"type": "Custom", "method": "x.y"}}),
	("frappe.desk.form.assign_to.add", {}),
	("frappe.desk.form.assign_to.add", {"args": "["}),
	("frappe.desk.form.assign_to.get", {}),
	("frappe.model.workflow.apply_workflow", {"doc": {}, "action": "x"}),
	("frappe.model.workflow.get_transitions", {"doc": 5}),
	("frappe.model.workflow.bulk_workflow_approval", {"docnames": "[", "doctype": "X", "action": "y"}),
	("run_doc_method", {}),
	("run_doc_method", {"docs": "["}),
	("crm_app.crm_customers.api.review_customer", {"doc": "["}),
	("crm_app.crm_customers.api.review_customer", {"doc": "5"}),
	("crm_app.crm_platform.exports.export_list", {}),
	("crm_app.crm_platform.exports.export_report", {}),
]


@pytest.mark.parametrize(("method", "body"), WRONG)
def test_a_wrong_value_is_refused_in_words(page, method, body):
	answer = post(page, method, body)
	assert 400 <= answer.status_code < 500, (answer.status_code, answer.content)
	told = answer.json()
	assert told.get("_server_messages") or told["exception"].partition(": ")[2]


@pytest.mark.parametrize(
	"path",
	[
		'/app/crm-customer?credit_limit=["between",5]',
		'/app/crm-customer?credit_limit=["in",5]',
		"/app/crm-customer?start=99999999999999999999999",
		"/files/%00",
		f"/api/resource/CRM Customer?limit_start={'9' * 30}",
		f"/api/resource/CRM Customer?limit_page_length={'9' * 30}",
		f"/api/method/frappe.client.get_list?doctype=CRM Customer&limit_start={'9' * 40}",
		"/api/method/frappe.client.get_list?doctype=CRM Customer&limit_page_length=-5",
	],
)
def test_no_address_breaks_a_page(page, path):
	assert page.get(quote(path, safe="/?=&%")).status_code < 500


ODD = st.sampled_from(
	[
		*(
			None,
			"",
			"x",
			"[",
			"{}",
			"[1]",
			"\x00",
			"\ud800",
			"CRM Customer",
			"name",
			5,
			-1,
			10**30,
			1.5,
			True,
		),
		*(
			[],
			[[]],
			[None],
			{},
			{"a": 1},
			{"doctype": "CRM Customer"},
			["name", "=", {}],
			[["name", "in", 5]],
		),
	]
)
CALLS = {
	"frappe.client.get_list": "doctype fields filters or_filters order_by group_by limit_start parent",
	"frappe.client.get_value": "doctype fieldname filters",
	"frappe.client.get": "doctype name filters",
	"frappe.client.get_count": "doctype filters",
	"frappe.client.set_value": "doctype name fieldname value",
	"frappe.client.save": "doc",
	"frappe.client.insert": "doc",
	"frappe.client.validate_link": "doctype docname fields",
	"frappe.desk.reportview.get": "doctype fields filters or_filters order_by start page_length",
	"frappe.desk.reportview.get_count": "doctype filters or_filters",
	"frappe.desk.search.search_link": "doctype txt filters page_length",
	"frappe.desk.query_report.run": "report_name filters",
	"frappe.desk.form.assign_to.get": "args",
	"frappe.desk.form.assign_to.add": "args",
	CHART: "chart_name chart filters timespan time_interval",
	CARD: "doc filters",
	"crm_app.crm_customers.api.review_customer": "doc",
	"crm_app.crm_customers.privacy.reveal": "doctype name fieldname",
	"run_doc_method": "docs dt dn method args",
}
KNOWN = {"doctype": "CRM Customer", "report_name": "Sales Lines"}


@st.composite
def calls(draw):
	method = draw(st.sampled_from(sorted(CALLS)))
	body = {name: draw(ODD) for name in CALLS[method].split() if draw(st.integers(0, 3))}
	return method, body | {name: KNOWN[name] for name in KNOWN.keys() & body.keys() if draw(st.booleans())}


def test_no_call_of_a_plain_user_breaks_the_server(page):
	make_customer(customer_name="Fuzzed")
	frappe.db.commit()

	@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
	@given(calls())
	def send(call):
		answer = post(page, *call)
		assert answer.status_code < 500, (call, answer.content[:300])

	send()


def test_a_record_out_of_sight_is_neither_confirmed_nor_told_who_works_on_it(site):
	from crm_testing.desk import client_of, make_user

	page = client_of(make_user(SALES, "CRM Sales User"))
	hidden = make_customer(account_manager="Administrator").name
	own = make_customer(customer_name="Own").name
	frappe.db.commit()
	ask = [post(page, "frappe.client.validate_link", C | {"docname": name}) for name in (hidden, own)]
	assert [answer.json()["message"]["name"] for answer in ask] == [None, own]
	assert post(page, "frappe.desk.form.assign_to.get", {"args": C | {"name": hidden}}).status_code == 403
	body = {"args": C | {"name": own, "assign_to": [SALES], "assigned_by": "Administrator"}}
	assert post(page, "frappe.desk.form.assign_to.add", body).status_code == 200
	assert frappe.db.get_value("ToDo", {"reference_name": own}, "assigned_by") == SALES


def test_an_empty_authorization_header_is_no_way_around_the_token(page):
	page.handler.enforce_csrf_checks = True
	for headers in ({}, {"Authorization": ""}):
		answer = page.post("/api/resource/Comment", "{}", content_type="application/json", headers=headers)
		assert (answer.status_code, answer.json()["exc_type"]) == (400, "CSRFTokenError")
