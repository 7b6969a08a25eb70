"""Frappe's filters, fields and order as one SQL statement with placeholders."""

import re

import frappe
from frappe.database import filters as filter_sql
from frappe.exceptions import DataError, ValidationError

OPTIONAL_COLUMNS = ("_user_tags", "_comments", "_assign", "_liked_by")
STANDARD_COLUMNS = frozenset(
	"name owner creation modified modified_by docstatus idx parent parentfield parenttype".split()
)
FIELD = re.compile(
	r"^(?:`?tab(?P<table>[^`.]+?)`?\.)?(?:(?P<link>\w+)\.)?`?(?P<column>\w+)`?(?:\s+as\s+`?(?P<alias>\w+)`?)?$",
	re.I,
)
STAR = re.compile(r"^(?:`?tab(?P<table>[^`.]+?)`?\.)?\*$", re.I)


class Query:
	"""A select on one DocType, with joins to the child tables and linked records that it names."""

	def __init__(
		self,
		doctype: str,
		fields=None,
		filters=None,
		or_filters=None,
		order_by=None,
		group_by=None,
		limit=None,
		start=0,
		null_safe=True,
	):
		self.doctype = doctype
		self.table = f"tab{doctype}"
		self.meta = frappe.get_meta(doctype)
		self.fields = fields or ["name"]
		self.filters = filter_sql.normalise(filters, doctype)
		self.or_filters = filter_sql.normalise(or_filters, doctype)
		self.order_by = order_by
		self.group_by = group_by
		self.limit = limit
		self.start = start
		self.null_safe = null_safe
		self.distinct = False
		self.for_update = False
		# doctype → its columns that the reader may not see; raises where they read no record of it
		self.hidden = None
		self.joins: dict[str, str] = {}
		self.conditions: list[str] = []
		self.values: list = []

	# -- columns

	def column(self, text: str, with_alias=False) -> str:
		"""`tabX`.`column` of a field name, a table-qualified one, or `link.field` / `child.field`."""
		match = FIELD.match(str(text).strip())
		if not match:
			raise ValidationError(
				frappe._("Invalid field: {0}. SQL is not allowed here; use frappe.qb").format(text)
			)
		table, name, doctype = self.table, match["column"], self.doctype
		if match["table"]:
			table, doctype = self._joined_table(match["table"]), match["table"]
		elif match["link"]:
			table, doctype = self._linked_table(match["link"]), self.meta.get_field(match["link"]).options
		if self.hidden and name in self.hidden(doctype):
			frappe.throw(
				frappe._("You do not have permission to access field: {0}").format(name),
				frappe.PermissionError,
			)
		self._check_column(doctype, name)
		sql = f"`{table}`.`{name}`"
		alias = match["alias"]
		return f"{sql} AS `{alias}`" if with_alias and alias else sql

	def _check_column(self, doctype: str, name: str):
		if name not in STANDARD_COLUMNS and not frappe.get_meta(doctype).has_column(name):
			raise DataError(
				frappe._("Field not permitted in query: {0} of {1}").format(name, frappe._(doctype))
			)

	def _joined_table(self, doctype: str) -> str:
		table = f"tab{doctype}"
		if table != self.table and table not in self.joins:
			if doctype not in [field.options for field in self.meta.get_table_fields()]:
				raise DataError(frappe._("{0} is not a table of {1}").format(doctype, self.doctype))
			self.joins[table] = (
				f" LEFT JOIN `{table}` ON `{table}`.`parent` = `{self.table}`.`name`"
				f" AND `{table}`.`parenttype` = '{self.doctype}'"
			)
		return table

	def _linked_table(self, fieldname: str) -> str:
		field = self.meta.get_field(fieldname)
		if not field or not field.options:
			raise ValidationError(frappe._("Invalid field: {0}").format(fieldname))
		if field.fieldtype in ("Table", "Table MultiSelect"):
			return self._joined_table(field.options)
		alias = f"tab{field.options}_{fieldname}"
		if alias not in self.joins:
			self.joins[alias] = (
				f" LEFT JOIN `tab{field.options}` AS `{alias}`"
				f" ON `{alias}`.`name` = `{self.table}`.`{fieldname}`"
			)
		return alias

	def _open_fields(self) -> list:
		"""Every star as columns; of the DocType itself, what the reader may not see is left out unsaid."""
		fields = []
		for field in self.fields:
			text = "" if hasattr(field, "get_sql") else str(field).strip()
			if star := STAR.match(text):
				fields += self._all_columns(star["table"] or self.doctype)
			elif not self._is_left_out(text):
				fields.append(field)
		return fields or ["name"]

	def _all_columns(self, doctype: str) -> list[str]:
		table, meta = self._joined_table(doctype), frappe.get_meta(doctype)
		columns = meta.get_valid_columns() + [*OPTIONAL_COLUMNS] * (not meta.istable)
		hidden = self.hidden(doctype) if self.hidden else ()
		return [f"`{table}`.`{column}`" for column in columns if column not in hidden]

	def _is_left_out(self, text: str) -> bool:
		match = FIELD.match(text) if self.hidden else None
		own = match and not match["link"] and match["table"] in (None, self.doctype)
		return bool(own) and match["column"] in self.hidden(self.doctype)

	def _select(self) -> str:
		return ", ".join(
			field.get_sql(quote_char="`", with_alias=True)
			if hasattr(field, "get_sql")
			else self.column(field, with_alias=True)
			for field in self.fields
		)

	# -- conditions

	def condition(self, doctype: str, fieldname: str, operator: str, value) -> str:
		if doctype != self.doctype:
			column = self.column(f"`tab{doctype}`.`{fieldname}`")
			meta = frappe.get_meta(doctype)
		else:
			column, meta = self.column(fieldname), self.meta
		sql, values = filter_sql.condition(
			column, filter_sql.field_kind(meta, fieldname), operator, value, self.null_safe
		)
		self.values.extend(values)
		return sql

	def build_where(self, bare=False) -> tuple[str, list]:
		"""The WHERE clause and its values; `bare` refuses joins (UPDATE, DELETE)."""
		self.values = []
		parts = [self.condition(*one) for one in self.filters]
		if either := [self.condition(*one) for one in self.or_filters]:
			parts.append("(" + " OR ".join(either) + ")")
		parts += [f"({part.replace('%%', '%').replace('%', '%%')})" for part in self.conditions]
		if bare and self.joins:
			raise ValidationError(frappe._("Filters on other tables are not possible here"))
		return (" WHERE " + " AND ".join(parts) if parts else ""), self.values

	def _order(self) -> str:
		if not self.order_by:
			return ""
		parts = []
		for part in str(self.order_by).split(","):
			name, _, direction = part.strip().rpartition(" ")
			if direction.lower() not in ("asc", "desc"):
				name, direction = part.strip(), ""
			parts.append(f"{self._order_column(name.strip())} {direction}".strip())
		return " ORDER BY " + ", ".join(parts)

	def _order_column(self, name: str) -> str:
		aliases = {m["alias"] for f in self.fields if isinstance(f, str) and (m := FIELD.match(f.strip()))}
		return f"`{name}`" if name in aliases else self.column(name)

	def build(self) -> tuple[str, list]:
		"""(sql, values)"""
		self.fields = self._open_fields()
		select = self._select()
		where, values = self.build_where()
		group = ""
		if self.group_by:
			group = " GROUP BY " + ", ".join(self.column(part) for part in str(self.group_by).split(","))
		order = self._order()
		sql = f"SELECT {'DISTINCT ' if self.distinct else ''}{select} FROM `{self.table}`"
		sql += "".join(self.joins.values()) + where + group + order
		if self.limit:
			sql += f" LIMIT {_window(self.limit)} OFFSET {_window(self.start)}"
		if self.for_update:
			sql += " FOR UPDATE"
		return sql, values

	def build_count(self) -> tuple[str, list]:
		where, values = self.build_where()
		what = f"DISTINCT `{self.table}`.`name`" if self.joins or self.distinct else "*"
		return f"SELECT COUNT({what}) FROM `{self.table}`{''.join(self.joins.values())}{where}", values


def _window(number) -> int:
	"""No further than the databases count."""
	return min(max(int(number or 0), 0), 2**63 - 1)
