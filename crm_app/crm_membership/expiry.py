"""The nightly job that writes off what has passed its last day.

In batches that are each one transaction: killed at any point it leaves whole batches, and the next run goes
on with what is still open. Memory depends on the batch alone.
"""

import frappe
from frappe.utils import now_datetime, nowdate

from crm_app.crm_membership import ledger_rows as rows
from crm_app.crm_membership.domain.kinds import KINDS
from crm_app.utils.money import to_decimal

LOTS_A_STEP = 2_000
MOST_A_STEP = 20_000  # where few accounts hold very many lots
ROWS_A_STATEMENT = 500
BALANCES_A_STATEMENT = 50  # each row walks through the CASE of all

DUE = f"SELECT account FROM {rows.LOT} WHERE is_closed = 0 AND order_date < %s LIMIT {LOTS_A_STEP}"
LOCK = "SELECT name, customer, programme, {} FROM {} WHERE name IN ({}) ORDER BY name FOR UPDATE"
READ = (
	"SELECT name, account, kind, remaining FROM {} WHERE account IN ({}) AND kind IN (%s, %s, %s, %s)"
	f" AND is_closed = 0 AND order_date < %s ORDER BY account, kind, order_date, name LIMIT {MOST_A_STEP}"
)
# From left to right on MariaDB, all from the old row on SQLite: the same either way in this order.
CLOSE = (
	f"UPDATE {rows.LOT} SET expired = ROUND(expired + remaining, 4), remaining = 0, is_closed = 1"
	" WHERE name IN ({})"
)


def expire_lots() -> int:
	"""Returns how many lots were written off."""
	total = 0
	while accounts := sorted(set(frappe.db.sql(DUE, (nowdate(),), pluck=True))):
		frappe.db.commit()  # what follows must see what was committed while it waits for the locks
		total += _expire(accounts)
		frappe.db.commit()
	return total


def _expire(accounts: list[str]) -> int:
	columns = ", ".join([*rows.BALANCES.values(), "entry_count"])
	held = {}
	for part in _parts(accounts):
		statement = LOCK.format(columns, rows.ACCOUNT, _marks(part))
		held |= {row.name: row for row in frappe.db.sql(statement, part, as_dict=True)}
	lots = []
	for part in _parts(accounts):
		values = [*part, *KINDS, nowdate()]
		lots += frappe.db.sql(READ.format(rows.LOT, _marks(part)), values, as_dict=True)
	now, user, today = now_datetime(), frappe.session.user, nowdate()
	common = (now.strftime(rows.MOMENT), user, today)
	entries = [_entry(held[lot.account], lot, *common) for lot in lots]
	for part in _parts(entries):
		rows.insert("Member Ledger Entry", rows.NEW_ENTRY, part)
	for part in _parts([lot.name for lot in lots]):
		frappe.db.sql(CLOSE.format(_marks(part)), part)
	_write_balances([held[name] for name in dict.fromkeys(lot.account for lot in lots)])
	return len(lots)


def _entry(account, lot, now: str, user: str, today: str) -> tuple:
	"""The row of the entry; carries the account's balance along."""
	field, amount = rows.BALANCES[lot.kind], to_decimal(lot.remaining)
	account[field] = to_decimal(account[field]) - amount
	account.setdefault("changed", set()).add(field)
	key = f"expire|{lot.name}|{account.entry_count}"
	return (
		*rows.stamp(rows.new_name(), now, user), today, now, account.name, account.customer,
		account.programme, None, lot.kind, "Expire", -amount, account[field], lot.name, None, "Member Lot",
		lot.name, None, f"expire|{today}", key,
	)  # fmt: skip


def _write_balances(accounts: list) -> None:
	"""One statement for many accounts: CASE name WHEN ... THEN ..."""
	for part in _parts(accounts, BALANCES_A_STATEMENT):
		whens = " ".join(["WHEN %s THEN %s"] * len(part))
		fields = sorted(set().union(*(row.changed for row in part)))
		changes = ", ".join(f"`{field}` = CASE name {whens} END" for field in fields)
		values = [value for field in fields for row in part for value in (row.name, to_decimal(row[field]))]
		names = [row.name for row in part]
		changes += ", entry_count = entry_count + 1"
		statement = f"UPDATE {rows.ACCOUNT} SET {changes} WHERE name IN ({_marks(names)})"
		frappe.db.sql(statement, [*values, *names])


def _parts(items: list, size: int | None = None) -> list[list]:
	size = size or ROWS_A_STATEMENT
	return [items[start : start + size] for start in range(0, len(items), size)]


def _marks(values: list) -> str:
	return ", ".join(["%s"] * len(values))
