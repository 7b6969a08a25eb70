import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from crm_app.crm_marketing import segments
from crm_app.crm_marketing.domain.segment_rules import in_words


class CustomerSegment(Document):
	def validate(self):
		self.keep_recorded_values()
		self.check_kind()
		rules = segments.checked_rules(self)
		self.check_has_rules(rules)
		self.rule_summary = in_words(rules, self.match_rules == "Any", _)
		self.member_count = segments.count(self)
		self.counted_on = now_datetime()

	def on_trash(self):
		frappe.db.delete(segments.MEMBER, {"segment": self.name})

	def keep_recorded_values(self):
		old = self.get_doc_before_save()
		self.refreshed_on = old.refreshed_on if old else None
		self.source_segment = old.source_segment if old else self.source_segment

	def check_kind(self):
		old = self.get_doc_before_save()
		if old and old.kind != self.kind and old.refreshed_on:
			frappe.throw(
				_("{0} cannot change once the members are written.").format(_("Kind")), title=_("Segment")
			)

	def check_has_rules(self, rules):
		if self.kind == "Manual":
			self.rules = []
		elif not rules and not self.source_segment:
			frappe.throw(_("Add at least one rule, or choose the kind Manual."), title=_("Segment"))
