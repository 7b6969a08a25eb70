"""Two membership programmes and cards in every state."""

import frappe
from frappe import _
from frappe.utils import add_days

from crm_app.crm_membership.cards import end_of_validity
from crm_app.demo.world import Buyer, World, backdate, ensure, make

CLUB, PLUS = "Lantern Club", "Lantern Plus"
TIERS = [
	{"tier_name": "Silver", "tier_level": 1, "entry_amount": 0, "stay_amount": 0, "points_rate": 1},
	{
		"tier_name": "Gold",
		"tier_level": 2,
		"entry_amount": 5000,
		"stay_amount": 3000,
		"discount_percent": 5,
		"points_rate": 1.5,
	},
	{
		"tier_name": "Diamond",
		"tier_level": 3,
		"entry_amount": 20000,
		"stay_amount": 12000,
		"discount_percent": 8,
		"points_rate": 2,
	},
]
BENEFITS = [
	{"kind": "Birthday Gift", "value": "茶样礼盒", "description": "In the month of the birthday"},
	{"tier_name": "Gold", "kind": "Discount", "value": "5 %", "description": "On everything but gift boxes"},
	{"tier_name": "Gold", "kind": "Free Delivery", "value": "From 99"},
	{"tier_name": "Diamond", "kind": "Priority Service", "value": "Answer in 4 hours"},
	{"tier_name": "Diamond", "kind": "Event", "value": "新茶品鉴会"},
]
MEMBERS = {
	"champion": 0.95, "loyal": 0.85, "steady": 0.6, "rising": 0.6, "new": 0.35, "promising": 0.3,
	"sleeping": 0.4, "at_risk": 0.75, "missed": 0.9, "hibernating": 0.4, "lost": 0.3, "gone": 0.5,
}  # fmt: skip


def create(world: World) -> None:
	create_programmes()
	for buyer in world.buyers:
		if world.rng.random() < MEMBERS.get(buyer.pattern, 0):
			issue(world, buyer)
		world.progress(_("Member cards"))
	vary(world)


def create_programmes() -> None:
	ensure(
		"Membership Programme",
		CLUB,
		programme_name=CLUB,
		card_prefix="8801",
		valid_months=24,
		points_valid_months=12,
		tiers=TIERS,
		benefits=BENEFITS,
		terms="<p>Free membership. The tier follows what was bought in twelve months.</p>",
	)
	ensure(
		"Membership Programme",
		PLUS,
		programme_name=PLUS,
		card_prefix="8802",
		valid_months=12,
		annual_fee=299,
		fee_grace_days=15,
		tiers=[{"tier_name": "Plus", "tier_level": 1, "discount_percent": 10, "points_rate": 3}],
		benefits=[{"kind": "Free Delivery", "value": "Always"}, {"kind": "Free Parking", "value": "2 h"}],
	)


def issue(world: World, buyer: Buyer) -> None:
	"""A card that was issued at a purchase and used since; one whose time is over has expired."""
	rng = world.rng
	sale = buyer.sales[min(len(buyer.sales) - 1, rng.choice((0, 0, 1, 2)))]
	card = make(
		"Member Card",
		customer=buyer.name,
		programme=CLUB,
		tier=tier_of(buyer, world),
		card_type=rng.choice(("Electronic", "Electronic", "Physical")),
		store=sale["store"],
		issued_on=sale["day"],
	)
	buyer.card, buyer.card_from, buyer.tier = card.name, sale["day"], card.tier
	if end_of_validity(CLUB, sale["day"]) < world.today:
		card.expire(_("Validity ended"))
	else:
		card.activate()
	date_back(card, sale)


def date_back(card, sale: dict) -> None:
	values = {"creation": sale["moment"]}
	if card.activated_on:
		values["activated_on"] = sale["day"]
	backdate("Member Card", card.name, **values)
	frappe.db.set_value(
		"Member Card History", {"parent": card.name}, "changed_on", sale["moment"], update_modified=False
	)


def tier_of(buyer: Buyer, world: World) -> str:
	since = add_days(world.today, -365)
	amount = sum(sale["amount"] for sale in buyer.sales if sale["day"] > since)
	reached = [tier for tier in TIERS if amount >= tier["entry_amount"]]
	return reached[-1]["tier_name"]


def vary(world: World) -> None:
	"""Cards that are lost, suspended, replaced, not yet activated; paid membership beside the free one."""
	members = [buyer for buyer in world.buyers if buyer.card and is_active(buyer.card)]
	world.rng.shuffle(members)
	for buyer in members[:5]:
		frappe.get_doc("Member Card", buyer.card).report_lost("顾客来电报失")
	for buyer in members[5:9]:
		frappe.get_doc("Member Card", buyer.card).suspend("Fee dispute")
	for buyer in members[9:13]:
		replace(buyer)
	for buyer in world.buyers_like("new")[:6]:
		make("Member Card", customer=buyer.name, programme=CLUB, issued_on=world.today)
	for buyer in [buyer for buyer in members[13:] if buyer.tier != "Silver"][:18]:
		join_plus(world, buyer)


def is_active(card: str) -> bool:
	return frappe.db.get_value("Member Card", card, "status_category") == "Active"


def replace(buyer: Buyer) -> None:
	new = frappe.get_doc("Member Card", buyer.card).replace("Card does not read any more")
	new.activate()


def join_plus(world: World, buyer: Buyer) -> None:
	joined = add_days(world.today, -world.rng.randint(5, 330))
	card = make("Member Card", customer=buyer.name, programme=PLUS, issued_on=max(joined, buyer.card_from))
	card.activate()
