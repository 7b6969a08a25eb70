"""Proves that the balances people see are what the entries add up to."""

from collections.abc import Iterator

import frappe

from crm_app.crm_membership.domain.kinds import KINDS, POINTS
from crm_app.crm_membership.ledger_rows import ACCOUNT, BALANCES, ENTRY, LOT
from crm_app.utils.money import round_money

BATCH = 1_000  # accounts at a time


def audit(card: str | None = None) -> list[str]:
	"""What does not agree, as "account kind: ..."; [] for a sound ledger. Without a card: all accounts.

	Per account and kind: balance = sum of entries = sum of the lots less the debt. Per lot: remaining = sum
	of its entries, 0 <= remaining <= granted. No posting should commit meanwhile.
	"""
	if card:
		return _check([card])
	problems, last = [], ""
	while names := _accounts_after(last):
		problems += _check(names)
		last = names[-1]
	return problems


def _accounts_after(last: str) -> list[str]:
	filters = {"name": [">", last]}
	return frappe.get_all("Member Account", filters, pluck="name", order_by="name asc", limit=BATCH)


def _check(names: list[str]) -> list[str]:
	return [*_check_balances(names), *_check_lots(names)]


def _check_balances(names: list[str]) -> Iterator[str]:
	entries = _sums(f"SELECT account, kind, SUM(amount) FROM {ENTRY}", names)
	lots = _sums(f"SELECT account, kind, SUM(remaining) FROM {LOT}", names)
	columns = ", ".join(["name", "points_debt", *BALANCES.values()])
	for row in frappe.db.sql(
		f"SELECT {columns} FROM {ACCOUNT} WHERE name IN ({_marks(names)})", names, as_dict=True
	):
		for kind in KINDS:
			balance = round_money(row[BALANCES[kind]])
			debt = round_money(row.points_debt) if kind == POINTS else 0
			summed, held = entries.get((row.name, kind), 0), lots.get((row.name, kind), 0) - debt
			if not balance == summed == held:
				yield f"{row.name} {kind}: balance {balance}, entries {summed}, lots less debt {held}"


def _check_lots(names: list[str]) -> Iterator[str]:
	statement = (
		f"SELECT l.name, l.granted, l.remaining, COALESCE(SUM(e.amount), 0) AS summed FROM {LOT} l"
		f" LEFT JOIN {ENTRY} e ON e.lot = l.name WHERE l.account IN ({_marks(names)})"
		" GROUP BY l.name, l.granted, l.remaining"
		" HAVING ABS(l.remaining - COALESCE(SUM(e.amount), 0)) > 0.001 OR l.remaining < 0"
		" OR l.remaining > l.granted"
	)
	for row in frappe.db.sql(statement, names, as_dict=True):
		yield f"lot {row.name}: granted {row.granted}, holds {row.remaining}, entries {row.summed}"


def _sums(statement: str, names: list[str]) -> dict:
	rows = frappe.db.sql(f"{statement} WHERE account IN ({_marks(names)}) GROUP BY account, kind", names)
	return {(account, kind): round_money(total) for account, kind, total in rows}


def _marks(values: list) -> str:
	return ", ".join(["%s"] * len(values))
