"""Sums, counts and groups over records that the user may read. Used by number cards and charts."""

import frappe
from frappe.database.query import Query
from frappe.model.db_query import DatabaseQuery

FUNCTIONS = {
	"Count": "COUNT(*)",
	"Sum": "SUM({0})",
	"Average": "AVG({0})",
	"Minimum": "MIN({0})",
	"Maximum": "MAX({0})",
}


def parse_filters(text, dynamic=None) -> list:
	"""Stored filters; the dynamic ones are expressions such as `frappe.session.user`."""
	filters = [row[:4] for row in _listed(text)]
	for row in _listed(dynamic, 4):
		filters.append([*row[:3], dynamic_value(row[3])])
	return filters


def _listed(text, least: int = 3) -> list:
	value = frappe.parse_json(text) if isinstance(text, str) and text.strip() else text
	if isinstance(value, dict):
		return [
			[None, key, *(item if isinstance(item, list) else ("=", item))] for key, item in value.items()
		]
	rows = value or []
	if not isinstance(rows, list) or not all(
		isinstance(row, list | tuple) and len(row) >= least for row in rows
	):
		raise frappe.InvalidValue(frappe._("Invalid filter: {0}").format(value))
	return rows


def dynamic_value(expression):
	"""The desk evaluates these in JavaScript; the few that cards use are known here."""
	utils = frappe.utils
	known = {
		"frappe.session.user": lambda: frappe.session.user,
		"frappe.datetime.get_today()": utils.nowdate,
		"frappe.datetime.nowdate()": utils.nowdate,
		"frappe.datetime.now_datetime()": utils.now,
		"frappe.datetime.month_start()": lambda: utils.get_first_day(utils.nowdate(), as_str=True),
		"frappe.datetime.month_end()": lambda: utils.get_last_day(utils.nowdate(), as_str=True),
		"frappe.datetime.year_start()": lambda: utils.get_year_start(utils.nowdate(), as_str=True),
		"frappe.datetime.year_end()": lambda: utils.get_year_ending(utils.nowdate(), as_str=True),
	}
	if expression in known:
		return known[expression]()
	if not isinstance(expression, str) or "frappe." not in expression:
		return expression
	raise frappe.NotInHost(f"dynamic filter {expression} is not part of the embedded host")


def aggregate(
	doctype: str,
	function: str,
	column: str | None,
	filters,
	group_by: str | None = None,
	limit=None,
	by_day=False,
):
	"""One value, or with `group_by` rows of (group, value); one query, the reader's permissions.

	`by_day` takes the date out of a Datetime; DATE() is the one date function that both databases have.
	"""
	if function not in FUNCTIONS:
		raise frappe.InvalidValue(frappe._("{0} is no function for groups of records").format(function))
	query = Query(doctype, ["name"], filters)
	DatabaseQuery(doctype)._restrict(query, None)
	expression = FUNCTIONS[function].format(query.column(column) if column else "")
	where, values = query.build_where()
	source = f"FROM `tab{doctype}`{''.join(query.joins.values())}{where}"
	if not group_by:
		return frappe.db.sql(f"SELECT {expression} {source}", values)[0][0] or 0
	group = f"DATE({query.column(group_by)})" if by_day else query.column(group_by)
	sql = f"SELECT {group}, {expression} AS `total` {source} GROUP BY {group} ORDER BY `total` DESC"
	return list(frappe.db.sql(sql + (f" LIMIT {int(limit)}" if limit else ""), values))
