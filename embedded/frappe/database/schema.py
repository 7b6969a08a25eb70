"""Tables from DocTypes: create, add columns and indexes; nothing is ever dropped."""

import frappe
from frappe.database import engines

STANDARD = (
	("creation", "Datetime"),
	("modified", "Datetime"),
	("modified_by", "Data"),
	("owner", "Data"),
	("docstatus", "Int"),
	("idx", "Int"),
)
CHILD = (("parent", "Data"), ("parentfield", "Data"), ("parenttype", "Data"))
OPTIONAL = (("_user_tags", "Text"), ("_comments", "Text"), ("_assign", "Text"), ("_liked_by", "Text"))

BASE_TABLES = {
	"tabSingles": "(doctype VARCHAR(140), field VARCHAR(140), value {long})",
	"tabSeries": "(name VARCHAR(140) PRIMARY KEY, current {big} NOT NULL DEFAULT 0)",
	"__Auth": (
		"(doctype VARCHAR(140) NOT NULL, name VARCHAR(140) NOT NULL, fieldname VARCHAR(140) NOT NULL,"
		" password TEXT NOT NULL, encrypted INTEGER NOT NULL DEFAULT 0,"
		" PRIMARY KEY (doctype, name, fieldname))"
	),
	"tabPatch Log": "(patch VARCHAR(255) PRIMARY KEY)",
	"tabVersion Row": "(name VARCHAR(140) PRIMARY KEY, version {big} NOT NULL DEFAULT 0)",
	"__LoginFailure": (
		"(name VARCHAR(140) PRIMARY KEY, failures {big} NOT NULL DEFAULT 0, ends {big} NOT NULL DEFAULT 0)"
	),
}


def create_base_tables():
	"""Tables that are no DocType."""
	db = frappe.db
	kinds = {"long": "TEXT", "big": "INTEGER"} if db.is_sqlite else {"long": "LONGTEXT", "big": "BIGINT"}
	for table, columns in BASE_TABLES.items():
		if table not in db.get_tables():
			db.sql_ddl(f"CREATE TABLE `{table}` {columns.format(**kinds)}{_engine()}")
	db._create_index("tabSingles", "singles_doctype_field_index", ["doctype", "field"], unique=False)


def sync_table(meta):
	"""Bring the table of a DocType up to its meta."""
	if meta.issingle or meta.is_virtual:
		return
	if not frappe.db.table_exists(meta.name):
		_create(meta)
	else:
		_add_columns(meta)
	_add_indexes(meta)


def _engine() -> str:
	if frappe.db.is_sqlite:
		return ""
	return " ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET=utf8mb4 COLLATE=utf8mb4_unicode_ci"


def _columns(meta) -> dict[str, str]:
	"""Column name -> SQL definition, without the name column."""
	is_sqlite = frappe.db.is_sqlite
	extra = CHILD if meta.istable else OPTIONAL
	out = {name: engines.column_type(kind, 0, is_sqlite) for name, kind in (*STANDARD, *extra)}
	for field in meta.fields:
		definition = engines.column_type(field.fieldtype, frappe.utils.cint(field.length), is_sqlite)
		if definition and not field.is_virtual:
			out[field.fieldname] = definition
	return out


def _name_column(meta) -> str:
	if meta.autoname == "autoincrement":
		return "INTEGER PRIMARY KEY" if frappe.db.is_sqlite else "BIGINT PRIMARY KEY"
	return engines.column_type("Data", 0, frappe.db.is_sqlite) + " PRIMARY KEY"


def _create(meta):
	columns = [f"`name` {_name_column(meta)}"]
	columns += [f"`{name}` {definition}" for name, definition in _columns(meta).items()]
	frappe.db.sql_ddl(f"CREATE TABLE `tab{meta.name}` ({', '.join(columns)}){_engine()}")


def _add_columns(meta):
	# not from what this connection remembers: another process may have added the column
	present = {column.lower() for column in engines.column_names(frappe.db, f"tab{meta.name}")}
	for name, definition in _columns(meta).items():
		if name.lower() not in present:
			default = _constant_default(meta.get_field(name), definition)
			frappe.db.sql_ddl(f"ALTER TABLE `tab{meta.name}` ADD COLUMN `{name}` {definition}{default}")


def _constant_default(field, definition: str) -> str:
	"""For rows that are there and rows written without a Document, as on real Frappe."""
	value = field and frappe.utils.cstr(field.default)
	names_a_rule = value and (value.startswith(":") or value in ("Today", "Now", "now", "__user"))
	if not value or names_a_rule or field.fieldtype not in ("Data", "Select", "Link"):
		return ""
	return "" if "DEFAULT" in definition.upper() else f" DEFAULT {frappe.db.escape(value, percent=False)}"


def _add_indexes(meta):
	wanted = {}
	if meta.istable:
		wanted["parent"] = (["parent"], False)
	else:
		wanted["modified"] = (["modified"], False)
	for field in meta.fields:
		if field.unique and meta.has_column(field.fieldname):
			wanted[field.fieldname] = ([field.fieldname], True)
		elif field.search_index and meta.has_column(field.fieldname):
			wanted[field.fieldname + "_index"] = ([field.fieldname], False)
	present = engines.index_names(frappe.db, f"tab{meta.name}")
	for name, (fields, unique) in wanted.items():
		real = engines.real_index_name(frappe.db.is_sqlite, f"tab{meta.name}", name)
		if real not in present:
			columns = ", ".join(_index_part(meta, field) for field in fields)
			kind = "UNIQUE INDEX" if unique else "INDEX"
			frappe.db.sql_ddl(f"CREATE {kind} `{real}` ON `tab{meta.name}` ({columns})")


def _index_part(meta, fieldname: str) -> str:
	"""MariaDB cannot index a whole text column."""
	definition = _columns(meta).get(fieldname, "")
	if not frappe.db.is_sqlite and definition.endswith("text"):
		return f"`{fieldname}`(140)"
	return f"`{fieldname}`"
