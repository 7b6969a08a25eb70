"""Living members: points of two years, stored value, fees, a tier review that waits, and a till."""

import frappe
from frappe import _
from frappe.utils import add_days, add_months, getdate

from crm_app.crm_membership import (
	expiry,
	ledger,
	qualifying,
	sales_ledger,
	tier_changes,
	tier_reviews,
)
from crm_app.crm_membership.domain.kinds import POINTS, PRINCIPAL
from crm_app.crm_membership.ledger import Voucher
from crm_app.crm_membership.tier_changes import Change
from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.demo.members import CLUB, PLUS
from crm_app.demo.world import World, backdate, ensure, make
from crm_app.utils.money import to_decimal

MONTHS = 13  # that the programme counts points
OFFERS = ((500, 50), (1000, 120))
BIRTHDAY_COUPON = "生日赠手绘茶杯"
TILL = "SH01-1"


def create(world: World) -> None:
	create_offers()
	earn_points(world)
	expire_points()
	members = [buyer for buyer in world.buyers if buyer.card and is_usable(buyer.card)]
	spend_points(world, members)
	load_value(world, members)
	take_fees(world)
	raise_tiers(world)
	propose_tiers(world)
	create_till(world)


def is_usable(card: str) -> bool:
	return frappe.db.get_value("Member Card", card, "status_category") == "Active"


def create_offers() -> None:
	for pay, bonus in OFFERS:
		name = f"充 {pay} 送 {bonus}"
		values = {"pay_amount": pay, "bonus_amount": bonus, "bonus_valid_months": 12}
		ensure("Top-up Offer", name, offer_name=name, programme=CLUB, **values)
	programme = frappe.get_doc("Membership Programme", CLUB)
	if not any(row.coupon_template for row in programme.benefits):
		gift = {"kind": "Birthday Gift", "points": 100, "days_before": 3, "description": "每年一次"}
		programme.append("benefits", {**gift, "coupon_template": BIRTHDAY_COUPON})
		programme.save()


def earn_points(world: World) -> None:
	"""What the sales since the programme began earned, posted as if on their days; cards were in use then."""
	begin = getdate(add_months(world.today, -MONTHS))
	frappe.db.set_value("Membership Programme", CLUB, {"earn_while_blocked": 1, "earn_from": begin})
	filters = {"member_card": ["is", "set"], "docstatus": 1}
	keep_early({**filters, "posting_date": ["<", begin]})
	names = frappe.get_all(
		"CRM Transaction",
		{**filters, "posting_date": [">=", begin]},
		pluck="name",
		order_by="posting_date asc, transaction_type desc",
		limit_page_length=0,
	)
	for name in names:
		sales_ledger.earn(name)
	frappe.db.set_value("Membership Programme", CLUB, "earn_while_blocked", 0)
	date_back("Member Lot", "granted_at")
	date_back("Member Ledger Entry", "posted_at")
	world.progress(_("Points"))


def keep_early(filters: dict) -> None:
	"""Sales before the first day earn nothing; what the engine writes about each of them, in bulk."""
	table = BulkTable("Member Earning", note=sales_ledger.TOO_EARLY, lines="[]", rules="[]")
	fields = ["name", "member_card", "customer", "posting_date", "return_against"]
	moved = dict(
		frappe.get_all("Member Account", {"moved_to": ["is", "set"]}, ["name", "moved_to"], as_list=True)
	)
	for sale in frappe.get_all("CRM Transaction", filters, fields, limit_page_length=0):
		table.add(
			name=frappe.generate_hash(length=20),
			transaction=sale.name,
			account=moved.get(sale.member_card, sale.member_card),
			customer=sale.customer,
			posting_date=sale.posting_date,
			against=sale.return_against,
		)
	table.insert()


def date_back(doctype: str, column: str) -> None:
	"""To the moment of the sale; the engine stamps now."""
	frappe.db.sql(
		f"UPDATE `tab{doctype}` SET {column} = (SELECT t.creation FROM `tabCRM Transaction` t"
		f" WHERE t.name = `tab{doctype}`.voucher_no) WHERE voucher_type = 'CRM Transaction'"
	)


def expire_points() -> None:
	due = frappe.db.sql(expiry.DUE, (frappe.utils.nowdate(),), pluck=True)
	if due:
		expiry._expire(sorted(set(due)))
	frappe.db.sql(
		"UPDATE `tabMember Ledger Entry` SET posting_date = (SELECT l.expires_on FROM `tabMember Lot` l"
		" WHERE l.name = `tabMember Ledger Entry`.lot) WHERE entry_type = 'Expire'"
	)


