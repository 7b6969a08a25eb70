"""Between sales and the members' ledger: what a transaction earns, what a return or cancellation takes back.

Member Earning keeps, per transaction and line, what was earned on the day; a rule that changes later changes
nothing here. Its unique `transaction` makes each of these calls happen once, however often it is repeated.
"""

import json
from dataclasses import dataclass, replace
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate

from crm_app.crm_membership import earning, ledger, paying_back, tier_changes
from crm_app.crm_membership import ledger_rows as rows
from crm_app.crm_membership.domain.card_status import REPLACED
from crm_app.crm_membership.domain.earned import Earned, Sale, SaleLine
from crm_app.crm_membership.domain.kinds import POINTS, TIER_CREDIT
from crm_app.crm_membership.domain.taking_back import Back, take_back
from crm_app.crm_membership.ledger import Posting, Voucher
from crm_app.crm_sales.domain.returns import by_item
from crm_app.crm_sales.domain.transaction import RETURN
from crm_app.utils.money import ZERO, to_decimal
from crm_app.utils.telling import telling

TRANSACTION, EARNING = "CRM Transaction", "Member Earning"
BLOCKED, TOO_EARLY = "Card Blocked", "Before the Ledger"
NOTHING, UNLINKED = "No Points Earned", "Return without its Sale"
HEADER = [
	"name", "docstatus", "transaction_type", "return_against", "member_card", "customer", "store", "channel",
	"posting_date", "posting_time", "currency", "amount",
]  # fmt: skip
LINE = ["name", "item_code", "category", "qty", "amount"]
COLUMNS = (
	*rows.STAMP, "transaction", "account", "customer", "posting_date", "against", "note", "cancelled",
	"points", "tier_credit", "charged", "forgiven", "lot", "credit_lot", "entry", "credit_entry", "lines",
	"rules",
)  # fmt: skip
FIELDS = (
	"name, `transaction`, account, against, note, cancelled, points, tier_credit, charged, forgiven, lot,"
	" credit_lot, entry, credit_entry, `lines`"
)
BY_SALE = f"SELECT {FIELDS} FROM `tab{EARNING}` WHERE `transaction` = %s"
BY_RETURNS = BY_SALE.replace("WHERE `transaction`", "WHERE cancelled = 0 AND against")


@dataclass(frozen=True, slots=True)
class Earning:
	"""What a transaction posted: signed points and tier credit; a note where nothing was to be posted."""

	points: Decimal = ZERO
	tier_credit: Decimal = ZERO
	forgiven: Decimal = ZERO
	note: str | None = None
	paid_back: paying_back.PaidBack | None = None  # of a return against its sale


# -- hooks of CRM Transaction


def on_submit(doc, method: str | None = None) -> None:
	if not doc.member_card:
		return
	with telling(_("Member points")):
		posted = earn(doc.name)
	if posted and posted.paid_back:
		doc.flags.paid_back = posted.paid_back
		paying_back.tell_staff(doc)


def on_cancel(doc, method: str | None = None) -> None:
	if doc.member_card:
		with telling(_("Member points")):
			cancel(doc.name)


# -- what happens to a transaction


def earn(transaction: str) -> Earning | None:
	"""Posts a submitted transaction: a sale earns, a return takes back and pays back; None without a card."""
	header = frappe.db.get_value(TRANSACTION, transaction, HEADER, as_dict=True)
	if not header or header.docstatus != 1 or not header.member_card:
		return None
	voucher = Voucher(TRANSACTION, transaction, getdate(header.posting_date), header.store)
	with ledger.posting(header.member_card, f"earn|{transaction}", voucher) as book:
		if found := _posted(book, transaction):
			return Earning(to_decimal(found.points), to_decimal(found.tier_credit), note=found.note)
		filters = {"parent": transaction, "parenttype": TRANSACTION}
		lines = frappe.get_all("CRM Transaction Item", filters, LINE, order_by="idx asc")
		if header.transaction_type != RETURN:
			return earn_lines(book, sale_of(book, header, lines), transaction)
		if sale := header.return_against:
			taken = return_lines(book, sale, lines, transaction)
			return replace(taken, paid_back=paying_back.pay_back(book, sale, abs(to_decimal(header.amount))))
		return _return_unlinked(book, sale_of(book, header, lines), transaction)


