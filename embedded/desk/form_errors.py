"""Which fields an error is about, so that the page can mark them."""

import re

import frappe
from frappe import _
from frappe.utils import strip_html


def describe(error: Exception, doc) -> dict:
	"""{message, title, fields: {fieldname: message}}; a row's field is `table.1.fieldname`."""
	log = [
		frappe.parse_json(item) if isinstance(item, str) else item for item in frappe.local.message_log or []
	]
	log = [item for item in log if item.get("message")]
	text = "\n".join(dict.fromkeys(strip_html(str(item["message"])) for item in log)) or str(error)
	title = next((item["title"] for item in reversed(log) if item.get("title")), "")
	unexpected = getattr(error, "http_status_code", None) is None
	if unexpected:
		text, title = _("Something went wrong. The error was written to the log and nothing was saved."), ""
	found = {} if doc is None or unexpected else fields_of(error, doc, text)
	return {"message": text, "title": title, "fields": found}


def fields_of(error: Exception, doc, text: str) -> dict[str, str]:
	if isinstance(error, frappe.MandatoryError):
		return dict.fromkeys(_missing(doc), _("This field is required"))
	row = re.search(r"(?:Row|行|第)\s*#?\s*(\d+)", text)
	for df in doc.meta.get_table_fields() if row else ():
		if found := _mentioned(frappe.get_meta(df.options), text):
			index = int(row.group(1))
			if index <= len(doc.get(df.fieldname) or []):
				return {f"{df.fieldname}.{index}.{name}": text for name in found} | {df.fieldname: text}
	return dict.fromkeys(_mentioned(doc.meta, text), text)


def _missing(doc) -> list[str]:
	"""Mandatory fields without a value, as Document found them; of rows too."""
	found = [df.fieldname for df in doc.meta.fields if df.reqd and doc.get(df.fieldname) in (None, "", [])]
	for table in doc.meta.get_table_fields():
		for index, row in enumerate(doc.get(table.fieldname) or [], 1):
			empty = [
				df.fieldname for df in row.meta.fields if df.reqd and row.get(df.fieldname) in (None, "")
			]
			found += [f"{table.fieldname}.{index}.{name}" for name in empty]
			found += [table.fieldname] if empty else []
	return found


def _mentioned(meta, text: str) -> list[str]:
	"""Fields whose label is in the message, longest first: `Type` is not found in `Customer Type`."""
	labels = {}
	for df in meta.fields:
		for label in {df.label or "", _(df.label or "")}:
			labels.setdefault(label, df.fieldname)
	found = []
	for label in sorted(labels, key=len, reverse=True):
		pattern = rf"(?<!\w){re.escape(label)}(?!\w)" if label.isascii() else re.escape(label)
		if len(label) > 1 and re.search(pattern, text):
			found.append(labels[label])
			text = re.sub(pattern, " ", text)
	return list(dict.fromkeys(found))[:3]
