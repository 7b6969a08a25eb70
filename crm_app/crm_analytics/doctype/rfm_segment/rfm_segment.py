import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from crm_app.crm_analytics.domain.segments import uncovered
from crm_app.crm_analytics.scores import segments

RANGES = (("r_from", "r_to"), ("fm_from", "fm_to"))


class RFMSegment(Document):
	def validate(self):
		self.check_ranges()

	def on_update(self):
		self.tell_what_no_segment_holds()

	def on_trash(self):
		if frappe.db.count("RFM Segment") <= 1:
			frappe.throw(_("One segment must stay: it takes the customers."), title=_("RFM Segment"))

	def check_ranges(self):
		for low, high in RANGES:
			for fieldname in (low, high):
				if not 1 <= cint(self.get(fieldname)) <= 5:
					label = _(self.meta.get_label(fieldname))
					frappe.throw(_("{0}: scores go from 1 to 5.").format(label), title=_("RFM Segment"))
			if cint(self.get(low)) > cint(self.get(high)):
				label = _(self.meta.get_label(low))
				frappe.throw(_("{0}: lies above the end of the range.").format(label), title=_("RFM Segment"))

	def tell_what_no_segment_holds(self):
		"""Not refused: whoever moves a bound has a gap until the neighbour is moved too."""
		known = segments.defined()
		if cells := uncovered(known):
			shown = ", ".join(f"{r}/{fm}" for r, fm in cells)
			frappe.msgprint(
				_("No segment holds the scores {0} (recency / frequency and money); {1} takes them.").format(
					shown, _(known[-1].name)
				),
				title=_("RFM Segment"),
				indicator="orange",
			)
