"""`get_list` with the reader's permissions."""

import frappe
from frappe import permissions
from frappe.database.query import FIELD, STANDARD_COLUMNS, Query
from frappe.exceptions import ValidationError
from frappe.utils import cint

optional_table_columns = ("_user_tags", "_comments", "_assign", "_liked_by")


class DatabaseQuery:
	def __init__(self, doctype: str, user: str | None = None):
		self.doctype = doctype
		self.user = user or frappe.session.user

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
		meta = query.meta
		if meta.istable:
			self._restrict_child(query, parent_doctype)
			return
		query.conditions += permissions.list_conditions(meta, self.user)
		query.fields = self._readable(query)
		query.guard = self._guard

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
		parent = frappe.get_meta(parent_doctype)
		if conditions := permissions.list_conditions(parent, self.user):
			inner = " AND ".join(f"({condition})" for condition in conditions)
			query.conditions.append(
				f"`tab{query.doctype}`.`parent` IN (SELECT `name` FROM `tab{parent_doctype}` WHERE {inner})"
			)
		query.conditions.append(f"`tab{query.doctype}`.`parenttype` = {frappe.db.escape(parent_doctype)}")
		hidden = self._hidden(query.meta, parent)
		query.fields = [field for field in query.fields if _column_of(str(field)) not in hidden] or ["name"]

	def _hidden(self, meta, owner=None) -> set:
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
		if not high or self.user == "Administrator":
			return set()
		levels = (owner or meta).get_permlevel_access("read", user=self.user)
		return {field.fieldname for field in high if cint(field.permlevel) not in levels}

	def _readable(self, query: Query) -> list:
		hidden = self._hidden(query.meta)
		if not hidden:
			return query.fields
		out = []
		for field in query.fields:
			if isinstance(field, str) and field.strip() == "*":
				columns = [*query.meta.get_valid_columns(), *optional_table_columns]
				out += [column for column in columns if column not in hidden]
			elif not isinstance(field, str) or _column_of(field) not in hidden:
				out.append(field)
		return out or ["name"]

	def _guard(self, doctype: str, fieldname: str):
		"""Filters, order and fields of linked records must not give away what the user may not read."""
		meta = frappe.get_meta(doctype)
		if doctype != self.doctype and not meta.istable:
			permissions.has_permission(doctype, "read", user=self.user, throw=True)
		if fieldname in self._hidden(meta, frappe.get_meta(self.doctype) if meta.istable else None):
			frappe.throw(
				frappe._("You do not have permission to access field: {0}").format(fieldname),
				frappe.PermissionError,
			)


def _column_of(field: str) -> str:
	match = FIELD.match(field.strip())
	if not match or match["link"]:
		return ""
	return match["column"] if match["column"] not in STANDARD_COLUMNS else ""


def build_match_conditions(doctype: str, user: str | None = None, as_condition: bool = True) -> str:
	"""SQL condition that limits a report to what the user may read."""
	conditions = permissions.list_conditions(frappe.get_meta(doctype), user or frappe.session.user)
	return " AND ".join(f"({condition})" for condition in conditions)
