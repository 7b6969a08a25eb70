"""A sale at the till: quoted, written, earned and paid in one transaction.

Locks in one order: the member's account, coupon counters, coupons; what follows is only inserted. No Document
is on the way: the rows are written by the writers that the importer, the ledger and the coupons use as well.
"""

from datetime import datetime
from decimal import Decimal

from crm_app.crm_membership import coupons, ledger, programmes, quoting, sales_ledger
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import KINDS, POINTS
from crm_app.crm_membership.ledger_rows import new_name
from crm_app.crm_membership.till import answers, members
from crm_app.crm_membership.till.outcome import Outcome
from crm_app.crm_sales.domain.transaction import check_and_total
from crm_app.crm_sales.sale_rows import TRANSACTION, SaleRows


def quote(till, call: dict, now: datetime) -> Outcome:
	"""What the basket costs, earns and may be paid with; nothing is locked."""
	member = members.find(till, call, now)
	balance = ledger.balance(member.card)
	found = quoting.quote(asked(till, call, member, now, balance, "quote")).quote
	data = answers.shown(member) | answers.quoted(found) | {"balances": answers.balances(balance)}
	return Outcome(data, customer=member.customer, card=member.card)


def commit(till, call: dict, now: datetime) -> Outcome:
	member = members.find(till, call, now)
	members.check_amount(till, call["total"])
	sale, key = new_name(), f"till|{till.name}|{call['key']}"
	with ledger.posting(member.card, key, ledger.Voucher(TRANSACTION, sale, now.date(), till.store)) as book:
		if refused := book.blocked():
			raise refused
		request = asked(till, call, member, now, balance_of(book), sale)
		plan = programmes.plan(member.programme, book.programme.modified)
		made = quoting.quote(request, lock=True, plan=plan)
		check_agreed(made.quote, call)
		write(call, member, request, sale, made.quote)
		pay(book, made.quote)
		lines = quoting.sale_of(request, made.quote.lines, made.quote.not_earning)
		sales_ledger.earn_lines(book, lines, sale, made.quote.earned)
	use_coupons(till, member, request, sale, made, key)
	told = {"sale": sale, "moment": now.isoformat(), "balances": answers.balances(balance_of(book))}
	data = answers.shown(member) | answers.quoted(made.quote) | told
	return Outcome(data, sale, member.customer, member.card, made.quote.total)


def check_agreed(found, call: dict) -> None:
	"""The customer gets exactly what the till promised, or the sale is refused."""
	if refused := found.first_refusal():
		raise refused
	if "pay" in call and call["pay"] != found.to_pay:
		raise Refused(errors.PAYMENT_MISMATCH, found.to_pay, call["pay"], field="pay")


def asked(till, call: dict, member, now: datetime, balance, sale: str) -> quoting.Request:
	"""The basket as the quote knows it; its lines are called as the rows of the sale will be."""
	return quoting.Request(
		lines=[
			quoting.BasketLine(
				f"{sale}-{number}", line.item_code, line.category, line.qty, line.amount, line.item_name
			)
			for number, line in enumerate(call["items"], 1)
		],
		moment=now,
		store=till.store,
		channel=till.channel,
		member=quoting.Member(
			member.card, member.customer, member.programme, member.tier, balance.points, balance.value
		),
		coupons=call.get("coupons", ()),
		points=Decimal(call["points"]) if call.get("points") else None,
		value=call.get("stored_value") or None,
		currency=member.currency,
	)


def balance_of(book) -> ledger.Balance:
	"""Of a locked account. What has lapsed and is not written off yet is found when it is to be spent."""
	return ledger.Balance(*map(book.balance, KINDS))


# the rows


def write(call: dict, member, request: quoting.Request, sale: str, found) -> None:
	"""The submitted CRM Transaction; what the quote takes off is the discount of its lines."""
	lines = [
		{
			"name": share.key,
			"item_code": line.item_code,
			"item_name": line.item_name or line.item_code,
			"category": line.category or None,
			"qty": line.qty,
			"rate": line.rate,
			"discount_amount": line.qty * line.rate - share.net,
			"amount": share.net,
		}
		for line, share in zip(call["items"], found.lines, strict=True)
	]
	day, time = request.moment.date(), request.moment.time().replace(microsecond=0)
	check_and_total({"transaction_type": "Sale", "posting_date": day}, lines)
	rows = SaleRows()
	rows.add(
		lines,
		name=sale,
		customer=member.customer,
		customer_name=member.customer_name,
		member_card=member.card,
		transaction_type="Sale",
		posting_date=day,
		posting_time=time,
		store=request.store,
		channel=request.channel,
		currency=member.currency,
		payment_method=call.get("payment_method"),
	)
	rows.insert()


def pay(book, found) -> None:
	if found.points_used:
		book.spend(POINTS, found.points_used, "Redeem")
	if found.value_used:
		book.spend_value(found.value_used, "Payment")


def use_coupons(till, member, request: quoting.Request, sale: str, made, key: str) -> None:
	total, moment = made.quote.gross, request.moment
	where = coupons.Sale(
		TRANSACTION, sale, moment, request.store, request.channel, total, member.tier, till.name
	)
	for applied in made.quote.applied:
		offer = made.offers[applied.code]
		coupons.redeem_locked(offer, member.customer, where, applied.discount, key)
