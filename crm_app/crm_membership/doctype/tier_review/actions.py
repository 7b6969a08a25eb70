"""The buttons of a tier review."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_membership import tier_reviews
from crm_app.roles import MANAGER
from crm_app.utils.actions import shown, stored

REVIEW = tier_reviews.REVIEW
TIMEOUT = 6 * 3600


@frappe.whitelist()
def preview(doc: str | dict) -> dict:
	"""Proposes anew, in the background. Who asks for it is the one who cannot approve it."""
	review = stored(doc, REVIEW)
	_check_state(review, (tier_reviews.DRAFT, tier_reviews.PENDING, tier_reviews.FAILED))
	values = {"status_category": tier_reviews.PREPARING, "prepared_by": frappe.session.user}
	frappe.db.set_value(REVIEW, review.name, values)
	_start("prepare", review.name)
	frappe.msgprint(_("The proposal is made in the background; open the review again to see it."), alert=True)
	return shown(review.reload())


@frappe.whitelist()
def approve(doc: str | dict) -> dict:
	review = stored(doc, REVIEW)
	_check_decision(review)
	_decide(review, tier_reviews.APPROVED)
	_start("apply", review.name)
	frappe.msgprint(
		_("The tiers change in the background; open the review again to see how far it is."), alert=True
	)
	return shown(review.reload())


@frappe.whitelist()
def reject(doc: str | dict) -> dict:
	review = stored(doc, REVIEW)
	_check_decision(review)
	_decide(review, tier_reviews.REJECTED)
	return shown(review.reload())


def _check_state(review, states: tuple[str, ...]) -> None:
	if review.status_category not in states:
		state = _(review.status_category)
		frappe.throw(_("{0} is {1}; that is not possible now.").format(review.name, state), title=_(REVIEW))


def _check_decision(review) -> None:
	"""Another person than the one who prepared it, with the manager's role."""
	frappe.db.get_value(REVIEW, review.name, "name", for_update=True)  # two approvers at once
	review.reload()
	_check_state(review, (tier_reviews.PENDING,))
	user = frappe.session.user
	if user != "Administrator" and MANAGER not in frappe.get_roles(user):
		frappe.throw(_("Only a {0} decides about a tier review.").format(_(MANAGER)), frappe.PermissionError)
	if user in (review.prepared_by, review.owner):
		frappe.throw(_("Another person than the one who prepared it decides."), frappe.PermissionError)


def _decide(review, status: str) -> None:
	values = {"status_category": status, "decided_by": frappe.session.user, "decided_at": now_datetime()}
	frappe.db.set_value(REVIEW, review.name, values)


def _start(method: str, name: str) -> None:
	frappe.enqueue(
		f"crm_app.crm_membership.tier_reviews.{method}",
		queue="long",
		timeout=TIMEOUT,
		enqueue_after_commit=True,
		name=name,
	)
