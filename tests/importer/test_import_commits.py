"""Imports that really commit: killed at any moment, and the whole real file."""

import time

import frappe
import pytest
from crm_testing.imports import MEASURED, complaints, in_child, killed_at, result, wipe
from crm_testing.shop_data import many_records, online_retail_path, record, write_csv

from crm_app.crm_analytics.report.rfm_segmentation import rfm_segmentation

SYSTEM = "online-retail"
LEFT = {"source_system": SYSTEM}
pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def nothing_left():
	wipe(SYSTEM)
	yield
	frappe.db.rollback()
	wipe(SYSTEM)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_commit_loses_and_doubles_nothing(site, tmp_path, when):
	bad = [record(invoice=f"8{number}", price="0") for number in range(5)]
	path = write_csv(tmp_path / "shop.csv", [*many_records(30), *bad])
	commit, killed = 0, 0
	job = {"path": path, "preset": "Online Retail"}
	while (child := killed_at(site, job, commit := commit + 2, when)).returncode:
		assert child.returncode == -9, child.stderr
		killed += 1
		frappe.db.rollback()
		sales = frappe.db.count("CRM Transaction", LEFT)
		assert frappe.db.count("CRM Transaction Item", {"parent": ["like", "IMP-%"]}) == 3 * sales
	frappe.db.rollback()
	# Killed after its very last commit it was complete; the next start is then an import of nothing new.
	name = frappe.get_all("CRM Import", filters=LEFT, order_by="name asc", pluck="name")[0]
	assert killed >= 3
	assert result(name) == {
		"status": "Completed",
		"rows_total": 95,
		"rows_bad": 5,
		"customers_created": 10,
		"transactions_created": 30,
		"lines_created": 90,
	}
	assert len(complaints(name)) == 5
	assert frappe.db.count("CRM Customer", LEFT) == 10 and frappe.db.count("CRM Transaction", LEFT) == 30
	assert sum(frappe.get_all("CRM Transaction", filters=LEFT, pluck="amount")) == 30 * 1.25 * 6


@pytest.mark.slow
def test_the_whole_real_shop_gives_the_published_figures(site):
	began = time.monotonic()
	child = in_child(MEASURED, *site, online_retail_path())
	assert child.returncode == 0, child.stderr
	name, kilobytes = child.stdout.split()[-2:]
	assert time.monotonic() - began < 600 and int(kilobytes) < 600 * 1024
	frappe.db.rollback()
	assert result(name) == {
		"status": "Completed",
		"rows_total": 541_909,
		"rows_bad": 135_120,
		"customers_created": 4_371,
		"transactions_created": 22_186,
		"lines_created": 406_789,
	}
	assert frappe.db.count("CRM Import Error", {"crm_import": name}) == 138_933
	_columns, rows, _message, _chart, cards = rfm_segmentation.execute({"as_of": "2011-12-10"})
	assert [card["value"] for card in cards] == [4_338, 18_532, 8_911_407.90, 93.059, 51, 4.272]
	codes = [row["code"] for row in rows]
	assert codes.count("555") == 348 and codes.count("111") == 182
	assert max(row["frequency"] for row in rows) == 209
	returns = frappe.db.count("CRM Transaction", {**LEFT, "transaction_type": "Return"})
	assert (returns, 22_186 - returns) == (3_654, 18_532)
