"""Reading and writing rows without documents."""

import frappe
from frappe.database.query import Query
from frappe.types import _dict


class Records:
	def get_value(
		self,
		doctype: str,
		filters=None,
		fieldname="name",
		ignore=None,
		as_dict=False,
		debug=False,
		order_by="KEEP_DEFAULT_ORDERING",
		cache=False,
		for_update=False,
		*,
		run=True,
		pluck=False,
		distinct=False,
		skip_locked=False,
		wait=True,
	):
		"""One value, or with several field names a row, of the first match; None without one."""
		key = (doctype, str(filters), str(fieldname), as_dict)
		if cache and key in self.value_cache:
			return self.value_cache[key]
		rows = self.get_values(
			doctype, filters, fieldname, as_dict=as_dict, order_by=order_by, for_update=for_update, limit=1
		)
		value = None
		if rows:
			value = rows[0] if as_dict or not _is_single(fieldname) else rows[0][0]
		if cache:
			self.value_cache[key] = value
		return value

	def get_values(
		self,
		doctype: str,
		filters=None,
		fieldname="name",
		ignore=None,
		as_dict=False,
		debug=False,
		order_by="KEEP_DEFAULT_ORDERING",
		update=None,
		cache=False,
		for_update=False,
		*,
		run=True,
		pluck=False,
		distinct=False,
		limit=None,
		**_kwargs,
	):
		fields = [fieldname] if isinstance(fieldname, str) else list(fieldname)
		if _is_single_doctype(doctype) and not (isinstance(filters, dict) and filters.get("name")):
			return self._values_of_single(doctype, fields, as_dict, for_update)
		order_by = "modified" if order_by == "KEEP_DEFAULT_ORDERING" else order_by
		query = Query(
			doctype,
			fields,
			filters=_by_name(filters),
			order_by=_descending(order_by),
			limit=limit,
			null_safe=False,
		)
		query.for_update = for_update
		query.distinct = distinct
		return self.sql(*query.build(), as_dict=as_dict, pluck=pluck, update=update)

	def _values_of_single(self, doctype: str, fields: list[str], as_dict: bool, for_update: bool):
		values = self.get_singles_dict(doctype, for_update=for_update, cast=True)
		if fields == ["*"]:
			return [values]
		row = _dict((field, values.get(field)) for field in fields)
		if all(value is None for value in row.values()):
			return []
		return [row] if as_dict else [tuple(row.values())]

	def get_all(self, *args, **kwargs):
		return frappe.get_all(*args, **kwargs)

	def get_list(self, *args, **kwargs):
		return frappe.get_list(*args, **kwargs)

	def exists(self, dt, dn=None, cache=False):
		"""The name of the first record that matches, or None."""
		if isinstance(dt, dict):
			dt = dict(dt)
			doctype = dt.pop("doctype")
			return self.get_value(doctype, dt, "name")
		if dn is None or (isinstance(dn, str) and (dt == dn and _is_single_doctype(dt))):
			return dt if dn == dt and _is_single_doctype(dt) else None
		return self.get_value(dt, dn, "name", cache=cache, order_by=None)

	def count(self, dt: str, filters=None, debug=False, cache=False, distinct=True) -> int:
		sql, values = Query(dt, ["name"], filters=filters, null_safe=False).build_count()
		return int(self.sql(sql, values)[0][0])

	def set_value(
		self,
		dt: str,
		dn,
		field,
		val=None,
		modified=None,
		modified_by=None,
		update_modified=True,
		debug=False,
		for_update=None,
	):
		"""Write columns straight to the rows named by a name or by filters; no validation, no hooks."""
		values = dict(field) if isinstance(field, dict) else {field: val}
		if _is_single_doctype(dt) and (dn is None or dn == dt):
			return self.set_single_value(dt, values, update_modified=update_modified)
		if update_modified:
			values["modified"] = modified or frappe.utils.now()
			values["modified_by"] = modified_by or frappe.session.user
		assignments = ", ".join(f"`{_column(name)}` = %s" for name in values)
		where, where_values = Query(dt, ["name"], filters=_by_name(dn), null_safe=False).build_where(
			bare=True
		)
		self.sql(f"UPDATE `tab{_table(dt)}` SET {assignments}{where}", [*values.values(), *where_values])
		self.value_cache.clear()
		frappe.clear_document_cache(dt, dn if isinstance(dn, str) else None)

	def set(self, doc, field, val=None):
		doc.db_set(field, val)

	def touch(self, doctype: str, docname: str):
		now = frappe.utils.now()
		self.sql(f"UPDATE `tab{_table(doctype)}` SET modified = %s WHERE name = %s", [now, docname])
		return now

	def delete(self, doctype: str, filters=None, debug=False, **kwargs):
		"""Delete rows without documents or hooks."""
		where, values = Query(
			doctype, ["name"], filters=_by_name(filters or kwargs.get("conditions")), null_safe=False
		).build_where(bare=True)
		self.sql(f"DELETE FROM `tab{_table(doctype)}`{where}", values)
		self.value_cache.clear()

	def truncate(self, doctype: str):
		self.sql(f"DELETE FROM `tab{_table(doctype)}`")

	def bulk_insert(
		self, doctype: str, fields: list[str], values, ignore_duplicates=False, *, chunk_size: int = 10_000
	):
		"""Insert many rows, given as tuples in the order of `fields`."""
		fields = list(fields)
		verb = "INSERT"
		if ignore_duplicates:
			verb = "INSERT OR IGNORE" if self.is_sqlite else "INSERT IGNORE"
		columns = ", ".join(f"`{_column(field)}`" for field in fields)
		marks = ", ".join(["%s"] * len(fields))
		statement = f"{verb} INTO `tab{_table(doctype)}` ({columns}) VALUES ({marks})"
		chunk = []
		for row in values:
			chunk.append(row)
			if len(chunk) >= chunk_size:
				self.executemany(statement, chunk)
				chunk = []
		if chunk:
			self.executemany(statement, chunk)

	def bulk_update(
		self,
		doctype: str,
		doc_updates: dict,
		*,
		chunk_size: int = 100,
		modified=None,
		modified_by=None,
		update_modified: bool = True,
		debug=False,
	):
		"""Write {name: {field: value}} straight to the rows."""
		stamp = {}
		if update_modified:
			stamp = {
				"modified": modified or frappe.utils.now(),
				"modified_by": modified_by or frappe.session.user,
			}
		by_fields = {}
		for name, update in doc_updates.items():
			row = {**update, **stamp}
			by_fields.setdefault(tuple(row), []).append([*row.values(), name])
		for fields, rows in by_fields.items():
			assignments = ", ".join(f"`{_column(field)}` = %s" for field in fields)
			self.executemany(f"UPDATE `tab{_table(doctype)}` SET {assignments} WHERE name = %s", rows)
		self.value_cache.clear()
		for name in doc_updates:
			frappe.clear_document_cache(doctype, name)

	def escape(self, value, percent: bool = True) -> str:
		"""A quoted literal for the SQL strings that permission hooks return."""
		text = str(value).replace("'", "''")
		if not self.is_sqlite:
			text = text.replace("\\", "\\\\")
		return f"'{text.replace('%', '%%') if percent else text}'"


def _descending(order_by) -> str | None:
	"""Real get_value sorts downwards where no direction is given; get_all upwards."""
	parts = [part.strip() for part in (order_by or "").split(",") if part.strip()]
	ends = (" asc", " desc")
	return ", ".join(part if part.lower().endswith(ends) else f"{part} desc" for part in parts) or None


def _is_single(fieldname) -> bool:
	return isinstance(fieldname, str) and fieldname != "*"


def _is_single_doctype(doctype: str) -> bool:
	return doctype != "DocType" and bool(frappe.get_meta(doctype).issingle)


def _by_name(filters):
	return {"name": filters} if isinstance(filters, str | int) else filters


def _column(name: str) -> str:
	if "`" in name or "%" in name:
		raise frappe.InvalidColumnName(name)
	return name


_table = _column
