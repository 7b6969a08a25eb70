"""The ledger's rules without a database: any sequence of movements keeps the books straight."""

import copy
import itertools
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from crm_testing.ledger_rules import KINDS, broken_rules
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crm_app.crm_membership.domain.book import Book
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import (
	BELOW_ZERO,
	BONUS,
	BONUS_FIRST,
	FORGIVE,
	POINTS,
	PRINCIPAL,
	PRINCIPAL_FIRST,
	PROPORTIONAL,
	REFUSE,
	TIER_CREDIT,
	Terms,
)
from crm_app.crm_membership.domain.sharing import share_decimal
from crm_app.crm_membership.domain.splitting import share_of, split_value

START = datetime(2026, 1, 1, 9)
POINTS_AMOUNTS = st.integers(1, 300).map(Decimal)
MONEY = st.integers(1, 30000).map(lambda cents: Decimal(cents) / 100)
DAYS = st.one_of(st.none(), st.integers(0, 40))
TENTHS = st.integers(1, 12)  # of what is there; more than ten is too much


class Shelf:
	"""Lots, entries and balances of all accounts: what the database is to the engine."""

	def __init__(self, terms: Terms):
		self.terms, self.now, self.numbers = terms, START, itertools.count(1)
		self.lots, self.entries, self.accounts = {}, {}, {}

	def open(self, account: str) -> None:
		self.accounts[account] = (dict.fromkeys(KINDS, Decimal(0)), Decimal(0))
		self.entries[account] = []

	def book(self, account: str) -> Book:
		balances, debt = self.accounts[account]
		source = Reader(self, account)
		name = lambda: f"{next(self.numbers):06d}"  # noqa: E731
		return Book(account, balances, debt, self.terms, self.now, source, name)

	def write(self, *books: Book) -> None:
		for book in books:
			self.accounts[book.account] = (book.balances, book.debt)
			self.entries[book.account] += book.entries
			for lot in (*book.new_lots.values(), *book.changed_lots.values()):
				self.lots[lot.name] = copy.copy(lot)

	def lots_of(self, account: str, kind: str | None = None) -> list:
		mine = [lot for lot in self.lots.values() if lot.account == account and kind in (None, lot.kind)]
		return sorted(mine, key=lambda lot: lot.spend_key)


class Reader:
	def __init__(self, shelf: Shelf, account: str):
		self.shelf, self.account = shelf, account

	def open(self, kind):
		return (copy.copy(lot) for lot in self.shelf.lots_of(self.account, kind) if lot.remaining)

	def get(self, name):
		return copy.copy(self.shelf.lots[name])

	def family(self, root):
		return [copy.copy(lot) for lot in self.shelf.lots.values() if root in (lot.name, lot.origin)]


