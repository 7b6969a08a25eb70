"""Postings to the members' ledger against the bare statements; a short history against a long one."""

import itertools
import random
import statistics
from datetime import timedelta
from decimal import Decimal

import hosts

CALLS, ROUNDS = 150, 5
SHORT, LONG = 10, 100_000
KEYS = itertools.count(1)


def main() -> None:
	options = hosts.arguments(__doc__)
	with hosts.site("ledger.local", options) as frappe:
		cards = make_cards(frappe)
		for card, entries in zip(cards, (SHORT, LONG), strict=True):
			give_history(frappe, card, entries)
		engine = {card: [] for card in cards}
		bare = []
		statements = Bare(frappe)
		for _round in range(ROUNDS):  # in turn, so that a busy moment hits all of them
			for card in cards:
				engine[card].append(hosts.seconds(lambda card=card: many(lambda: post(frappe, card))))
			bare.append(hosts.seconds(lambda: many(statements.post)))
		best = {card: statistics.median(times) / CALLS for card, times in engine.items()}
		reference = statistics.median(bare) / CALLS
		audit = problems(cards)
	hosts.table(
		f"a sale that earns points and tier credit and redeems points, committed; audit finds {audit}",
		[
			("", "ms", "a second", "ratio"),
			line("bare INSERT, UPDATE, COMMIT of the same rows", reference, 1),
			line(f"engine, card with {SHORT} entries", best[cards[0]], reference / best[cards[0]]),
			line(f"engine, card with {LONG:,} entries", best[cards[1]], reference / best[cards[1]]),
			("aim", "", "", ">= 0.25"),
			("long history against short", "", "", f"{best[cards[1]] / best[cards[0]]:.2f}"),
			("aim", "", "", "<= 1.50"),
		],
	)


def line(name: str, seconds: float, ratio: float) -> tuple:
	return (name, f"{seconds * 1000:.2f}", f"{1 / seconds:.0f}", f"{ratio:.2f}")


def many(work) -> None:
	for _call in range(CALLS):
		work()


def make_cards(frappe) -> list[str]:
	names = []
	for number in range(2):
		made = frappe.get_doc(
			{
				"doctype": "Membership Programme",
				"programme_name": frappe.generate_hash(length=10),
				"card_prefix": str(random.randrange(10**6, 10**7)) + str(number),
				"tiers": [{"tier_name": "Member", "tier_level": 1}],
			}
		).insert()
		holder = frappe.get_doc(
			{"doctype": "CRM Customer", "customer_name": "B", "customer_type": "Individual"}
		)
		card = {"doctype": "Member Card", "customer": holder.insert().name, "programme": made.name}
		card = frappe.get_doc(card).insert()
		card.activate()
		names.append(card.name)
	frappe.db.commit()
	return names


def give_history(frappe, card: str, entries: int) -> None:
	"""Half of the entries granted a point each; a tenth of the lots is still open."""
	from crm_app.crm_membership import ledger, ledger_rows

	now, number = frappe.utils.now_datetime(), entries // 2
	lots, rows, balance = [], [], 0
	for index in range(number):
		name, when = ledger_rows.new_name(), now - timedelta(minutes=number - index)
		is_open = index % 10 == 0
		head = ledger_rows.stamp(name, now, "Administrator")
		lots.append(
			(*head, card, None, "Points", 1, int(is_open), 0, 0, None, when, None, "Member Card", card,
			"9999-12-31", int(not is_open))
		)  # fmt: skip
		for amount in (1, 0 if is_open else -1):
			balance += amount
			key = ledger_rows.new_name()
			rows.append(
				(*ledger_rows.stamp(key, now, "Administrator"), when.date(), when, card, None, None, None,
				"Points", "Opening", amount, balance, name, None, "Member Card", card, None, key, key)
			)  # fmt: skip
	for start in range(0, len(lots), 500):
		ledger_rows.insert("Member Lot", ledger_rows.NEW_LOT, lots[start : start + 500])
	for start in range(0, len(rows), 500):
		ledger_rows.insert("Member Ledger Entry", ledger_rows.NEW_ENTRY, rows[start : start + 500])
	frappe.db.set_value("Member Account", card, {"points": balance, "entry_count": 1})
	frappe.db.commit()
	paper = ledger.Voucher("Member Card", card)
	with ledger.posting(card, f"stock-{card}", paper) as book:
		book.grant("Points", Decimal(10**6), "Opening")
	frappe.db.commit()