def earn_lines(book: Posting, sale: Sale, transaction: str, earned: Earned | None = None) -> Earning:
	"""A sale inside a posting. The caller says by the posting's key that it is the first time.

	`earned`: what the rules gave for this very sale, where the caller has asked them under the lock already.
	"""
	if note := _why_not(book, sale):
		return _keep(book, transaction, Earned(), note=note)
	earned = earned or earning.evaluate(sale)
	points = credit = None
	if earned.points > 0:
		until = earning.points_expire_on(book.programme, sale.posting_date)
		points = book.grant(POINTS, earned.points, "Earn", until)
		points_entry = _entry_of(book, points)
	if earned.tier_credit > 0:
		until = earning.tier_credit_expires_on(book.programme, sale.posting_date)
		credit = book.grant(TIER_CREDIT, earned.tier_credit, "Earn", until)
	kept = _keep(
		book,
		transaction,
		earned,
		note=None if points or credit else NOTHING,
		lot=points and points.name,
		entry=points and points_entry,
		credit_lot=credit and credit.name,
		credit_entry=credit and _entry_of(book, credit),
		lines=_earned_lines(sale, earned),
	)
	tier_changes.after_purchase(book)
	return kept


def return_lines(book: Posting, sale: str, lines: list, transaction: str) -> Earning:
	"""A return inside a posting: `lines` with item_code, qty and amount."""
	of_sale = _posted(book, sale)
	if not of_sale or of_sale.cancelled:
		return _keep(book, transaction, Earned(), note=NOTHING, against=sale)
	before = [line for row in book.source.read(BY_RETURNS, (sale,)) for line in json.loads(row.lines or "[]")]
	decimals = {"points": book.terms.points_decimals, "tier_credit": 2}
	backs = take_back(json.loads(of_sale.lines or "[]"), before, by_item(lines), decimals)
	return _take(book, of_sale, backs, transaction)


def cancel(transaction: str) -> None:
	"""Everything that a transaction posted is reversed: what it spent comes back, what it earned goes."""
	card = frappe.db.get_value(TRANSACTION, transaction, "member_card")
	if card:
		with ledger.posting(card, f"cancel|{transaction}", Voucher(TRANSACTION, transaction)) as book:
			if not book.repeated:
				cancel_in(book, transaction)


def cancel_in(book: Posting, transaction: str) -> None:
	"""The same inside a posting. Refused by the programme's policy where earned points are spent."""
	spent = book.source.entries_of_voucher(TRANSACTION, transaction, ledger.SPENDING)
	book.reverse(spent, book.source.reversed(spent))
	found = _posted(book, transaction)
	if not found or found.cancelled:
		return
	if found.against or found.note == UNLINKED:
		_spend_again(book, found.against, transaction)
		_undo_return(book, found, transaction)
	else:
		_undo_sale(book, found)
	frappe.db.set_value(EARNING, found.name, "cancelled", 1)


def sale_of(book: Posting, header, lines: list) -> Sale:
	"""A stored transaction as the rules see it; the amounts of a return without their sign."""
	return Sale(
		card=book.account,
		customer=book.row.customer,
		programme=book.row.programme,
		tier=book.row.tier,
		store=header.store,
		channel=header.channel,
		posting_date=getdate(header.posting_date),
		posting_time=header.posting_time,
		currency=header.currency,
		lines=tuple(
			SaleLine(
				line.name,
				line.item_code,
				line.category,
				abs(to_decimal(line.qty)),
				abs(to_decimal(line.amount)),
			)
			for line in lines
		),
		not_earning=_paid_with_points(book, header.name),
	)


# -- how


def _posted(book: Posting, transaction: str):
	return next(iter(book.source.read(BY_SALE, (transaction,))), None)


def _why_not(book: Posting, sale: Sale) -> str | None:
	if book.programme.earn_from and sale.posting_date < getdate(book.programme.earn_from):
		return TOO_EARLY
	blocked = book.blocked() and book.presented.status_category not in ("Issued", REPLACED)
	return BLOCKED if blocked and not book.programme.earn_while_blocked else None


def _paid_with_points(book: Posting, transaction: str) -> Decimal:
	"""In money: what this transaction redeemed, now or in an earlier posting."""
	mine = [entry for entry in book.entries if entry.entry_type == "Redeem" and entry.kind == POINTS]
	spent = mine or book.source.entries_of_voucher(TRANSACTION, transaction, ("Redeem",))
	points = -sum((entry.amount for entry in spent if entry.kind == POINTS), ZERO)
	return points * to_decimal(book.programme.point_value)


def _entry_of(book: Posting, lot) -> str:
	return next(entry.name for entry in book.entries if entry.lot == lot.name)


