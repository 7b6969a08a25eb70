import frappe
from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class MemberEarning(EngineOnly, Document):
	pass


def on_doctype_update():
	frappe.db.add_index("Member Earning", ["account", "posting_date"], "member_earning_period")
