"""What a Document said when it refused a row, told about the column it means."""

import re

import frappe
from frappe.utils import strip_html

from crm_app.crm_platform.importer.domain.errors import Problem
from crm_app.crm_platform.importer.fields import words
from crm_app.crm_platform.importer.sheet import Sheet
from crm_app.utils.rules import _

MANDATORY = re.compile(r"\]?: *([\w, ]+)$")


def as_problem(refused: Exception, doctype: str, sheet: Sheet) -> Problem:
	"""The rules of the CRM begin with the label of their field; Frappe's mandatory check ends with names."""
	text = strip_html(str(refused)).strip() or type(refused).__name__
	if isinstance(refused, frappe.MandatoryError) and (problem := _missing(text, doctype, sheet)):
		return problem
	start = re.split(r"[:：]", text, maxsplit=1)
	if len(start) == 2:
		for column in sheet.columns:
			df = column.filled.df
			if not column.filled.target.table and start[0].strip() in words(df.label):
				return Problem(column.header, "", "{0}", (start[1].strip(),))
	return Problem("", "", "{0}", (text,))


def _missing(text: str, doctype: str, sheet: Sheet) -> Problem | None:
	match = MANDATORY.search(text)
	meta = frappe.get_meta(doctype)
	named = [name.strip() for name in match[1].split(",")] if match else []
	if not named or not all(meta.has_field(name) for name in named):
		return None
	headers = {column.filled.target.field: column.header for column in sheet.columns}
	labels = [frappe._(meta.get_label(name)) for name in named]
	if len(named) == 1 and named[0] in headers:
		return Problem(headers[named[0]], "", _("is empty"))
	return Problem("", "", _("{0} must be filled in"), (", ".join(labels),))
