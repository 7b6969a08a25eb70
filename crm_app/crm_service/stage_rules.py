"""What a complaint needs to be at its stage, and what moving to a stage records."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_service.calendars import SiteClock
from crm_app.crm_service.domain.stages import (
	OPEN,
	PAUSED,
	STAGES,
	STAMPS,
	is_reached,
	required_fields,
	stamps_to_clear,
	stamps_to_set,
	unfinished,
)
from crm_app.utils import rows

# Written by the rules below only; whatever a client sends for them is taken back.
RECORDED = (*STAMPS, "reopened_count")


def restore_recorded(doc, old) -> None:
	for fieldname in RECORDED:
		doc.set(fieldname, old.get(fieldname) if old else None)
	doc.set("holds", [row.as_dict() for row in old.holds] if old else [])


def set_category(doc) -> None:
	doc.status_category = STAGES[doc.stage].category


def record_stage_dates(doc, old) -> None:
	if old and old.stage == doc.stage:
		return
	for stamp in stamps_to_clear(doc.stage):
		doc.set(stamp, None)
	for stamp in stamps_to_set(doc.stage):
		if not doc.get(stamp):
			doc.set(stamp, now_datetime())


def record_time_on_hold(doc, old) -> None:
	"""A pause is a hold from its start; the time between resolving and reopening is one afterwards."""
	before, after = (old.status_category if old else OPEN), doc.status_category
	if before == after:
		return
	if before == PAUSED:
		_end_hold(doc)
	if after == PAUSED:
		_start_hold(doc, now_datetime(), "On Hold", doc.hold_reason)
	elif after == OPEN and old and old.resolved_on:
		_start_hold(doc, old.resolved_on, "Reopened", None)
		_end_hold(doc)
		doc.reopened_count = (old.reopened_count or 0) + 1


def _start_hold(doc, moment, kind: str, reason: str | None) -> None:
	rows.append(doc, "holds", {"held_from": moment, "kind": kind, "reason": reason})


def _end_hold(doc) -> None:
	clock = SiteClock.of(doc.working_calendar)
	for row in doc.holds:
		if not row.held_until:
			row.held_until = now_datetime()
			row.working_hours = clock.elapsed_seconds(row.held_from, row.held_until) / 3600
	doc.hold_reason = None


def check_stage(doc) -> None:
	"""Everything the stage and the stages before it need, in one message."""
	missing = [fieldname for fieldname in required_fields(doc.stage) if not has_content(doc.get(fieldname))]
	if missing:
		labels = ", ".join(_(doc.meta.get_label(fieldname)) for fieldname in missing)
		frappe.throw(
			_("Fill in {0} first: stage {1} needs it.").format(labels, _(doc.stage)),
			frappe.MandatoryError,
			title=_("Something Is Missing"),
		)
	if is_reached(doc.stage, "Resolved"):
		_check_has_action(doc)
	if is_reached(doc.stage, "Archived"):
		_check_can_archive(doc)


def has_content(value) -> bool:
	"""An editor leaves empty paragraphs behind; they are no content."""
	if isinstance(value, str):
		return bool(frappe.utils.strip_html(value).replace("&nbsp;", " ").strip())
	return bool(value)


def _check_has_action(doc) -> None:
	corrective = [row for row in doc.actions if row.action_type == "Corrective"]
	if not corrective and not has_content(doc.corrective_action):
		frappe.throw(
			_("Say what was done: fill in {0} or add a corrective action.").format(_("Corrective Action")),
			frappe.MandatoryError,
			title=_("Something Is Missing"),
		)


def _check_can_archive(doc) -> None:
	if not doc.satisfaction and not doc.feedback_unreachable:
		frappe.throw(
			_("Enter the customer's satisfaction, or tick {0}.").format(_("Customer Could Not Be Reached")),
			frappe.MandatoryError,
			title=_("Something Is Missing"),
		)
	rows = unfinished(doc.actions)
	if rows:
		frappe.throw(
			_("Row {0}: the action is not finished. Finish or cancel every action before archiving.").format(
				rows[0].idx
			),
			title=_("Open Actions"),
		)
