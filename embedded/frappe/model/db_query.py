"""`get_list` with the reader's permissions."""

import functools

import frappe
from frappe import permissions
from frappe.database.query import OPTIONAL_COLUMNS, Query
from frappe.exceptions import ValidationError
from frappe.utils import cint

optional_table_columns = OPTIONAL_COLUMNS


class DatabaseQuery:
	def __init__(self, doctype: str, user: str | None = None):
		self.doctype = doctype
		self.user = user or frappe.session.user
		self.parent_doctype = None  # of a table's rows

	def execute(
		self,
		fields=None,
		filters=None,
		or_filters=None,
		group_by=None,
		order_by="KEEP_DEFAULT_ORDERING",
		limit_start=0,
		limit_page_length=None,
		limit=None,
		start=None,
		page_length=None,
		offset=None,
		as_list=False,
		distinct=False,
		ignore_permissions=False,
		pluck=None,
		parent_doctype=None,
		user=None,
		strict=True,
		debug=False,
		ignore_ifnull=False,
		as_dict=True,
		run=True,
		update=None,
		with_comment_count=False,
		**unknown,
	):
		"""Rows as dicts, lists, or one column; one query."""
		if unknown.keys() - {
			"cache",
			"docstatus",
			"save_user_settings",
			"view",
			"reference_doctype",
			"add_total_row",
		}:
			raise ValidationError(f"get_list does not take {', '.join(unknown)}")
		self.user = user or self.user
		# Callers mix up the two, so a dict or a list of lists in `fields` is taken for filters.
		if isinstance(fields, dict) or (isinstance(fields, list) and fields and isinstance(fields[0], list)):
			fields, filters = filters, fields
		fields = self._fields(fields, pluck)
		query = Query(self.doctype, fields, filters, or_filters, null_safe=not ignore_ifnull)
		query.start = cint(limit_start or start or offset)
		query.limit = cint(limit_page_length or limit or page_length)
		query.distinct = distinct
		query.group_by = group_by
		query.order_by = self._order(order_by, query, group_by)
		if not ignore_permissions:
			self._restrict(query, parent_doctype)
		sql, values = query.build()
		if not run:
			return sql
		if pluck:
			return frappe.db.sql(sql, values, pluck=True)
		if as_list:
			return frappe.db.sql(sql, values)
		return frappe.db.sql(sql, values, as_dict=True, update=update)

	def _fields(self, fields, pluck) -> list:
		if pluck:
			return [pluck]
		if isinstance(fields, str):
			fields = (
				frappe.parse_json(fields)
				if fields.startswith("[")
				else [f.strip() for f in fields.split(",")]
			)
		if fields and not isinstance(fields, list | tuple | set):
			raise ValidationError(frappe._("Invalid field: {0}").format(fields))
		return list(fields or ["name"])

	def _order(self, order_by, query, group_by):
		if order_by and order_by != "KEEP_DEFAULT_ORDERING":
			return order_by
		if not order_by or group_by or query.distinct:
			return None
		meta = query.meta
		parts = ["docstatus asc"] if meta.is_submittable else []
		if "," in meta.sort_field:
			parts += [part.strip() for part in meta.sort_field.split(",")]
		else:
			parts.append(f"{meta.sort_field} {meta.sort_order.lower()}")
		return ", ".join(parts)

	def _restrict(self, query: Query, parent_doctype):
		"""Rows and columns of the query as the reader may see them."""
		if self.user == "Administrator" and not _reach():
			return
		if query.meta.istable:
			self._restrict_child(query, parent_doctype)
		else:
			query.conditions += permissions.list_conditions(query.meta, self.user)
		query.hidden = functools.cache(self._hidden)

	def _restrict_child(self, query: Query, parent_doctype):
		if self.user == "Administrator":
			return
		if not parent_doctype or not permissions.has_permission(
			query.doctype, "read", user=self.user, parent_doctype=parent_doctype
		):
			frappe.throw(
				frappe._("Insufficient Permission for {0}").format(frappe.bold(frappe._(query.doctype))),
				frappe.PermissionError,
			)
		self.parent_doctype = parent_doctype
		if conditions := permissions.list_conditions(frappe.get_meta(parent_doctype), self.user):
			inner = " AND ".join(f"({condition})" for condition in conditions)
			query.conditions.append(
				f"`tab{query.doctype}`.`parent` IN (SELECT `name` FROM `tab{parent_doctype}` WHERE {inner})"
			)
		query.conditions.append(f"`tab{query.doctype}`.`parenttype` = {frappe.db.escape(parent_doctype)}")

	def _hidden(self, doctype: str) -> set:
		"""Neither shown, nor filtered or sorted by: that would give the value away too."""
		meta, owner = frappe.get_meta(doctype), None
		if meta.istable:  # its rows go by the rights of their record
			owner = frappe.get_meta(self.parent_doctype or self.doctype)
		elif doctype != self.doctype:
			if (reach := _reach()) and doctype not in reach:
				raise frappe.PermissionError(frappe._("The API token does not reach this far"))
			permissions.has_permission(doctype, "read", user=self.user, throw=True)
		if self.user == "Administrator":
			return set()
		return self._too_high(meta, owner) | self._unselected(meta, owner)

	def _unselected(self, meta, owner=None) -> set:
		"""Who may only select sees what a choice needs: names, titles and what choices are filtered by."""
		if permissions.has_permission((owner or meta).name, "read", user=self.user):
			return set()
		if owner:
			return {field.fieldname for field in meta.fields}
		kept = {meta.title_field, *(name.strip() for name in (meta.search_fields or "").split(","))}
		kinds = ("Check", "Select", "Link")
		return {df.fieldname for df in meta.fields if df.fieldtype not in kinds and df.fieldname not in kept}

	def _too_high(self, meta, owner=None) -> set:
		high = meta.get_high_permlevel_fields()
		if not high:
			return set()
		levels = (owner or meta).get_permlevel_access("read", user=self.user)
		return {field.fieldname for field in high if cint(field.permlevel) not in levels}


def _reach() -> frozenset | None:
	"""The DocTypes that the request's API token is narrowed to."""
	return getattr(getattr(frappe.local, "request", None), "reach", None)


def build_match_conditions(doctype: str, user: str | None = None, as_condition: bool = True) -> str:
	"""SQL condition that limits a report to what the user may read."""
	conditions = permissions.list_conditions(frappe.get_meta(doctype), user or frappe.session.user)
	return " AND ".join(f"({condition})" for condition in conditions)
