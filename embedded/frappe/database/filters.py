"""Frappe's filter notations, operators and their treatment of NULL."""

import datetime
from collections.abc import Iterable

import frappe
from frappe.exceptions import ValidationError

COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
OPERATORS = (*COMPARISONS, "like", "not like", "in", "not in", "is", "between", "timespan", "<>", "==")
NUMERIC = ("Int", "Check", "Float", "Currency", "Percent", "Long Int", "Rating", "Duration")
EMPTY = {"Date": "0001-01-01", "Datetime": "0001-01-01 00:00:00.000000", "Time": "00:00:00"}


def normalise(filters, doctype: str) -> list[tuple]:
	"""Any notation as [(doctype, fieldname, operator, value)]."""
	if not filters:
		return []
	if isinstance(filters, str):
		if filters.startswith(("{", "[")):
			return normalise(frappe.parse_json(filters), doctype)
		return [(doctype, "name", "=", filters)]
	if isinstance(filters, dict):
		return [(doctype, key, *_operator_and_value(value)) for key, value in filters.items()]
	if not isinstance(filters, list | tuple):
		raise ValidationError(frappe._("Invalid filter: {0}").format(filters))
	if isinstance(filters[0], str) and not _is_names(filters):
		filters = [filters]
	if _is_names(filters):
		return [(doctype, "name", "in", list(filters))]
	return [_listed(one, doctype) for one in filters]


def _is_names(filters) -> bool:
	return all(isinstance(item, str | int) for item in filters) and not (
		len(filters) in (3, 4, 5) and any(str(item).lower() in OPERATORS for item in filters[1:3])
	)


def _operator_and_value(value) -> tuple:
	if isinstance(value, list | tuple):
		if len(value) == 2 and isinstance(value[0], str) and value[0].lower().strip() in OPERATORS:
			return value[0].lower().strip(), value[1]
		return "in", list(value)
	return "=", value


def _listed(one, doctype: str) -> tuple:
	if isinstance(one, dict):
		rows = normalise(one, doctype)
		if len(rows) == 1:
			return rows[0]
		raise ValidationError(frappe._("Invalid filter: {0}").format(one))
	if not isinstance(one, list | tuple):
		raise ValidationError(frappe._("Invalid filter: {0}").format(one))
	one = list(one)
	if len(one) >= 4:
		table, name, operator, value = one[:4]
		return table or doctype, name, str(operator).lower().strip(), value
	if len(one) == 3:
		return doctype, one[0], str(one[1]).lower().strip(), one[2]
	if len(one) == 2:
		return doctype, one[0], "=", one[1]
	raise ValidationError(frappe._("Invalid filter: {0}").format(one))


def field_kind(meta, fieldname: str) -> str:
	"""The field's type as far as comparing goes."""
	fieldname = str(fieldname).rpartition(".")[2].strip("`")
	if fieldname in ("creation", "modified"):
		return "Datetime"
	if fieldname in ("docstatus", "idx"):
		return "Int"
	field = meta.get_field(fieldname)
	return field.fieldtype if field else "Data"


def condition(column: str, kind: str, operator: str, value, null_safe: bool) -> tuple[str, list]:
	"""SQL with placeholders and its values. With `null_safe` a NULL compares as empty, as in get_list."""
	operator = {"<>": "!=", "==": "="}.get(operator, operator)
	if operator not in OPERATORS:
		raise ValidationError(frappe._("Operator must be one of {0}").format(", ".join(OPERATORS)))
	if hasattr(value, "get_sql"):
		return _compared_with_column(column, operator, value)
	if operator == "is":
		return _is_set(column, kind, value)
	if operator == "timespan":
		operator, value = "between", frappe.utils.get_timespan_date_range(str(value))
	if operator == "between":
		return f"{column} BETWEEN %s AND %s", _between(kind, value)
	if operator in ("in", "not in"):
		return _membership(column, kind, operator, value, null_safe)
	return _comparison(column, kind, operator, value, null_safe)


