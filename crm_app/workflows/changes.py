"""Which fields of a document differ from the stored one; the spelling of a value does not matter."""

from frappe.utils import cint, cstr, flt, get_datetime, getdate

NO_VALUE = {
	"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold", "Image",
}  # fmt: skip
TABLES = {"Table", "Table MultiSelect"}
NUMBERS = {"Currency", "Float", "Percent", "Rating", "Duration"}


def changed_labels(doc, old, ignore=()) -> list[str]:
	"""Labels of the stored fields whose value differs between `doc` and `old`, in form order."""
	return [
		df.label or df.fieldname
		for df in _stored(doc.meta)
		if df.fieldname not in ignore and _value(df, doc) != _value(df, old)
	]


def _stored(meta):
	return [df for df in meta.fields if df.fieldtype not in NO_VALUE and not df.get("is_virtual")]


def _value(df, doc):
	value = doc.get(df.fieldname)
	if df.fieldtype in TABLES:
		return [[_value(column, row) for column in _stored(row.meta)] for row in value or []]
	return _normal(df.fieldtype, value)


def _normal(fieldtype: str, value):
	if fieldtype in NUMBERS:
		return round(flt(value), 6)
	if fieldtype in ("Check", "Int"):
		return cint(value)
	if fieldtype == "Time":
		return cstr(value).split(".")[0].zfill(8) if value else ""
	if fieldtype == "Date":
		return getdate(value) if value else ""
	if fieldtype == "Datetime":
		return get_datetime(value).replace(microsecond=0) if value else ""
	return cstr(value).strip()
