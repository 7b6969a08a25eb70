"""Names: series, format, field, prompt, hash, autoincrement."""

import re
import secrets

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

BRACES = re.compile(r"\{([^}]+)\}")


def set_new_name(doc):
	"""Give a new document its name by the rule of its DocType."""
	doc.run_method("before_naming")
	meta = doc.meta
	autoname = meta.autoname or ""
	if meta.issingle:
		doc.name = doc.doctype
		return
	if autoname == "autoincrement":
		doc.name = next_autoincrement(doc.doctype)
		return
	if doc.get("amended_from"):
		doc.name = _amended_name(doc)
		return
	if meta.istable and not autoname.startswith(("field:", "format:")):
		doc.name = doc.name if doc.name and not doc.is_new() else make_autoname("hash", doc.doctype)
		return
	if "autoname" in dir(type(doc)) or frappe.get_hooks("doc_events", {}).get(doc.doctype, {}).get(
		"autoname"
	):
		doc.run_method("autoname")
		if not doc.name and autoname:
			_by_rule(doc, autoname)
	elif autoname:
		_by_rule(doc, autoname)
	if not doc.name:
		doc.name = make_autoname("hash", doc.doctype)
	doc.name = validate_name(doc.doctype, doc.name)


def _by_rule(doc, autoname: str):
	kind = autoname.lower()
	if kind.startswith("field:"):
		doc.name = _by_field(doc, autoname[6:].strip())
	elif kind.startswith("naming_series:"):
		doc.name = _by_series(doc)
	elif kind == "prompt":
		if not doc.name:
			frappe.throw(_("Please set the document name"))
	elif kind.startswith("format:"):
		doc.name = BRACES.sub(lambda match: _part(doc, match[1]), autoname[7:])
	elif kind == "hash":
		doc.name = make_autoname("hash", doc.doctype)
	else:
		doc.name = make_autoname(autoname, doc=doc)


def _by_field(doc, fieldname: str) -> str:
	name = cstr(doc.get(fieldname)).strip()
	if not name:
		frappe.throw(_("{0} is required").format(_(doc.meta.get_label(fieldname))))
	return name


def _by_series(doc) -> str:
	series = doc.get("naming_series")
	if not series:
		field = doc.meta.get_field("naming_series")
		series = (field.default or "").strip() if field else ""
		if field and not series:
			series = next((option for option in (field.options or "").split("\n") if option.strip()), "")
		doc.naming_series = series
	if not series:
		frappe.throw(_("Naming Series mandatory"))
	return make_autoname(series + ("" if "#" in series else ".#####"), doc=doc)


def _part(doc, text: str) -> str:
	"""The text for one `{...}` of a format."""
	if text.startswith("#"):
		key = re.sub(
			r"\{#+\}",
			"",
			BRACES.sub(lambda m: m[0] if m[1].startswith("#") else _part(doc, m[1]), doc.meta.autoname[7:]),
		)
		return getseries(key, len(text))
	return parse_naming_series([text], doc=doc)


def make_autoname(key: str = "", doctype: str = "", doc="", *, ignore_validate: bool = False) -> str:
	"""`hash`, or a series such as `CUST-.YYYY.-.#####`."""
	if key == "hash":
		return generate_name_hash()
	if "#" not in key:
		key += ".#####"
	elif "." not in key:
		frappe.throw(_("Invalid naming series {0}: dot (.) missing").format(key))
	return parse_naming_series(key, doctype, doc)


def generate_name_hash() -> str:
	"""Ten characters, the first ones from the clock, so that an index grows at its end."""
	stamp = int(now_datetime().timestamp() * 10) % 32**4
	digits = "0123456789abcdefghijklmnopqrstuv"
	head = "".join(digits[stamp // 32**place % 32] for place in (3, 2, 1))
	return head + secrets.token_hex(4)[:7]


def parse_naming_series(parts, doctype=None, doc="", number_generator=None) -> str:
	"""Fill in dates and field values; `#####` counts per prefix."""
	name = ""
	number_generator = number_generator or getseries
	now = now_datetime()
	stamps = {
		"YY": now.strftime("%y"),
		"MM": now.strftime("%m"),
		"DD": now.strftime("%d"),
		"YYYY": now.strftime("%Y"),
		"WW": now.strftime("%V"),
		"timestamp": str(now),
	}
	counted = False
	for part in parts.split(".") if isinstance(parts, str) else parts:
		if not part:
			continue
		if part.startswith("#"):
			if not counted:
				name += number_generator(name, len(part))
				counted = True
		elif part in stamps:
			name += stamps[part]
		elif doc and (part.startswith("{") or _is_field(doc, part)):
			name += cstr(doc.get(part.strip("{}"))).strip()
		else:
			name += part
	return name


def _is_field(doc, part: str) -> bool:
	return bool(doc.get(part)) or doc.meta.has_field(part)


def getseries(key: str, digits: int) -> str:
	"""Next number of a series, zero-padded; takes a row lock."""
	return f"{next_in_series(key):0{digits}d}"


def next_in_series(key: str, step: int = 1) -> int:
	frappe.db.sql("UPDATE `tabSeries` SET current = current + %s WHERE name = %s", [step, key])
	if frappe.db.rows_affected:
		return frappe.db.sql("SELECT current FROM `tabSeries` WHERE name = %s", [key], pluck=True)[0]
	frappe.db.sql("INSERT INTO `tabSeries` (name, current) VALUES (%s, %s)", [key, step])
	return step


def next_autoincrement(doctype: str) -> int:
	"""Next number from a sequence; on MariaDB without a lock that lasts."""
	if frappe.db.is_sqlite:
		return next_in_series(f"autoincrement:{doctype}")
	sequence = frappe.scrub(doctype) + "_id_seq"
	return frappe.db.sql(f"SELECT NEXTVAL(`{sequence}`)", pluck=True)[0]


def create_sequence(doctype: str):
	if not frappe.db.is_sqlite:
		frappe.db.sql_ddl(f"CREATE SEQUENCE IF NOT EXISTS `{frappe.scrub(doctype)}_id_seq` NOCACHE")


def revert_series_if_last(key: str, name: str, doc=None):
	"""Give the number back when the last record of a series is deleted."""
	if ".#" not in key and "#" not in key:
		return
	prefix = parse_naming_series(
		key.rpartition(".#")[0] if ".#" in key else key, doc=doc or "", number_generator=lambda *_a: ""
	)
	digits = cstr(name)[len(prefix) :]
	if not cstr(name).startswith(prefix) or not digits.isdigit():
		return
	frappe.db.sql(
		"UPDATE `tabSeries` SET current = current - 1 WHERE name = %s AND current = %s",
		[prefix, cint(digits)],
	)


def _amended_name(doc) -> str:
	source = doc.amended_from
	before = frappe.db.get_value(doc.doctype, source, "amended_from")
	base, count = (source.rpartition("-")[0], cint(source.rpartition("-")[2]) + 1) if before else (source, 1)
	return f"{base}-{count}"


def validate_name(doctype: str, name) -> str:
	if isinstance(name, int):
		return name
	name = cstr(name).strip()
	if not name:
		frappe.throw(_("No Name Specified for {0}").format(doctype))
	if re.search(r"[<>]", name):
		frappe.throw(_("Name cannot contain special characters like {0}").format("<, >"), frappe.NameError)
	if name.startswith("New " + doctype):
		frappe.throw(
			_("There were some errors setting the name, please contact the administrator"), frappe.NameError
		)
	if len(name) > 140:
		frappe.throw(_("Name is longer than 140 characters"), frappe.NameError)
	return name
