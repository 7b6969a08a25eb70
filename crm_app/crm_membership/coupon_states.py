"""Changes of many coupons' state outside a sale: handed out, voided, refunded, expired.

Coupons are taken in portions, in the order of their codes, locked, looked at again, and written with their
entries in one transaction each. A run that was killed is simply started again: what it wrote is no longer
due.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import now_datetime, nowdate

from crm_app.crm_membership import coupon_rows
from crm_app.crm_membership.coupon_rows import COUPON
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.coupon_rules import EXPIRED, ISSUED, REFUNDED, STOCK, VOID
from crm_app.crm_membership.domain.errors import Refused

STEP = 500
STEPS_A_READ = 40  # names are few bytes; reading them in large portions saves sorting them again and again
UNUSED = (STOCK, ISSUED)
FIELDS = ["name", "template", "customer", "status_category", "valid_until", "platform", "use_count"]


def expire_coupons(step: int = STEP, commit: bool = True) -> int:
	"""Nightly: coupons whose last day was before today. Returns how many expired."""
	today = nowdate()
	due = [["valid_until", "is", "set"], ["valid_until", "<", today], ["status_category", "in", UNUSED]]
	return _walk(due, _is_unused, EXPIRED, "Expired", step, _("Validity ended"), commit)


def hand_out(batch: str) -> int:
	"""Codes that were held back can be used from now on."""
	filters = [["batch", "=", batch], ["status_category", "=", STOCK]]
	return _walk(filters, lambda row: row.status_category == STOCK, ISSUED, "Handed Out", STEP)


def void_batch(batch: str, reason: str | None = None) -> int:
	"""Those of a batch that were never used."""
	filters = [["batch", "=", batch], ["status_category", "in", UNUSED], ["use_count", "=", 0]]
	return _walk(filters, lambda row: _is_unused(row) and not row.use_count, VOID, "Voided", STEP, reason)


def _is_unused(row) -> bool:
	return row.status_category in UNUSED


def _walk(
	filters: list,
	still_due: Callable,
	status: str,
	kind: str,
	step: int,
	reason: str | None = None,
	commit: bool = True,
) -> int:
	"""Portion by portion, each committed; behind the last code, so that nothing is looked at for ever."""
	count, last = 0, ""
	while names := frappe.get_all(
		COUPON,
		[*filters, ["name", ">", last]],
		pluck="name",
		order_by="name asc",
		limit_page_length=step * STEPS_A_READ,
	):
		for start in range(0, len(names), step):
			count += _move(names[start : start + step], still_due, status, kind, reason)
			if commit:
				frappe.db.commit()
		last = names[-1]
	return count


def _move(names: list[str], still_due: Callable, status: str, kind: str, reason: str | None) -> int:
	"""Locks the coupons, leaves out those that changed meanwhile, writes entries and states."""
	rows = [row for row in coupon_rows.lock_many(names, FIELDS) if still_due(row)]
	_write(rows, status, kind, reason)
	return len(rows)


def _write(rows: list, status: str, kind: str, reason: str | None) -> None:
	if not rows:
		return
	now = now_datetime()
	coupon_rows.write_entries(
		coupon_rows.entry_values(
			row, kind, f"{kind}|{row.name}|{row.use_count}", posted_at=now, reason=reason
		)
		for row in rows
	)
	coupon = frappe.qb.DocType(COUPON)
	changed = frappe.qb.update(coupon).set(coupon.status_category, status).set(coupon.modified, now)
	changed.where(coupon.name.isin([row.name for row in rows])).run()


def _one(code: str, status: str, kind: str, check: Callable, reason: str | None) -> None:
	row = coupon_rows.lock(code, FIELDS)
	if not row:
		raise Refused(errors.COUPON_UNKNOWN, code)
	check(row)
	_write([row], status, kind, reason)


def void(code: str, reason: str | None = None) -> None:
	"""Withdraws a coupon that still can be used. Raises Refused."""
	_one(code, VOID, "Voided", _still_open, reason)


def refund(code: str, reason: str | None = None) -> None:
	"""The platform gave the buyer the money of a voucher back: it can no longer be used. Raises Refused."""
	_one(code, REFUNDED, "Refunded", _is_open_voucher, reason)


def _still_open(row) -> None:
	if row.status_category not in UNUSED:
		raise Refused(errors.COUPON_USED if row.use_count else errors.COUPON_VOID, row.name)


def _is_open_voucher(row) -> None:
	if not row.platform:
		raise Refused(errors.COUPON_NO_VOUCHER, row.name)
	if row.status_category not in (*UNUSED, EXPIRED):
		raise Refused(errors.COUPON_USED if row.use_count else errors.COUPON_VOID, row.name)