def spend_points(world: World, members: list) -> None:
	"""Points for a gift, some weeks ago."""
	for buyer in members:
		points = ledger.balance(buyer.card).points
		if points < 500 or world.rng.random() > 0.3:
			continue
		wanted = min(points // 500 * 500, 2000)
		day = max(getdate(add_days(world.today, -world.rng.randint(1, 200))), buyer.card_from)
		paper = Voucher("CRM Customer", buyer.name, day, reason="积分兑换礼品")
		with ledger.posting(buyer.card, f"demo-gift|{buyer.card}", paper) as book:
			book.spend(POINTS, to_decimal(wanted), "Gift")
		frappe.db.set_value(
			"Member Ledger Entry", {"posting": f"demo-gift|{buyer.card}"}, "posted_at", world.moment(day)
		)


def load_value(world: World, members: list) -> None:
	for buyer in members[::9][:40]:
		day = max(getdate(add_days(world.today, -world.rng.randint(2, 300))), buyer.card_from)
		amount = world.rng.choice((500, 500, 1000, 200))
		paid = make(
			"Member Top-up", card=buyer.card, amount=amount, posting_date=day, store=buyer.sales[0]["store"],
			payment_method=world.rng.choice(("WeChat Pay", "Alipay", "Cash")),
		)  # fmt: skip
		paid.submit()
		_stamp("Member Top-up", paid.name, world.moment(day))
		if world.rng.random() < 0.6:
			_pay(
				world,
				buyer,
				to_decimal(world.rng.choice((68, 128, 158))),
				max(day, add_days(world.today, -60)),
			)


def _stamp(doctype: str, name: str, moment) -> None:
	backdate(doctype, name, creation=moment)
	frappe.db.set_value("Member Ledger Entry", {"voucher_no": name}, "posted_at", moment)


def _pay(world: World, buyer, amount, day) -> None:
	"""Part of a sale at the shop was paid from the account."""
	paper = Voucher("CRM Customer", buyer.name, getdate(day), buyer.sales[0]["store"], "储值消费")
	key = f"demo-pay|{buyer.card}"
	with ledger.posting(buyer.card, key, paper) as book:
		if book.balance(PRINCIPAL) >= amount:
			book.spend_value(amount)
	frappe.db.set_value("Member Ledger Entry", {"posting": key}, "posted_at", world.moment(getdate(day)))


def take_fees(world: World) -> None:
	cards = frappe.get_all(
		"Member Card", {"programme": PLUS, "status_category": "Active"}, ["name", "issued_on"]
	)
	for card in cards:
		fee = make("Membership Fee", card=card.name, paid_on=card.issued_on, payment_method="WeChat Pay")
		fee.submit()
	world.progress(_("Membership fees"))


def raise_tiers(world: World) -> None:
	"""Members who were a tier lower when they joined; the change stands some months ago."""
	cards = frappe.get_all(
		"Member Card",
		{"programme": CLUB, "tier": ["in", ["Gold", "Diamond"]], "status_category": "Active"},
		["name", "customer", "tier", "issued_on", "tier_until"],
		order_by="name asc",
	)
	below = {"Gold": "Silver", "Diamond": "Gold"}
	for card in cards[::3]:
		day = max(getdate(add_days(world.today, -world.rng.randint(10, 300))), add_days(card.issued_on, 1))
		plan = qualifying.plan_of(CLUB)
		until = plan.valid_until(plan.get(card.tier), getdate(day))
		change = Change(card.name, card.customer, CLUB, below[card.tier], card.tier, until, "Purchase")
		tier_changes.record(change)
		values = {"posting_date": day, "changed_at": world.moment(getdate(day))}
		frappe.db.set_value("Member Tier Change", {"card": card.name}, values)
		backdate("Member Card", card.name, tier_since=day, tier_until=until)


def propose_tiers(world: World) -> None:
	"""A proposal that waits for somebody's approval."""
	day = getdate(world.today).replace(day=1)
	review = make("Tier Review", programme=CLUB, as_of=add_days(day, -1))
	frappe.db.set_value("Tier Review", review.name, {"prepared_by": world.users["marketing"]})
	backdate("Tier Review", review.name, owner=world.users["marketing"])
	tier_reviews.propose(review)


def create_till(world: World) -> None:
	store = frappe.get_all("CRM Store", {"channel": "Store"}, pluck="name", order_by="name asc")[0]
	ensure("CRM Till", TILL, till_code=TILL, till_name="收银台 1", store=store, programme=CLUB)
