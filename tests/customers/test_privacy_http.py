"""The same over HTTP on the embedded host: list, form, filters, REST, export, and the log of exports."""

import io
import json
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.embedded
LOW, HIGH = "privacy.low@desk.test", "privacy.high@desk.test"
MOBILE, MAIL = "+8613812345678", "zhao@example.com"
SECRETS = (MOBILE, MOBILE[3:], "138 1234 5678", MAIL)


@pytest.fixture
def customer(site):
	import frappe
	from crm_testing.customers import make_customer
	from crm_testing.desk import make_user

	make_user(LOW, "CRM Marketing User")
	make_user(HIGH, "CRM Sales User")
	doc = make_customer(customer_name="Zhao Yun", mobile_no=MOBILE, email_id=MAIL)
	frappe.db.commit()
	return doc.name


def get(user: str, path: str):
	from crm_testing.desk import client_of

	return client_of(user).get(path)


def body(answer) -> str:
	return b"".join(answer).decode("utf-8", errors="replace")


@pytest.mark.parametrize(
	"path",
	[
		"/app/crm-customer",
		"/app/crm-customer/{0}",
		"/customer_360?name={0}",
		"/api/resource/CRM Customer/{0}",
		'/api/resource/CRM Customer?fields=["*"]',
		'/api/resource/CRM Customer?fields=["name","mobile_no","email_id"]',
		"/api/method/frappe.client.get?doctype=CRM Customer&name={0}",
		"/api/method/frappe.client.get_value?doctype=CRM Customer&fieldname=mobile_no&filters={0}",
		"/api/method/frappe.desk.search.search_link?doctype=CRM Customer&txt=Zhao",
		"/app/crm-customer/export.csv",
	],
)
def test_no_page_gives_the_number_to_a_role_without_the_level(customer, path):
	shown = body(get(LOW, path.format(quote(customer))))
	assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize(
	"path",
	[
		"/app/crm-employee",
		"/app/crm-employee/{0}",
		"/api/resource/CRM Employee/{0}",
		'/api/resource/CRM Employee?fields=["*"]',
		'/api/resource/CRM Employee?fields=["name","mobile_no","email_id"]',
		"/api/method/frappe.client.get_value?doctype=CRM Employee&fieldname=mobile_no&filters={0}",
		"/api/method/frappe.desk.search.search_link?doctype=CRM Employee&txt=Guo",
		"/app/crm-employee/export.csv",
	],
)
def test_nor_the_number_of_an_employee(colleague, path):
	answer = get("privacy.head@desk.test", path.format(quote(colleague)))
	shown = body(answer)
	assert answer.status_code == 200 and [secret for secret in SECRETS if secret in shown] == []


@pytest.fixture
def colleague(site):
	import frappe
	from crm_testing.desk import make_user
	from crm_testing.workforce import make_department, make_employee

	make_user("privacy.head@desk.test", "CRM Finance User")
	make_department("Private Desk")
	doc = make_employee("Guo Jia", department="Private Desk", mobile_no=MOBILE, email_id=MAIL)
	frappe.db.commit()
	return doc.name


def test_masks_stand_where_the_values_would_be(customer):
	assert "138****5678" in body(get(LOW, "/app/crm-customer"))
	assert "138****5678" in body(get(LOW, f"/customer_360?name={customer}"))
	assert "138****5678" in body(get(LOW, f"/app/crm-customer/{customer}"))
	assert "138****5678" in body(get(LOW, "/app/crm-customer/export.csv"))
	assert MOBILE in body(get(HIGH, "/app/crm-customer/export.csv"))


@pytest.mark.parametrize(
	"query",
	[
		'filters=[["mobile_no","like","%2B86138%"]]',
		'or_filters=[["email_id","like","z%25"]]',
		"order_by=mobile_no desc",
	],
)
def test_filters_and_order_do_not_tell_the_number(customer, query):
	assert get(LOW, f"/api/resource/CRM Customer?{query}").status_code == 403
	assert get(HIGH, f"/api/resource/CRM Customer?{query}").status_code == 200


def test_search_boxes_do_not_find_by_the_number(customer):
	found = "/api/method/frappe.desk.search.search_link?doctype=CRM Customer&txt=13812345"
	assert customer in body(get(HIGH, found)) and customer not in body(get(LOW, found))
	assert customer not in body(get(LOW, "/app/crm-customer?q=13812345"))


def test_an_excel_export_is_a_workbook_with_masks_and_leaves_a_line(customer):
	import frappe
	from openpyxl import load_workbook

	before = frappe.db.count("CRM Operation Log", {"kind": "Export", "user": LOW})
	content = b"".join(get(LOW, "/app/crm-customer/export.xlsx"))
	rows = list(load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True))
	header = rows[0]
	(row,) = [row for row in rows if row[0] == customer]
	assert "Mobile Number" not in header and row[header.index("Mobile Number (masked)")] == "138****5678"
	assert MOBILE not in json.dumps(rows, default=str)
	frappe.db.rollback()
	assert frappe.db.count("CRM Operation Log", {"kind": "Export", "user": LOW}) == before + 1
	line = frappe.get_last_doc("CRM Operation Log", {"kind": "Export", "user": LOW})
	assert (line.document, line.what, line.ip_address) == ("CRM Customer", "XLSX", "127.0.0.1")
