"""The mapping of an import as rows of its own: proposed from the header, kept, taken from a template."""

import frappe

from crm_app.crm_platform.importer import sheet
from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.mapping import CUSTOMERS, RECORDS, spelling
from crm_app.customising.mandatory import forgive_custom

ROW = ("source_column", "sample_values", "target_field", "match_kind", "value_map")
SETTINGS = ("document_type", "import_type", "mode", "key_field", "child_rows", "date_format", "source_system")


def is_mapped(record) -> bool:
	"""Sales files have a mapping of their own kind."""
	return record.import_type in (CUSTOMERS, RECORDS)


def rows_for(record, inspected: source.Source) -> list[dict]:
	"""Proposed rows; where a template is chosen its decisions for the columns that the file has."""
	proposed = sheet.propose(record, sheet.bare_sheet(inspected))
	if not record.template:
		return proposed
	template = frappe.get_doc("CRM Import Template", record.template)
	template.check_permission("read")
	known = {spelling(row.source_column): row for row in template.columns}
	for row in proposed:
		if chosen := known.get(spelling(row["source_column"])):
			row |= {"target_field": chosen.target_field or "", "match_kind": "Template"}
			row["value_map"] = chosen.value_map or row["value_map"]
	return proposed


def keep(record, inspected: source.Source) -> None:
	"""An import of a file on the server has no columns yet; the key is the outside id where there is one."""
	if record.columns and record.key_field:
		return
	rows = [row.as_dict() for row in record.columns] or rows_for(record, inspected)
	targets = {row["target_field"] for row in rows}
	stored = frappe.get_doc("CRM Import", record.name)
	stored.set("columns", [{name: row.get(name) for name in ROW} for row in rows])
	stored.key_field = record.key_field or sheet.default_key(sheet.document_type(record), targets)
	stored.flags.ignore_permissions = True  # the run itself was permitted
	forgive_custom(stored)
	stored.save()
	frappe.db.commit()
	record.set("columns", stored.columns)
	record.key_field = stored.key_field


def save_template(record, title: str) -> str:
	"""Keep the mapping for later files; a template of this title is replaced. Returns its name."""
	name = frappe.db.exists("CRM Import Template", title)
	template = frappe.get_doc("CRM Import Template", name) if name else frappe.new_doc("CRM Import Template")
	template.update({"title": title, **{field: record.get(field) for field in SETTINGS}})
	template.document_type = sheet.document_type(record)
	template.set("columns", [{name: row.get(name) for name in ROW} for row in record.columns])
	forgive_custom(template)
	template.save()
	return template.name
