"""What each platform has paid for redeemed vouchers, what it owes, and what it should give back or get
back."""

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, getdate

from crm_app.crm_customers.permissions import apply_row_rule, reads_all
from crm_app.crm_membership.domain.coupon_rules import REDEEMED
from crm_app.utils.money import round_money, to_decimal


def execute(filters=None):
	filters = frappe._dict(filters or {})
	if filters.from_date and filters.to_date and getdate(filters.from_date) > getdate(filters.to_date):
		frappe.throw(_("Redeemed Until: {0} lies before the start.").format(filters.to_date))
	commissions = dict(
		frappe.get_all("Voucher Platform", fields=["name", "commission_percent"], as_list=True)
	)
	rows = [line(row, to_decimal(commissions.get(row.platform))) for row in query(filters).run(as_dict=True)]
	rows.sort(key=lambda row: (-row["due"], row["platform"]))
	return columns(), rows, None, chart(rows), cards(rows) if rows else []


def query(filters):
	"""Vouchers and settlement prices per platform, by whether they are redeemed and whether they are
	settled."""
	coupon = frappe.qb.DocType("Coupon")
	redeemed, settled = coupon.status_category == REDEEMED, coupon.settlement.notnull()
	cases = {
		"redeemed": redeemed,
		"due": redeemed & coupon.settlement.isnull(),
		"paid": redeemed & settled,
		# released after the platform had paid: the next settlement will not have it again
		"owed_back": (coupon.status_category != REDEEMED) & settled,
	}
	built = frappe.qb.from_(coupon).select(coupon.platform, Count("*").as_("vouchers"))
	for name, case in cases.items():
		built = built.select(
			Sum(Case().when(case, 1).else_(0)).as_(f"{name}_number"),
			Sum(Case().when(case, coupon.settlement_price).else_(0)).as_(f"{name}_amount"),
		)
	built = built.where(coupon.platform.notnull() & (coupon.platform != "")).groupby(coupon.platform)
	if filters.platform:
		built = built.where(coupon.platform == filters.platform)
	if filters.from_date:
		built = built.where(coupon.redeemed_on >= getdate(filters.from_date))
	if filters.to_date:
		built = built.where(coupon.redeemed_on < add_days(getdate(filters.to_date), 1))
	return built if reads_all("Coupon") else apply_row_rule(built, coupon.customer)


def line(row, percent) -> dict:
	due = to_decimal(row.due_amount)
	return {
		"platform": row.platform,
		"vouchers": row.vouchers,
		"redeemed": int(row.redeemed_number or 0),
		"redeemed_amount": float(to_decimal(row.redeemed_amount)),
		"paid": int(row.paid_number or 0),
		"paid_amount": float(to_decimal(row.paid_amount)),
		"due": int(row.due_number or 0),
		"due_amount": float(due),
		"commission": float(round_money(due * percent / 100)),
		"net_due": float(due - round_money(due * percent / 100)),
		"owed_back": int(row.owed_back_number or 0),
		"owed_back_amount": float(to_decimal(row.owed_back_amount)),
	}


def columns() -> list[dict]:
	return [
		_column("platform", _("Platform"), "Link", 150, options="Voucher Platform"),
		_column("vouchers", _("Vouchers"), "Int", 90),
		_column("redeemed", _("Redeemed"), "Int", 90),
		_column("redeemed_amount", _("Settlement Prices"), "Currency", 130),
		_column("paid", _("Vouchers Settled"), "Int", 90),
		_column("paid_amount", _("Settled Amount"), "Currency", 130),
		_column("due", _("To Be Settled"), "Int", 100),
		_column("due_amount", _("Amount to Be Settled"), "Currency", 130),
		_column("commission", _("Commission of It"), "Currency", 120),
		_column("net_due", _("Expected Payment"), "Currency", 130),
		_column("owed_back", _("Settled and Taken Back"), "Int", 130),
		_column("owed_back_amount", _("To Give Back"), "Currency", 120),
	]


def _column(fieldname: str, label: str, fieldtype: str, width: int, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	names = {"paid_amount": _("Settled Amount"), "due_amount": _("Amount to Be Settled")}
	datasets = [{"name": label, "values": [row[key] for row in rows]} for key, label in names.items()]
	return {
		"data": {"labels": [row["platform"] for row in rows], "datasets": datasets},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"fieldtype": "Currency",
		"colors": ["#29cd42", "#ff8a3d"],
	}


def cards(rows: list[dict]) -> list[dict]:
	back = sum(row["owed_back_amount"] for row in rows)
	return [
		_card(_("Redeemed"), sum(row["redeemed"] for row in rows), "Int", "Blue"),
		_card(_("Settled Amount"), sum(row["paid_amount"] for row in rows), "Currency", "Green"),
		_card(_("Expected Payment"), sum(row["net_due"] for row in rows), "Currency", "Orange"),
		_card(_("To Give Back"), back, "Currency", "Red" if back else "Green"),
	]


def _card(label: str, value, datatype: str, indicator: str) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": indicator}
