"""List data over HTTP, with the reader's permissions."""

import frappe
from frappe.database.query import Query
from frappe.model.db_query import DatabaseQuery, build_match_conditions

__all__ = ["build_match_conditions", "get", "get_count"]


@frappe.whitelist()
def get_count(
	doctype: str, filters=None, or_filters=None, distinct: bool = False, fields=None, limit=None
) -> int:
	"""Number of records that the user may read: one query."""
	query = Query(doctype, ["name"], filters, or_filters)
	DatabaseQuery(doctype)._restrict(query, None)
	sql, values = query.build_count()
	return int(frappe.db.sql(sql, values)[0][0])


@frappe.whitelist()
def get(
	doctype: str, fields=None, filters=None, or_filters=None, order_by=None, start=0, page_length=20
) -> list:
	return frappe.get_list(
		doctype,
		fields=fields,
		filters=filters,
		or_filters=or_filters,
		order_by=order_by or "KEEP_DEFAULT_ORDERING",
		limit_start=start,
		limit_page_length=page_length,
	)
