"""The budget ledger: the only writer of CRM Budget Entry and CRM Budget Balance.

A balance row stands for one budget line over all versions of its budget. It is the lock and the running
total; the entries are the truth (`audit` compares them). `settle` brings a document from what is posted to
what it should hold, so a repeated call writes nothing. Order of work: lock the balance rows by name, re-read,
check, write. Entries of one document line are numbered in their unique key: two writers working from the same
stand collide there instead of posting twice.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import fmt_money

from crm_app.crm_finance import budget_lines
from crm_app.crm_finance.domain.lines import Purpose, fits
from crm_app.crm_finance.domain.positions import STOP, WARN, Position, room_for, verdict
from crm_app.crm_finance.domain.posting import Holding, amount_of, kind_of
from crm_app.utils.engine_only import engine
from crm_app.utils.money import round_money, to_decimal

ENTRY, BALANCE = "CRM Budget Entry", "CRM Budget Balance"
BUCKETS = ("reserved", "committed", "spent")
LINE_FIELDS = ["name", "fiscal_year", "department", "category", "month", "campaign", "customer", "budget"]
POSITION_FIELDS = ["amount", "reserved", "committed", "spent", "control", "is_active"]


class BudgetExceeded(frappe.ValidationError):
	"""Charging the document would overspend a budget line that stops."""


@dataclass(frozen=True)
class Voucher:
	doctype: str
	name: str
	employee: str | None
	posting_date: date


@dataclass(frozen=True)
class Charge:
	"""What one line (`detail`) of a document should hold, and for what purpose, department and year."""

	detail: str
	department: str
	fiscal_year: int
	purpose: Purpose
	holding: Holding


def settle(voucher: Voucher, charges: list[Charge]) -> list[str]:
	"""Posts what is missing or too much; returns the names of the new entries.

	Raises BudgetExceeded when a line with control Stop would be overspent; a Warn line leaves a message.
	"""
	posted = _posted(voucher)
	target = _target(charges, posted)
	changes = _changes(target, posted)
	if not changes:
		return []
	balances = lock({balance for _detail, balance in changes})
	_check(balances, target, posted, changes)
	with engine():
		names = [_post(voucher, balances[key[1]], key, change, posted) for key, change in changes.items()]
		_carry(balances, changes)
	return names


def uncovered(voucher: Voucher, charges: list[Charge]) -> list[Charge]:
	"""Those of `charges` that ask for money and that no budget line pays: nothing is held for them."""
	target = _target(charges, _posted(voucher))
	paid = {detail for detail, _balance in target}
	return [charge for charge in charges if not charge.holding.is_nothing and charge.detail not in paid]


def lock(names: set[str]) -> dict[str, dict]:
	"""{name: current row} of balances, locked until the transaction ends, always in the same order."""
	return {
		name: frappe.db.get_value(BALANCE, name, LINE_FIELDS + POSITION_FIELDS, as_dict=True, for_update=True)
		for name in sorted(names)
	}


def read(names: set[str]) -> list[dict]:
	"""Current rows of balances, without a lock: to show, not to decide."""
	if not names:
		return []
	return frappe.get_all(
		BALANCE, filters={"name": ["in", sorted(names)]}, fields=LINE_FIELDS + POSITION_FIELDS
	)


def balances_of(doctype: str, name: str | None) -> set[str]:
	"""The balances that a document is charged to now."""
	posted = _posted(Voucher(doctype, name or "", None, date.min))
	return {balance for (_detail, balance), (holding, _n) in posted.items() if not holding.is_nothing}


def held_by(doctype: str, name: str | None) -> Decimal:
	"""What a document reserves, has committed and has spent together."""
	posted = _posted(Voucher(doctype, name or "", None, date.min))
	total = _total(holding for holding, _n in posted.values())
	return total.reserved + total.committed + total.spent


def position_of(row) -> Position:
	"""Of a CRM Budget Balance row."""
	return Position(*(to_decimal(row[key]) for key in ("amount", *BUCKETS)))


def audit() -> list[str]:
	"""Names of the balances whose running totals differ from the sum of their entries; normally none."""
	sums = defaultdict(lambda: [Decimal(0)] * 3)
	for row in frappe.get_all(ENTRY, fields=["balance", *(f"{bucket}_change" for bucket in BUCKETS)]):
		changes = [to_decimal(row[f"{bucket}_change"]) for bucket in BUCKETS]
		sums[row.balance] = [a + b for a, b in zip(sums[row.balance], changes, strict=True)]
	return [
		row.name
		for row in frappe.get_all(BALANCE, fields=["name", *BUCKETS])
		if [round_money(row[bucket]) for bucket in BUCKETS] != [round_money(v) for v in sums[row.name]]
	]


def _posted(voucher: Voucher) -> dict:
	"""{(detail, balance): (Holding, number of entries)}"""
	posted = {}
	fields = ["voucher_detail", "balance", *(f"{bucket}_change" for bucket in BUCKETS)]
	filters = {"voucher_type": voucher.doctype, "voucher_no": voucher.name}
	for row in frappe.get_all(ENTRY, filters=filters, fields=fields):
		holding, count = posted.get((row.voucher_detail, row.balance), (Holding(), 0))
		change = Holding(*(round_money(row[f"{bucket}_change"]) for bucket in BUCKETS))
		posted[row.voucher_detail, row.balance] = (holding.plus(change), count + 1)
	return posted


def _target(charges: list[Charge], posted: dict) -> dict:
	"""{(detail, balance): Holding}; a charge without a budget line holds nothing."""
	target = {}
	for charge in charges:
		if charge.holding.is_nothing:
			continue
		if balance := _kept_balance(charge, posted) or _best_balance(charge):
			target[charge.detail, balance] = charge.holding
	return target


def _kept_balance(charge: Charge, posted: dict) -> str | None:
	"""A line stays where it was charged first while that fits, even when a more specific line came since."""
	for (detail, balance), (holding, _count) in posted.items():
		if detail == charge.detail and not holding.is_nothing:
			line = frappe.db.get_value(BALANCE, balance, LINE_FIELDS, as_dict=True)
			if line.fiscal_year == charge.fiscal_year and fits(line, charge.purpose):
				return balance
	return None


def _best_balance(charge: Charge) -> str | None:
	line = budget_lines.find(charge.department, charge.fiscal_year, charge.purpose)
	return line.name if line else None


def _changes(target: dict, posted: dict) -> dict:
	changes = {}
	for key in sorted({*target, *posted}):
		change = target.get(key, Holding()).minus(posted.get(key, (Holding(), 0))[0])
		if not change.is_nothing:
			changes[key] = change
	return changes


def _check(balances: dict, target: dict, posted: dict, changes: dict) -> None:
	for name, row in balances.items():
		ours = [change for (_detail, balance), change in changes.items() if balance == name]
		if not any(change.reserved > 0 or change.committed > 0 for change in ours):
			continue
		before = _total(holding for (_d, balance), (holding, _n) in posted.items() if balance == name)
		after = _total(holding for (_d, balance), holding in target.items() if balance == name)
		_judge(row, before, after)


def _judge(row, before: Holding, after: Holding) -> None:
	"""Charges `after` to the line as if what the document holds beyond its reservation were not there."""
	others = position_of(row) + Position(committed=-before.committed, spent=-before.spent)
	amount = after.reserved + after.committed + after.spent
	if not row.is_active:
		frappe.throw(
			_("{0}: the budget is closed.").format(budget_lines.describe(row)),
			BudgetExceeded,
			title=_("Closed"),
		)
	result = verdict(others, before.reserved, amount, row.control)
	if result in (STOP, WARN):
		_say(row, room_for(others, before.reserved, amount) + amount, amount, stop=result == STOP)


def _say(row, available: Decimal, amount: Decimal, stop: bool) -> None:
	text = _("{0}: {1} is available, {2} is asked for.").format(
		budget_lines.describe(row), fmt_money(available), fmt_money(amount)
	)
	if stop:
		frappe.throw(text, BudgetExceeded, title=_("Over Budget"))
	frappe.msgprint(text, title=_("Over Budget"), indicator="orange")


def _post(voucher: Voucher, line, key: tuple, change: Holding, posted: dict) -> str:
	detail, balance = key
	number = posted.get(key, (None, 0))[1]
	entry = frappe.new_doc(ENTRY)
	entry.update({field: line[field] for field in LINE_FIELDS if field not in ("name", "month")})
	entry.update({f"{bucket}_change": float(getattr(change, bucket)) for bucket in BUCKETS})
	entry.update(
		{
			"kind": kind_of(change),
			"amount": float(amount_of(change)),
			"balance": balance,
			"posting_date": voucher.posting_date,
			"voucher_type": voucher.doctype,
			"voucher_no": voucher.name,
			"voucher_detail": detail,
			"employee": voucher.employee,
			"idempotency_key": "|".join((voucher.doctype, voucher.name, detail, balance, str(number))),
		}
	)
	entry.insert(ignore_permissions=True)  # the ledger writes on behalf of whoever moved the document
	return entry.name


def _carry(balances: dict, changes: dict) -> None:
	for (_detail, name), change in changes.items():
		for bucket in BUCKETS:
			balances[name][bucket] = to_decimal(balances[name][bucket]) + getattr(change, bucket)
	for name, row in balances.items():
		write_totals(name, row)


def write_totals(name: str, row) -> None:
	values = {bucket: float(round_money(row[bucket])) for bucket in BUCKETS}
	frappe.db.set_value(BALANCE, name, {**values, "available": float(position_of(row).available)})


def _total(holdings) -> Holding:
	total = Holding()
	for holding in holdings:
		total = total.plus(holding)
	return total
