"""Every shipped DocType under an administrator's changes, old records and new ones.

The five DocTypes with a workflow have their own steps in test_logic_survives.
"""

import itertools

import frappe
import pytest
from crm_testing.main_flows import FLOWS

from crm_app.customising.fields import written_by_the_app
from crm_app.shipped import definitions

OWN, FILLED = "custom_survival", "as always"
WITH_WORKFLOW = {"Expense Request", "CRM Budget", "CRM Campaign", "Complaint", "Member Adjustment"}
EXEMPT: dict[str, str] = {}  # DocType -> why no flow can touch it
NO_VALUE = ("Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading")


def shipped() -> list[dict]:
	return definitions.doctypes()


def with_rows(names) -> list[str]:
	"""The DocTypes and those of their tables."""
	tables = [
		df["options"]
		for one in shipped()
		if one["name"] in names
		for df in one["fields"]
		if df["fieldtype"] in ("Table", "Table MultiSelect")
	]
	return [*names, *dict.fromkeys(tables)]


@pytest.fixture(scope="module", autouse=True)
def own_fields(site):
	"""A column of the administrator's on every DocType; whether it is mandatory is a property (no DDL)."""
	frappe.set_user("Administrator")
	field = {"fieldname": OWN, "label": "Survival", "fieldtype": "Data", "no_copy": 1, "default": FILLED}
	for one in shipped():
		frappe.get_doc({"doctype": "Custom Field", "dt": one["name"], **field}).insert()
	frappe.db.commit()
	yield
	frappe.db.rollback()
	for one in shipped():
		frappe.delete_doc("Custom Field", f"{one['name']}-{OWN}", force=True)
	frappe.db.commit()


@pytest.fixture(autouse=True)
def fresh(own_fields, people):
	yield
	for one in shipped():
		frappe.clear_cache(doctype=one["name"])


def set_properties(doctype: str, rows: list[tuple]):
	"""(field, property, value, type); as Customize Form writes them, and forgotten in one go."""
	for field, key, value, kind in rows:
		frappe.get_doc(
			{
				"doctype": "Property Setter",
				"doctype_or_field": "DocField",
				"doc_type": doctype,
				"field_name": field,
				"property": key,
				"value": str(value),
				"property_type": kind,
			}
		).insert()
	frappe.clear_cache(doctype=doctype)
	frappe.local.new_doc_templates = {}  # kept for a request by Frappe


def own_mandatory_field(doctype: str):
	set_properties(doctype, [(OWN, "reqd", 1, "Check")])


def hidden_fields_and_more_options(doctype: str):
	rows = []
	for df in frappe.get_meta(doctype).fields:
		if df.fieldtype in NO_VALUE or df.fieldname == OWN:
			continue
		if not df.reqd and not df.hidden:
			rows.append((df.fieldname, "hidden", 1, "Check"))
		if df.fieldtype == "Select" and not df.read_only and df.fieldname != "naming_series":
			rows.append((df.fieldname, "options", f"{df.options}\nSomething Else", "Text"))
	set_properties(doctype, rows)


CHANGES = (own_mandatory_field, hidden_fields_and_more_options)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_what_was_there_goes_on_and_what_comes_is_whole(flow, change, tmp_path):
	began = frappe.utils.now_datetime()
	steps = flow.steps(tmp_path)
	next(steps)
	for doctype in with_rows(flow.covers):
		change(doctype)
	with pytest.raises(StopIteration):
		next(steps)
	for doctype in flow.covers:
		if frappe.get_meta(doctype).issingle:
			continue
		written = frappe.get_all(doctype, {"modified": [">=", began]}, [OWN], limit_page_length=0)
		assert written, f"the flow touches no {doctype}"
		if change is own_mandatory_field:
			assert {row[OWN] for row in written} == {FILLED}, doctype


def begun(tmp_path) -> list:
	"""The steps of every flow, the first one done."""
	started = [flow.steps(tmp_path / flow.name) for flow in FLOWS if (tmp_path / flow.name).mkdir() is None]
	for steps in started:
		next(steps)
	return started


def the_night_goes_through():
	frappe.db.set_single_value("Analytics Settings", "refresh_hour", 0)  # it is night at any hour
	frappe.db.commit()
	before = frappe.db.count("Error Log")
	for job in jobs():
		frappe.get_attr(job)()
	told = frappe.get_all("Error Log", fields=["method", "error"], order_by="creation desc", limit=3)
	assert frappe.db.count("Error Log") == before, told
	assert frappe.db.exists("CRM Customer", {"grade": "VIP"}) and frappe.db.count("Complaint Alert")
	assert frappe.db.exists("Analytics Run", {"status": "Completed"})


def test_jobs_go_on_where_records_lack_an_own_mandatory_field(tmp_path):
	"""A field that came later: nobody is there to fill it in at night."""
	started = begun(tmp_path)  # kept: a flow ends with its steps
	for one in shipped():
		needs_default = written_by_the_app(one["name"])  # which is refused without one
		default = [] if needs_default else [(OWN, "default", "", "Text")]
		set_properties(one["name"], [(OWN, "reqd", 1, "Check"), *default])
		if not (one.get("issingle") or needs_default):
			frappe.db.sql(f"UPDATE `tab{one['name']}` SET `{OWN}` = NULL")
	the_night_goes_through()
	assert started
	assert frappe.db.exists("Tier Review", {"status_category": "Completed"})


@pytest.mark.slow
def test_jobs_go_on_where_optional_fields_were_made_mandatory(tmp_path):
	"""Each shipped field that may become mandatory does, on every DocType at once."""
	started = begun(tmp_path)  # kept: a flow ends with its steps
	made = [
		(one["name"], df["fieldname"]) for one in shipped() for df in one["fields"] if make_mandatory(one, df)
	]
	assert ("CRM Customer", "occupation") in made and len(made) > 200
	assert not [doctype for doctype, _field in made if written_by_the_app(doctype)]
	the_night_goes_through()
	assert started


def make_mandatory(one: dict, df: dict) -> bool:
	"""False where the app says no."""
	if df.get("reqd") or df.get("default") or df["fieldtype"] in NO_VALUE:
		return False
	try:
		set_properties(one["name"], [(df["fieldname"], "reqd", 1, "Check")])
	except frappe.ValidationError:
		return False
	return True


def jobs() -> list[str]:
	events = frappe.get_hooks("scheduler_events", app_name="crm_app")
	groups = itertools.chain.from_iterable(
		group.values() if isinstance(group, dict) else [group] for group in events.values()
	)
	return list(itertools.chain.from_iterable(groups))


def test_every_doctype_has_a_flow_or_a_reason():
	covered = {name for flow in FLOWS for name in with_rows(flow.covers)}
	names = {one["name"] for one in shipped()}
	assert WITH_WORKFLOW <= names and not covered & set(EXEMPT)
	assert names - covered - set(with_rows(WITH_WORKFLOW)) - set(EXEMPT) == set()
	assert all(EXEMPT.values())
