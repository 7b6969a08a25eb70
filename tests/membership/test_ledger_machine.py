"""The real engine under any sequence of sales, returns, payments and moves: the books stay straight."""

import frappe
from crm_testing.customers import make_customer
from crm_testing.ledger_rules import KINDS, broken_rules
from crm_testing.membership import make_card, make_programme
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
	RuleBasedStateMachine,
	initialize,
	invariant,
	precondition,
	rule,
	run_state_machine_as_test,
)

from crm_app.crm_membership import card_moves, expiry, ledger, ledger_audit, sales_ledger, stored_value
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import POINTS, PRINCIPAL
from crm_app.crm_membership.ledger_rows import BALANCES
from crm_app.utils.money import to_decimal

SAVEPOINT = "ledger_machine"
DAYS = "2026-06-15"


class Machine(RuleBasedStateMachine):
	"""One member with a card that is replaced and merged; sales are rows as an import writes them."""

	@initialize(
		policy=st.sampled_from(["Below Zero", "Refuse", "Forgive"]),
		order=st.sampled_from(["Principal First", "Bonus First", "Proportional"]),
		rounding=st.sampled_from(["Down", "Half Up", "Up"]),
	)
	def begin(self, policy, order, rounding):
		frappe.db.savepoint(SAVEPOINT)
		terms = {"spent_points_policy": policy, "value_order": order, "points_rounding": rounding}
		self.programme = make_programme(points_expiry="Never", **terms).name
		self.holder = make_customer().name
		self.number, self.sales, self.returns, self.spends, self.top_ups = 0, [], [], [], []
		self.card = self.new_card()
		self.cards = [self.card]

	def teardown(self):
		if hasattr(self, "holder"):
			assert [problem for card in self.cards for problem in ledger_audit.audit(card)] == []
			frappe.db.rollback(save_point=SAVEPOINT)
			frappe.clear_document_cache("Membership Programme", self.programme)

	def new_card(self):
		card = make_card(self.holder, self.programme)
		card.activate()
		return card.name

	def next(self, what: str) -> str:
		self.number += 1
		return f"{what}-{self.card}-{self.number}"

	def do(self, work, *args):
		"""The answer of the engine; None where it refused, and then nothing may have changed."""
		frappe.db.savepoint("one_step")
		try:
			return work(*args) or True
		except Refused:
			frappe.db.rollback(save_point="one_step")
			return None

	def held(self, kind=POINTS):
		return to_decimal(frappe.db.get_value("Member Account", self.card, BALANCES[kind]))

	def paper(self, name: str) -> ledger.Voucher:
		return ledger.Voucher("Member Card", name)

	# -- sales

	def transaction(self, name, kind, qty, rate, against=None):
		sign = -1 if kind == "Return" else 1
		amount = sign * qty * rate / 100
		head = {"name": name, "docstatus": 1, "customer": self.holder, "member_card": self.card}
		head |= {"transaction_type": kind, "posting_date": DAYS, "amount": amount, "return_against": against}
		line = {"name": f"{name}-1", "parent": name, "parenttype": "CRM Transaction", "parentfield": "items"}
		line |= {"idx": 1, "item_code": "TEA", "qty": sign * qty, "rate": rate / 100, "amount": amount}
		for doctype, row in (("CRM Transaction", head), ("CRM Transaction Item", line)):
			frappe.db.bulk_insert(doctype, list(row), [tuple(row.values())])

	@rule(qty=st.integers(1, 4), rate=st.integers(50, 20000))
	def sell(self, qty, rate):
		name = self.next("sale")
		self.transaction(name, "Sale", qty, rate)
		earned = sales_ledger.earn(name)
		assert sales_ledger.earn(name) == earned
		self.sales.append({"name": name, "qty": qty, "rate": rate, "earned": earned, "back": []})

	@precondition(lambda self: self.sales)
	@rule(points=st.integers(0, 40), cents=st.integers(0, 5000))
	def pay_the_last_sale_with_the_card(self, points, cents):
		sale = self.sales[-1]
		if sale["back"] or "paid" in sale:
			return
		worth = to_decimal(sale["qty"] * sale["rate"]) / 100
		value = min(to_decimal(cents) / 100, worth - min(to_decimal(points) / 100, worth))

		def work():
			paper = ledger.Voucher("CRM Transaction", sale["name"])
			with ledger.posting(self.card, f"paid|{sale['name']}", paper) as book:
				if points:
					book.spend(POINTS, min(to_decimal(points), worth * 100), "Redeem")
				if value:
					book.spend_value(value)

		if self.do(work):
			sale["paid"] = self.paid_for(sale["name"])

	def paid_for(self, sale: str) -> dict:
		"""{kind: units} that a sale holds of the card: what it spent less what came back."""
		spent = frappe.get_all(
			"Member Ledger Entry",
			{"voucher_no": sale, "entry_type": ["in", ledger.SPENDING]},
			["name", "kind", "amount"],
		)
		held = {}
		for row in spent:
			back = frappe.get_all("Member Ledger Entry", {"reverses": row.name}, pluck="amount")
			left = -to_decimal(row.amount) - sum(map(to_decimal, back))
			held[row.kind] = held.get(row.kind, 0) + left
		return held

	def count_back(self, sale, change: int):
		"""What came back stands on the line of the sale, as a submitted return writes it."""
		line = f"{sale['name']}-1"
		qty = frappe.db.get_value("CRM Transaction Item", line, "returned_qty") + change
		values = {"returned_qty": qty, "returned_amount": qty * sale["rate"] / 100}
		frappe.db.set_value("CRM Transaction Item", line, values)

	@precondition(lambda self: any(sale["qty"] > len(sale["back"]) for sale in self.sales))
	@rule(which=st.integers(0, 9))
	def give_one_back(self, which):
		open_sales = [sale for sale in self.sales if sale["qty"] > len(sale["back"])]
		sale, name = open_sales[which % len(open_sales)], self.next("return")
		self.transaction(name, "Return", 1, sale["rate"], sale["name"])
		self.count_back(sale, 1)
		taken = self.do(sales_ledger.earn, name)
		if taken is None:
			frappe.db.set_value("CRM Transaction", name, "docstatus", 0)
			self.count_back(sale, -1)
			return
		sale["back"].append(taken)
		self.returns.append((sale, name, taken))
		if len(sale["back"]) == sale["qty"]:
			assert -sum(back.points for back in sale["back"]) == sale["earned"].points
			assert -sum(back.tier_credit for back in sale["back"]) == sale["earned"].tier_credit
			assert not any(self.paid_for(sale["name"]).values()), "all of the goods, all of the payment"

	@precondition(lambda self: self.returns)
	@rule()
	def cancel_the_last_return(self):
		sale, name, taken = self.returns.pop()
		before = self.paid_for(sale["name"])
		if not self.do(sales_ledger.cancel, name):  # what it paid back is spent meanwhile
			assert any(taken.paid_back.units.values())
			self.returns.append((sale, name, taken))
			return
		for kind, units in taken.paid_back.units.items():
			assert self.paid_for(sale["name"])[kind] - before[kind] == units
		self.count_back(sale, -1)
		frappe.db.set_value("CRM Transaction", name, "docstatus", 2)
		sale["back"].remove(taken)

	@precondition(lambda self: any(not sale["back"] for sale in self.sales))
	@rule(which=st.integers(0, 9))
	def cancel_a_sale(self, which):
		whole = [sale for sale in self.sales if not sale["back"]]
		sale = whole[which % len(whole)]
		if self.do(sales_ledger.cancel, sale["name"]):
			frappe.db.set_value("CRM Transaction", sale["name"], "docstatus", 2)
			self.sales.remove(sale)

	# -- spending

	@rule(tenths=st.integers(1, 12))
	def redeem(self, tenths):
		# Lots past their last day are no longer there, even before the nightly job.
		there, tier = ledger.balance(self.card).points, self.held("Tier Credit")
		points = max(there * tenths // 10, to_decimal(1))
		key = self.next("redeem")

		def work():
			with ledger.posting(self.card, key, self.paper(key)) as book:
				book.spend(POINTS, points, "Redeem")

		if self.do(work):
			assert there - self.held() == points <= there
			self.spends.append(key)
		assert self.held("Tier Credit") == tier

	@precondition(lambda self: self.spends)
	@rule(which=st.integers(0, 9))
	def take_a_payment_back(self, which):
		key = self.spends.pop(which % len(self.spends))
		before = self.held()
		spent = frappe.get_all(
			"Member Ledger Entry", {"posting": key, "entry_type": "Redeem"}, pluck="amount"
		)
		assert self.do(ledger.reverse, f"undo-{key}", self.card, key, self.paper(key))
		assert self.held() - before == -sum(map(to_decimal, spent))
		assert ledger.reverse(f"undo-{key}", self.card, key, self.paper(key))

	@rule(cents=st.integers(100, 60000))
	def top_up(self, cents):
		key = self.next("top-up")
		stored_value.top_up(self.card, to_decimal(cents) / 100, key, self.paper(key))
		self.top_ups.append(key)

	@rule(tenths=st.integers(1, 12))
	def pay(self, tenths):
		amount = max(self.held(PRINCIPAL) * tenths // 10, to_decimal("0.01"))
		key = self.next("pay")

		def work():
			with ledger.posting(self.card, key, self.paper(key)) as book:
				book.spend_value(amount)

		self.do(work)

	@precondition(lambda self: self.top_ups)
	@rule(which=st.integers(0, 9), cents=st.integers(1, 30000))
	def refund(self, which, cents):
		key = self.top_ups[which % len(self.top_ups)]
		again = self.next("refund")
		self.do(
			stored_value.refund,
			self.card,
			("Member Card", key),
			to_decimal(cents) / 100,
			again,
			self.paper(again),
		)

	@rule(kind=st.sampled_from(KINDS), change=st.integers(-80, 80).filter(bool))
	def adjust(self, kind, change):
		key = self.next("adjust")

		def work():
			with ledger.posting(self.card, key, self.paper(key)) as book:
				book.adjust(kind, to_decimal(change))

		self.do(work)

	# -- time and cards

	@precondition(lambda self: frappe.db.exists("Member Lot", {"account": self.card, "is_closed": 0}))
	@rule(which=st.integers(0, 9), night=st.booleans())
	def a_lot_lapses(self, which, night):
		lots = frappe.get_all(
			"Member Lot", {"account": self.card, "is_closed": 0}, pluck="name", order_by="name"
		)
		past = {"expires_on": "2020-01-01", "order_date": "2020-01-01"}
		frappe.db.set_value("Member Lot", lots[which % len(lots)], past)
		if night:
			assert expiry._expire([self.card]) >= 1
			assert expiry._expire([self.card]) == 0

	@precondition(lambda self: len(self.cards) < 5)
	@rule()
	def move_to_another_card(self):
		old, self.card = self.card, self.new_card()
		before = frappe.db.get_value("Member Account", old, list(BALANCES.values()))
		lapsing = frappe.db.exists("Member Lot", {"account": old, "is_closed": 0, "order_date": "2020-01-01"})
		card_moves.move_all(old, self.card)
		self.cards.append(self.card)
		after = frappe.db.get_value("Member Account", self.card, list(BALANCES.values()))
		assert before == after or lapsing

	@invariant()
	def the_books_are_straight(self):
		if not hasattr(self, "cards"):
			return
		for card in self.cards[-2:]:
			account = frappe.db.get_value("Member Account", card, "*", as_dict=True)
			balances = {kind: to_decimal(account[field]) for kind, field in BALANCES.items()}
			entries = frappe.get_all("Member Ledger Entry", {"account": card}, ["kind", "amount", "lot"])
			lots = frappe.get_all("Member Lot", {"account": card}, ["name", "kind", "granted", "remaining"])
			assert not broken_rules(
				balances,
				to_decimal(account.points_debt),
				[(row.kind, to_decimal(row.amount), row.lot or None) for row in entries],
				[(row.name, row.kind, to_decimal(row.granted), to_decimal(row.remaining)) for row in lots],
			)


def test_any_sequence_keeps_the_books_straight():

	# Shrinking a failure takes minutes on a database; the failing sequence is printed whole.
	run_state_machine_as_test(
		Machine, settings=settings(max_examples=15, stateful_step_count=30, phases=[Phase.generate])
	)
