import time

import frappe
import pytest
from crm_testing.customers import make_customer, make_employee, make_interaction, make_user
from crm_testing.hosts import counted_queries
from crm_testing.membership import make_card
from crm_testing.sales import make_return, make_transaction
from frappe.utils import nowdate

from crm_app.crm_customers.api import open_360
from crm_app.crm_customers.view_360 import build
from crm_app.www import customer_360


def sections(view) -> dict:
	return {section["doctype"]: section for section in view["sections"]}


def rendered(name: str) -> str:
	"""The page as it is sent, without the frame around it."""
	frappe.local.form_dict = frappe._dict(name=name)
	context = customer_360.get_context(frappe._dict())
	with open(frappe.get_app_path("crm_app", "www", "customer_360.html"), encoding="utf-8") as handle:
		source = handle.read()
	body = source.split("{% block page_content %}")[1].rsplit("{% endblock %}", 1)[0]
	macros = source[source.index("{% macro fact") : source.index("{% block page_content %}")]
	return frappe.render_template(macros + body, context)


def many_records(customer: str, count: int) -> None:
	"""`count` transactions and as many interactions, without a Document for each."""
	stamp = [nowdate(), nowdate(), "Administrator", "Administrator"]
	common = ["name", "creation", "modified", "owner", "modified_by", "docstatus", "customer"]
	sales = [
		[f"tx360-{customer}-{i}", *stamp, 1, customer, "Sale", f"2026-0{1 + i % 9}-01", 10]
		for i in range(count)
	]
	columns = [*common, "transaction_type", "posting_date", "amount"]
	frappe.db.bulk_insert("CRM Transaction", columns, sales)
	calls = [
		[f"ia360-{customer}-{i}", *stamp, 0, customer, "Called", "2026-01-01 10:00:00"] for i in range(count)
	]
	frappe.db.bulk_insert("CRM Interaction", [*common, "subject", "occurred_on"], calls)


def test_the_figures_are_those_of_the_ledger():
	customer = make_customer()
	sale = make_transaction(customer.name, posting_date="2026-03-01")
	make_transaction(customer.name, posting_date="2026-05-01")
	make_transaction(customer.name, submit=False)
	make_return(sale, 1, posting_date="2026-06-01")
	view = build(customer.name, as_of="2026-06-11")
	assert "150.00" in view["figures"]["revenue"]
	assert "100.00" in view["figures"]["basket"]
	assert (view["figures"]["orders"], view["figures"]["silent_days"]) == (2, 41)
	assert [float(bar.amount) for bar in view["chart"].bars[-4:]] == [100, 0, 100, -50]
	assert len(sections(view)["CRM Transaction"]["rows"]) == 3


def test_every_kind_of_linked_record_is_shown():
	customer = make_customer()
	make_interaction(customer.name, subject="Asked for a catalogue")
	make_card(customer.name)
	found = sections(build(customer.name))
	assert set(found) == {"CRM Transaction", "CRM Interaction", "Complaint", "Member Card", "Expense Request"}
	assert "Asked for a catalogue" in str(found["CRM Interaction"]["rows"])
	assert f"customer={customer.name}" in found["Member Card"]["list_url"]


def test_a_customer_without_a_past_opens():
	page = rendered(make_customer(customer_name="王小明").name)
	assert "王小明" in page and "No revenue in this time." in page


def test_what_customers_write_is_text():
	customer = make_customer(customer_name="Li & Sons", city="Wuhan", company_name="A < B")
	customer.db_set("customer_name", "<script>alert(1)</script>")
	page = rendered(customer.name)
	assert "<script>alert(1)" not in page and "&lt;script&gt;" in page
	assert "A &lt; B" in page or "A &amp;lt; B" in page


def test_ten_thousand_records_cost_no_more_queries_than_one():
	few, many = make_customer().name, make_customer().name
	many_records(few, 1)
	many_records(many, 10000)
	build(few)
	with counted_queries() as for_few:
		build(few)
	with counted_queries() as for_many:
		start = time.perf_counter()
		view = build(many)
		seconds = time.perf_counter() - start
	assert len(for_many) == len(for_few) <= 40
	assert view["figures"]["orders"] == 10000
	assert len(sections(view)["CRM Transaction"]["rows"]) == 10 and sections(view)["CRM Transaction"]["more"]
	assert seconds < 1


@pytest.mark.parametrize(
	"role", ["CRM Marketing User", "CRM Service User", "CRM Finance User", "CRM Manager"]
)
def test_readers_see_the_sections_that_they_may_read(as_user, role):
	customer = make_customer().name
	make_transaction(customer)
	with as_user(make_user(f"{frappe.scrub(role)}@360.test", role)):
		found = sections(build(customer))
		assert len(found["CRM Transaction"]["rows"]) == 1
		assert all(frappe.has_permission(doctype, "read") for doctype in found)
		assert all(
			section["new_url"] is None or frappe.has_permission(doctype, "create")
			for doctype, section in found.items()
		)


def test_without_the_right_to_sales_there_are_no_sales_figures(as_user, monkeypatch):
	customer = make_customer().name
	make_transaction(customer)
	real = frappe.has_permission

	def without_sales(doctype=None, *args, **kwargs):
		return False if doctype == "CRM Transaction" else real(doctype, *args, **kwargs)

	monkeypatch.setattr(frappe, "has_permission", without_sales)
	view = build(customer)
	assert view["chart"] is None and "revenue" not in view["figures"]
	assert "CRM Transaction" not in sections(view)


def test_a_customer_out_of_sight_does_not_open(as_user):
	other, seller = (
		make_user("other@360.test", "CRM Sales User"),
		make_user("seller@360.test", "CRM Sales User"),
	)
	make_employee("Seller", seller)
	customer = make_customer(account_manager=other)
	with as_user(seller), pytest.raises(frappe.PermissionError):
		rendered(customer.name)
	with as_user(seller), pytest.raises(frappe.PermissionError):
		open_360({"doctype": "CRM Customer", "name": customer.name})


def test_guests_and_unknown_customers_are_told(as_user):
	with as_user("Guest"), pytest.raises(frappe.PermissionError):
		rendered("CUST-00001")
	with pytest.raises(frappe.DoesNotExistError):
		rendered("CUST-nobody")
	with pytest.raises(frappe.DoesNotExistError):
		rendered("")


def test_the_button_leads_to_the_page():
	customer = make_customer()
	assert open_360(frappe.as_json(customer.as_dict()))["route"] == f"/customer_360?name={customer.name}"
