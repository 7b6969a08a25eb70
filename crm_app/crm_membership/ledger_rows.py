"""Rows of the members' ledger, read and written with few and fixed statements.

Only `ledger` and its jobs use this. Plain SQL with bound values: building a query term by term costs more
than running it, and a posting is on the path of every sale.
"""

import secrets
import time
from collections.abc import Iterable, Iterator
from decimal import Decimal

import frappe
from frappe.utils import get_datetime, getdate

from crm_app.crm_membership.domain.book import NEVER, Entry, Lot
from crm_app.utils.money import to_decimal

ACCOUNT, CARD, LOT = "`tabMember Account`", "`tabMember Card`", "`tabMember Lot`"
ENTRY, PROGRAMME = "`tabMember Ledger Entry`", "`tabMembership Programme`"
BALANCES = {"Points": "points", "Principal": "principal", "Bonus": "bonus", "Tier Credit": "tier_credit"}

LOCK = (
	"SELECT a.name, a.customer, a.programme, a.currency, a.points, a.points_debt, a.principal, a.bonus,"
	" a.tier_credit, a.entry_count, a.moved_to, c.status_category, c.valid_until, c.replaced_by, c.tier"
	f" FROM {ACCOUNT} a JOIN {CARD} c ON c.name = a.card WHERE a.name = %s FOR UPDATE"
)
# The version as this transaction's snapshot has it, the terms, and whether the key was posted before.
PEEK = (
	"SELECT a.entry_count, p.points_decimals, p.points_rounding, p.spent_points_policy, p.restore_days,"
	" p.value_order, p.points_expiry, p.points_valid_months, p.tier_credit_months, p.earn_from,"
	" p.earn_while_blocked, p.point_value, p.raise_at_once, p.modified,"
	f" e.name AS posted, e.account, e.voucher_type, e.voucher_no FROM {ACCOUNT} a"
	f" JOIN {PROGRAMME} p ON p.name = a.programme LEFT JOIN {ENTRY} e ON e.idempotency_key = %s"
	" WHERE a.name = %s"
)
POSTED = f"SELECT name AS posted, account, voucher_type, voucher_no FROM {ENTRY} WHERE idempotency_key = %s"
LOT_COLUMNS = "name, kind, granted, remaining, expires_on, granted_at, origin, expired, returned, account"
OPEN = f"SELECT {LOT_COLUMNS} FROM {LOT} WHERE account = %s AND kind = %s AND is_closed = 0"
OPEN_ORDER = " ORDER BY order_date, granted_at, name LIMIT {}"
AFTER = " AND (order_date, granted_at, name) > (%s, %s, %s)"
ENTRY_COLUMNS = "name, kind, entry_type, amount, lot, balance_after, reverses"
FIRST_PAGE, LAST_PAGE = 4, 5_000  # most spends need one or two lots

MOMENT = "%Y-%m-%d %H:%M:%S.%f"
STAMP = ("name", "creation", "modified", "owner", "modified_by", "docstatus", "idx")
NEW_ENTRY = (
	*STAMP, "posting_date", "posted_at", "account", "customer", "programme", "store", "kind", "entry_type",
	"amount", "balance_after", "lot", "reverses", "voucher_type", "voucher_no", "reason", "posting",
	"idempotency_key",
)  # fmt: skip
NEW_LOT = (
	*STAMP, "account", "customer", "kind", "granted", "remaining", "expired", "returned", "expires_on",
	"granted_at", "origin", "voucher_type", "voucher_no", "order_date", "is_closed",
)  # fmt: skip
NEW_ACCOUNT = (
	*STAMP, "card", "customer", "programme", "currency", "points", "points_debt", "principal", "bonus",
	"tier_credit", "entry_count",
)  # fmt: skip
UPDATE_LOT = f"UPDATE {LOT} SET remaining = %s, expired = %s, returned = %s, is_closed = %s WHERE name = %s"
UPDATE_ACCOUNT = (
	f"UPDATE {ACCOUNT} SET points = %s, points_debt = %s, principal = %s, bonus = %s, tier_credit = %s,"
	" entry_count = %s, modified = %s, modified_by = %s WHERE name = %s"
)

_latest = 0


