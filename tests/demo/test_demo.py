"""What somebody meets who tries the product on its demo data."""

import pytest

pytestmark = pytest.mark.once
SEGMENTS = (
	"Champions", "Loyal Customers", "Potential Loyalists", "Promising", "New Customers", "Need Attention",
	"About to Sleep", "Can't Lose Them", "At Risk", "Hibernating", "Lost Customers",
)  # fmt: skip
STATES = {
	"CRM Customer": "Potential|Development|Growth|Mature|Decline|Terminated",
	"Member Card": "Issued|Active|Suspended|Lost|Replaced|Expired",
	"Complaint": (
		"Received|Classified|Investigating|Escalated|On Hold|Compensation|Compensation Approved|Resolved"
		"|Feedback|Archived"
	),
	"CRM Campaign": ("Draft|Marketing Review|Finance Review|Approved|Running|Finished|Stopped|Rejected"),
	"CRM Budget": "Draft|Pending|Approved|Closed",
	"Expense Request": (
		"Draft|Pending Department Head|Pending Finance|Pending General Manager|Approved|Reimbursed|Rejected"
		"|Cancelled"
	),
}


@pytest.mark.parametrize("doctype", STATES)
def test_records_stand_in_every_state(seen, doctype):
	assert set(STATES[doctype].split("|")) - seen.states[doctype] == set()


def test_every_rfm_segment_has_customers(seen):
	assert {name: count for name, count in seen.segments.items() if count < 5} == {}
	assert set(SEGMENTS) == set(seen.segments)


def test_there_are_hundreds_of_customers_and_thousands_of_sales(seen):
	assert seen.first["CRM Customer"] >= 400
	assert seen.first["CRM Transaction"] >= 4000
	assert seen.first["CRM Transaction Item"] > 2 * seen.first["CRM Transaction"]
	assert seen.returns > 50


def test_complaints_keep_miss_and_soon_miss_their_deadlines_and_have_causes(seen):
	assert {"On Time", "Due Soon", "Overdue", "On Hold", "Kept", "Missed"} <= seen.promises
	assert seen.causeless == 0


def test_every_segment_of_customers_is_counted_and_has_members(seen):
	assert {name for name, count in seen.members.items() if not count} == set()
	assert len(seen.members) >= 8


def test_budgets_are_about_half_spent_and_the_ledger_agrees(seen):
	assert 0.3 < seen.budget.spent / seen.budget.amount < 0.65
	assert seen.budget.reserved > 0 and seen.budget.committed > 0
	assert seen.audit == []


def test_grades_and_stages_are_those_the_nightly_review_would_give(seen):
	assert seen.due == []


def test_each_approver_has_requests_waiting(seen):
	assert all(seen.waiting.values()), seen.waiting
	assert not set(seen.waiting["head@demo.crm"]) & set(seen.waiting["manager@demo.crm"])


def test_a_second_run_adds_nothing_and_says_that_the_data_is_there(seen):
	assert seen.second == seen.first
	assert len(seen.again) == 1 and seen.again[0][0] == seen.again[0][1]


def test_progress_never_goes_back_and_ends_at_its_total(seen):
	done = [step[0] for step in seen.told]
	assert done == sorted(done)
	assert seen.told[-1][0] == seen.told[-1][1]


def test_sales_people_see_their_own_and_unassigned_customers_and_others_see_all(seen):
	nobody = {None, ""}
	assert seen.visible["sales@demo.crm"] - nobody == {"sales@demo.crm"}
	assert seen.visible["sales2@demo.crm"] - nobody == {"sales2@demo.crm"}
	everybody = {"sales@demo.crm", "sales2@demo.crm", "sales3@demo.crm"}
	for user in ("head@demo.crm", "service@demo.crm", "manager@demo.crm"):
		assert everybody <= seen.visible[user], user


@pytest.mark.embedded
def test_every_demo_user_logs_in_and_opens_every_workspace_they_are_offered(seen):
	for (user, address), result in seen.pages.items():
		if address in ("login", "workspaces"):
			assert result > 0, (user, address)
		else:
			assert result == 200, (user, address)


def test_the_log_ins_name_the_six_roles(seen):
	labels = {row["label"] for row in seen.logins}
	assert {"Sales", "Service", "Marketing", "Finance", "CRM Manager"} <= labels


def test_members_have_points_value_and_tiers_and_the_ledger_agrees_with_the_sales(seen):
	assert seen.mismatches == []
	assert {name: count for name, count in seen.living.items() if not count} == {}
	assert seen.living["Member Lot"] > 1000 and seen.living["Member Top-up"] >= 10
