"""Reasons and clusters in the reader's language: what is stored is a code with numbers, or English words."""

import frappe
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


def currency_of_scores() -> str:
	"""The currency whose amounts the last refresh added up."""
	complete = {"status": "Completed"}
	found = frappe.db.get_value("Analytics Run", complete, "currency", order_by="creation desc")
	return found or setting("default_currency")


def in_words(stored: str | None, currency: str | None = None) -> str:
	"""`overdue_high|92|31` as a sentence, money in the currency of the scores; "" for nothing."""
	code, *numbers = (stored or "").split(SEPARATOR)
	if code not in WORDS:
		return ""
	if code in MONEY:
		numbers = [fmt_money(float(numbers[0]), currency=currency or currency_of_scores())]
	return _(WORDS[code]).format(*numbers)


def cluster_in_words(name: str | None) -> str:
	"""The stored name of a cluster in the reader's language: its words one by one."""
	return _(", ").join(_(word) for word in (name or "").split(", "))


def reasons_of(row, currency: str | None = None) -> list[str]:
	"""The reasons of a row of Customer Score, strongest first."""
	found = (in_words(row.get(f"reason_{place}"), currency) for place in (1, 2, 3))
	return [reason for reason in found if reason]
