"""SQL functions that both databases have."""

from pypika.functions import (
	Abs,
	Avg,
	Cast,
	Coalesce,
	Concat,
	Count,
	CurDate,
	Date,
	DistinctOptionFunction,
	Floor,
	IfNull,
	Length,
	Lower,
	Max,
	Min,
	NullIf,
	Replace,
	Substring,
	Sum,
	Trim,
	Upper,
)
from pypika.terms import Arithmetic, CustomFunction, Function

Round = CustomFunction("ROUND", ["value", "places"])
DateDiff = CustomFunction("DATEDIFF", ["end_date", "start_date"])
Year = CustomFunction("YEAR", ["date"])
Month = CustomFunction("MONTH", ["date"])
Quarter = CustomFunction("QUARTER", ["date"])
Concat_ws = ConcatWS = type(
	"ConcatWS", (Function,), {"__init__": lambda s, *a, **k: Function.__init__(s, "CONCAT_WS", *a, **k)}
)


class Now(Function):
	def __init__(self, alias=None):
		super().__init__("NOW", alias=alias)


class Locate(Function):
	def __init__(self, needle, text, alias=None):
		super().__init__("LOCATE", needle, text, alias=alias)


Ifnull = IfNull

__all__ = [
	"Abs",
	"Arithmetic",
	"Avg",
	"Cast",
	"Coalesce",
	"Concat",
	"ConcatWS",
	"Concat_ws",
	"Count",
	"CurDate",
	"Date",
	"DateDiff",
	"DistinctOptionFunction",
	"Floor",
	"IfNull",
	"Ifnull",
	"Length",
	"Locate",
	"Lower",
	"Max",
	"Min",
	"Month",
	"Now",
	"NullIf",
	"Quarter",
	"Replace",
	"Round",
	"Substring",
	"Sum",
	"Trim",
	"Upper",
	"Year",
]
