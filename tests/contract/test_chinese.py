"""The app's Chinese beside Frappe's own: on one site both speak with one voice."""

import csv

import frappe
import pytest

pytestmark = pytest.mark.bench
# Frappe's word would be wrong here: State is one of work, not of a country, Left is no direction, and a
# spreadsheet says Male in one sign.
OTHER_WORDS = {
	"Action", "Active", "and", "Archive", "Archived", "Call", "Cancelled", "Cards", "Contacts", "Draft",
	"Due Date", "Event", "Feedback", "Finished", "Full", "Group", "Inactive", "Intermediate", "Key", "Left",
	"Male", "New", "Note", "Number", "Off", "Open", "Order", "Pending", "Percent", "Period", "Points",
	"Post", "Primary", "Received", "Rejected", "Remove", "removed", "Shortcuts", "Source", "State", "Step",
	"Subsidiary", "To Date", "Total", "Validity",
}  # fmt: skip


def words(app: str) -> dict[str, str]:
	with open(frappe.get_app_path(app, "translations", "zh.csv"), encoding="utf-8", newline="") as handle:
		return {row[0]: row[1] for row in csv.reader(handle) if len(row) == 2}


def test_a_word_of_frappes_is_taken_unless_it_would_be_wrong_here():
	theirs = words("frappe")
	other = {word for word, chinese in words("crm_app").items() if theirs.get(word, chinese) != chinese}
	assert other <= OTHER_WORDS, sorted(other - OTHER_WORDS)
