"""Who the customers are. What they buy decides grade and lifecycle stage, as in the nightly review."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_days

from crm_app.crm_customers.domain.standing import HALF_YEAR, PurchaseFacts
from crm_app.crm_customers.history import RULE
from crm_app.crm_customers.review import facts_of, ruled_fields
from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.demo import names
from crm_app.demo.patterns import PATTERNS, purchase_days
from crm_app.demo.world import Buyer, World, ensure, make
from crm_app.utils.money import ZERO, to_decimal
from crm_app.utils.telling import tell

ENGLISH_SHARE = 0.3
COMPANY_PATTERNS = (
	"champion",
	"loyal",
	"steady",
	"rising",
	"promising",
	"at_risk",
	"missed",
	"lost",
	"prospect",
)
MANAGERS = ("sales", "sales", "sales2", "sales3", None)
CHANNELS = ("Phone", "E-mail", "SMS", "WeChat")
TEA_FRIEND = "茶友"
REVIEW_EVERY = timedelta(days=30)


def create(world: World) -> None:
	for tag, description in names.TAGS:
		ensure("CRM Tag", tag, tag_name=tag, description=description)
	world.buyers = plan(world)
	for number, buyer in enumerate(world.buyers):
		add_customer(world, number, buyer)
		world.progress(_("Customers"))
	relate(world)


def plan(world: World) -> list[Buyer]:
	"""Buyers with the days on which they buy, in the order in which they came."""
	companies = [(name, industry, place, False) for name, industry, place in names.COMPANIES]
	companies += [(name, industry, place, True) for name, industry, place in names.ENGLISH_COMPANIES]
	world.rng.shuffle(companies)
	buyers = []
	for pattern in PATTERNS:
		for _number in range(pattern.customers):
			buyer = Buyer("", False, pattern.name)
			if companies and pattern.name in COMPANY_PATTERNS and world.rng.random() < 0.17:
				buyer.is_company, buyer.company = True, companies.pop()
			buyer.sales = [{"day": day} for day in purchase_days(pattern, world.today, world.rng)]
			buyer.created = first_seen(world, buyer)
			buyers.append(buyer)
	return sorted(buyers, key=lambda buyer: buyer.created)


def first_seen(world: World, buyer: Buyer):
	if not buyer.sales:
		return world.ago(days=world.rng.randint(3, 260))
	return world.moment(add_days(buyer.sales[0]["day"], -world.rng.choice((0, 0, 0, 2, 9, 30))))


def add_customer(world: World, number: int, buyer: Buyer) -> None:
	buyer.manager = world.users.get(world.rng.choice(MANAGERS))
	values = company(world, number, buyer) if buyer.is_company else individual(world, number, buyer)
	doc = make(
		"CRM Customer",
		account_manager=buyer.manager,
		source=world.rng.choice(names.SOURCES),
		preferences=preferences(world),
		consents=consents(world, buyer),
		tags=[{"tag": tag} for tag in tags(world, buyer)],
		**values,
	)
	buyer.name, buyer.customer_name = doc.name, doc.customer_name


def individual(world: World, number: int, buyer: Buyer) -> dict:
	rng, english = world.rng, world.rng.random() < ENGLISH_SHARE
	gender = rng.choice(("Female", "Female", "Male"))
	if english:
		name = f"{rng.choice(names.ENGLISH_GIVEN_NAMES[gender])} {rng.choice(names.ENGLISH_FAMILY_NAMES)}"
	else:
		name = rng.choice(names.FAMILY_NAMES) + rng.choice(names.GIVEN_NAMES[gender])
	born = add_days(world.today, -rng.randint(20 * 365, 72 * 365))
	return {
		"customer_type": "Individual",
		"customer_name": name,
		"gender": gender,
		"birthday": born if rng.random() < 0.85 else None,
		"marital_status": rng.choice(names.MARITAL),
		"family_note": rng.choice(names.FAMILY_NOTES),
		"occupation": rng.choice(names.ENGLISH_OCCUPATIONS if english else names.OCCUPATIONS),
		"education": rng.choice(names.EDUCATIONS),
		"income_band": rng.choice(names.INCOME_BANDS),
		"mobile_no": mobile(number, english),
		"email_id": f"customer{number:04d}@example.com" if rng.random() < 0.7 else None,
		"wechat_id": f"wx_demo{number:04d}" if not english else None,
		**address(world, buyer, english),
	}


def company(world: World, number: int, buyer: Buyer) -> dict:
	name, industry, place, english = buyer.company
	return {
		"customer_type": "Company",
		"customer_name": name,
		"company_name": name,
		"industry": industry,
		"phone": mobile(5000 + number, english),
		"email_id": f"office{number:04d}@example.com",
		"credit_limit": world.rng.choice((0, 10000, 20000, 50000)),
		"contacts": [contact(world, number, row, english) for row in range(world.rng.randint(1, 3))],
		**address(world, buyer, english, place),
	}


def contact(world: World, number: int, row: int, english: bool) -> dict:
	rng, gender = world.rng, world.rng.choice(("Female", "Male"))
	given, family = (
		(names.ENGLISH_GIVEN_NAMES, names.ENGLISH_FAMILY_NAMES)
		if english
		else (names.GIVEN_NAMES, names.FAMILY_NAMES)
	)
	parts = (rng.choice(given[gender]), rng.choice(family))
	return {
		"contact_name": " ".join(parts) if english else parts[1] + parts[0],
		"title": rng.choice(names.ENGLISH_TITLES if english else names.TITLES_OF_CONTACTS),
		"department": None if english else rng.choice(names.DEPARTMENTS_OF_COMPANIES),
		"is_main": int(row == 0),
		"gender": gender,
		"mobile_no": mobile(6000 + 3 * number + row, english),
		"email_id": f"contact{number:04d}.{row}@example.com",
		"hobbies": rng.choice(names.HOBBIES),
	}


def mobile(number: int, english: bool) -> str:
	"""In ranges that are given to nobody: British drama numbers, and a block of 199 that stays dark here."""
	return f"+447700{900000 + number % 1000}" if english else f"+861991{number:07d}"


def address(world: World, buyer: Buyer, english: bool, place: int | None = None) -> dict:
	rng, places = world.rng, names.ENGLISH_PLACES if english else names.PLACES
	if place is None:
		place = rng.choices(range(len(places)), [row[3] for row in places])[0]
	province, city, districts, _weight = places[place]
	number = rng.randint(1, 400)
	street = (
		f"{number} {rng.choice(names.ENGLISH_STREETS)}"
		if english
		else f"{rng.choice(names.STREETS)}{number}号"
	)
	buyer.place = 0 if english else place
	return {"province": province, "city": city, "district": rng.choice(districts), "address": street}


def preferences(world: World) -> list[dict]:
	chosen = world.rng.sample(names.PREFERENCES, world.rng.choice((0, 1, 1, 2)))
	sources = ("Customer", "Employee", "Survey", "Transactions")
	return [
		{
			"kind": kind,
			"value": value,
			"confidence": world.rng.choice((60, 80, 100)),
			"source": world.rng.choice(sources),
			"noted_on": add_days(world.today, -world.rng.randint(5, 300)),
		}
		for kind, value in chosen
	]


def consents(world: World, buyer: Buyer) -> list[dict]:
	chosen = world.rng.sample(CHANNELS, world.rng.choice((1, 2, 2, 3)))
	answers = ("Granted", "Granted", "Granted", "Granted", "Refused", "Withdrawn")
	return [
		{
			"channel": channel,
			"status": world.rng.choice(answers),
			"given_on": buyer.created.date(),
			"source": "Member form",
		}
		for channel in sorted(chosen)
	]


def tags(world: World, buyer: Buyer) -> list[str]:
	if buyer.is_company:
		return ["企业团购"]
	labels = [tag for tag, _description in names.TAGS if tag not in ("企业团购", TEA_FRIEND)]
	chosen = world.rng.sample(labels, world.rng.choice((0, 0, 1, 1, 2)))
	return [TEA_FRIEND, *chosen] if world.rng.random() < 0.3 else chosen


def relate(world: World) -> None:
	"""New customers who were brought by good ones, and a daughter company."""
	friends = world.buyers_like("champion", "loyal")
	for buyer in world.buyers_like("new")[:14]:
		add_relation(buyer, "Referrer", world.rng.choice(friends))
	firms = [buyer for buyer in world.buyers if buyer.is_company]
	add_relation(firms[1], "Parent Company", firms[0])
	add_relation(firms[2], "Partner", firms[3])


def add_relation(buyer: Buyer, relation: str, other: Buyer) -> None:
	doc = frappe.get_doc("CRM Customer", buyer.name)
	doc.append("relations", {"relation": relation, "related_customer": other.name})
	doc.save()


def settle_standing(world: World) -> None:
	"""Grades and stages by the site's rules, with the history that monthly reviews would have left."""
	tables = {
		ruled.tracked.table: BulkTable(
			frappe.get_meta("CRM Customer").get_field(ruled.tracked.table).options,
			parenttype="CRM Customer",
			parentfield=ruled.tracked.table,
			source=RULE,
			changed_by="Administrator",
		)
		for ruled in ruled_fields()
	}
	for table in tables.values():
		frappe.db.delete(table.doctype, {"parent": ["in", [buyer.name for buyer in world.buyers]]})
	facts, fields = facts_of(None, world.today), ruled_fields()
	for buyer in world.buyers:
		settle_one(world, buyer, facts.get(buyer.name, PurchaseFacts(world.today)), fields, tables)
		world.progress(_("Grades and lifecycle"))
	for table in tables.values():
		table.insert()


