"""/member_card?name=88010000000012: a card to print with its QR code, its balances and its history."""

import frappe
import segno
from frappe import _
from frappe.utils import fmt_money, formatdate

from crm_app.crm_customers.view_360 import address
from crm_app.crm_membership import history

no_cache = 1


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see member cards."), frappe.PermissionError)
	name = frappe.form_dict.get("name")
	if not name:
		frappe.throw(_("Open this page from a member card."), frappe.DoesNotExistError)
	card = frappe.get_doc("Member Card", name)
	card.check_permission("read")
	context.update({"no_cache": 1, "full_width": True, "show_sidebar": False})
	context.update({"card": card, "title": card.name, "number": grouped(card.name), "qr": qr_code(card.name)})
	context.valid_until = formatdate(card.valid_until) if card.valid_until else ""
	context.record_url = address("Member Card", card.name)
	context.update(story(card.customer, card.name))
	return context


def story(customer: str, card: str | None = None, rows: int = history.ROWS) -> dict:
	"""Balances and events, ready to show; the customer's page has them too."""
	may = frappe.has_permission("Member Account", "read")
	return {
		"accounts": [account_view(row) for row in history.balances(customer, card)] if may else [],
		"events": [event_view(event) for event in history.events(customer, card, rows)],
	}


def grouped(number: str) -> str:
	"""In fours, as people read it aloud."""
	return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def qr_code(number: str) -> str:
	"""SVG of what a till scans: "MC:" and the number, readable with a quarter of it worn off."""
	code = segno.make("MC:" + number, error="q", micro=False)
	return code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)


def account_view(row) -> dict:
	return {
		"card": row.name,
		"programme": row.programme,
		"tier": row.tier,
		"tier_until": formatdate(row.tier_until) if row.tier_until else "",
		"status": _(row.status_category),
		"points": plain(row.points),
		"value": fmt_money(float(row.value), currency=row.currency),
		"url": f"/member_card?name={row.name}",
	}


def event_view(event) -> dict:
	return {
		"when": f"{event.moment:%Y-%m-%d %H:%M}",
		"kind": event.kind,
		"title": event.title,
		"detail": event.detail,
		"url": address(event.doctype, event.name),
		"amount": fmt_money(float(event.amount)) if event.amount is not None else "",
		"changes": [f"{_(kind)} {plain(amount, sign=True)}" for kind, amount in event.changes if amount],
		"is_cancelled": event.is_cancelled,
	}


def plain(number, sign: bool = False) -> str:
	text = f"{float(number or 0):{'+' if sign else ''},.2f}"
	return text.rstrip("0").rstrip(".")