def _compared_with_column(column: str, operator: str, value) -> tuple[str, list]:
	return f"{column} {operator} {value.get_sql(quote_char='`', with_namespace=True)}", []


def _empty(kind: str):
	return 0 if kind in NUMERIC else EMPTY.get(kind, "")


def _is_set(column: str, kind: str, value) -> tuple[str, list]:
	wanted = str(value).lower()
	if wanted not in ("set", "not set"):
		raise ValidationError(frappe._("Value for {0} must be set or not set").format("is"))
	if kind in NUMERIC or kind in EMPTY:
		return f"{column} IS {'NOT ' if wanted == 'set' else ''}NULL", []
	return f"IFNULL({column}, '') {'!=' if wanted == 'set' else '='} ''", []


def _membership(column, kind, operator, value, null_safe):
	items = [convert(kind, item) for item in _several(value)]
	has_empty = any(item in (None, "") for item in items)
	items = [_empty(kind) if item is None else item for item in items]
	if not items and kind in NUMERIC:
		return ("1 = 0" if operator == "in" else "1 = 1"), []
	if not items:  # real Frappe compares with one empty value
		items, has_empty = [_empty(kind)], True
	left = column
	if has_empty or (operator == "not in" and null_safe and kind not in NUMERIC):
		left = f"IFNULL({column}, {_literal(_empty(kind))})"
	marks = ", ".join(["%s"] * len(items))
	return f"{left} {operator.upper()} ({marks})", items


def _several(value) -> list:
	if isinstance(value, str):
		return value.split(",")
	if value is not None and (isinstance(value, dict) or not isinstance(value, Iterable)):
		raise ValidationError(frappe._("{0} is no list of values").format(value))
	return list(value or [])


def _comparison(column, kind, operator, value, null_safe):
	if value is None:
		if not null_safe and operator == "=":
			return f"{column} IS NULL", []
		if not null_safe and operator == "!=":
			return f"{column} IS NOT NULL", []
		value = _empty(kind)
	if operator in ("like", "not like"):
		left = f"IFNULL({column}, '')" if operator == "not like" and null_safe else column
		return f"{left} {operator.upper()} %s", [str(value)]
	value = convert(kind, value)
	# real Frappe compares NULL as the empty value of the type where that may match
	if null_safe and kind not in NUMERIC and (value == "" or operator in ("!=", "<", "<=")):
		column = f"IFNULL({column}, {_literal(_empty(kind))})"
	return f"{column} {operator} %s", [value]


def _literal(value) -> str:
	return str(value) if isinstance(value, int) else f"'{value}'"


def convert(kind: str, value):
	"""A filter's value as the column stores it."""
	if value in (None, ""):
		return value
	if isinstance(value, dict | list):
		raise ValidationError(frappe._("Invalid filter: {0}").format(value))
	if kind == "Date":
		return frappe.utils.getdate(value)
	if kind == "Datetime":
		return frappe.utils.get_datetime(value)
	if kind in ("Int", "Check", "Long Int"):
		return _storable(frappe.utils.cint(value))
	if kind in NUMERIC:
		return _storable(frappe.utils.flt(value))
	return _storable(value) if isinstance(value, int | float) else str(value)


def _storable(number):
	"""The number, when a column can hold it; also infinity and what is no number are refused."""
	if not -(2**63) <= number < 2**63:
		raise ValidationError(frappe._("{0} is too large a number").format(number))
	return number


def _between(kind: str, value) -> list:
	start, end = [*_several(value), None, None][:2]
	start, end = start or frappe.utils.nowdate(), end or frappe.utils.nowdate()
	if kind != "Datetime":
		return [convert(kind, start), convert(kind, end)]
	return [
		frappe.utils.get_datetime(start),
		_end_of_day(end) if _is_day(end) else frappe.utils.get_datetime(end),
	]


def _is_day(value) -> bool:
	if isinstance(value, datetime.datetime):
		return False
	return isinstance(value, datetime.date) or len(str(value).strip()) <= 10


def _end_of_day(value) -> datetime.datetime:
	return datetime.datetime.combine(frappe.utils.getdate(value), datetime.time.max)
