"""A checked rule on a column as a condition that SQLite and MariaDB understand alike."""

from datetime import timedelta

from frappe.query_builder.functions import Coalesce
from frappe.utils import add_days, getdate, nowdate
from pypika import CustomFunction
from pypika.terms import Criterion, Term

from crm_app.crm_marketing.domain.segment_rules import DATE, NUMBER, Rule

Substring = CustomFunction("SUBSTR", ["text", "start", "length"])
Position = CustomFunction("INSTR", ["text", "part"])
Lower = CustomFunction("LOWER", ["text"])

MONTH = (6, 2)
MONTH_AND_DAY = (6, 5)


def condition(column: Term, rule: Rule) -> Criterion:
	"""`column` holds dates as dates; moments must be cut to their date before."""
	return CONDITIONS[rule.operator](column, _plain(rule.value), rule)


def cut_to_date(column: Term) -> Term:
	return Substring(column, 1, 10)


def _plain(value):
	"""Values as both drivers take them."""
	if isinstance(value, tuple):
		return tuple(_plain(part) for part in value)
	if hasattr(value, "isoformat"):
		return value.isoformat()
	return value if isinstance(value, str | int | None) else float(value)


def _equals(column, value, rule):
	return column == value


def _not_equals(column, value, rule):
	return _filled(column, rule) != value if _has_blank(rule) else (column.isnull() | (column != value))


def _in(column, value, rule):
	return column.isin(value)


def _not_in(column, value, rule):
	if _has_blank(rule):
		return _filled(column, rule).notin(value)
	return column.isnull() | column.notin(value)


def _has_blank(rule) -> bool:
	return rule.field.kind != DATE


def _filled(column, rule):
	"""Nothing entered is unequal to any text, and 0 as a number."""
	return Coalesce(column, 0 if rule.field.kind == NUMBER else "")


def _between(column, value, rule):
	return column[value[0] : value[1]]


def _contains(column, value, rule):
	return Position(Lower(column), value.lower()) > 0


def _does_not_contain(column, value, rule):
	return Position(Lower(Coalesce(column, "")), value.lower()) == 0


def _is_set(column, value, rule):
	if rule.field.kind == DATE:
		return column.isnotnull()
	return column.isnotnull() & (column != (0 if rule.field.kind == NUMBER else ""))


def _is_not_set(column, value, rule):
	if rule.field.kind == DATE:
		return column.isnull()
	return column.isnull() | (column == (0 if rule.field.kind == NUMBER else ""))


def _in_last_days(column, value, rule):
	return column[add_days(nowdate(), -value) : nowdate()]


def _not_in_last_days(column, value, rule):
	"""True for "never" too: who never bought has not bought lately."""
	return column.isnull() | (column < add_days(nowdate(), -value))


def _month_is(column, value, rule):
	return Substring(column, *MONTH) == f"{value:02d}"


def _anniversary(column, value, rule):
	first = getdate(nowdate())
	start, end = (day.strftime("%m-%d") for day in (first, first + timedelta(days=value)))
	day = Substring(column, *MONTH_AND_DAY)
	if start <= end:
		return day[start:end]
	return (day >= start) | (day <= end)


CONDITIONS = {
	"equals": _equals,
	"not equals": _not_equals,
	"in": _in,
	"not in": _not_in,
	"greater than": lambda column, value, rule: column > value,
	"at least": lambda column, value, rule: column >= value,
	"less than": lambda column, value, rule: column < value,
	"at most": lambda column, value, rule: column <= value,
	"between": _between,
	"contains": _contains,
	"does not contain": _does_not_contain,
	"is set": _is_set,
	"is not set": _is_not_set,
	"in last days": _in_last_days,
	"not in last days": _not_in_last_days,
	"month is": _month_is,
	"anniversary in next days": _anniversary,
}
