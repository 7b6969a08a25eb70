"""Birthday benefits: points and coupons by tier, each once a year for a member of a programme.

The key of the ledger posting and the coupon's issue key carry programme, customer and year: a repeated run, a
second card or a replaced one gives nothing twice. A run that comes up to a week late still gives.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

import frappe
from frappe import _
from frappe.utils import cint, getdate, nowdate

from crm_app.crm_membership import coupon_batches, coupon_rows, earning, ledger
from crm_app.crm_membership.coupon_terms import TEMPLATE, validity
from crm_app.crm_membership.domain.card_status import ACTIVE
from crm_app.crm_membership.domain.conditions import anniversary
from crm_app.crm_membership.domain.kinds import POINTS, Terms
from crm_app.crm_membership.ledger import Voucher
from crm_app.utils.money import to_decimal

GIFT = "Birthday Gift"
LATE = 7  # days after the birthday on which a missed run still gives
MOST_BEFORE = 31
PAGE = 200  # members between two commits


@dataclass(frozen=True, slots=True)
class Member:
	card: str
	customer: str
	customer_name: str
	birthday: date
	tier: str


def give(today: date | None = None) -> int:
	"""Daily; returns how many gifts were given."""
	today = getdate(today or nowdate())
	count = 0
	for name in frappe.get_all("Membership Programme", {"status_category": "Active"}, pluck="name"):
		programme = frappe.get_cached_doc("Membership Programme", name)
		if any(_is_gift(row) for row in programme.benefits):
			count += _give_programme(programme, today)
	return count


def _is_gift(row) -> bool:
	return row.kind == GIFT and bool(to_decimal(row.points) > 0 or row.coupon_template)


def _give_programme(programme, today: date) -> int:
	count = 0
	for members in _celebrating(programme, today):
		for member in members:
			count += _give_member(programme, member, today)
		frappe.db.commit()
	return count


def _celebrating(programme, today: date) -> Iterator[list[Member]]:
	"""Members with an active card and a birthday around `today`, in pages; the best card of each."""
	before = max(cint(row.days_before) for row in programme.benefits if _is_gift(row))
	card, customer = frappe.qb.DocType("Member Card"), frappe.qb.DocType("CRM Customer")
	days = {today + timedelta(days=n) for n in range(-LATE, min(before, MOST_BEFORE) + 1)}
	texts = {f"{day:%m-%d}" for day in days}
	if "02-28" in texts:
		texts.add("02-29")
	born = reduce(or_, (customer.birthday.like(f"%-{text}") for text in sorted(texts)))
	base = (
		frappe.qb.from_(card)
		.join(customer)
		.on(customer.name == card.customer)
		.select(card.name, card.customer, customer.customer_name, customer.birthday, card.tier)
		.where((card.programme == programme.name) & (card.status_category == ACTIVE))
		.where((customer.status_category == "Active") & born)
		.orderby(card.customer)
		.orderby(card.name)
	)
	last = ""
	levels = {row.tier_name: cint(row.tier_level) for row in programme.tiers}
	while True:
		people = _page_of_customers(base, card, last)
		if not people:
			return
		rows = base.where(card.customer.isin(people)).run(as_dict=True)
		best: dict[str, Member] = {}
		for row in sorted(rows, key=lambda row: levels.get(row.tier, 0)):
			best[row.customer] = Member(
				row.name, row.customer, row.customer_name, getdate(row.birthday), row.tier
			)
		yield [best[name] for name in sorted(best)]
		last = people[-1]


def _page_of_customers(base, card, last: str) -> list[str]:
	rows = base.where(card.customer > last).limit(PAGE).run(as_dict=True)
	return list(dict.fromkeys(row.customer for row in rows))


def _give_member(programme, member: Member, today: date) -> int:
	"""What is due today; one member that is refused must not stop the others."""
	frappe.db.savepoint("birthday")
	try:
		return sum(_give_gift(programme, member, gift, today) for gift in _gifts_of(programme, member))
	except Exception:
		frappe.db.rollback(save_point="birthday")
		frappe.log_error(title=f"Birthday benefit of card {member.card}")
		return 0


def _gifts_of(programme, member: Member) -> list:
	return [row for row in programme.benefits_of(member.tier) if _is_gift(row)]


def _give_gift(programme, member: Member, gift, today: date) -> int:
	day = celebrated(member.birthday, today, min(cint(gift.days_before), MOST_BEFORE))
	if not day:
		return 0
	key = f"birthday|{day.year}|{programme.name}|{member.customer}|{gift.tier_name or ''}"
	count = 0
	if points := Terms.of(programme.as_dict()).round_points(gift.points):
		count += _give_points(programme, member, points, _short(key), today)
	if gift.coupon_template:
		count += _give_coupon(member, gift.coupon_template, _short(f"{key}|{gift.coupon_template}"), today)
	return count


def celebrated(birthday: date, today: date, before: int) -> date | None:
	"""The birthday that lies at most `before` days ahead or LATE days back, else None."""
	for year in (today.year - 1, today.year, today.year + 1):
		day = anniversary(birthday, year)
		if timedelta(days=-LATE) <= day - today <= timedelta(days=before):
			return day
	return None


def _short(key: str) -> str:
	"""Keys have an end; a long programme's name is cut to its digest."""
	return key if len(key) <= 100 else f"birthday|{frappe.utils.sha256_hash(key)}"


def _give_points(programme, member: Member, points, key: str, today: date) -> int:
	paper = Voucher("CRM Customer", member.customer, today, reason=_("Birthday"))
	with ledger.posting(member.card, key, paper) as book:
		if book.repeated:
			return 0
		book.grant(POINTS, points, "Bonus", earning.points_expire_on(programme, today))
	return 1


def _give_coupon(member: Member, template: str, key: str, today: date) -> int:
	if frappe.db.exists("Coupon", {"issue_key": key}):
		return 0
	doc = frappe.get_cached_doc(TEMPLATE, template)
	if not doc.enabled:
		return 0
	start, end = validity(doc, today)
	row = {
		"code": coupon_batches.unused_codes(1)[0],
		"issue_key": key,
		"template": template,
		"customer": member.customer,
		"customer_name": member.customer_name,
		"valid_from": start,
		"valid_until": end,
		"use_limit": cint(doc.uses_per_coupon) or 1,
	}
	return coupon_rows.insert_coupons([row])
