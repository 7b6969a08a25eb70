"""The conditions on the form of an earn rule or a coupon template, checked and read."""

import re
from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import get_time, getdate

from crm_app.crm_membership.domain.conditions import WEEKDAYS, Conditions, spelled

PLACES = {
	"Item": "items",
	"Category": "categories",
	"Store": "stores",
	"Channel": "channels",
	"Tier": "tiers",
	"Except Item": "not_items",
	"Except Category": "not_categories",
}
HOUR = re.compile(r"([01]?[0-9]|2[0-3]|24(?=:00)):([0-5][0-9])(:[0-5][0-9])?")
FIELDS = ["valid_from", "valid_until", "hour_from", "hour_to", *WEEKDAYS]


def check(doc) -> None:
	"""Throws for conditions that name what is not there or can never hold."""
	if doc.valid_from and doc.valid_until and getdate(doc.valid_from) > getdate(doc.valid_until):
		frappe.throw(_("Valid Until: {0} lies before the start.").format(doc.valid_until))
	check_hours(doc)
	for row in doc.conditions:
		row.value = (row.value or "").strip()
		_check_value(doc, row)


def check_hours(doc) -> None:
	"""Hours are text: a field of the type Time is never empty on a new record."""
	for fieldname in ("hour_from", "hour_to"):
		text = (doc.get(fieldname) or "").strip().replace("：", ":")
		match = HOUR.fullmatch(text)
		if text and not match:
			label = _(doc.meta.get_label(fieldname))
			frappe.throw(_("{0}: {1} is no time such as 14:00.").format(label, text))
		doc.set(fieldname, f"{int(match[1]):02}:{match[2]}" if match else None)
	if doc.hour_from and as_time(doc.hour_from) == as_time(doc.hour_to):
		frappe.throw(_("To (time): the hours begin and end at the same time."))


def _check_value(doc, row) -> None:
	if row.kind == "Store" and not frappe.db.exists("CRM Store", row.value):
		_refuse(row, _("there is no store {0}").format(row.value))
	if row.kind == "Channel":
		known = frappe.get_meta("CRM Transaction").get_field("channel").options.split("\n")
		_check_known(row, [channel for channel in known if channel])
	if row.kind == "Tier":
		_check_known(row, tiers(doc.get("programme")))


def tiers(programme: str | None) -> list[str]:
	"""Tier names of a programme, or of all."""
	filters = {"parenttype": "Membership Programme", **({"parent": programme} if programme else {})}
	return sorted(set(frappe.get_all("Membership Tier", filters=filters, pluck="tier_name")))


def _check_known(row, known: list[str]) -> None:
	"""Accepts the reader's own language as well; what is stored is the option itself."""
	aliases = {spelling.casefold(): name for name in known for spelling in (name, _(name))}
	if row.value.casefold() not in aliases:
		_refuse(row, _("{0} is none of {1}").format(row.value, ", ".join(map(_, known))))
	row.value = aliases[row.value.casefold()]


def _refuse(row, message: str) -> None:
	label = _("Row {0}").format(row.idx)
	frappe.throw(f"{_('Conditions')}, {label}: {message}", title=_("Check the conditions"))


def read(record, rows) -> Conditions:
	"""`record` has FIELDS, `rows` are its Membership Conditions."""
	values: dict[str, list[str]] = {}
	for row in rows:
		values.setdefault(PLACES[row.kind], []).append(row.value)
	return Conditions(
		getdate(record.valid_from) if record.valid_from else None,
		getdate(record.valid_until) if record.valid_until else None,
		frozenset(day for day, name in enumerate(WEEKDAYS) if record.get(name)),
		as_time(record.hour_from),
		as_time(record.hour_to),
		**{place: spelled(texts) for place, texts in values.items()},
	)


def as_time(value) -> time | None:
	"""Of a sale as the databases give it, or of a rule; 24:00 is the midnight that follows."""
	if value in (None, ""):
		return None
	if isinstance(value, timedelta):
		return (datetime.min + value).time()
	return time.min if value == "24:00" else get_time(value)


def rows_of(doctype: str, names) -> dict[str, list]:
	"""{record: its Membership Conditions}"""
	found: dict[str, list] = {name: [] for name in names}
	if found:
		filters = {"parenttype": doctype, "parent": ["in", list(found)]}
		for row in frappe.get_all("Membership Condition", filters, ["parent", "kind", "value"]):
			found[row.parent].append(row)
	return found


class Remembered:
	"""Records read once per process, and again whenever one of them came, went or was changed.

	Frappe's own cache of documents is emptied before the change is committed; a reader in between would fill
	it with the old state again. One small query per call is the price for never using a rule that is gone.
	"""

	def __init__(self, doctype: str, key: str, load):
		self.doctype, self.key, self.load = doctype, key, load
		self.kept: dict[tuple, tuple] = {}

	def get(self, value: str, stamp: tuple | None = None):
		"""`stamp`: ((name, modified), …) of the records, where the caller has just read it."""
		if stamp is None:
			query = f"SELECT name, modified FROM `tab{self.doctype}` WHERE `{self.key}` = %s ORDER BY name"
			stamp = tuple(map(tuple, frappe.db.sql(query, [value])))
		place = (frappe.local.site, value)
		if place not in self.kept or self.kept[place][0] != stamp:
			self.kept[place] = (stamp, self.load(value))
		return self.kept[place][1]
