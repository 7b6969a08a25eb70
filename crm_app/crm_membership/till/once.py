"""An effect exactly once.

The row `Till Call` (name = till|key) is written in the transaction of its effect and holds the answer. A
second call with the key finds the row and gets that answer. Two at the same moment: the later one waits for
the member's account or fails on the row's name, is taken back whole and reads the answer of the first.
"""

import json
import random
import time
from datetime import datetime

import frappe

from crm_app.crm_membership.domain import errors, till_clock
from crm_app.crm_membership.domain import till_request as request
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.till.handlers import HANDLERS
from crm_app.crm_platform.importer.bulk import insert_rows

SECONDS, TRIES = 20, 12  # a call that keeps colliding gives up; the till sends it again
CALL = "Till Call"


def once(till, method: str, call: dict, now: datetime, offline: bool = False, aged: bool = False) -> dict:
	"""The answer of the call with this key: its effect now, or what it was told the first time.

	The first time is the common one, so nothing is looked up before: who comes second collides. `aged`: the
	call may be older than the till's offline allowance.
	"""
	until = time.monotonic() + SECONDS
	for attempt in range(TRIES):
		try:
			check_clock(till, call["moment"], now, offline, aged)
			outcome = HANDLERS[method](till, call, call["moment"] if offline else now)
			keep(till, method, call, now, outcome, offline, replacing=offline or attempt > 0)
			frappe.db.commit()
			return outcome.data
		except Exception as error:
			frappe.db.rollback()
			if first := answer_of(till, method, call):
				return first
			if not collided(error):
				raise
			if time.monotonic() > until:
				break
			time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 6)))
	raise Refused(errors.BUSY)


def check_clock(till, moment: datetime, now: datetime, offline: bool, aged: bool) -> None:
	if not offline:
		till_clock.check_skew(moment, now, till.clock_skew_seconds)
	elif not aged:
		till_clock.check_age(moment, now, till.offline_hours, till.clock_skew_seconds)


def collided(error: Exception) -> bool:
	"""Whether another call was in the way and trying again makes sense."""
	kinds = (frappe.QueryDeadlockError, frappe.QueryTimeoutError, frappe.UniqueValidationError)
	return isinstance(error, kinds) or bool(frappe.db.is_duplicate_entry(error))


def row_name(till, key: str) -> str:
	return f"{till.name}|{key}"


def answer_of(till, method: str, call: dict) -> dict | None:
	"""What the call was told before; None where it is new or was refused. Other content: Refused."""
	query = f"SELECT status, request_hash, response FROM `tab{CALL}` WHERE name = %s"
	rows = frappe.db.sql(query, [row_name(till, call["key"])])
	if not rows:
		return None
	status, digest, response = rows[0]
	if digest != request.digest(method, call):
		raise Refused(errors.KEY_REUSED, call["key"], field="key")
	if status == "Settled":
		raise Refused(errors.CALL_SETTLED, call["key"], field="key")
	return json.loads(response) if status == "Done" else None


def keep(till, method: str, call: dict, now: datetime, outcome, offline: bool, replacing: bool) -> None:
	"""The row of a call that took effect; an earlier refusal of the same call becomes it."""
	values = {
		**_head(till, method, call, now, offline),
		"status": "Done",
		"response": json.dumps(outcome.data, ensure_ascii=False),
		"sale": outcome.sale,
		"customer": outcome.customer,
		"member_card": outcome.card,
		"amount": float(outcome.amount),
	}
	_write(row_name(till, call["key"]), values, till.user, replacing)


def keep_refused(till, given: dict, call: dict | None, now: datetime, said: dict) -> None:
	"""A call made offline that the server does not accept: kept, and committed, for somebody to look at.

	`call` is None where the content could not even be read.
	"""
	call = call or {"key": given["key"], "moment": None, "unreadable": json.dumps(given, sort_keys=True)}
	values = {
		**_head(till, given["method"], call, now, offline=True),
		"status": "Refused",
		"code": said["code"],
		"message": said["message"],
		"request": json.dumps(given, ensure_ascii=False, indent=1),
		"amount": float(call.get("total") or call.get("amount") or 0),
	}
	name = row_name(till, call["key"])
	if frappe.db.get_value(CALL, name, "status") in (None, "Refused"):
		_write(name, values, till.user, replacing=True)
		frappe.db.commit()


def _head(till, method: str, call: dict, now: datetime, offline: bool) -> dict:
	return {
		"till": till.name,
		"call_key": call["key"],
		"method": method,
		"offline": int(offline),
		"moment": now,
		"till_clock": call["moment"],
		"cashier": call.get("cashier"),
		"request_hash": request.digest(method, call),
	}


def _write(name: str, values: dict, user: str, replacing: bool) -> None:
	if replacing:  # the row of an earlier refusal
		frappe.db.sql(f"DELETE FROM `tab{CALL}` WHERE name = %s AND status = 'Refused'", [name])
	stamp = {"creation": values["moment"], "modified": values["moment"], "owner": user, "modified_by": user}
	row = {"name": name, "docstatus": 0, "idx": 0, **stamp, **values}
	insert_rows(CALL, list(row), [list(row.values())])
