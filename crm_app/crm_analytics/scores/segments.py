"""The named segments as an administrator has them; without any, the classic eleven."""

import frappe

from crm_app.crm_analytics.domain.segments import SEGMENTS, Segment

FIELDS = ["segment_name", "r_from", "r_to", "fm_from", "fm_to", "advice", "colour"]


def defined() -> tuple[Segment, ...]:
	"""In the order in which they are tried."""
	order = "sequence asc, segment_name asc"
	rows = frappe.get_all("RFM Segment", fields=FIELDS, order_by=order, limit_page_length=0)
	found = tuple(
		Segment(
			row.segment_name,
			(row.r_from, row.r_to),
			(row.fm_from, row.fm_to),
			row.advice or "",
			row.colour or "#64748b",
		)
		for row in rows
	)
	return found or SEGMENTS