class Machine(RuleBasedStateMachine):
	"""Two accounts; what is moved goes to a third and so on."""

	@initialize(
		policy=st.sampled_from([BELOW_ZERO, REFUSE, FORGIVE]),
		order=st.sampled_from([PRINCIPAL_FIRST, BONUS_FIRST, PROPORTIONAL]),
		restore=st.sampled_from([0, 30]),
	)
	def begin(self, policy, order, restore):
		terms = Terms(spent_points_policy=policy, value_order=order, restore_days=restore)
		self.shelf, self.open, self.number = Shelf(terms), [], itertools.count(1)
		self.sales, self.spends, self.top_ups = [], [], []
		for _account in range(2):
			self.new_account()

	def new_account(self) -> str:
		account = f"A{next(self.number)}"
		self.shelf.open(account)
		self.open.append(account)
		return account

	def at(self, which: int) -> str:
		return self.open[which % len(self.open)]

	def do(self, account, work):
		"""Writes what `work` did, nothing where it was refused; returns the new entries."""
		book = self.shelf.book(account)
		tier = book.balance(TIER_CREDIT)
		try:
			work(book)
		except Refused:
			return None
		self.shelf.write(book)
		return book.entries, tier == book.balance(TIER_CREDIT)

	@rule(which=st.integers(0, 1), points=POINTS_AMOUNTS, days=DAYS)
	def earn(self, which, points, days):
		account, made = self.at(which), {}
		until = self.shelf.now.date() + timedelta(days) if days is not None else None

		def work(book):
			made["lot"] = book.grant(POINTS, points, "Earn", until).name
			made["credit"] = book.grant(TIER_CREDIT, points, "Earn", None).name

		self.do(account, work)
		self.sales.append({"account": account, "left": points, **made})

	@precondition(lambda self: self.sales)
	@rule(which=st.integers(0, 9), part=st.integers(1, 4))
	def give_goods_back(self, which, part):
		sale = self.sales[which % len(self.sales)]
		amount = min(sale["left"], Decimal(part * 50))
		if amount and self.do(self.where(sale), lambda book: book.take_back(sale["lot"], amount)):
			sale["left"] -= amount

	@rule(which=st.integers(0, 1), tenths=TENTHS)
	def redeem(self, which, tenths):
		account = self.at(which)
		there = max(self.shelf.accounts[account][0][POINTS], Decimal(1))
		points = max(there * tenths // 10, Decimal(1))
		done = self.do(account, lambda book: book.spend(POINTS, points, "Redeem"))
		assert not (done and points > there), "more was spent than there was"
		if done:
			entries, same_tier = done
			assert same_tier, "redeeming changed the tier credit"
			spent = [entry for entry in entries if entry.entry_type == "Redeem"]
			assert -sum(entry.amount for entry in spent) == points
			self.check_order(account, [entry.lot for entry in spent])
			self.spends.append({"account": account, "entries": spent, "done": {}})

	def check_order(self, account, drawn):
		"""Nothing that should have gone first is left."""
		lots = self.shelf.lots_of(account, POINTS)
		last = max(lot.spend_key for lot in lots if lot.name in drawn)
		assert not [lot for lot in lots if lot.remaining and lot.spend_key < last]

	@precondition(lambda self: self.spends)
	@rule(which=st.integers(0, 9), tenths=st.one_of(st.none(), TENTHS))
	def give_points_back(self, which, tenths):
		spend = self.spends[which % len(self.spends)]
		paid = -sum(e.amount for e in spend["entries"])
		part = max(paid * tenths // 10, Decimal(1)) if tenths else None
		open_amount = paid - sum(spend["done"].values())
		entries, done = spend["entries"], spend["done"]

		def work(book):
			if part:
				book.give_back(entries, part, done)
			else:
				book.reverse(entries, done)

		result = self.do(self.where(spend), work)
		if part and part > open_amount:
			assert result is None, "more came back than was spent"
			return
		reverses = [entry for entry in result[0] if entry.reverses]
		assert sum(entry.amount for entry in reverses) == (part or open_amount)
		for entry in reverses:
			done[entry.reverses] = done.get(entry.reverses, Decimal(0)) + entry.amount

	def where(self, thing) -> str:
		while thing["account"] in self.moved:
			thing["account"] = self.moved[thing["account"]]
		return thing["account"]

	@property
	def moved(self) -> dict:
		return self.__dict__.setdefault("_moved", {})

	@rule(which=st.integers(0, 1), kind=st.sampled_from(KINDS), up=st.booleans(), amount=POINTS_AMOUNTS)
	def adjust(self, which, kind, up, amount):
		self.do(self.at(which), lambda book: book.adjust(kind, amount if up else -amount))

	@rule(which=st.integers(0, 1), amount=MONEY, bonus=st.one_of(st.just(Decimal(0)), MONEY), days=DAYS)
	def top_up(self, which, amount, bonus, days):
		account, lots = self.at(which), {}
		until = self.shelf.now.date() + timedelta(days) if days is not None else None

		def work(book):
			lots[PRINCIPAL] = book.grant(PRINCIPAL, amount, "Top-up").name
			lots[BONUS] = book.grant(BONUS, bonus, "Bonus", until).name if bonus else None

		self.do(account, work)
		self.top_ups.append(
			{
				"account": account,
				"lots": lots,
				"amount": amount,
				"bonus": bonus,
				"refunded": 0,
				"bonus_back": 0,
			}
		)

	@rule(which=st.integers(0, 1), tenths=TENTHS)
	def pay(self, which, tenths):
		balances, _debt = self.shelf.accounts[self.at(which)]
		amount = max((balances[PRINCIPAL] + balances[BONUS]) * tenths // 10, Decimal("0.01"))
		self.do(self.at(which), lambda book: book.spend_value(amount))

	@precondition(lambda self: self.top_ups)
	@rule(which=st.integers(0, 9), tenths=TENTHS)
	def refund(self, which, tenths):
		paid, answer = self.top_ups[which % len(self.top_ups)], []
		amount = max(paid["amount"] * tenths // 10, Decimal("0.01"))

		def work(book):
			answer.append(book.refund(paid["lots"][PRINCIPAL], paid["lots"][BONUS], amount))

		if self.do(self.where(paid), work):
			paid["refunded"] += amount
			assert paid["refunded"] <= paid["amount"]
			paid["bonus_back"] += answer[0].bonus
			assert 0 <= answer[0].paid_out <= amount
			assert paid["bonus_back"] <= share_of(paid["bonus"], paid["refunded"], paid["amount"], 2)

	@rule(days=st.integers(1, 20))
	def days_pass(self, days):
		self.shelf.now += timedelta(days)

	@rule(which=st.integers(0, 1), kind=st.sampled_from(KINDS))
	def expire(self, which, kind):
		self.do(self.at(which), lambda book: book.expire(kind))
		today = self.shelf.now.date()
		assert not [
			lot for lot in self.shelf.lots_of(self.at(which), kind) if lot.remaining and lot.is_due(today)
		]

	@rule(which=st.integers(0, 1), merge=st.booleans())
	def replace_or_merge(self, which, merge):
		old = self.at(which)
		new = self.at(which + 1) if merge else self.new_account()
		source, target = self.shelf.book(old), self.shelf.book(new)
		source.move_all(target)
		self.shelf.write(source, target)
		assert set(source.balances.values()) == {Decimal(0)} and source.debt == 0
		self.moved[old] = new
		self.open.remove(old)
		if len(self.open) < 2:
			self.new_account()

	@invariant()
	def no_unit_is_counted_twice(self):
		"""What a lot was granted for is there, spent, lapsed or taken back; never two of these."""
		used = {}
		lots = self.shelf.lots if hasattr(self, "shelf") else {}
		for lot in lots.values():
			used[lot.root] = used.get(lot.root, Decimal(0)) + lot.remaining + lot.expired + lot.returned
		assert not [root for root, amount in used.items() if amount > lots[root].granted]

	@invariant()
	def the_books_are_straight(self):
		for account, (balances, debt) in getattr(self, "shelf", Shelf(Terms())).accounts.items():
			entries = [(e.kind, e.amount, e.lot) for e in self.shelf.entries[account]]
			lots = [(x.name, x.kind, x.granted, x.remaining) for x in self.shelf.lots_of(account)]
			assert broken_rules(balances, debt, entries, lots) == []


TestTheBook = Machine.TestCase
TestTheBook.settings = settings(max_examples=60, stateful_step_count=40)


@given(
	st.integers(0, 10**6).map(lambda n: Decimal(n) / 100),
	st.lists(st.integers(0, 500), min_size=1, max_size=9),
)
def test_a_total_is_shared_to_the_last_digit(total, weights):
	parts = share_decimal(total, weights, 2)
	assert sum(parts) == total and min(parts) >= 0
	exact = [total * weight / (sum(weights) or 1) for weight in weights]
	if sum(weights):
		assert all(abs(part - share) < Decimal("0.01") for part, share in zip(parts, exact, strict=True))


@given(MONEY, MONEY, MONEY, st.sampled_from([PRINCIPAL_FIRST, BONUS_FIRST, PROPORTIONAL]))
def test_stored_value_is_split_without_a_rest(amount, principal, bonus, order):
	parts = split_value(amount, principal, bonus, order)
	assert sum(parts) == amount and min(parts) >= 0 and parts[1] <= bonus
	if amount <= principal + bonus:
		assert parts[0] <= principal


@pytest.mark.parametrize("part, share", [(0, 0), (1, 3), (2, 6), (3, 10), (4, 10)])
def test_a_share_is_rounded_down_until_the_part_is_the_whole(part, share):
	assert share_of(Decimal(10), part, 3, 0) == share
