"""Private values of customers: who reads them, what the others see instead, and who looked.

The values stand in fields of permission level 2 (identity numbers: level 1), which both hosts keep from roles
without that level on every path. Beside each stands a derived field of level 0 with the masked value. Code on
the server (till, duplicates, campaigns) reads the real fields: levels are for people.
"""

import json

import frappe
from frappe import _
from frappe.utils import cint

from crm_app.crm_customers.domain.masks import SUFFIX, mask, masked_diff
from crm_app.crm_platform.operation_log import log
from crm_app.roles import PRIVATE_DATA
from crm_app.utils.actions import shown, stored

CUSTOMER, EMPLOYEE = "CRM Customer", "CRM Employee"
# DocType → its private fields; those of CRM Customer's contacts go with the customer. Those without a masked
# twin are not shown at all.
PRIVATE = {
	CUSTOMER: ("mobile_no", "phone", "email_id", "id_number"),
	"CRM Customer Contact": ("mobile_no", "phone", "email_id"),
	"Complaint": ("mobile_no",),
	"Member Card": ("mobile_no",),
	EMPLOYEE: ("mobile_no", "email_id", "id_number", "home_address", "emergency_contact", "emergency_phone"),
}
TABLES = {CUSTOMER: {"contacts"}}
COPIES = ("Complaint", "Member Card")  # fetch the number of their customer


def derive(doc, method: str | None = None) -> None:
	"""validate: masked values follow the real ones, whoever saves and whatever they sent."""
	if doc.doctype in COPIES:
		# Fetched already, but taken away again from users without the level.
		doc.mobile_no = frappe.db.get_value(CUSTOMER, doc.customer, "mobile_no") if doc.customer else None
	_derive(doc)
	for table in TABLES.get(doc.doctype, ()):
		for row in doc.get(table):
			_derive(row)


def _derive(doc) -> None:
	for fieldname in twins_of(doc.doctype):
		doc.set(fieldname + SUFFIX, mask(fieldname, doc.get(fieldname)))


def twins_of(doctype: str) -> list[str]:
	"""Its private fields that have a masked twin."""
	meta = frappe.get_meta(doctype)
	return [fieldname for fieldname in PRIVATE[doctype] if meta.has_field(fieldname + SUFFIX)]


def mask_version(doc, method: str | None = None) -> None:
	"""Version, before it is stored: its data is read without levels, so it never holds private values."""
	if doc.ref_doctype in PRIVATE and doc.data:
		data = masked_diff(frappe.parse_json(doc.data), TABLES.get(doc.ref_doctype, set()))
		doc.data = json.dumps(data, default=str, ensure_ascii=False)


def hidden_fields(doctype: str) -> set[str]:
	"""Private fields of `doctype` that the session's user may not read."""
	if doctype not in PRIVATE or frappe.session.user == "Administrator":
		return set()
	owner = CUSTOMER if doctype == "CRM Customer Contact" else doctype
	levels = {0, *frappe.get_meta(owner).get_permlevel_access("read")}
	meta = frappe.get_meta(doctype)
	return {
		name for name in PRIVATE[doctype] if (df := meta.get_field(name)) and cint(df.permlevel) not in levels
	}


@frappe.whitelist(methods=["POST"])
def reveal(doctype: str, name: str, fieldname: str) -> str:
	"""One private value of one record, for holders of the role; the look is logged before it is given."""
	known = doctype in PRIVATE and doctype != "CRM Customer Contact" and fieldname in twins_of(doctype)
	if not known:
		frappe.throw(_("{0} is no private field").format(fieldname), title=_("Reveal"))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	_may_reveal(doctype, {fieldname})
	log("Reveal", name, _(doc.meta.get_label(fieldname)), doctype)
	return doc.get(fieldname) or ""


def _may_reveal(doctype: str, wanted: set[str]) -> None:
	if wanted & hidden_fields(doctype) and PRIVATE_DATA not in frappe.get_roles():
		frappe.throw(
			_("Only the role {0} may reveal masked values").format(_(PRIVATE_DATA)),
			frappe.PermissionError,
			title=_("Reveal"),
		)


@frappe.whitelist()
def reveal_customer(doc: str | dict) -> dict:
	"""The button of a customer: all private values in a message, and one line in the log."""
	customer = stored(doc, CUSTOMER, "read")
	contacts = [f"{row.contact_name}: {row.mobile_no}" for row in customer.contacts if row.mobile_no]
	return _reveal_all(customer, PRIVATE[CUSTOMER], contacts)


@frappe.whitelist()
def reveal_employee(doc: str | dict) -> dict:
	"""The same for an employee: what has a mask; the other private fields stay with their level."""
	return _reveal_all(stored(doc, EMPLOYEE, "read"), twins_of(EMPLOYEE))


def _reveal_all(record, fields, more: list[str] = ()) -> dict:
	filled = [name for name in fields if record.get(name)]
	_may_reveal(record.doctype, set(filled))
	labels = {name: _(record.meta.get_label(name)) for name in filled}
	if filled:
		log("Reveal", record.name, ", ".join(labels.values()), record.doctype)
	lines = [*(f"{labels[name]}: {record.get(name)}" for name in filled), *more]
	text = "<br>".join(frappe.utils.escape_html(line) for line in lines)
	frappe.msgprint(text or _("There is nothing to reveal"), title=_("Reveal"))
	return shown(record)


@frappe.whitelist()
def search(
	doctype: str, txt: str, searchfield: str, start: int, page_len: int, filters=None, **options
) -> list:
	"""Link search: never by a field that the reader may not read, for a hit would tell its value."""
	meta = frappe.get_meta(doctype)
	hidden = hidden_fields(doctype)
	names = ["name", meta.title_field, *meta.get_search_fields()]
	fields = [name for name in dict.fromkeys(names) if name and name not in hidden]
	given = (
		[
			[doctype, *([key, *value] if isinstance(value, list | tuple) else [key, "=", value])]
			for key, value in filters.items()
		]
		if isinstance(filters, dict)
		else list(filters or [])
	)
	text = (txt or "").replace("%", "").strip()
	return frappe.get_list(
		doctype,
		filters=given,
		or_filters=[[doctype, name, "like", f"%{text}%"] for name in fields] if text else None,
		fields=fields,
		limit_start=cint(start),
		limit_page_length=cint(page_len) or 10,
		as_list=not options.get("as_dict"),
	)