def new_name() -> str:
	"""Ascending, so that indexes grow at their end; 14 digits of time and 6 of chance, hexadecimal."""
	global _latest
	_latest = max(_latest + 1, time.time_ns() // 1000)
	return f"{_latest:014x}{secrets.token_hex(3)}"


def insert(doctype: str, columns: tuple[str, ...], rows: list[tuple]) -> None:
	places = "(" + ", ".join(["%s"] * len(columns)) + ")"
	names = ", ".join(f"`{name}`" for name in columns)
	statement = f"INSERT INTO `tab{doctype}` ({names}) VALUES {', '.join([places] * len(rows))}"
	frappe.db.sql(statement, [value for row in rows for value in row])


def stamp(name: str, now, user: str) -> tuple:
	return (name, now, now, user, user, 0, 0)


def entry_of(row) -> Entry:
	return Entry(
		row.name, row.kind, row.entry_type, to_decimal(row.amount), row.lot or None,
		to_decimal(row.balance_after), row.reverses or None,
	)  # fmt: skip


def lot_of(row) -> Lot:
	return Lot(
		row.name,
		row.kind,
		to_decimal(row.granted),
		to_decimal(row.remaining),
		getdate(row.expires_on) if row.expires_on else None,
		get_datetime(row.granted_at),
		row.origin or None,
		to_decimal(row.expired),
		to_decimal(row.returned),
		row.account,
	)


class Rows:
	"""Reads of one posting, after its account was locked.

	On MariaDB a transaction that had read before it waited for the lock would still see the old rows; then
	(`stale`) every read is a locking one, which sees what is committed.
	"""

	def __init__(self, account: str, stale: bool = False):
		self.account, self.stale = account, stale

	def read(self, statement: str, values: Iterable) -> list:
		return frappe.db.sql(statement + (" FOR UPDATE" if self.stale else ""), tuple(values), as_dict=True)

	# -- as the Book's source of lots

	def open(self, kind: str) -> Iterator[Lot]:
		page, statement, values = FIRST_PAGE, OPEN, (self.account, kind)
		while True:
			rows = self.read(statement + OPEN_ORDER.format(page), values)
			yield from map(lot_of, rows)
			if len(rows) < page:
				return
			last = lot_of(rows[-1])
			statement = OPEN + AFTER
			values = (self.account, kind, last.expires_on or NEVER, last.granted_at, last.name)
			page = min(page * 5, LAST_PAGE)

	def get(self, name: str) -> Lot:
		return lot_of(self.read(f"SELECT {LOT_COLUMNS} FROM {LOT} WHERE name = %s", (name,))[0])

	def family(self, root: str) -> list[Lot]:
		statement = f"SELECT {LOT_COLUMNS} FROM {LOT} WHERE name = %s OR origin = %s"
		return list(map(lot_of, self.read(statement, (root, root))))

	# -- entries

	def entries(self, posting: str, voucher_no: str) -> list[Entry]:
		statement = (
			f"SELECT {ENTRY_COLUMNS} FROM {ENTRY} WHERE voucher_no = %s AND posting = %s ORDER BY name"
		)
		return list(map(entry_of, self.read(statement, (voucher_no, posting))))

	def entries_of_voucher(self, doctype: str, name: str, types: tuple[str, ...]) -> list[Entry]:
		marks = ", ".join(["%s"] * len(types))
		statement = (
			f"SELECT {ENTRY_COLUMNS} FROM {ENTRY} WHERE voucher_no = %s AND voucher_type = %s"
			f" AND entry_type IN ({marks}) ORDER BY name"
		)
		return list(map(entry_of, self.read(statement, (name, doctype, *types))))

	def reversed(self, entries: list[Entry]) -> dict[str, Decimal]:
		"""How much of each entry was taken back before, less what was spent again since."""
		if not entries:
			return {}
		marks = ", ".join(["%s"] * len(entries))
		statement = f"SELECT reverses, amount FROM {ENTRY} WHERE reverses IN ({marks})"
		done: dict[str, Decimal] = {}
		for row in self.read(statement, [entry.name for entry in entries]):
			done[row.reverses] = done.get(row.reverses, Decimal(0)) + to_decimal(row.amount)
		return {name: abs(amount) for name, amount in done.items()}
