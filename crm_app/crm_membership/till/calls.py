"""One call of a till: who, how often, what, in whose name; the answer as JSON."""

from collections.abc import Mapping
from contextlib import contextmanager

import frappe
from frappe.utils import get_system_timezone, now_datetime, strip_html

from crm_app.crm_membership import tills
from crm_app.crm_membership.domain import errors, till_clock
from crm_app.crm_membership.domain import till_request as request
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.till.handlers import HANDLERS
from crm_app.crm_membership.till.once import keep_refused, once
from crm_app.utils.telling import tell

NOT_FIELDS = ("cmd", "csrf_token")  # what the hosts add to a call
STATUS = {
	errors.TOKEN_WRONG: 401,
	errors.NOT_ALLOWED: 403,
	errors.TILL_INACTIVE: 403,
	errors.KEY_REUSED: 409,
	errors.TOO_MANY_CALLS: 429,
	errors.BUSY: 503,
}
NOT_VALID = "NOT_VALID"  # a rule outside the till interface said no


def serve(method: str, given: Mapping) -> dict:
	"""The answer {ok, code, message, data} to a call over HTTP."""
	given = {name: value for name, value in given.items() if name not in NOT_FIELDS}
	try:
		with speaking(given.get("lang")):
			return answer(method, given)
	finally:
		frappe.clear_messages()


def answer(method: str, given: Mapping) -> dict:
	try:
		till = tills.caller(named(given))
		tills.check_rate(till)
		call = request.read(method, given)
		with acting(till):
			return accepted(run(till, method, call))
	except Exception as error:
		frappe.db.rollback()
		if not (said := explain(error)):
			raise
		frappe.local.response["http_status_code"] = STATUS.get(said["code"], 422)
		return said


def named(given: Mapping) -> str | None:
	value = given.get("till")
	return value if isinstance(value, str) else None


def run(till: tills.Till, method: str, call: dict) -> dict:
	now = now_datetime()
	if method == "replay":
		return replay(till, call, now)
	if method not in request.KEYED:
		return HANDLERS[method](till, call, now).data
	call["moment"] = till_clock.local(call["moment"], get_system_timezone())
	return once(till, method, call, now)


def replay(till: tills.Till, call: dict, now) -> dict:
	"""{"results": one answer for each call, in order}; the batch's clock vouches for theirs."""
	sent = till_clock.local(call["moment"], get_system_timezone())
	till_clock.check_skew(sent, now, till.clock_skew_seconds)
	return {"results": [replay_one(till, given, now) for given in call["calls"]]}


def replay_one(till: tills.Till, given: dict, now) -> dict:
	"""The answer to one call made offline. What the server refuses is kept for somebody to look at."""
	call, key = None, given["key"] if isinstance(given.get("key"), str) else None
	try:
		call = read_waiting(given)
		return {"key": key, **accepted(once(till, given["method"], call, now, offline=True))}
	except Exception as error:
		frappe.db.rollback()
		if not (said := explain(error)):
			raise
		known = key and request.KEY.fullmatch(key) and given.get("method") in request.KEYED
		if known and said["code"] not in (errors.KEY_REUSED, errors.BUSY):
			keep_refused(till, given, call, now, said)
		return {"key": key, **said}


def read_waiting(given: dict) -> dict:
	"""A call out of a replay, its clock in the site's time."""
	method = given.get("method")
	if method not in request.KEYED:
		raise Refused(errors.BAD_INPUT, "method", str(method)[:40], field="method")
	call = request.read(method, {name: value for name, value in given.items() if name != "method"})
	call["moment"] = till_clock.local(call["moment"], get_system_timezone())
	return call


def accepted(data: dict) -> dict:
	return {"ok": True, "code": "OK", "message": "", "data": data}


def explain(error: Exception) -> dict | None:
	"""The answer to a refused call; None for an error that is none of the caller's business."""
	if isinstance(error, Refused):
		message, data = tell(error.template, *error.values), {"field": error.field} if error.field else {}
		return {"ok": False, "code": error.code, "message": message, "data": data}
	if isinstance(error, frappe.ValidationError | frappe.DuplicateEntryError):
		code = getattr(error, "code", None) or NOT_VALID
		return {"ok": False, "code": code, "message": strip_html(str(error)), "data": {}}
	return None


# in whose name, in which language


@contextmanager
def acting(till: tills.Till):
	"""Records carry the name of the till's user; a cashier who is logged in writes in their own."""
	before = frappe.session.user
	if till.user == before:
		yield
		return
	frappe.set_user(till.user)
	try:
		yield
	finally:
		frappe.set_user(before)


@contextmanager
def speaking(lang):
	before = frappe.local.lang
	if lang in ("en", "zh"):
		frappe.local.lang = lang
	try:
		yield
	finally:
		frappe.local.lang = before
