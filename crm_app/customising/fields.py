"""The checks of Property Setter and Custom Field on the app's DocTypes."""

import frappe
from frappe import _
from frappe.utils import cint, cstr

from crm_app.customising import afterwards, defaults, fillable, lists, uniqueness
from crm_app.customising.domain.expressions import check_expression
from crm_app.customising.saying import field_label, property_label, refuse, refuse_fixed
from crm_app.shipped import definitions
from crm_app.shipped.definitions import is_ours
from crm_app.utils.telling import telling
from crm_app.workflows.changes import NO_VALUE

# Descriptive choices: no rule reads them, so the shipped options may go.
FREE = {
	("CRM Campaign", "kind"), ("CRM Campaign Template", "kind"), ("CRM Customer", "education"),
	("CRM Customer", "gender"), ("CRM Customer", "income_band"), ("CRM Customer", "marital_status"),
	("CRM Customer", "source"), ("CRM Customer Contact", "gender"), ("CRM Customer Preference", "kind"),
	("CRM Customer Preference", "source"), ("CRM Customer Relation", "relation"),
	("CRM Employee", "education"), ("CRM Employee", "gender"), ("CRM Employee Skill", "level"),
	("CRM Employee Training", "result"), ("Complaint", "category"), ("Complaint Cause", "category"),
	("Complaint", "channel"), ("Complaint", "feedback_channel"), ("CRM Store", "channel"),
}  # fmt: skip
FIXED = ("fieldtype", "fieldname", "is_virtual", "fetch_from")
FIXED_FORM = {"istable", "issingle", "is_submittable", "autoname", "naming_rule"}
DECIDING = (None, "default", "options", "fieldtype", "non_negative", "length")  # whether a default is good
CONDITIONS = ("depends_on", "mandatory_depends_on", "read_only_depends_on", "collapsible_depends_on")
# Frappe's own that are written while a workflow, a rule or a job of the app runs.
WRITTEN_BESIDE = {
	"Access Log", "Activity Log", "Comment", "Communication", "Deleted Document", "DocShare", "Email Queue",
	"Error Log", "File", "Notification Log", "ToDo", "Version", "View Log", "Workflow Action",
}  # fmt: skip


def check_property(doc, method=None) -> None:
	"""doc_events: Property Setter.validate"""
	ours = is_ours(doc.doc_type)
	if not doc.field_name:
		if ours:
			_check_form(doc)
		return
	if not ours and doc.doc_type not in WRITTEN_BESIDE:
		return
	after = afterwards.after_property(doc)
	field = next((df for df in after if df.fieldname == doc.field_name), None)
	if not ours:
		_check_written(doc.doc_type, field)
		return
	shipped = _shipped_field(doc.doc_type, doc.field_name)
	if shipped:
		_check_shipped(doc, shipped)
	_check_condition(doc.doc_type, doc.property, doc.value)
	_check_field(doc.doc_type, field, doc.property)
	_check_reach(doc.doc_type, doc.field_name, after)
	if doc.property == "reqd" and cint(doc.value):
		fillable.warn_where_it_is_not_shown(after, doc.field_name)


def _check_form(doc) -> None:
	if doc.property in FIXED_FORM:
		refuse_fixed(doc.property, _(doc.doc_type))
	lists.check(doc.doc_type, doc.property, doc.value)


def _check_shipped(doc, shipped) -> None:
	label = field_label(shipped)
	if doc.property in FIXED and (doc.value or "") != (shipped.get(doc.property) or ""):
		refuse_fixed(doc.property, label)
	if doc.property == "reqd":
		_check_mandatory(doc, shipped, label)
	if doc.property == "allow_on_submit" and cint(doc.value) != cint(shipped.allow_on_submit):
		_check_submitted(doc, label)
	if doc.property == "unique" and shipped.unique and not cint(doc.value):
		refuse_fixed(doc.property, label)
	if doc.property == "options":
		_check_options(doc, shipped, label)


def _check_mandatory(doc, shipped, label: str) -> None:
	if shipped.reqd and not cint(doc.value):
		refuse(_("{0} is needed by the app and stays mandatory.").format(label))
	if cint(doc.value) and not shipped.reqd and written_by_the_app(doc.doc_type):
		text = _("Records of {0} are written by the app: {1} stays optional there.")
		refuse(text.format(_(doc.doc_type), label))