def _earned_lines(sale: Sale, earned: Earned) -> list[dict]:
	shares = {line.detail: line for line in earned.lines}
	return [
		Back(
			line.item_code,
			by_item([{"item_code": "", "qty": line.qty, "amount": line.amount}])[""],
			shares[line.detail].points,
			shares[line.detail].tier_credit,
		).as_line()
		for line in sale.lines
		if line.detail in shares
	]


def _take(book: Posting, of_sale, backs: list[Back], transaction: str) -> Earning:
	points = sum((back.points for back in backs), ZERO)
	credit = sum((back.tier_credit for back in backs), ZERO)
	charged = forgiven = ZERO
	if of_sale.lot and points:
		taken = book.take_back(of_sale.lot, points, reverses=of_sale.entry)
		charged, forgiven = taken.charged, taken.forgiven
	if of_sale.credit_lot and credit:
		book.take_back(of_sale.credit_lot, credit, reverses=of_sale.credit_entry)
	values = {"against": of_sale.transaction, "charged": charged, "forgiven": forgiven}
	values |= {"lot": of_sale.lot, "credit_lot": of_sale.credit_lot}
	lines = [back.as_line() for back in backs]
	return _keep(book, transaction, Earned(-points, -credit), lines=lines, **values)


def _return_unlinked(book: Posting, sale: Sale, transaction: str) -> Earning:
	"""Imported without its sale: what it would earn today is taken from what may be spent."""
	if _why_not(book, sale) == TOO_EARLY:
		return _keep(book, transaction, Earned(), note=TOO_EARLY)
	earned = earning.evaluate(sale)
	forgiven = book.charge(POINTS, earned.points, "Return") if earned.points else ZERO
	if earned.tier_credit:
		book.draw(TIER_CREDIT, earned.tier_credit, "Return")
	back = Earned(-earned.points, -earned.tier_credit, because=earned.because)
	return _keep(book, transaction, back, note=UNLINKED, forgiven=forgiven)


def _undo_sale(book: Posting, found) -> None:
	"""Takes back what no return has taken back before."""
	taken = book.source.read(BY_RETURNS, (found.transaction,))
	for key, lot, entry in (("points", "lot", "entry"), ("tier_credit", "credit_lot", "credit_entry")):
		left = to_decimal(found[key]) + sum((to_decimal(row[key]) for row in taken), ZERO)
		if found[lot] and left > 0:
			book.take_back(found[lot], left, "Reverse", found[entry])


def _undo_return(book: Posting, found, transaction: str) -> None:
	entries = book.source.entries_of_voucher(TRANSACTION, transaction, ("Return",))
	for lot, charged in ((found.lot, to_decimal(found.charged)), (found.credit_lot, ZERO)):
		if lot:
			kind = POINTS if lot == found.lot else TIER_CREDIT
			total = -sum((entry.amount for entry in entries if entry.kind == kind), ZERO)
			# What was charged and forgiven left no entry.
			forgiven = to_decimal(found.forgiven) if kind == POINTS else ZERO
			book.forget_return(lot, total + forgiven - charged, charged)
	book.reverse(entries, book.source.reversed(entries))


def _spend_again(book: Posting, sale: str | None, transaction: str) -> None:
	"""The return gave back part of what its sale was paid with; that is spent again."""
	spent = book.source.entries_of_voucher(TRANSACTION, sale, ledger.SPENDING) if sale else []
	names = {entry.name for entry in spent}
	given = book.source.entries_of_voucher(TRANSACTION, transaction, ("Reverse",)) if spent else []
	book.spend_again(entry for entry in given if entry.amount > 0 and entry.reverses in names)


def _keep(book: Posting, transaction: str, earned: Earned, lines: list | None = None, **values) -> Earning:
	"""The row of Member Earning."""
	day = book.voucher.posting_date or book.today
	record = {
		"transaction": transaction, "account": book.account, "customer": book.row.customer,
		"posting_date": day, "cancelled": 0, "points": earned.points, "tier_credit": earned.tier_credit,
		"charged": 0, "forgiven": 0, "lines": json.dumps(lines or []),
		"rules": json.dumps([[rule, str(points)] for rule, points in earned.because]), **values,
	}  # fmt: skip
	head = rows.stamp(rows.new_name(), book.stamped, frappe.session.user)
	row = (*head, *(record.get(name) for name in COLUMNS[len(rows.STAMP) :]))
	rows.insert(EARNING, COLUMNS, [row])
	return Earning(earned.points, earned.tier_credit, values.get("forgiven") or ZERO, values.get("note"))