def settle_one(world: World, buyer: Buyer, facts: PurchaseFacts, fields, tables) -> None:
	values = {"creation": buyer.created}
	for ruled in fields:
		tracked, idx, before, since = ruled.tracked, 0, None, world.today
		for then in [*past_facts(world, buyer), facts]:
			decision = ruled.decide(then)
			if decision.value == before:
				continue
			reason = tell(decision.reason, *decision.values)
			idx, since = idx + 1, then.as_of
			tables[tracked.table].add(
				name=frappe.generate_hash(length=10),
				parent=buyer.name,
				idx=idx,
				reason=reason,
				changed_on=max(world.moment(since), buyer.created),
				**{f"from_{tracked.column}": before, f"to_{tracked.column}": decision.value},
			)
			values |= {tracked.field: decision.value, f"{tracked.prefix}_reason": reason}
			before = decision.value
		if tracked.field == "lifecycle_stage":
			values["lifecycle_since"] = since
	frappe.db.set_value("CRM Customer", buyer.name, values, update_modified=False)


def past_facts(world: World, buyer: Buyer):
	"""What a review would have known at the start and then month by month."""
	day = buyer.created.date()
	while day < world.today:
		yield facts_on(day, buyer.sales)
		day += REVIEW_EVERY


def facts_on(day, sales: list[dict]) -> PurchaseFacts:
	known = [sale for sale in sales if sale["day"] <= day]
	if not known:
		return PurchaseFacts(day)
	window = [sale for sale in known if sale["day"] > day - timedelta(days=365)]
	recent = [sale for sale in known if sale["day"] > day - HALF_YEAR]
	earlier = [sale for sale in known if day - 2 * HALF_YEAR < sale["day"] <= day - HALF_YEAR]
	return PurchaseFacts(
		as_of=day,
		first_on=known[0]["day"],
		last_on=known[-1]["day"],
		orders=len(known),
		window_orders=len(window),
		window_amount=amount_of(window),
		recent_amount=amount_of(recent),
		earlier_amount=amount_of(earlier),
	)


def amount_of(sales: list[dict]):
	return sum((to_decimal(sale["amount"]) for sale in sales), ZERO)
