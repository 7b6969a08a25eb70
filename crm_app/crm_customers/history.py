"""Values that change for a reason: the reason is asked for, and a dated row is kept."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.utils import rows

RULE, MANUAL = "Rule", "Manual"


@dataclass(frozen=True)
class Tracked:
	"""A field with its companions `<prefix>_source` and `<prefix>_reason`, and the table of its past."""

	field: str
	prefix: str
	table: str
	column: str

	def note(self, doc) -> bool:
		"""Call in validate. True when the value changed; the history itself cannot be edited."""
		before = doc.get_doc_before_save()
		doc.set(self.table, before.get(self.table) if before else [])
		old = before.get(self.field) if before else None
		if old == doc.get(self.field):
			return False
		if not doc.flags.by_rule:
			self._ask_for_a_reason(doc, before)
		self._append(doc, old)
		return True

	def decide(self, doc, value: str, reason: str) -> bool:
		"""A rule sets the value; False when it already was so."""
		if doc.get(self.field) == value:
			return False
		doc.set(self.field, value)
		doc.set(f"{self.prefix}_reason", reason)
		return True

	def _ask_for_a_reason(self, doc, before) -> None:
		source, reason = f"{self.prefix}_source", f"{self.prefix}_reason"
		if before is None:
			if doc.get(source) == MANUAL and not doc.get(reason):
				doc.set(reason, _("Set on creation"))
			return
		doc.set(source, MANUAL)
		if not (doc.get(reason) or "").strip() or doc.get(reason) == before.get(reason):
			frappe.throw(
				_("{0}: say why it was changed by hand.").format(_(doc.meta.get_label(reason))),
				exc=frappe.MandatoryError,
				title=_("Reason missing"),
			)

	def _append(self, doc, old: str | None) -> None:
		row = {
			f"from_{self.column}": old,
			f"to_{self.column}": doc.get(self.field),
			"source": doc.get(f"{self.prefix}_source"),
			"reason": doc.get(f"{self.prefix}_reason"),
			"changed_on": now_datetime(),
			"changed_by": frappe.session.user,
		}
		rows.append(doc, self.table, row)


GRADE = Tracked("grade", "grade", "grade_history", "grade")
STAGE = Tracked("lifecycle_stage", "lifecycle", "lifecycle_history", "stage")
