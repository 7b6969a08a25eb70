import frappe
from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class MemberLedgerEntry(EngineOnly, Document):
	pass


def on_doctype_update():
	frappe.db.add_index("Member Ledger Entry", ["account", "kind", "posted_at"], "member_entry_history")
	frappe.db.add_index("Member Ledger Entry", ["lot"], "member_entry_lot")
	# Reports by month read this one alone.
	by_day = ["posting_date", "kind", "entry_type", "programme", "store", "amount"]
	frappe.db.add_index("Member Ledger Entry", by_day, "member_entry_day")
