"""The till interface: what tills call over HTTP, each call one transaction and one answer.

`POST /api/method/crm_app.crm_membership.till.<call>` with a JSON body; docs/till.md describes fields and
codes. The functions take any name, because unknown fields are refused by name instead of being dropped by
the host. Guests may call them: who calls is decided by the till's token (crm_membership.tills).
"""

import frappe

from crm_app.crm_membership.till.calls import serve


@frappe.whitelist(allow_guest=True, methods=["POST"])
def status(**call) -> dict:
	"""Who the till is, and the server's clock."""
	return serve("status", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def identify(**call) -> dict:
	"""A member by card, phone or QR: card, tier, balances, coupons."""
	return serve("identify", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def quote(**call) -> dict:
	"""What a basket costs this member, earns, and may be paid with."""
	return serve("quote", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def commit(**call) -> dict:
	"""The sale, what it earns and what it is paid with, at once."""
	return serve("commit", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def cancel(**call) -> dict:
	"""Takes a committed sale back, to the point and the cent."""
	return serve("cancel", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def return_items(**call) -> dict:
	"""Some of the goods of a sale come back, with what they earned and were paid with."""
	return serve("return_items", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def register(**call) -> dict:
	"""A walk-in or group buyer becomes a member."""
	return serve("register", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def top_up(**call) -> dict:
	"""Stored value, with the bonus of the running offer."""
	return serve("top_up", call)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def replay(**call) -> dict:
	"""Calls made offline, each its own transaction and answer."""
	return serve("replay", call)
