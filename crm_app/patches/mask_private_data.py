"""Masked values beside the private ones that are stored already."""

import frappe

from crm_app.crm_customers.domain.masks import SUFFIX, mask
from crm_app.crm_customers.privacy import PRIVATE, twins_of

SLICE = 5_000


def execute() -> None:
	for doctype in PRIVATE:
		for fieldname in twins_of(doctype):
			fill(doctype, fieldname)


def fill(doctype: str, fieldname: str) -> None:
	last = ""
	while True:
		rows = frappe.get_all(
			doctype,
			filters={fieldname: ["!=", ""], "name": [">", last]},
			fields=["name", fieldname],
			order_by="name asc",
			limit_page_length=SLICE,
		)
		for row in rows:
			value = mask(fieldname, row[fieldname])
			frappe.db.set_value(doctype, row.name, fieldname + SUFFIX, value, update_modified=False)
		frappe.db.commit()
		if len(rows) < SLICE:
			return
		last = rows[-1].name