def post(frappe, card: str) -> None:
	from crm_app.crm_membership import ledger

	key = f"bench-{next(KEYS)}-{frappe.generate_hash(length=6)}"
	with ledger.posting(card, key, ledger.Voucher("Member Card", card)) as book:
		book.spend("Points", Decimal(1), "Redeem")
		book.grant("Points", Decimal(10), "Earn")
		book.grant("Tier Credit", Decimal(10), "Earn")
	frappe.db.commit()


class Bare:
	"""What one posting writes, as prepared statements on the driver's own connection."""

	def __init__(self, frappe):
		from crm_app.crm_membership import ledger_rows

		self.rows, self.frappe = ledger_rows, frappe
		frappe.db.connection.ensure_connection()
		self.driver = frappe.db.connection.connection
		self.mark = "?" if frappe.db.is_sqlite else "%s"
		self.insert_lots = self._insert("Member Lot", ledger_rows.NEW_LOT, 2)
		self.insert_entries = self._insert("Member Ledger Entry", ledger_rows.NEW_ENTRY, 3)
		self.card = "bare-" + frappe.generate_hash(length=8)
		self.run(self._insert("Member Account", ledger_rows.NEW_ACCOUNT, 1), self._account())
		self.driver.commit()

	def post(self) -> None:
		rows, now = self.rows, str(self.frappe.utils.now_datetime())
		lots = [(*rows.stamp(rows.new_name(), now, "A"), *self._lot(now)) for _lot in range(2)]
		names = [rows.new_name() for _entry in range(3)]
		entries = [(*rows.stamp(name, now, "A"), *self._entry(now, lots[0][0], name)) for name in names]
		if self.frappe.db.is_sqlite:
			self.run("BEGIN IMMEDIATE", ())
		self.run(self.insert_lots, sum(lots, ()))
		self.run(rows.UPDATE_LOT.replace("%s", self.mark), (9, 0, 0, 0, lots[0][0]))
		self.run(self.insert_entries, sum(entries, ()))
		self.run(rows.UPDATE_ACCOUNT.replace("%s", self.mark), (9, 0, 0, 0, 9, 1, now, "A", self.card))
		self.driver.commit()

	def run(self, statement: str, values: tuple) -> None:
		self.driver.cursor().execute(statement, values)

	def _insert(self, doctype: str, columns: tuple, count: int) -> str:
		places = "(" + ", ".join([self.mark] * len(columns)) + ")"
		names = ", ".join(f"`{name}`" for name in columns)
		return f"INSERT INTO `tab{doctype}` ({names}) VALUES {', '.join([places] * count)}"

	def _account(self) -> tuple:
		head = self.rows.stamp(self.card, str(self.frappe.utils.now_datetime()), "A")
		return (*head, self.card, "C", "P", "CNY", 0, 0, 0, 0, 0, 0)

	def _lot(self, now: str) -> tuple:
		return (self.card, "C", "Points", 10, 10, 0, 0, None, now, None, "Member Card", "x", "9999-12-31", 0)

	def _entry(self, now: str, lot: str, name: str) -> tuple:
		return (
			now[:10], now, self.card, "C", "P", None, "Points", "Earn", 10, 10, lot, None, "Member Card", "x",
			None, name, name,
		)  # fmt: skip


def problems(cards: list[str]) -> list[str]:
	from crm_app.crm_membership import ledger_audit

	return [problem for card in cards for problem in ledger_audit.audit(card)]


if __name__ == "__main__":
	main()
