"""What differs between SQLite and MariaDB: column types, values going in and coming out, functions."""

import datetime
import decimal
import re
import sqlite3
from functools import lru_cache

FOR_UPDATE = re.compile(r"\s+for\s+update(\s+(nowait|skip locked))?\s*$", re.I)

TEXT_LENGTH = 140

# fieldtype -> (SQLite type, MariaDB type). SQLite's type names pick the converter on the way out.
COLUMN_TYPES = {
	"Check": ("INTEGER NOT NULL DEFAULT 0", "int(1) NOT NULL DEFAULT 0"),
	"Int": ("INTEGER NOT NULL DEFAULT 0", "int(11) NOT NULL DEFAULT 0"),
	"Long Int": ("INTEGER NOT NULL DEFAULT 0", "bigint(20) NOT NULL DEFAULT 0"),
	"Float": ("REAL NOT NULL DEFAULT 0", "decimal(21,9) NOT NULL DEFAULT 0"),
	"Currency": ("REAL NOT NULL DEFAULT 0", "decimal(21,9) NOT NULL DEFAULT 0"),
	"Percent": ("REAL NOT NULL DEFAULT 0", "decimal(21,9) NOT NULL DEFAULT 0"),
	"Rating": ("REAL", "decimal(3,2)"),
	"Duration": ("REAL", "decimal(21,9)"),
	"Date": ("FDATE", "date"),
	"Datetime": ("FDATETIME", "datetime(6)"),
	"Time": ("FTIME", "time(6)"),
	**dict.fromkeys(
		("Small Text", "Text", "Table MultiSelect", "Geolocation", "Signature"),
		("TEXT COLLATE NOCASE", "text"),
	),
	**dict.fromkeys(
		("Long Text", "Code", "Text Editor", "Markdown Editor", "HTML Editor", "JSON"), ("TEXT", "longtext")
	),
	**dict.fromkeys(("Attach", "Attach Image", "Password"), ("TEXT", "text")),
	**dict.fromkeys(
		(
			"Data",
			"Link",
			"Dynamic Link",
			"Select",
			"Color",
			"Barcode",
			"Read Only",
			"Phone",
			"Autocomplete",
			"Icon",
		),
		("VARCHAR({length}) COLLATE NOCASE", "varchar({length})"),
	),
}


def column_type(fieldtype: str, length: int, is_sqlite: bool) -> str | None:
	"""SQL type of a fieldtype, None when it has no column."""
	types = COLUMN_TYPES.get(fieldtype)
	if not types:
		return None
	return types[0 if is_sqlite else 1].format(length=length or TEXT_LENGTH)


def index_name(fields: list[str]) -> str:
	return "_".join(re.sub(r"\s*\([^)]+\)", "", field) for field in fields) + "_index"


def real_index_name(is_sqlite: bool, table: str, name: str) -> str:
	"""SQLite's index names are per database, MariaDB's per table."""
	return f"{table}__{name}" if is_sqlite else name[:64]


def index_column(field: str, is_sqlite: bool) -> str:
	name, _, length = field.partition("(")
	return f"`{name.strip()}`" + (f"({length}" if length and not is_sqlite else "")


# -- schema as it is (Django's introspection parses the CREATE statements, which takes seconds)


def column_names(db, table: str) -> list[str]:
	if db.is_sqlite:
		return [row[1] for row in db.sql(f"PRAGMA table_info(`{table}`)")]
	return [row[0] for row in db.sql(f"SHOW COLUMNS FROM `{table}`")]


def index_names(db, table: str) -> set[str]:
	if db.is_sqlite:
		return {row[1] for row in db.sql(f"PRAGMA index_list(`{table}`)")}
	return {row[2] for row in db.sql(f"SHOW INDEX FROM `{table}`")}


# -- values


@lru_cache(maxsize=2048)
def question_marks(query: str) -> str:
	"""Python's placeholders as SQLite has them."""
	return re.sub(r"(?<!%)%s", "?", query).replace("%%", "%")


