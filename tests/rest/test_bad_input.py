"""Bad input that no other test names: strangers on every path, markup on pages beside the form."""

import json

import pytest

pytestmark = pytest.mark.embedded
STRANGER = "stranger@rest.test"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def client(site):
	from crm_testing.desk import client_of, make_user

	make_user(STRANGER)
	return client_of


def app_records(doctype: str, **filters) -> list:
	import frappe

	return frappe.get_all(doctype, filters={"module": ["like", "CRM %"], **filters}, pluck="name")


def test_a_stranger_reads_no_doctype_of_the_app(client):
	stranger = client(STRANGER)
	doctypes = app_records("DocType", istable=0)
	assert len(doctypes) > 25
	for doctype in doctypes:
		slug = doctype.lower().replace(" ", "-")
		for path in (
			f"/api/resource/{doctype}",
			f"/app/{slug}",
			f"/app/{slug}/new",
			f"/app/{slug}/export.csv",
		):
			assert stranger.get(path).status_code in (403, 404), path


def test_a_stranger_runs_no_report_of_the_app(client):
	stranger = client(STRANGER)
	reports = app_records("Report")
	assert len(reports) >= 4
	for report in reports:
		assert stranger.get(f"/app/query-report/{report}").status_code == 403, report
		run = stranger.get("/api/method/frappe.desk.query_report.run", {"report_name": report})
		assert run.status_code == 403, report


def test_unknown_fields_of_a_record_are_left_out_and_do_no_harm(client):
	import frappe

	body = {
		"customer_name": "Known",
		"no_such_field": 1,
		"owner": STRANGER,
		"doctype": "User",
		"__class__": {},
	}
	answer = client("Administrator").post(
		"/api/resource/CRM Customer", json.dumps(body), content_type="application/json"
	)
	assert answer.status_code == 200, answer.content
	made = answer.json()["data"]
	assert "no_such_field" not in made
	assert frappe.db.get_value("CRM Customer", made["name"], "owner") == "Administrator"


def test_markup_in_a_name_is_text_on_lists_reports_and_the_approvals_page(client, people):
	import frappe
	from crm_testing.customers import make_customer
	from crm_testing.finance import make_request, move
	from crm_testing.sales import make_transaction
	from crm_testing.workforce import make_company

	make_company()
	customer = make_customer(customer_name="Marked up")
	make_transaction(customer.name)
	customer.db_set("customer_name", EVIL)
	request = move(
		make_request(1000, user="staff@example.com"), "Submit for Approval", user="staff@example.com"
	)
	request.db_set("purpose", EVIL)
	frappe.db.commit()
	admin = client("Administrator")
	pages = {path: admin.get(path) for path in ("/app/crm-customer", "/app/query-report/RFM Segmentation")}
	pages["/approvals"] = client("head@example.com").get("/approvals")
	for path, page in pages.items():
		text = page.content.decode()
		assert page.status_code == 200 and EVIL not in text, path
		assert "onerror=alert(1)" in text, f"{path} does not show the record"
