"""Own lists of choices and own fields meet what a later version ships."""

import copy

import frappe
import pytest

from crm_app.crm_platform.doctype.crm_shipped_default import crm_shipped_default as page
from crm_app.shipped import clashes, definitions, memory, options, refused

DOCTYPE = "Complaint"


def shipping(fieldname: str, *more: str, without: str = "") -> dict:
	definition = copy.deepcopy(definitions.doctype(DOCTYPE))
	df = next(df for df in definition["fields"] if df["fieldname"] == fieldname)
	kept = [option for option in df["options"].split("\n") if option != without]
	df["options"] = "\n".join([*kept, *more])
	return definition


def own_list(fieldname: str, *choices: str):
	values = {"doctype": "Property Setter", "doctype_or_field": "DocField", "doc_type": DOCTYPE}
	values |= {"field_name": fieldname, "property": "options", "property_type": "Text"}
	frappe.get_doc({**values, "value": "\n".join(choices)}).insert()
	frappe.clear_cache(doctype=DOCTYPE)


def listed(fieldname: str) -> list[str]:
	return frappe.get_meta(DOCTYPE).get_field(fieldname).options.split("\n")


def row():
	return memory.recall(options.KIND, DOCTYPE)


@pytest.fixture(autouse=True)
def fresh_meta():
	yield
	frappe.clear_cache(doctype=DOCTYPE)


def test_a_choice_that_rules_read_reaches_an_own_list_behind_its_neighbour():
	own_list("severity", "Mine", *reversed(listed("severity")))
	before = listed("severity")
	options.sync(definitions.doctype(DOCTYPE))
	assert listed("severity") == before
	options.sync(shipping("severity", "Blocker"))
	assert set(listed("severity")) == {*before, "Blocker"}
	last = definitions.doctype(DOCTYPE)
	shipped = next(df for df in last["fields"] if df["fieldname"] == "severity")["options"].split("\n")
	assert "Blocker" in listed("severity") and listed("severity")[0] == "Mine"
	assert listed("severity").index("Blocker") > listed("severity").index(shipped[-1])
	line = next(line for line in row().differences if line.property == "severity: Mine")
	assert (line.now, line.newly_shipped or "") == ("Mine", "")


def test_a_removed_choice_that_no_rule_reads_stays_removed_and_a_new_one_comes():
	options.sync(definitions.doctype(DOCTYPE))
	_empty, gone, *kept = listed("channel")
	own_list("channel", *kept)
	options.sync(shipping("channel"))
	options.sync(shipping("channel", "Hologram"))
	assert gone not in listed("channel") and "Hologram" in listed("channel")
	options.sync(shipping("channel", "Hologram"))
	assert gone not in listed("channel")
	assert f"channel: {gone}" in [line.property for line in row().differences]


def test_choices_are_taken_one_by_one_or_all_at_once():
	_empty, gone, *kept = listed("channel")
	options.sync(definitions.doctype(DOCTYPE))
	own_list("channel", *kept, "Mine", "Too")
	options.sync(definitions.doctype(DOCTYPE))
	posted = row().as_dict()
	for line in posted.differences:
		line.take = int(line.property in (f"channel: {gone}", "channel: Mine"))
	page.take_ticked(posted)
	assert gone in listed("channel") and "Mine" not in listed("channel") and "Too" in listed("channel")
	page.take_shipped(row().as_dict())
	assert not frappe.db.exists("Property Setter", {"doc_type": DOCTYPE, "property": "options"})
	assert row().state == "As Shipped"


def test_a_list_that_needs_nothing_is_not_written():
	own_list("severity", *listed("severity"), "Mine")
	options.seed()
	before = frappe.get_all("Property Setter", {"doc_type": DOCTYPE}, ["name", "modified"])
	remembered = frappe.db.get_value(memory.MEMORY, row().name, "modified")
	options.seed()
	assert frappe.get_all("Property Setter", {"doc_type": DOCTYPE}, ["name", "modified"]) == before
	assert frappe.db.get_value(memory.MEMORY, row().name, "modified") == remembered


def test_a_choice_is_named_in_the_readers_language():
	own_list("severity", *listed("severity"), "Mine")
	options.seed()
	frappe.local.lang = "zh"
	try:
		assert memory.label(row(), "severity: High") not in ("severity: High", "Severity: High")
	finally:
		frappe.local.lang = "en"


@pytest.fixture
def own_field():
	"""As if a later version shipped a field of this name: its column is there already."""
	field = frappe.new_doc("Custom Field")
	field.update({"dt": "Complaint Cause", "label": "Own Note", "fieldname": "description"})
	field.update({"fieldtype": "Data", "name": "Complaint Cause-description"})
	field.db_insert()
	frappe.clear_cache(doctype="Complaint Cause")
	yield field.name
	frappe.clear_cache(doctype="Complaint Cause")


def test_an_own_field_with_the_name_of_a_shipped_one_is_shown_as_waiting(own_field, capsys):
	clashes.seed()
	found = memory.recall(clashes.KIND, "Complaint Cause.description")
	assert (found.state, found.update_waiting) == ("Edited", 1) and "shipped one" in found.note
	assert "Complaint Cause.description" in capsys.readouterr().out
	assert {line.property for line in found.differences} >= {"label"}
	page.keep_mine(found.as_dict())
	clashes.seed()
	assert not memory.recall(clashes.KIND, "Complaint Cause.description").update_waiting
	page.take_shipped(memory.recall(clashes.KIND, "Complaint Cause.description").as_dict())
	assert not frappe.db.exists("Custom Field", own_field)
	clashes.seed()
	assert not memory.recall(clashes.KIND, "Complaint Cause.description")


def test_an_own_field_gives_way_as_a_whole(own_field):
	clashes.seed()
	posted = memory.recall(clashes.KIND, "Complaint Cause.description").as_dict()
	posted.differences[0].take = 1
	with pytest.raises(frappe.ValidationError, match="as a whole"):
		page.take_ticked(posted)
	assert frappe.db.exists("Custom Field", own_field)


def test_a_property_that_a_later_version_could_not_accept_waits_and_says_why():
	mark = {"doc_type": DOCTYPE, "field_name": "subject", "property": "reqd"}
	setter = frappe.new_doc("Property Setter").update({**mark, "doctype_or_field": "DocField", "value": "0"})
	setter.name = "Complaint-subject-reqd"
	setter.db_insert()  # accepted by an earlier version that did not need the field
	refused.seed()
	found = memory.recall(refused.KIND, "Complaint.subject.reqd")
	assert (found.state, found.update_waiting) == ("Edited", 1) and "stays mandatory" in found.note
	page.keep_mine(found.as_dict())
	refused.seed()
	assert not memory.recall(refused.KIND, "Complaint.subject.reqd").update_waiting
	page.take_shipped(memory.recall(refused.KIND, "Complaint.subject.reqd").as_dict())
	assert not frappe.db.exists("Property Setter", mark)
	refused.seed()
	assert not memory.recall(refused.KIND, "Complaint.subject.reqd")