def parameter(value):
	"""A Python value as both databases store it."""
	if isinstance(value, datetime.datetime):
		return value.replace(tzinfo=None).isoformat(" ", "microseconds")
	if isinstance(value, datetime.date):
		return value.isoformat()
	if isinstance(value, datetime.timedelta):
		return time_text(value)
	if isinstance(value, datetime.time):
		return value.strftime("%H:%M:%S.%f")
	if isinstance(value, decimal.Decimal):
		return float(value)
	if isinstance(value, bool):
		return int(value)
	return str(value) if type(value) not in PLAIN else value


PLAIN = frozenset({str, int, float, bytes, type(None)})


def parameters(values):
	if isinstance(values, dict):
		return {key: parameter_or_list(value) for key, value in values.items()}
	if isinstance(values, list | tuple):
		return [value if type(value) in PLAIN else parameter_or_list(value) for value in values]
	return [parameter(values)] if values is not None else []


def parameter_or_list(value):
	return [parameter(item) for item in value] if isinstance(value, list | tuple | set) else parameter(value)


def time_text(value: datetime.timedelta) -> str:
	seconds = int(value.total_seconds())
	return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{value.microseconds:06d}"


def _read_date(raw: bytes):
	try:
		return datetime.date.fromisoformat(raw.decode()[:10])
	except ValueError:
		return raw.decode()


def _read_datetime(raw: bytes):
	try:
		return datetime.datetime.fromisoformat(raw.decode())
	except ValueError:
		return raw.decode()


def _read_time(raw: bytes):
	hours, minutes, seconds = raw.decode().split(":")
	return datetime.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


sqlite3.register_converter("FDATE", _read_date)
sqlite3.register_converter("FDATETIME", _read_datetime)
sqlite3.register_converter("FTIME", _read_time)


# -- connections


def prepare(connection):
	"""Add to a Django connection what the portable SQL of the app needs."""
	if connection.vendor != "sqlite":
		_mariadb_conversions(connection)
		return
	connection.ensure_connection()
	raw = connection.connection
	if getattr(connection, "_frappe_ready", None) is raw:
		return
	for name, arity, function in SQLITE_FUNCTIONS:
		raw.create_function(name, arity, function, deterministic=name not in ("NOW", "CURDATE"))
	connection._frappe_ready = raw


def _mariadb_conversions(connection):
	"""Decimals arrive as float and times as timedelta, as real Frappe has them."""
	import pymysql.converters
	from pymysql.constants import FIELD_TYPE

	options = connection.settings_dict.setdefault("OPTIONS", {})
	if "conv" in options:
		return
	conversions = dict(pymysql.converters.conversions)
	conversions[FIELD_TYPE.NEWDECIMAL] = conversions[FIELD_TYPE.DECIMAL] = float
	options["conv"] = conversions
	if connection.connection is not None and connection.get_autocommit():
		connection.close()


def _date(value):
	return datetime.datetime.fromisoformat(str(value)) if value else None


def _null_safe(function):
	return lambda *args: None if any(arg is None for arg in args) else function(*args)


SQLITE_FUNCTIONS = (
	("NOW", 0, lambda: datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S.%f")),
	("CURDATE", 0, lambda: datetime.date.today().isoformat()),
	("CONCAT", -1, _null_safe(lambda *args: "".join(str(arg) for arg in args))),
	(
		"CONCAT_WS",
		-1,
		lambda separator, *args: separator.join(str(arg) for arg in args if arg is not None),
	),
	("YEAR", 1, _null_safe(lambda value: _date(value).year)),
	("QUARTER", 1, _null_safe(lambda value: (_date(value).month + 2) // 3)),
	("MONTH", 1, _null_safe(lambda value: _date(value).month)),
	("DAY", 1, _null_safe(lambda value: _date(value).day)),
	("DATEDIFF", 2, _null_safe(lambda a, b: (_date(a).date() - _date(b).date()).days)),
	("LEFT", 2, _null_safe(lambda text, count: str(text)[: int(count)])),
	("GREATEST", -1, _null_safe(max)),
	("LEAST", -1, _null_safe(min)),
	("IF", 3, lambda condition, yes, no: yes if condition else no),
	("LOCATE", 2, _null_safe(lambda needle, text: str(text).lower().find(str(needle).lower()) + 1)),
	("FIELD", -1, lambda value, *options: options.index(value) + 1 if value in options else 0),
)
