import frappe
from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class MemberTierChange(EngineOnly, Document):
	pass


def on_doctype_update():
	frappe.db.add_index("Member Tier Change", ["programme", "posting_date"], "tier_change_day")
