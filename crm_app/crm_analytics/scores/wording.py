"""Reasons in the reader's language: what is stored is a code and its numbers."""

from frappe import _
from frappe.utils import fmt_money

from crm_app.utils.settings import setting

SEPARATOR = "|"
WORDS = {
	"overdue_high": "Silent for {0} days; the usual time between purchases is {1} days",
	"overdue_low": "Bought only {0} days ago",
	"expected_low": "Only {0} purchases are to be expected in the next {1} days",
	"expected_high": "{0} purchases in {1} days are hard to keep up",
	"frequency_low": "Has bought on {0} days only",
	"frequency_high": "Has bought on {0} days already",
	"spend_low": "Spends only {0} per purchase day",
	"spend_high": "Spends as much as {0} per purchase day",
}
MONEY = ("spend_low", "spend_high")


def in_words(stored: str | None) -> str:
	"""`overdue_high|92|31` as a sentence; "" for nothing."""
	code, *numbers = (stored or "").split(SEPARATOR)
	if code not in WORDS:
		return ""
	if code in MONEY:
		numbers = [fmt_money(float(numbers[0]), currency=setting("default_currency"))]
	return _(WORDS[code]).format(*numbers)


def reasons_of(row) -> list[str]:
	"""The reasons of a row of Customer Score, strongest first."""
	found = (in_words(row.get(f"reason_{place}")) for place in (1, 2, 3))
	return [reason for reason in found if reason]
