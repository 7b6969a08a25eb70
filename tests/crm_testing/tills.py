"""Tills, tokens and their calls for tests."""

import itertools
from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace

import frappe
from frappe.utils import now_datetime

CODES = itertools.count(1)
KEYS = itertools.count(1)


def make_till(store: str | None = None, **values):
	from crm_testing.sales import make_store

	if not store:
		store = f"Till Store {next(CODES)}"
		make_store(store)
	values = {"till_code": f"T-{next(CODES)}", "till_name": "Front desk", "calls_per_minute": 0} | values
	return frappe.get_doc({"doctype": "CRM Till", "store": store, **values}).insert()


def issue_token(till) -> str:
	"""The token as the desk shows it once."""
	from frappe.utils import strip_html

	from crm_app.crm_membership import tills

	frappe.clear_messages()
	tills.issue_token(till.as_dict())
	shown = strip_html(str(frappe.parse_json(frappe.message_log[-1])["message"]))
	frappe.clear_messages()
	return shown.split(": ")[-1].strip()


@contextmanager
def request_with(token: str | None):
	"""As inside an HTTP call that carries the token."""
	from crm_app.crm_membership.tills import HEADER

	before, user = getattr(frappe.local, "request", None), frappe.session.user
	frappe.set_user("Guest" if token else user)
	frappe.local.request = SimpleNamespace(headers={HEADER: token} if token else {}, method="POST")
	try:
		yield
	finally:
		frappe.local.request = before
		frappe.set_user(user)


def new_key() -> str:
	return f"key-{next(KEYS):08d}"


def make_member(till, mobile_no: str):
	"""An active card of the till's programme."""
	from crm_testing.customers import make_customer
	from crm_testing.membership import make_card

	made = make_card(make_customer(mobile_no=mobile_no).name, till.programme)
	made.activate()
	return made


def give(card, points=0, principal=0, bonus=0) -> None:
	"""Balances out of nothing."""
	from crm_app.crm_membership import ledger
	from crm_app.crm_membership.domain.kinds import BONUS, POINTS, PRINCIPAL

	with ledger.posting(card.name, new_key(), ledger.Voucher("Member Card", card.name)) as book:
		for kind, amount in ((POINTS, points), (PRINCIPAL, principal), (BONUS, bonus)):
			if amount:
				book.grant(kind, Decimal(str(amount)), "Opening")


def call(method: str, token: str | None = None, **fields) -> dict:
	"""The answer of a till call; `key` and `moment` are made up where they are needed and absent."""
	from crm_app.crm_membership import till
	from crm_app.crm_membership.domain.till_request import KEYED

	if method in KEYED:
		fields = {"key": new_key(), "moment": now_datetime().isoformat(), **fields}
	frappe.db.commit()  # a refused call takes back what is not committed
	with request_with(token):
		return getattr(till, method)(**{name: value for name, value in fields.items() if value is not ...})
