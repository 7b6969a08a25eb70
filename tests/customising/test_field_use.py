"""A field of one's own that a condition, a rule or a figure reads is neither deleted nor renamed."""

import frappe
import pytest
from crm_testing.marketing import make_segment, rule

from crm_app.customising import field_use

pytestmark = pytest.mark.commits  # a column is added

OWN = "custom_read_by_rules"


@pytest.fixture(scope="module", autouse=True)
def own_fields(site):
	for doctype in ("Expense Request", "Expense Request Line", "CRM Customer"):
		values = {"fieldname": OWN, "label": "Read by Rules", "fieldtype": "Data"}
		frappe.get_doc({"doctype": "Custom Field", "dt": doctype, **values}).insert()
	frappe.db.commit()
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for doctype in ("Expense Request", "Expense Request Line", "CRM Customer"):
		frappe.delete_doc("Custom Field", f"{doctype}-{OWN}", force=True)
	frappe.db.commit()


@pytest.fixture(autouse=True)
def undone(own_fields):
	yield
	frappe.db.rollback()
	for doctype in ("Expense Request", "CRM Customer"):
		frappe.clear_cache(doctype=doctype)


def condition(text, **more):
	workflow = frappe.get_doc("Workflow", "Expense Request Approval")
	row = next(row for row in workflow.transitions if row.action == "Reject")
	row.condition = text
	workflow.update(more)
	workflow.save()
	return row.idx


def refused(doctype, match):
	with pytest.raises(frappe.ValidationError, match=match):
		frappe.delete_doc("Custom Field", f"{doctype}-{OWN}")
	assert frappe.db.exists("Custom Field", f"{doctype}-{OWN}")


@pytest.mark.parametrize("text", [f"doc.{OWN} == 'x'", f"doc.get('{OWN}')", f"not doc['{OWN}']"])
def test_a_field_that_a_condition_reads_stays(text):
	row = condition(text)
	refused(
		"Expense Request",
		f"Read by Rules is still read: workflow Expense Request Approval, transitions, row {row}",
	)


def test_a_field_of_a_row_that_a_condition_reads_stays():
	condition(f"[row for row in doc.lines if row.{OWN} == 'x']")
	refused("Expense Request Line", "is still read")


def test_a_field_of_another_record_that_a_condition_looks_up_stays():
	condition(f"frappe.db.get_value('CRM Customer', 'x', '{OWN}') == 'x'")
	refused("CRM Customer", "is still read")


def test_a_field_that_a_segment_asks_for_stays():
	segment = make_segment(rule(OWN, "equals", "x"))
	refused("CRM Customer", f"{segment.name}, rules, row 1")


def test_a_field_that_a_card_counts_by_stays():
	card = {
		"doctype": "Number Card",
		"label": "Own Count",
		"document_type": "CRM Customer",
		"function": "Count",
	}
	filters = frappe.as_json([["CRM Customer", OWN, "=", "x", False]])
	frappe.get_doc({**card, "type": "Document Type", "filters_json": filters}).insert()
	refused("CRM Customer", "Own Count")


def test_a_field_in_use_is_not_renamed():
	condition(f"doc.{OWN} == 'x'")
	with pytest.raises(frappe.ValidationError, match="is still read"):
		field_use.rename_fieldname(f"Expense Request-{OWN}", "custom_other")


def test_what_a_switched_off_workflow_reads_holds_no_field():
	condition(f"doc.{OWN} == 'x'", is_active=0)
	assert field_use.readers("Expense Request", OWN) == []
