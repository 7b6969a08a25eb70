"""Opening balances: a file becomes adjustments, another person's approval makes ledger entries of them."""

import frappe
import pytest
from crm_testing.customers import make_user
from crm_testing.hosts import acting_as
from crm_testing.ledger import held, make_member
from crm_testing.sheets import bring_in, errors
from frappe.model.workflow import bulk_workflow_approval
from frappe.utils import add_days, getdate, nowdate

from crm_app.crm_membership import ledger_audit

IMPORTER, APPROVER = "openings@import.test", "approver@import.test"
HEADER = "会员卡,类型,种类,更改,到期日,原因"


@pytest.fixture
def staff():
	for user in (IMPORTER, APPROVER):
		make_user(user, "CRM Manager", "CRM Staff")


def opening_file(tmp_path, *rows):
	path = tmp_path / "openings.csv"
	path.write_text("\n".join([HEADER, *(",".join(map(str, row)) for row in rows)]), encoding="utf-8")
	return str(path)


def adjustments(card):
	return frappe.get_all("Member Adjustment", {"card": card}, pluck="name", order_by="name asc")


def after(names, action):
	"""The statuses that the list's bulk action leaves."""
	bulk_workflow_approval(frappe.as_json(names), "Member Adjustment", action)
	frappe.clear_messages()
	filters = {"name": ["in", names]}
	return set(frappe.get_all("Member Adjustment", filters, pluck="status_category"))


def test_a_file_of_opening_balances_comes_to_the_ledger_by_another_persons_approval(tmp_path, staff):
	card, later = make_member(), add_days(nowdate(), 200)
	path = opening_file(
		tmp_path,
		(card, "期初", "积分", 1200, later, "旧系统"),
		(card, "期初", "本金", "50.25", "", "旧系统"),
		(card, "期初", "赠金", 5, later, "旧系统"),
	)
	with acting_as(IMPORTER):
		record = bring_in(path, "Member Adjustment")
		assert (record.records_created, record.rows_bad) == (3, 0), errors(record.name)
		names = adjustments(card)
		assert after(names, "Submit for Approval") == {"Pending"}
		assert after(names, "Approve") == {"Pending"}  # not one's own
	assert held(card) == 0
	with acting_as(APPROVER):
		assert after(names, "Approve") == {"Approved"}
	assert (held(card), held(card, "principal"), held(card, "bonus")) == (1200, 50.25, 5)
	filters = {"account": card, "voucher_type": "Member Adjustment"}
	entries = frappe.get_all("Member Ledger Entry", filters, ["entry_type", "kind"])
	assert sorted((row.entry_type, row.kind) for row in entries) == [
		("Opening", "Bonus"),
		("Opening", "Points"),
		("Opening", "Principal"),
	]
	lots = frappe.get_all("Member Lot", {"account": card}, ["kind", "expires_on"])
	last = {row.kind: row.expires_on and getdate(row.expires_on) for row in lots}
	assert last == {"Points": getdate(later), "Principal": None, "Bonus": getdate(later)}
	assert ledger_audit.audit(card) == []


def test_bad_opening_balances_stay_out_with_their_reasons(tmp_path, staff):
	card = make_member()
	path = opening_file(
		tmp_path,
		(card, "期初", "积分", -5, "", "旧系统"),
		("4111111111111111", "期初", "积分", 5, "", "旧系统"),
		(card, "期初", "积分", 5, "2020-01-01", "旧系统"),
		(card, "期初", "积分", 7, "", "旧系统"),
	)
	with acting_as(IMPORTER):
		record = bring_in(path, "Member Adjustment")
	assert (record.records_created, record.rows_bad) == (1, 3)
	told = errors(record.name)
	assert [row for row, _column, _text in told] == [2, 3, 4], told
	assert "above 0" in told[0][2] and "past" in told[2][2]


def test_an_imported_adjustment_cannot_be_imported_as_approved(tmp_path, staff):
	card = make_member()
	path = opening_file(tmp_path, (card, "期初", "积分", 9, "", "旧系统"))
	with acting_as(IMPORTER):
		record = bring_in(path, "Member Adjustment", submit_records=1)
	assert (record.records_created, record.rows_bad, adjustments(card), held(card)) == (0, 1, [], 0)
