"""Compensation of a complaint: what needs approval, who gave it, and never more than was approved."""

import frappe
from frappe import _
from frappe.utils import fmt_money, now_datetime

from crm_app.crm_service.domain.stages import is_reached
from crm_app.utils.money import to_decimal
from crm_app.utils.settings import setting

REQUESTED, APPROVED = "Compensation", "Compensation Approved"
RECORDED = (
	"compensation_approved_amount",
	"compensation_requested_by",
	"compensation_approved_by",
	"compensation_approved_on",
)


def restore_recorded(doc, old) -> None:
	for fieldname in RECORDED:
		doc.set(fieldname, old.get(fieldname) if old else None)


def apply(doc, old) -> None:
	amount = to_decimal(doc.compensation_amount)
	doc.compensation_needs_approval = int(amount > to_decimal(setting("compensation_limit")))
	_check_type(doc, amount)
	before = old.stage if old else None
	if doc.stage == before:
		_check_amount_waits(doc, old)
	elif doc.stage == REQUESTED:
		_record_request(doc)
	elif before == REQUESTED:
		_check_amount_waits(doc, old)
		if doc.stage == APPROVED:
			_record_approval(doc)
	_check_covered(doc, amount)


def _check_type(doc, amount) -> None:
	if amount < 0:
		frappe.throw(_("{0} cannot be negative.").format(_("Compensation Amount")), title=_("Compensation"))
	if amount and not doc.compensation_type:
		frappe.throw(
			_("Choose {0} for the compensation.").format(_("Compensation Type")),
			frappe.MandatoryError,
			title=_("Compensation"),
		)


def _record_request(doc) -> None:
	doc.compensation_requested_by = frappe.session.user
	doc.compensation_approved_amount = 0
	doc.compensation_approved_by = doc.compensation_approved_on = None


def _record_approval(doc) -> None:
	doc.compensation_approved_amount = doc.compensation_amount
	doc.compensation_approved_by = frappe.session.user
	doc.compensation_approved_on = now_datetime()


def _check_amount_waits(doc, old) -> None:
	"""Who approves decides on the amount that was asked for."""
	if old.stage == REQUESTED and to_decimal(doc.compensation_amount) != to_decimal(old.compensation_amount):
		frappe.throw(
			_("{0} cannot change while it waits for approval. Reject it first.").format(
				_("Compensation Amount")
			),
			title=_("Compensation"),
		)


def _check_covered(doc, amount) -> None:
	needs_it = doc.stage == APPROVED or is_reached(doc.stage, "Resolved")
	if not (needs_it and doc.compensation_needs_approval):
		return
	approved = to_decimal(doc.compensation_approved_amount)
	if amount > approved:
		frappe.throw(
			_("A compensation of {0} is not approved; approved is {1}.").format(
				fmt_money(amount, currency=doc.currency), fmt_money(approved, currency=doc.currency)
			),
			title=_("Compensation"),
		)
