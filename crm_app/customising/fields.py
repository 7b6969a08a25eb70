"""The checks of Property Setter and Custom Field on the app's DocTypes."""

import frappe
from frappe import _
from frappe.utils import cint

from crm_app.customising.workflows import is_ours
from crm_app.shipped import definitions

NO_VALUE = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold", "Image"}
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
FIXED = {"fieldtype", "fieldname", "is_virtual", "fetch_from"}
FIXED_FORM = {"istable", "issingle", "is_submittable", "autoname", "naming_rule"}


def check_property(doc, method=None) -> None:
	"""doc_events: Property Setter.validate"""
	if not is_ours(doc.doc_type):
		return
	if not doc.field_name:
		if doc.property in FIXED_FORM:
			_refuse(_("{0} of {1} is fixed: the app counts on it.").format(doc.property, _(doc.doc_type)))
		return
	shipped = _shipped_field(doc.doc_type, doc.field_name)
	if shipped:
		_check_shipped(doc, shipped)
	_check_fillable(doc)


def _check_shipped(doc, shipped) -> None:
	label = _(shipped.label or shipped.fieldname)
	if doc.property in FIXED and (doc.value or "") != (shipped.get(doc.property) or ""):
		_refuse(_("{0} of {1} is fixed: the app counts on it.").format(doc.property, label))
	if doc.property == "reqd" and shipped.reqd and not cint(doc.value):
		_refuse(_("{0} is needed by the app and stays mandatory.").format(label))
	if doc.property == "options":
		_check_options(doc, shipped, label)


def _check_options(doc, shipped, label: str) -> None:
	if shipped.fieldtype != "Select":
		if shipped.options and (doc.value or "").strip() != shipped.options.strip():
			_refuse(_("{0} of {1} is fixed: the app counts on it.").format("options", label))
		return
	old, new = _choices(shipped.options), _choices(doc.value)
	gone = [option for option in old if option not in new]
	if gone and (doc.doc_type, shipped.fieldname) not in FREE and shipped.fieldname != "naming_series":
		names = ", ".join(map(_, gone))
		_refuse(_("{0} cannot lose the option {1}: the app's rules read it.").format(label, names))
	if shipped.read_only and len(new) > len(old):
		text = _("The app itself decides {0}, so it takes no further options. Add a workflow state instead.")
		_refuse(text.format(label))


def _choices(options: str | None) -> list[str]:
	return [option.strip() for option in (options or "").split("\n") if option.strip()]


def _check_fillable(doc) -> None:
	"""The field as it will be: hidden, mandatory and empty cannot be saved by anybody."""
	df = frappe.get_meta(doc.doc_type).get_field(doc.field_name)
	if df and doc.property in ("hidden", "reqd", "default"):
		names = ("label", "fieldname", "hidden", "reqd", "default", "read_only")
		after = frappe._dict({name: df.get(name) for name in names})
		after[doc.property] = doc.value if doc.property == "default" else cint(doc.value)
		_refuse_hidden_mandatory(after)


def _refuse_hidden_mandatory(df) -> None:
	if cint(df.hidden) and cint(df.reqd) and not df.default and not cint(df.read_only):
		text = _("{0} is mandatory and has no default: hidden, nobody could fill it in.")
		_refuse(text.format(_(df.label or df.fieldname)))


def check_custom_field(doc, method=None) -> None:
	"""doc_events: Custom Field.validate"""
	if not is_ours(doc.dt) or doc.fieldtype in NO_VALUE:
		return
	_refuse_hidden_mandatory(doc)
	if cint(doc.reqd) and not doc.default and written_by_the_app(doc.dt):
		text = _("Records of {0} are written by the app: a mandatory field needs a default there.")
		_refuse(text.format(_(doc.dt)))


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


def _refuse(message: str) -> None:
	frappe.throw(message, title=_("Not Possible"))