def _check_submitted(doc, label: str) -> None:
	"""Ledgers, budgets and approvals rest on what was submitted; rules write what is open as shipped."""
	definition = definitions.doctype(doc.doc_type)
	if definition.get("is_submittable") or definition.get("istable"):
		text = _("{0} of {1} is fixed: ledgers and approvals rest on what was submitted.")
		refuse(text.format(property_label(doc.property), label))


def _check_options(doc, shipped, label: str) -> None:
	if shipped.fieldtype != "Select":
		if shipped.options and (doc.value or "").strip() != shipped.options.strip():
			refuse_fixed("options", label)
		return
	old, new = defaults.choices(shipped.options), defaults.choices(doc.value)
	gone = [option for option in old if option not in new]
	if gone and (doc.doc_type, shipped.fieldname) not in FREE and shipped.fieldname != "naming_series":
		names = ", ".join(map(_, gone))
		refuse(_("{0} cannot lose the option {1}: the app's rules read it.").format(label, names))
	if shipped.read_only and len(new) > len(old):
		text = _("The app itself decides {0}, so it takes no further options. Add a workflow state instead.")
		refuse(text.format(label))


def check_custom_field(doc, method=None) -> None:
	"""doc_events: Custom Field.validate"""
	_keep_name(doc)
	if doc.dt in WRITTEN_BESIDE:
		_check_written(doc.dt, doc)
	if not is_ours(doc.dt):
		return
	for key in CONDITIONS:
		_check_condition(doc.dt, key, doc.get(key), doc.fieldname)
	if doc.fieldtype not in NO_VALUE:
		_check_field(doc.dt, doc)
	_check_reach(doc.dt, doc.fieldname, afterwards.after_custom_field(doc))


def _keep_name(doc) -> None:
	"""The stored values stand in the column of this name."""
	before = doc.get_doc_before_save()
	for key in ("dt", "fieldname") if before else ():
		if before.get(key) != doc.get(key):
			text = _("{0} of {1} is fixed once it is saved: its values are stored under it.")
			refuse(text.format(property_label("fieldname"), field_label(before)))


def _check_field(doctype: str, df, changed: str | None = None) -> None:
	"""The field as it will be; `changed` is the property that is set, None for all of them."""
	if not df:
		return
	_check_written(doctype, df)
	# Frappe's naming settings write the series first and the default after them
	if changed in DECIDING and not (changed == "options" and df.fieldname == "naming_series"):
		defaults.check(df)
	if changed in (None, "unique") and not (_shipped_field(doctype, df.fieldname) or {}).get("unique"):
		uniqueness.check(doctype, df, written_by_the_app(doctype))
	if changed == "default":
		uniqueness.check_default(df)


def _check_written(doctype: str, df) -> None:
	"""A field of one's own may be mandatory there where its default fills it in."""
	ours = is_ours(doctype)
	if not df or not cint(df.reqd) or df.default or (ours and _shipped_field(doctype, df.fieldname)):
		return
	if not ours or written_by_the_app(doctype):
		text = _("Records of {0} are written by the app: a mandatory field needs a default there.")
		refuse(text.format(_(doctype)))


def _check_reach(doctype: str, changed: str, after: list) -> None:
	shipped = {df["fieldname"]: frappe._dict(df) for df in definitions.doctype(doctype)["fields"]}
	fillable.check(doctype, changed, afterwards.now(doctype), after, shipped)


def _check_condition(doctype: str, key: str, value: str | None, own: str | None = None) -> None:
	"""`eval:` with an expression, or the name of a field."""
	text = cstr(value).strip()
	if key not in CONDITIONS or not text or text.startswith("fn:"):
		return
	if text.startswith("eval:"):
		with telling(property_label(key)):
			check_expression(text[5:])
	elif text != own and not frappe.get_meta(doctype).has_field(text):
		message = _("{0}: {1} has no field {2}.")
		refuse(message.format(property_label(key), _(doctype), text))


def written_by_the_app(doctype: str) -> bool:
	"""Nobody may create it by hand, or it is a table that only code fills."""
	shipped = definitions.doctype(doctype)
	if not shipped.get("istable"):
		return not any(rule.get("create") for rule in shipped["permissions"])
	holders = [
		df for other in definitions.doctypes() for df in other["fields"] if df.get("options") == doctype
	]
	return bool(holders) and all(df.get("read_only") for df in holders)


def _shipped_field(doctype: str, fieldname: str):
	fields = definitions.doctype(doctype)["fields"]
	return next((frappe._dict(df) for df in fields if df["fieldname"] == fieldname), None)
