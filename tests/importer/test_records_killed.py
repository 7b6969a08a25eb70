"""Imports of records and their undo, killed in the middle by the operating system and started again."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.imports import killed_at, result
from crm_testing.membership import make_programme
from crm_testing.shop_data import write_csv

SYSTEM = "killed-records"
OURS = {"source_system": SYSTEM}
pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def nothing_left():
	forget()
	yield
	frappe.db.rollback()
	forget()


def forget():
	imports = frappe.get_all("CRM Import", OURS, pluck="name")
	customers = frappe.get_all("CRM Customer", OURS, pluck="name", limit_page_length=0)
	cards = frappe.get_all("Member Card", {"customer": ["in", customers]}, pluck="name") if customers else []
	for card in cards:
		frappe.delete_doc("Member Card", card, force=True)
	for customer in customers:
		frappe.delete_doc("CRM Customer", customer, force=True)
	for name in imports:
		for doctype in ("CRM Import Row", "CRM Import Error"):
			frappe.db.delete(doctype, {"crm_import": name})
		frappe.db.delete("CRM Import", {"name": name})
	for programme in frappe.get_all(
		"Membership Programme", {"programme_name": ["like", "Killed %"]}, pluck="name"
	):
		frappe.delete_doc("Membership Programme", programme, force=True)
	frappe.db.commit()


def until_through(site, job: dict, when: str, by: int = 2) -> int:
	"""Killed at a later commit each time, until it comes to its end; how often that was."""
	killed, commit = 0, 0
	while (child := killed_at(site, job, commit := commit + by, when)).returncode:
		assert child.returncode == -9, child.stderr
		killed += 1
		frappe.db.rollback()
	frappe.db.rollback()
	return killed


def job_of(path: str, doctype: str) -> dict:
	mode = {"mode": "Insert and Update", "key_field": "external_id"} if doctype == "CRM Customer" else {}
	options = {"import_type": "Records", "document_type": doctype, "source_system": SYSTEM}
	return {"path": path, **options, **mode}


def ids() -> list[str]:
	return sorted(frappe.get_all("CRM Customer", OURS, pluck="external_id", limit_page_length=0))


@pytest.mark.parametrize("when", ["before", "after"])
def test_customers_come_in_once_and_go_back_once_through_any_kills(site, tmp_path, when):
	"""Twenty new ones, two that are there and change, one bad row."""
	for number in (3, 12):
		make_customer(external_id=f"C{number:02d}", customer_name="Before", city="上海", **OURS)
	frappe.db.commit()
	rows = [[f"C{number:02d}", f"Customer {number}", "北京"] for number in range(22)] + [["C99", "", ""]]
	path = write_csv(tmp_path / "customers.csv", rows, header=["External ID", "Customer Name", "City"])
	assert until_through(site, job_of(path, "CRM Customer"), when) >= 3
	assert ids() == [f"C{number:02d}" for number in range(22)]
	name = frappe.get_all("CRM Import", OURS, pluck="name", order_by="name asc")[0]
	counted = frappe.db.get_value(
		"CRM Import", name, ["records_created", "records_updated", "rows_bad"], as_dict=True
	)
	assert counted == {"records_created": 20, "records_updated": 2, "rows_bad": 1}
	assert result(name).status == "Completed"
	logged = frappe.get_all(
		"CRM Import Row", {"crm_import": name}, ["docname", "action"], limit_page_length=0
	)
	assert len(logged) == len({row.docname for row in logged}) == 22
	assert frappe.db.count("CRM Customer", {**OURS, "city": "北京"}) == 22

	assert until_through(site, {"undo": name}, when, by=1) >= 3
	assert ids() == ["C03", "C12"]
	assert set(frappe.get_all("CRM Customer", OURS, pluck="city")) == {"上海"}
	assert set(frappe.get_all("CRM Customer", OURS, pluck="customer_name")) == {"Before"}
	assert result(name).status == "Undone" and not frappe.db.exists("CRM Import Row", {"crm_import": name})


def test_member_cards_come_in_once_and_go_back_once_through_kills(site, tmp_path):
	programme = make_programme(programme_name=f"Killed {frappe.generate_hash(length=6)}").name
	holders = [
		make_customer(external_id=f"H{n:02d}", customer_name=f"Holder {n}", **OURS).name for n in range(10)
	]
	frappe.db.commit()
	rows = [[holder, programme, "2026-01-05"] for holder in holders]
	path = write_csv(tmp_path / "cards.csv", rows, header=["Customer", "Programme", "Issued On"])
	assert until_through(site, job_of(path, "Member Card"), "after") >= 2
	cards = frappe.get_all("Member Card", {"programme": programme}, ["name", "customer"], limit_page_length=0)
	assert sorted(card.customer for card in cards) == sorted(holders)
	assert frappe.db.count("Member Account", {"name": ["in", [card.name for card in cards]]}) == 10
	(name,) = frappe.get_all("CRM Import", {**OURS, "status": "Completed"}, pluck="name")[:1]
	assert until_through(site, {"undo": name}, "before", by=1) >= 2
	assert not frappe.db.exists("Member Card", {"programme": programme})
	assert not frappe.db.count("Member Account", {"name": ["in", [card.name for card in cards]]})
