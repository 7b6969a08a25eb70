import frappe
from frappe.model.document import Document

from crm_app.utils.checks import add_check
from crm_app.utils.engine_only import EngineOnly

# A lot can be closed only when it is empty, else a spend would not find what is left.
SIZE = (
	"{row}`remaining` >= 0 AND {row}`remaining` <= {row}`granted`"
	" AND (({row}`remaining` = 0 AND {row}`is_closed` = 1)"
	" OR ({row}`remaining` > 0 AND {row}`is_closed` = 0))"
)


class MemberLot(EngineOnly, Document):
	pass


def on_doctype_update():
	add_check("Member Lot", "member_lot_size", SIZE)
	# In spend order; what is open is found without the history.
	spend = ["account", "kind", "is_closed", "order_date", "granted_at", "name"]
	frappe.db.add_index("Member Lot", spend, "member_lot_spend_order")
	frappe.db.add_index("Member Lot", ["is_closed", "order_date", "account"], "member_lot_due")
