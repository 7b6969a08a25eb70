import frappe
from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class TierReviewLine(EngineOnly, Document):
	pass


def on_doctype_update():
	frappe.db.add_index("Tier Review Line", ["review", "status_category", "name"], "tier_line_open")
