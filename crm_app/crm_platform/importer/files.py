"""Which attached files an import may read."""

import frappe
from frappe import _


def readable_file(file_url: str):
	"""The File behind an address: of its records one must be readable, else PermissionError."""
	for name in frappe.get_all("File", filters={"file_url": file_url}, pluck="name"):
		file = frappe.get_doc("File", name)
		if file.has_permission("read"):
			return file
	frappe.throw(_("File: {0} is not there for you").format(file_url), frappe.PermissionError)
