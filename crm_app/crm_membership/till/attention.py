"""Calls made offline that the server refused: tried again, or settled by hand. The desk's buttons."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_membership import tills
from crm_app.crm_membership.till.calls import acting, explain, read_waiting
from crm_app.crm_membership.till.once import once
from crm_app.utils.actions import shown, stored

REFUSED, SETTLED = "Refused", "Settled"


@frappe.whitelist(methods=["POST"])
def try_again(doc: str | dict) -> dict:
	"""The same call once more, whatever its age; its answer is shown."""
	row = _waiting(doc)
	try:
		till = tills.by_name(row.till, frappe.session.user)
		given = frappe.parse_json(row.request)
		with acting(till):
			once(till, row.method, read_waiting(given), now_datetime(), offline=True, aged=True)
	except Exception as error:
		if not (said := explain(error)):
			raise
		frappe.throw(said["message"], title=_("Refused"))
	return shown(frappe.get_doc("Till Call", row.name))


@frappe.whitelist(methods=["POST"])
def settle(doc: str | dict) -> dict:
	"""Somebody has dealt with it outside; the till is told nothing more."""
	row = _waiting(doc)
	frappe.db.set_value(
		"Till Call",
		row.name,
		{"status": SETTLED, "settled_by": frappe.session.user, "settled_on": now_datetime()},
	)
	row.add_comment("Info", _("Marked as settled"))
	return shown(frappe.get_doc("Till Call", row.name))


def _waiting(doc):
	row = stored(doc, "Till Call", "write")
	if row.status != REFUSED:
		frappe.throw(_("{0} is not waiting for anybody.").format(row.name))
	return row
