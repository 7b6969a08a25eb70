"""What a platform has paid for: redeemed vouchers, each in one settlement only."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from crm_app.crm_membership import coupon_rows
from crm_app.crm_membership.coupon_rows import COUPON
from crm_app.crm_membership.domain.coupon_rules import REDEEMED
from crm_app.utils.money import ZERO, round_money, to_decimal

FIELDS = [
	"name", "template", "customer", "platform", "platform_code", "redeemed_on", "settlement_price",
	"status_category", "settlement",
]  # fmt: skip
LARGEST = 5000  # vouchers in one settlement


def due(platform: str, from_date=None, to_date=None) -> list:
	"""Redeemed vouchers of the platform that no settlement has, the oldest first."""
	filters = [
		["platform", "=", platform],
		["status_category", "=", REDEEMED],
		["settlement", "is", "not set"],
	]
	if from_date:
		filters.append(["redeemed_on", ">=", str(from_date)])
	if to_date:
		filters.append(["redeemed_on", "<", str(add_days(to_date, 1))])
	order = "redeemed_on asc, name asc"
	return frappe.get_all(COUPON, filters, FIELDS, order_by=order, limit_page_length=LARGEST)


def line(voucher, percent: Decimal) -> dict:
	"""A row of the settlement: the platform keeps its commission, to the cent for each voucher."""
	price = to_decimal(voucher.settlement_price)
	commission = round_money(price * percent / 100)
	return {
		"coupon": voucher.name,
		"platform_code": voucher.platform_code,
		"redeemed_on": voucher.redeemed_on,
		"settlement_price": float(price),
		"commission": float(commission),
		"net_amount": float(price - commission),
	}


def check(settlement, lock: bool = False) -> None:
	"""Throws unless every voucher is of the platform, redeemed, named once and in no other settlement."""
	seen = set()
	for row in settlement.lines:
		read = coupon_rows.lock if lock else _look
		problem = _problem(settlement, row, read(row.coupon, FIELDS), seen)
		if problem:
			frappe.throw(_("Row {0}: {1}").format(row.idx, problem), title=_("Check the vouchers"))
		seen.add(row.coupon)


def _look(code: str, fields: list[str]):
	return frappe.db.get_value(COUPON, code, fields, as_dict=True)


def _problem(settlement, row, voucher, seen: set) -> str | None:
	if not voucher or voucher.platform != settlement.platform:
		return _("{0} is no voucher of {1}.").format(row.coupon, settlement.platform)
	if row.coupon in seen:
		return _("{0} is named twice.").format(row.coupon)
	if voucher.settlement and voucher.settlement != settlement.name:
		return _("{0} was paid with {1} already.").format(row.coupon, voucher.settlement)
	if voucher.status_category != REDEEMED:
		return _("{0} is not redeemed.").format(row.coupon)
	return None


def price(settlement) -> None:
	"""Prices of the rows and the sums, from the vouchers and the platform's commission."""
	platform = frappe.get_cached_doc("Voucher Platform", settlement.platform)
	percent = to_decimal(platform.commission_percent)
	sums = dict.fromkeys(("settlement_price", "commission", "net_amount"), ZERO)
	for row in settlement.lines:
		row.update(line(_look(row.coupon, FIELDS), percent))
		for name in sums:
			sums[name] += to_decimal(row.get(name))
	settlement.voucher_count = len(settlement.lines)
	settlement.gross_amount = float(sums["settlement_price"])
	settlement.commission_amount = float(sums["commission"])
	settlement.net_amount = float(sums["net_amount"])
	settlement.difference = float(to_decimal(settlement.paid_amount) - sums["net_amount"])


def settle(settlement, paid: bool) -> None:
	"""Marks the vouchers as paid with this settlement, or as unpaid again, each with its entry."""
	kind, now = ("Platform Paid" if paid else "Settlement Cancelled"), now_datetime()
	vouchers = coupon_rows.lock_many([row.coupon for row in settlement.lines], FIELDS)
	where = {"voucher_type": settlement.doctype, "voucher_no": settlement.name}
	coupon_rows.write_entries(
		coupon_rows.entry_values(row, kind, f"{kind}|{settlement.name}|{row.name}", posted_at=now, **where)
		for row in vouchers
	)
	coupon = frappe.qb.DocType(COUPON)
	changed = frappe.qb.update(coupon).set(coupon.settlement, settlement.name if paid else None)
	if vouchers:
		changed.where(coupon.name.isin([row.name for row in vouchers])).run()
