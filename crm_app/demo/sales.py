"""Stores, and two years of sales and returns with their items."""

from datetime import datetime, timedelta

import frappe
from frappe import _

from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_sales.domain.transaction import check_and_total
from crm_app.demo import names
from crm_app.demo.patterns import SIZES
from crm_app.demo.world import Buyer, World, ensure
from crm_app.utils.settings import setting

PAYMENTS = {
	"Store": ("WeChat Pay", "WeChat Pay", "Alipay", "Bank Card", "Cash"),
	"Web": ("Alipay", "WeChat Pay", "Bank Card"),
	"WeChat": ("WeChat Pay",),
}
STORE_OF_PLACE = {place: name for name, channel, place, _manager in names.STORES if channel == "Store"}
ONLINE = [(name, channel) for name, channel, _place, _manager in names.STORES if channel != "Store"]
ONLINE_SHARE = 0.3
RETURNED_SHARE = 0.035
FESTIVE = {1: "GIF-002", 2: "GIF-002", 6: "GIF-004", 9: "GIF-001"}
ROWS_A_BATCH = 500


def create_stores(world: World) -> None:
	for name, channel, place, manager in names.STORES:
		province, city, districts, _weight = names.PLACES[place]
		ensure(
			"CRM Store",
			name,
			store_name=name,
			channel=channel,
			province=province,
			city=city,
			address=f"{districts[0]}{names.STREETS[place]}{100 + place}号",
			manager=world.staff[manager],
		)
	world.progress(_("Stores"), len(names.STORES))


def plan_baskets(world: World) -> None:
	"""What every planned sale consists of: cards and grades are decided before sales are stored."""
	for buyer in world.buyers:
		taste = world.rng.sample(names.GOODS, 12)
		for sale in buyer.sales:
			fill_basket(world, buyer, sale, taste)


def fill_basket(world: World, buyer: Buyer, sale: dict, taste: list[tuple]) -> None:
	rng, size = world.rng, SIZES[buyer.pattern] * (2.5 if buyer.is_company else 1)
	sale["store"], sale["channel"] = shop(world, buyer)
	sale["payment"] = pay(world, buyer, sale)
	sale["moment"] = world.moment(sale["day"])
	goods = rng.sample(taste, min(len(taste), max(1, round(size * rng.choice((1, 1, 2, 2, 3))))))
	if sale["day"].month in FESTIVE and rng.random() < 0.35:
		festive = next(row for row in names.GOODS if row[0] == FESTIVE[sale["day"].month])
		goods = [row for row in goods if row is not festive] + [festive]
	offer = 0.1 if sale["day"].month in (6, 11) and rng.random() < 0.6 else 0
	sale["items"] = [item(rng, row, 3 if buyer.is_company else 1, offer) for row in goods]
	sale.update(totalled(sale, "Sale"))


def shop(world: World, buyer: Buyer) -> tuple[str, str]:
	if buyer.place not in STORE_OF_PLACE or world.rng.random() < ONLINE_SHARE:
		return world.rng.choice(ONLINE)
	return STORE_OF_PLACE[buyer.place], "Store"


def pay(world: World, buyer: Buyer, sale: dict) -> str:
	if buyer.is_company:
		return world.rng.choice(("Bank Transfer", "Bank Transfer", "On Account"))
	return world.rng.choice(PAYMENTS[sale["channel"]])


def item(rng, row: tuple, times: int, offer: float) -> dict:
	code, name, category, price = row
	qty = rng.choice((1, 1, 1, 2, 3)) * times
	discount = round(qty * price * offer, 2)
	return {
		"item_code": code,
		"item_name": name,
		"category": category,
		"qty": qty,
		"rate": price,
		"discount_amount": discount,
	}


def totalled(sale: dict, kind: str) -> dict:
	"""The sums, by the rules that a CRM Transaction follows itself."""
	totals = check_and_total({"transaction_type": kind, "posting_date": sale["day"]}, sale["items"])
	for row, line in zip(sale["items"], totals.lines, strict=True):
		row["qty"], row["amount"] = float(line.qty), float(line.amount)
	return {
		"total_qty": float(totals.total_qty),
		"discount": float(totals.discount_amount),
		"amount": float(totals.amount),
	}


def create(world: World) -> None:
	writer = Writer(world)
	for buyer in world.buyers:
		for sale in buyer.sales:
			writer.add(buyer, sale)
			if world.rng.random() < RETURNED_SHARE and (back := goods_back(world, sale)):
				writer.add(buyer, back, "Return")
	writer.flush()


def goods_back(world: World, sale: dict) -> dict | None:
	"""One line of a sale comes back within three weeks; None while that still lies ahead."""
	moment = sale["moment"] + timedelta(days=world.rng.randint(2, 20))
	if moment > world.now:
		return None
	row = dict(world.rng.choice(sale["items"]))
	back = {**sale, "items": [row], "day": moment.date(), "moment": moment, "against": sale["name"]}
	return back | totalled(back, "Return")


class Writer:
	"""Submitted transactions and their items in statements of many rows."""

	def __init__(self, world: World):
		self.world = world
		self.heads = BulkTable("CRM Transaction", docstatus=1, currency=setting("default_currency"))
		self.rows = BulkTable(
			"CRM Transaction Item", parenttype="CRM Transaction", parentfield="items", docstatus=1
		)

	def add(self, buyer: Buyer, sale: dict, kind: str = "Sale") -> None:
		sale["name"] = frappe.generate_hash(length=10)
		for idx, row in enumerate(sale["items"], 1):
			self.rows.add(name=frappe.generate_hash(length=10), parent=sale["name"], idx=idx, **row)
		self.heads.add(**self.head(buyer, sale, kind))
		if len(self.heads.rows) >= ROWS_A_BATCH:
			self.flush()

	def head(self, buyer: Buyer, sale: dict, kind: str) -> dict:
		moment: datetime = sale["moment"]
		has_card = buyer.card and buyer.card_from <= sale["day"]
		return {
			"name": sale["name"],
			"creation": moment,
			"modified": moment,
			"customer": buyer.name,
			"customer_name": buyer.customer_name,
			"transaction_type": kind,
			"return_against": sale.get("against"),
			"member_card": buyer.card if has_card else None,
			"posting_date": sale["day"],
			"posting_time": moment.strftime("%H:%M:%S"),
			"store": sale["store"],
			"channel": sale["channel"],
			"payment_method": sale["payment"],
			"total_qty": sale["total_qty"],
			"discount_amount": sale["discount"],
			"amount": sale["amount"],
		}

	def flush(self) -> None:
		count = self.heads.insert()
		self.rows.insert()
		self.world.progress(_("Transactions"), count)
