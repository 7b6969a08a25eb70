"""Tills and their tokens.

A token is `key:secret`, sent as the header X-Till-Token. It belongs to no user: to everything but the till
calls who sends it is a Guest, so there is nothing else that it opens. The secret is random (256 bits) and
kept as a hash only; issuing a new one ends the old one at once. What a token's till writes carries the name
of the till's own user, which is disabled: nobody logs in as it.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.customising.mandatory import forgive_custom
from crm_app.roles import CASHIER
from crm_app.utils.actions import shown, stored
from crm_app.utils.money import to_decimal

HEADER = "X-Till-Token"
BY_TOKEN = ("token_key", "token_hash", "token_issued_on", "token_issued_by", "acts_as")
MAY_SELL = frozenset({CASHIER, "CRM Manager", "System Manager"})
READ = (
	"SELECT t.name, t.till_name, t.store, s.channel, t.programme, t.active, t.acts_as, t.calls_per_minute,"
	" t.largest_amount, t.clock_skew_seconds, t.offline_hours, t.token_hash"
	" FROM `tabCRM Till` t LEFT JOIN `tabCRM Store` s ON s.name = t.store"
)


@dataclass(frozen=True, slots=True)
class Till:
	"""Who calls: the till, and the user in whose name its records are written."""

	name: str
	till_name: str
	store: str
	channel: str
	programme: str
	user: str
	calls_per_minute: int
	largest_amount: Decimal
	clock_skew_seconds: int
	offline_hours: int


def caller(named: str | None) -> Till:
	"""The till behind this request: by its token, or named by a cashier who is logged in. Raises Refused."""
	request = getattr(frappe.local, "request", None)
	token = request.headers.get(HEADER) if request else None
	if token:
		return by_token(token, named)
	if MAY_SELL.isdisjoint(frappe.get_roles()):
		raise Refused(errors.TOKEN_WRONG)
	return by_name(named, frappe.session.user)


def by_token(token: str, named: str | None = None) -> Till:
	key, _colon, secret = token.partition(":")
	row = _row("token_key", key) if key else None
	if not row or not hmac.compare_digest(row.token_hash or "", _hash(secret)):
		raise Refused(errors.TOKEN_WRONG)
	if named and named != row.name:
		raise Refused(errors.TILL_UNKNOWN, named, field="till")
	return _till(row, row.acts_as)


def by_name(name: str | None, user: str) -> Till:
	row = _row("name", name) if name else None
	if not row:
		raise Refused(errors.TILL_UNKNOWN, name or "", field="till")
	return _till(row, user)


def _row(field: str, value: str):
	rows = frappe.db.sql(f"{READ} WHERE t.`{field}` = %s", [value], as_dict=True)
	return rows[0] if rows else None


def _till(row, user: str) -> Till:
	if not row.active:
		raise Refused(errors.TILL_INACTIVE, row.name, field="till")
	return Till(
		name=row.name,
		till_name=row.till_name,
		store=row.store,
		channel=row.channel or "Store",
		programme=row.programme,
		user=user,
		calls_per_minute=row.calls_per_minute,
		largest_amount=to_decimal(row.largest_amount),
		clock_skew_seconds=row.clock_skew_seconds,
		offline_hours=row.offline_hours,
	)


def _hash(secret: str) -> str:
	return hashlib.sha256(secret.encode()).hexdigest()


def check_rate(till: Till) -> None:
	"""Counts the call in its minute. Raises Refused above the till's limit."""
	if not till.calls_per_minute:
		return
	now = now_datetime()
	counter = f"crm_till:{frappe.local.site}:{till.name}:{now:%H%M}"
	calls = frappe.cache.incrby(counter, 1)
	if calls == 1:
		frappe.cache.expire(counter, 120)
	if calls > till.calls_per_minute:
		raise Refused(errors.TOO_MANY_CALLS, 60 - now.second)


# what the desk does with a till


def forget_token(doc) -> None:
	doc.update(dict.fromkeys(BY_TOKEN))


def keep_token(doc) -> None:
	"""The token changes by its buttons alone, whatever was sent with the form."""
	before = doc.get_doc_before_save()
	for fieldname in BY_TOKEN if before else ():
		doc.set(fieldname, before.get(fieldname))


def give_actor(doc) -> None:
	user = frappe.new_doc("User")
	user.update(
		{
			"email": f"till-{doc.name.lower()}@tills.invalid",
			"first_name": doc.till_name,
			"enabled": 0,
			"send_welcome_email": 0,
			"user_type": "Website User",
		}
	)
	user.flags.no_welcome_mail = True
	if not frappe.db.exists("User", user.email):
		forgive_custom(user)
		user.insert(ignore_permissions=True)  # a name for the till's records, without any right
	doc.db_set("acts_as", user.email)


def refuse_used(doc) -> None:
	if frappe.db.exists("Till Call", {"till": doc.name}):
		frappe.throw(
			_("{0} has been used; switch it off instead.").format(doc.name), exc=frappe.LinkExistsError
		)


@frappe.whitelist(methods=["POST"])
def issue_token(doc: str | dict) -> dict:
	"""A new token, shown this once; the till's old one ends."""
	till = stored(doc, "CRM Till", "write")
	key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
	set_token(till, key, _hash(secret))
	frappe.msgprint(
		_("Token of {0}, shown this once: {1}").format(till.name, f"<code>{key}:{secret}</code>"),
		title=_("Issue Token"),
	)
	return shown(till)


@frappe.whitelist(methods=["POST"])
def revoke_token(doc: str | dict) -> dict:
	till = stored(doc, "CRM Till", "write")
	set_token(till, None, None)
	return shown(till)


def set_token(till, key: str | None, token_hash: str | None) -> None:
	till.db_set(
		{
			"token_key": key,
			"token_hash": token_hash,
			"token_issued_on": now_datetime() if key else None,
			"token_issued_by": frappe.session.user if key else None,
		}
	)
