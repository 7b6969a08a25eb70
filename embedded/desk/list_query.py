"""What a list page shows, read from its URL: `?status=Open&amount=[">",100]&q=li&sort=amount&dir=asc`."""

import json
from dataclasses import dataclass, field

import frappe
from frappe import _

OPERATORS = ("=", "!=", "like", "not like", ">", "<", ">=", "<=", "in", "not in", "between", "is")
LAYOUT = ("Section Break", "Column Break", "Tab Break", "Fold", "HTML", "Heading", "Button", "Image")
TABLES = ("Table", "Table MultiSelect")
TEXT = (
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Text Editor",
	"Code",
	"Read Only",
	"Autocomplete",
	"Phone",
)
STATUS_FIELDS = ("workflow_state", "status_category", "status")
PAGE_LENGTHS = (20, 50, 100, 500)
STANDARD = {
	"name": {"fieldname": "name", "label": "ID", "fieldtype": "Data"},
	"owner": {"fieldname": "owner", "label": "Created By", "fieldtype": "Link", "options": "User"},
	"creation": {"fieldname": "creation", "label": "Created On", "fieldtype": "Datetime"},
	"modified": {"fieldname": "modified", "label": "Last Updated On", "fieldtype": "Datetime"},
	"docstatus": {"fieldname": "docstatus", "label": "Document Status", "fieldtype": "Int"},
}


def readable_fields(meta) -> list:
	"""Fields with a column that this user may read (by permission level)."""
	levels = {0, *meta.get_permlevel_access("read")}
	skip = (*LAYOUT, *TABLES, "Password")
	return [df for df in meta.fields if df.fieldtype not in skip and (df.permlevel or 0) in levels]


def title_of(doctype: str, name: str) -> str:
	meta = frappe.get_meta(doctype)
	shows_title = meta.title_field and meta.show_title_field_in_link
	return (frappe.db.get_value(doctype, name, meta.title_field) if shows_title else None) or name


@dataclass
class ListQuery:
	"""Filters, search, order and window of one list request."""

	doctype: str
	params: object  # a Django QueryDict
	filters: list = field(default_factory=list)
	chips: list = field(default_factory=list)

	def __post_init__(self):
		self.meta = frappe.get_meta(self.doctype)
		self.fields = readable_fields(self.meta)
		self.by_name = {df.fieldname: df for df in self.fields} | {
			key: frappe._dict(df) for key, df in STANDARD.items()
		}
		self.search = self.params.get("q", "").strip()
		self.start = max(0, frappe.utils.cint(self.params.get("start")))
		length = frappe.utils.cint(self.params.get("length"))
		self.length = length if length in PAGE_LENGTHS else 50
		self._read_filters()
		self._read_order()

	def _read_filters(self):
		for key, values in self.params.lists():
			fieldname, _dot, bound = key.partition(".")
			df = self.by_name.get(fieldname)
			for value in values if df else ():
				if value.strip():
					self._add(df, *self._condition(df, value.strip(), bound), param=(key, value))

	def _condition(self, df, value: str, bound: str):
		"""(operator, value) of one parameter: JSON `["op", value]`, a date bound, or a plain value."""
		if bound:
			return (
				(">=", value)
				if bound == "from"
				else ("<=", value + " 23:59:59" * (df.fieldtype == "Datetime"))
			)
		if value.startswith("["):
			try:
				operator, operand = json.loads(value)
			except (ValueError, TypeError):
				frappe.throw(_("The filter on {0} is not readable.").format(_(df.label)))
			if str(operator).lower() not in (*OPERATORS, "timespan"):
				frappe.throw(_("The filter on {0} is not readable.").format(_(df.label)))
			return operator, operand
		return ("like", f"%{value}%") if df.fieldtype in TEXT and df.fieldname != "name" else ("=", value)

	def _add(self, df, operator, value, param):
		self.filters.append([df.fieldname, operator, value])
		shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
		shown = _(shown) if df.fieldtype == "Select" else shown.replace("%", "")
		if df.fieldtype == "Link" and operator == "=":
			shown = title_of(df.options, shown)
		sign = {"like": ":", "=": ":"}.get(operator, _(operator))
		self.chips.append(
			{"text": f"{_(df.label or df.fieldname)} {sign} {shown}", "url": self.url(drop=param)}
		)

	def _read_order(self):
		sort = self.params.get("sort")
		default = self.meta.sort_field or "modified"
		self.sort = sort if sort in self.by_name else (default if default in self.by_name else "modified")
		descending = (self.meta.sort_order or "DESC").upper() == "DESC" if sort != self.sort else False
		direction = self.params.get("dir") or ("desc" if descending else "asc")
		self.direction = "desc" if direction == "desc" else "asc"

	@property
	def order_by(self) -> str:
		table = f"`tab{self.doctype}`"
		tie = "" if self.sort == "name" else f", {table}.`name` {self.direction}"
		return f"{table}.`{self.sort}` {self.direction}{tie}"

	@property
	def or_filters(self) -> list:
		if not self.search:
			return []
		names = {"name", self.meta.title_field, *(self.meta.search_fields or "").replace(" ", "").split(",")}
		return [[name, "like", f"%{self.search}%"] for name in sorted(names & self.by_name.keys())]

	@property
	def columns(self) -> list:
		"""Title first, then in_list_view fields; the state has a pill of its own."""
		title = self.by_name.get(self.meta.title_field or "name", self.by_name["name"])
		# Where a field is kept from this user, the masked one beside it stands in.
		masked = {f"{df.fieldname}_masked" for df in self.meta.fields if df.in_list_view} - {
			f"{name}_masked" for name in self.by_name
		}
		shown = [
			df
			for df in self.fields
			if (df.in_list_view or df.fieldname in masked)
			and df.fieldname != title.fieldname
			and df.fieldname not in STATUS_FIELDS
		]
		return [title, *shown[:8]]

	@property
	def fieldnames(self) -> list[str]:
		extra = [
			name for name in (*STATUS_FIELDS, "enabled", "disabled", "currency") if self.meta.has_field(name)
		]
		names = ["name", "docstatus", "modified", *(df.fieldname for df in self.columns), *extra]
		return list(dict.fromkeys(names))

	def kept_by_form(self, control_names: set) -> list[tuple]:
		"""Filters that no visible control carries: the filter form repeats them as hidden fields."""
		return [
			(key, value)
			for key, values in self.params.lists()
			for value in values
			if key in self.by_name and value and (key not in control_names or value.startswith("["))
		]

	def url(self, drop: tuple | None = None, **changes) -> str:
		"""This list's query string with changes; `drop` removes one (key, value) filter."""
		params = self.params.copy()
		params.pop("start", None)
		if drop:
			params.setlist(drop[0], [value for value in params.getlist(drop[0]) if value != drop[1]])
		for key, value in changes.items():
			params[key] = value
		return "?" + params.urlencode()
