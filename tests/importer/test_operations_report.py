import frappe
import pytest
from crm_testing.customers import make_user

from crm_app.crm_platform.operation_log import log
from crm_app.crm_platform.report.operations import operations


def test_the_report_counts_what_was_done_and_keeps_to_its_filters():
	log("Export", "CRM Customer", "CSV", "CRM Customer")
	log("Reveal", "CUST-1", "Phone", "CRM Customer")
	columns, rows, _message, chart, cards = operations.execute({"kind": "Reveal"})
	assert rows[0]["document"] == "CUST-1" and {row["kind"] for row in rows} == {"Reveal"}
	assert chart["data"]["labels"] == ["Reveal"] and cards[0]["value"] == len(rows)
	assert {column["fieldname"] for column in columns} == set(rows[0])
	assert operations.execute({"user": "nobody@report.test"})[1] == []


def test_a_period_that_ends_before_it_begins_is_refused():
	with pytest.raises(frappe.ValidationError, match="after To Date"):
		operations.execute({"from_date": "2026-02-01", "to_date": "2026-01-01"})


def test_the_report_is_for_readers_of_the_log(as_user):
	make_user("sales@report.test", "CRM Sales User")
	with as_user("sales@report.test"), pytest.raises(frappe.PermissionError):
		operations.execute({})
