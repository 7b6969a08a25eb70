"""Customers with profiles, member cards and the talk that was had with them."""

from datetime import datetime, timedelta

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.demo import people, words
from crm_app.demo.acting import pick

CUSTOMERS, CARDS, INTERACTIONS = 400, 140, 700
SYSTEM = "demo"
PROGRAMME = "Tea Club"
TAGS = ("Tea lover", "Corporate", "Price-conscious", "Gift buyer", "Foreign resident")
SOURCES = ("Walk-in", "Referral", "Web", "WeChat", "Event", "Advertisement")
CHANNELS = (("Phone", 30), ("WeChat", 30), ("E-mail", 10), ("Store", 20), ("Visit", 6), ("Web", 4))


def install_customers(rng) -> None:
	for tag in TAGS:
		frappe.get_doc({"doctype": "CRM Tag", "tag_name": tag}).insert(ignore_if_duplicate=True)
	for number in range(CUSTOMERS):
		_customer(rng, number).insert()


def _customer(rng, number: int):
	maker = (_company, _foreigner, *[_resident] * 8)[number % 10]
	province, city, district = pick(rng, words.PLACES)
	values = {
		"doctype": "CRM Customer",
		"source_system": SYSTEM,
		"external_id": f"{number + 1:04d}",
		"province": province,
		"city": city,
		"district": district,
		"address": f"{rng.randint(1, 900)}号",
		"mobile_no": f"+86138{rng.randint(0, 99_999_999):08d}",
		"source": rng.choice(SOURCES),
		"account_manager": rng.choice([people.SALES, people.SALES, people.SECOND_SALES, None]),
		"consents": _consents(rng),
		"preferences": _preferences(rng),
	}
	return frappe.get_doc(values | maker(rng, number))


def _resident(rng, number: int) -> dict:
	gender = rng.choice(["Female", "Female", "Male"])
	name = rng.choice(words.SURNAMES) + rng.choice(words.GIVEN[gender])
	return {
		"customer_name": name,
		"gender": gender,
		"birthday": add_days("1960-01-01", rng.randint(0, 16_000)),
		"wechat_id": f"wx_{number:04d}",
		"occupation": rng.choice(["教师", "工程师", "设计师", "医生", "退休", "自由职业"]),
		"income_band": rng.choice(["Lower Middle", "Middle", "Middle", "Upper Middle", "High"]),
		"tags": [{"tag": rng.choice(TAGS[:4])}] if number % 3 == 0 else [],
	}


def _foreigner(rng, number: int) -> dict:
	gender = rng.choice(["Female", "Male"])
	first, last = rng.choice(words.ENGLISH[gender]), rng.choice(words.ENGLISH_SURNAMES)
	return {
		"customer_name": f"{first} {last}",
		"gender": gender,
		"birthday": add_days("1965-01-01", rng.randint(0, 13_000)),
		"email_id": f"{first}.{last}{number}@example.com".lower(),
		"tags": [{"tag": "Foreign resident"}],
	}


def _company(rng, number: int) -> dict:
	name = f"{rng.choice(words.COMPANY_WORDS)}{number // 10 + 1}号{rng.choice(words.COMPANY_KINDS)}"
	contact = rng.choice(words.SURNAMES) + rng.choice(words.GIVEN["Male"])
	return {
		"customer_name": name,
		"customer_type": "Company",
		"company_name": name,
		"industry": rng.choice(["酒店", "贸易", "科技", "传媒"]),
		"credit_limit": rng.choice([0, 20_000, 50_000]),
		"contacts": [{"contact_name": contact, "title": "采购经理", "is_main": 1}],
		"tags": [{"tag": "Corporate"}],
	}


def _consents(rng) -> list[dict]:
	given = add_days(nowdate(), -rng.randint(30, 900))
	status = rng.choices(["Granted", "Refused"], [85, 15])[0]
	return [{"channel": "SMS", "status": status, "given_on": given, "source": "Membership form"}]


def _preferences(rng) -> list[dict]:
	if rng.random() < 0.6:
		return []
	liked = rng.choice(["Tea", "Teaware", "Gifts", "Snacks", "Home"])
	return [{"kind": "Category", "value": liked, "confidence": rng.randint(40, 95), "source": "Employee"}]


def install_members(rng) -> None:
	frappe.get_doc(
		{
			"doctype": "Membership Programme",
			"programme_name": PROGRAMME,
			"card_prefix": "6686",
			"currency": "CNY",
			"valid_months": 24,
			"tiers": [
				{"tier_name": "Silver", "tier_level": 1},
				{"tier_name": "Gold", "tier_level": 2, "entry_amount": 5000, "stay_amount": 3000},
				{"tier_name": "Platinum", "tier_level": 3, "entry_amount": 20_000, "stay_amount": 12_000},
			],
		}
	).insert()
	for number, row in enumerate(_best_customers(CARDS)):
		_issue(rng, number, row)


def _best_customers(count: int) -> list:
	table = frappe.qb.DocType("CRM Transaction")
	total = frappe.query_builder.functions.Sum(table.amount)
	return (
		frappe.qb.from_(table)
		.select(table.customer, total.as_("spent"))
		.where(table.docstatus == 1)
		.groupby(table.customer)
		.orderby(total, order=frappe.qb.desc)
		.limit(count)
		.run(as_dict=True)
	)


def _issue(rng, number: int, row) -> None:
	tier = "Platinum" if row.spent >= 20_000 else "Gold" if row.spent >= 5000 else "Silver"
	card = frappe.get_doc(
		{
			"doctype": "Member Card",
			"customer": row.customer,
			"programme": PROGRAMME,
			"tier": tier,
			"card_type": rng.choice(["Electronic", "Electronic", "Physical"]),
			"issued_on": add_days(nowdate(), -rng.randint(20, 680)),
		}
	).insert()
	if number % 12:
		card.activate()
	if number % 20 == 1:
		frappe.get_doc("Member Card", card.name).suspend("Number was misused")
	elif number % 20 == 2:
		frappe.get_doc("Member Card", card.name).report_lost("Lost on a journey")


def install_interactions(rng) -> None:
	table = BulkTable("CRM Interaction")
	known = frappe.get_all(
		"CRM Customer",
		filters={"source_system": SYSTEM},
		fields=["name", "customer_name"],
		order_by="name asc",
	)
	staff = frappe.get_all("CRM Employee", filters={"department": "Sales"}, pluck="name", order_by="name asc")
	for number in range(INTERACTIONS):
		customer = rng.choice(known)
		subject, outcome = rng.choice(words.TOPICS)
		when = moment_before(rng, 700)
		table.add(
			name=f"demo-{number:05d}",
			customer=customer.name,
			customer_name=customer.customer_name,
			channel=pick(rng, CHANNELS)[0],
			direction=rng.choice(["Incoming", "Outgoing"]),
			occurred_on=when,
			subject=subject,
			outcome=outcome,
			employee=rng.choice(staff),
			follow_up_on=getdate(when + timedelta(days=14)) if rng.random() < 0.15 else None,
		)
	table.insert()


def moment_before(rng, days: int) -> datetime:
	"""In opening hours of one of the last `days` days."""
	day = now_datetime().replace(minute=0, second=0, microsecond=0) - timedelta(days=rng.randint(1, days))
	return day.replace(hour=rng.randint(9, 20)) + timedelta(minutes=rng.randint(0, 59))
