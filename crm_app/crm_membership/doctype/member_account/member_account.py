import frappe
from frappe.model.document import Document

from crm_app.utils.checks import add_check
from crm_app.utils.engine_only import EngineOnly

# Points may be owed, never anything else; nothing is owed while points are there.
BALANCES = (
	"{row}`principal` >= 0 AND {row}`bonus` >= 0 AND {row}`tier_credit` >= 0"
	" AND {row}`points_debt` >= 0 AND ({row}`points_debt` = 0 OR {row}`points` + {row}`points_debt` = 0)"
)


class MemberAccount(EngineOnly, Document):
	pass


def on_doctype_update():
	add_check("Member Account", "member_account_balances", BALANCES)
	frappe.db.add_index("Member Account", ["moved_to"], "member_account_moved")
