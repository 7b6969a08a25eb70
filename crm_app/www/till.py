"""/till: the till on a phone, a tablet or a counter with a scanner. It uses the till calls alone."""

import frappe
from frappe import _

from crm_app.crm_membership.tills import MAY_SELL

no_cache = 1
sitemap = 0
LANGUAGES = ("en", "zh")


def get_context(context):
	if (chosen := frappe.form_dict.get("lang")) in LANGUAGES:
		frappe.local.lang = chosen
	lang = "zh" if str(frappe.local.lang).startswith("zh") else "en"
	cashier = not MAY_SELL.isdisjoint(frappe.get_roles())
	context.update({"no_cache": 1, "title": _("Till")})
	context.setup = {
		"lang": lang,
		"user": frappe.session.user if cashier else None,
		"tills": tills() if cashier else [],
		"text": texts(),
	}
	return context


def tills() -> list[dict]:
	fields = ["name", "till_name", "store"]
	return frappe.get_all("CRM Till", {"active": 1}, fields, order_by="store, name", limit_page_length=200)


def texts() -> dict[str, str]:
	"""What the page's script says."""
	return {
		"amount": _("Amount"),
		"balance": _("Balance"),
		"cancelled": _("Cancelled"),
		"cancel_ask": _("Take this sale back?"),
		"change_till": _("Change Till"),
		"coupons": _("Coupons"),
		"earns": _("Earns {0} points"),
		"earned": _("Points Earned"),
		"empty_basket": _("The basket is empty."),
		"expires": _("until {0}"),
		"finding": _("Looking up …"),
		"find_first": _("Scan the card first."),
		"gross": _("Goods"),
		"missing": _("Still to ask for: {0}"),
		"member_offline": _("Not checked: no connection"),
		"no_answer": _("No connection. The sale is kept here and sent when the line is back."),
		"nothing_queued": _("Nothing is waiting to be sent."),
		"offline": _("No connection"),
		"offline_quote": _("No connection: benefits are counted when the sale is sent."),
		"online": _("Connected"),
		"paid": _("Paid"),
		"points": _("Points"),
		"points_used": _("Paid with Points"),
		"queued": _("Waiting"),
		"refused": _("Refused"),
		"registered": _("{0} is a member now. Card {1}"),
		"remove": _("Remove"),
		"sent": _("Sent"),
		"session_over": _("Log in again, or enter the till's token."),
		"stored_value": _("Stored Value"),
		"tier_discount": _("Member Discount"),
		"coupon_discount": _("Coupon Discount"),
		"topped_up": _("Topped up. Stored value: {0}"),
		"to_pay": _("To Pay"),
		"total": _("Total"),
		"valid_until": _("Valid Until"),
		"wrong_card": _("The card number is mistyped."),
		"wrong_number": _("Enter an amount above 0."),
		"commit": _("Sale"),
		"top_up": _("Top-up"),
		"register": _("New Member"),
		"cancel": _("Cancellation"),
		"return_items": _("Goods Returned"),
		"choose_goods": _("Say how many of what come back."),
		"pay_out": _("Pay out {0}. Back on the card: {1} points, {2} stored value."),
	}
