"""Undo of a whole import: everything goes back, or nothing does and the reasons are told."""

import json

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction
from crm_testing.hosts import counted_queries
from crm_testing.marketing import make_segment, rule
from crm_testing.sheets import SYSTEM, bring_in, customers
from crm_testing.shop_data import many_records, write_csv
from frappe.utils import add_days, add_to_date, now_datetime, nowdate
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_customers import review
from crm_app.crm_marketing import segments
from crm_app.crm_platform.importer import actions, checkpoint, page, records, removing
from crm_app.crm_platform.importer import undo as undoing
from crm_app.crm_platform.importer.obstacles import links_to
from crm_app.crm_platform.importer.runs import run_file

UPSERT = {"mode": "Insert and Update", "key_field": "external_id"}


def snapshot(name: str) -> dict:
	"""All a person can see of a customer."""
	doc = frappe.get_doc("CRM Customer", name).as_dict()
	drop = {"modified", "modified_by", "creation", "name", "parent", "idx"}
	doc["contacts"] = [{k: v for k, v in row.items() if k not in drop} for row in doc["contacts"]]
	return {name: value for name, value in doc.items() if name not in drop}


@pytest.fixture
def firm():
	return make_customer(
		source_system=SYSTEM, external_id="A", customer_name="Old", contacts=[{"contact_name": "Ann"}]
	)


def test_what_was_inserted_goes_and_what_was_updated_is_as_before(firm, tmp_path):
	before = snapshot(firm.name)
	header = ["External ID", "Customer Name", "Contacts: Name", "City"]
	path = write_csv(
		tmp_path / "x.csv", [["A", "New", "Bob", "上海"], ["B", "Second", "", ""]], header=header
	)
	record = bring_in(path, **UPSERT)
	assert snapshot(firm.name) != before and len(customers()) == 2
	undoing.undo(record.name)
	assert snapshot(firm.name) == before and len(customers()) == 1
	assert frappe.db.get_value("CRM Import", record.name, ["status", "undo_status"]) == ("Undone", "Undone")
	assert not frappe.db.exists("CRM Import Row", {"crm_import": record.name})
	assert frappe.db.exists("CRM Operation Log", {"kind": "Undo of Import", "document": record.name})


def test_nothing_is_undone_when_something_was_built_on_it(tmp_path):
	rows = [["A", "First"], ["B", "Second"], ["C", "Third"]]
	record = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	first, second, _third = (row.name for row in customers())
	call = make_interaction(first)
	frappe.get_doc("CRM Customer", second).update({"city": "上海"}).save()
	with pytest.raises(frappe.ValidationError) as told:
		undoing.undo(record.name)
	assert call.name in str(told.value) and first in str(told.value)
	assert f"CRM Customer {second} was changed by Administrator" in str(told.value)
	assert len(customers()) == 3
	assert frappe.db.get_value("CRM Import", record.name, "undo_status") == "Refused"
	frappe.delete_doc("CRM Interaction", call.name)


def made_by_jobs(customer: str) -> None:
	"""A night later: grade and stage by rule, scores, a place in a segment that its rules found."""
	rules = frappe.get_doc("CRM Customer Rules")
	rules.update({"grade_by_rule": 1, "lifecycle_by_rule": 1, "potential_amount": 1, "vip_amount": 2}).save()
	review.review_all(as_of=add_days(nowdate(), 400))
	scored = {"customer": customer, "as_of": nowdate()}
	for doctype in ("Customer Score", "Customer Score History"):
		frappe.get_doc({"doctype": doctype, **scored}).insert(ignore_permissions=True)
	called = frappe.db.get_value("CRM Customer", customer, "customer_name")
	segments.refresh(make_segment(rule("customer_name", "equals", called)))
	assert frappe.db.exists("Customer Segment Member", {"customer": customer})


def test_what_jobs_did_since_is_no_reason_against_an_undo(tmp_path):
	rows = [["A", "First"], ["B", "Second"]]
	record = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	sales = run_file(write_csv(tmp_path / "s.csv", many_records(3)), preset="Online Retail")
	bought = frappe.get_all("CRM Customer", {"import_batch": sales}, pluck="name")
	for name in [row.name for row in customers()] + bought:
		before = str(frappe.db.get_value("CRM Customer", name, "modified"))
		stage = frappe.db.get_value("CRM Customer", name, "lifecycle_stage")
		frappe.db.set_value("CRM Customer", name, "lifecycle_stage", "Growth", update_modified=False)
		made_by_jobs(name)
		assert str(frappe.db.get_value("CRM Customer", name, "modified")) != before and stage != "Growth"
	undoing.undo(record.name)
	undoing.undo(sales)
	assert not customers() and not frappe.db.exists("CRM Customer", {"import_batch": sales})
	assert not frappe.db.exists("Customer Score", {"customer": ["in", bought]})


def test_an_edit_after_a_job_still_holds_the_import_fast(tmp_path):
	record = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	(row,) = customers()
	frappe.db.set_value("CRM Customer", row.name, "lifecycle_stage", "Growth", update_modified=False)
	made_by_jobs(row.name)
	doc = frappe.get_doc("CRM Customer", row.name)
	doc.update({"city": "上海", "ruled_on": None, "edited_on": record.creation}).save()
	review.review(frappe.get_doc("CRM Customer", row.name))
	with pytest.raises(frappe.ValidationError, match="was changed by Administrator"):
		undoing.undo(record.name)
	assert customers()


def test_somebody_put_into_a_segment_by_hand_stays(tmp_path):
	record = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	(row,) = customers()
	segments.add_by_hand(make_segment(), {row.name: "First"})
	with pytest.raises(frappe.ValidationError, match="Customer Segment Member"):
		undoing.undo(record.name)


def test_a_whole_import_of_sales_is_undone_with_its_customers(tmp_path):
	name = run_file(write_csv(tmp_path / "s.csv", many_records(30)), preset="Online Retail")
	assert frappe.db.count("CRM Transaction", {"import_batch": name}) == 30
	undoing.undo(name)
	assert not frappe.db.count("CRM Transaction", {"import_batch": name})
	assert not frappe.db.count("CRM Customer", {"import_batch": name})
	assert not frappe.db.count("CRM Transaction Item", {"parent": ["like", f"{name}-%"]})


def test_sales_on_which_another_sale_was_built_stay(tmp_path):
	name = run_file(write_csv(tmp_path / "s.csv", many_records(3)), preset="Online Retail")
	more = run_file(write_csv(tmp_path / "t.csv", many_records(3, prefix="8")), preset="Online Retail")
	with pytest.raises(frappe.ValidationError, match="refers to"):
		undoing.undo(name)
	undoing.undo(more)
	undoing.undo(name)
	assert not frappe.db.count("CRM Transaction", {"source_system": "online-retail"})


def test_a_killed_undo_goes_on_where_it_was(tmp_path, monkeypatch):
	rows = [[str(number), f"Customer {number}"] for number in range(30)]
	record = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	monkeypatch.setattr(undoing, "AT_ONCE", 0)
	monkeypatch.setattr(undoing, "STEP", 7)
	monkeypatch.setattr(undoing, "LOOKED_UP", 10)
	removed, remove = [], undoing._remove

	def failing(row):
		if len(removed) == 12:
			raise RuntimeError("killed")
		removed.append(row.docname)
		remove(row)

	monkeypatch.setattr(undoing, "_remove", failing)
	with pytest.raises(RuntimeError):
		undoing.undo(record.name)
	frappe.db.rollback()
	assert len(customers()) == 23  # a step of 7 was through, the second is rolled back
	monkeypatch.setattr(undoing, "_remove", remove)
	undoing.undo(record.name)
	assert not customers()


def test_a_dry_run_and_an_undone_import_cannot_be_undone(tmp_path):
	record = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]), dry_run=1)
	with pytest.raises(frappe.ValidationError, match="nothing to undo"):
		actions.undo(json.dumps({"name": record.name}))


def undo_as_a_job(name: str):
	"""As a worker does; the record as it is then."""
	frappe.db.set_value("CRM Import", name, {"undo_status": "Queued", "message": ""})
	actions.work_back(name)
	return frappe.get_doc("CRM Import", name)


@pytest.fixture
def small_undo(monkeypatch):
	for setting, value in {"AT_ONCE": 0, "STEP": 2, "LOOKED_UP": 5}.items():
		monkeypatch.setattr(undoing, setting, value)


@pytest.fixture
def refusing(monkeypatch):
	"""Names in this set refuse to be deleted."""
	names, remove = set(), undoing._remove

	def careful(row):
		if row.docname in names:
			frappe.throw("<b>another app</b> says no")
		remove(row)

	monkeypatch.setattr(undoing, "_remove", careful)
	return names


def test_an_undo_that_is_refused_midway_says_where_and_goes_on_after_it(tmp_path, small_undo, refusing):
	rows = [[str(number), f"Customer {number}"] for number in range(6)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	refusing.add(customers()[1].name)
	stopped = undo_as_a_job(done.name)
	assert (stopped.status, stopped.undo_status, stopped.taken_back) == ("Completed", "Stopped", 4)
	assert "4 of 6 records are back" in stopped.message
	assert f"CRM Customer {customers()[1].name} cannot be taken back: another app says no" in stopped.message
	assert [row.external_id for row in customers()] == ["0", "1"]
	assert frappe.db.exists("CRM Operation Log", {"document": done.name, "what": ["like", "%4 of 6%"]})
	assert not page.state(stopped)["busy"]
	with pytest.raises(frappe.ValidationError, match="undone in part"):
		frappe.db.set_value("CRM Import", done.name, "status", "Failed")
		actions.start({"name": done.name})
	refusing.clear()
	through = undo_as_a_job(done.name)
	assert (through.status, through.undo_status, through.taken_back) == ("Undone", "Undone", 6)
	assert not customers() and not through.message


def test_a_refusal_at_the_start_leaves_everything(tmp_path, refusing):
	rows = [[str(number), f"Customer {number}"] for number in range(6)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	refusing.add(customers()[1].name)
	record = undo_as_a_job(done.name)  # so few that all of them are one step
	assert (record.undo_status, record.taken_back, len(customers())) == ("Refused", 0, 6)
	assert record.message.startswith("Nothing was undone") and "another app says no" in record.message


def test_old_values_stay_away_when_what_was_inserted_refuses_to_go(firm, tmp_path, small_undo, refusing):
	path = write_csv(tmp_path / "x.csv", [["A", "New"], ["B", "Second"]], header=["id", "name"])
	done = bring_in(path, **UPSERT)
	refusing.add(frappe.db.get_value("CRM Customer", {"external_id": "B"}))
	assert undo_as_a_job(done.name).undo_status == "Refused"
	assert frappe.db.get_value("CRM Customer", firm.name, "customer_name") == "New"
	refusing.clear()
	assert undo_as_a_job(done.name).undo_status == "Undone"
	assert frappe.db.get_value("CRM Customer", firm.name, "customer_name") == "Old"


def test_an_unforeseen_error_ends_the_undo_as_stopped_as_well(tmp_path, small_undo, monkeypatch):
	rows = [[str(number), f"Customer {number}"] for number in range(4)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	last, remove = customers()[0].name, undoing._remove
	monkeypatch.setattr(undoing, "_remove", lambda row: 1 / 0 if row.docname == last else remove(row))
	with pytest.raises(ZeroDivisionError):
		actions.work_back(done.name)
	assert frappe.db.get_value("CRM Import", done.name, ["undo_status", "taken_back"]) == ("Stopped", 2)


def test_an_old_value_comes_back_though_a_field_became_mandatory_since(firm, tmp_path, monkeypatch):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "New"]], header=["id", "name"]), **UPSERT)
	monkeypatch.setattr(frappe.get_meta("CRM Customer").get_field("occupation"), "reqd", 1)
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc("CRM Customer", firm.name).save()
	assert undo_as_a_job(done.name).undo_status == "Undone"
	assert frappe.db.get_value("CRM Customer", firm.name, "customer_name") == "Old"


def left_by_people(customer: str) -> dict[str, object]:
	"""What it is called in the list of reasons → the record."""
	said = {"comment_type": "Comment", "reference_doctype": "CRM Customer", "reference_name": customer}
	file = {"attached_to_doctype": "CRM Customer", "attached_to_name": customer, "is_private": 1}
	task = {"reference_type": "CRM Customer", "reference_name": customer, "description": "call"}
	return {
		f"{customer} has a comment by Administrator": {"doctype": "Comment", "content": "wants A", **said},
		f"{customer} has the attached file contract": {
			"doctype": "File",
			"file_name": "contract.txt",
			"content": f"signed {customer}",
			**file,
		},
		f"{customer} has an open task of Administrator": {
			"doctype": "ToDo",
			"allocated_to": "Administrator",
			**task,
		},
	}


def test_what_people_wrote_attached_and_planned_since_holds_an_import_fast(tmp_path):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	(row,) = customers()
	for told, values in left_by_people(row.name).items():
		left = frappe.get_doc(values).insert()
		record = undo_as_a_job(done.name)
		assert record.undo_status == "Refused" and told in record.message, record.message
		assert frappe.db.exists(left.doctype, left.name) and customers()
		frappe.delete_doc(left.doctype, left.name)
	assert undo_as_a_job(done.name).undo_status == "Undone" and not customers()


@pytest.mark.bench
def test_an_e_mail_holds_an_import_fast_and_an_automatic_one_does_not(tmp_path):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	(row,) = customers()
	mail = {"doctype": "Communication", "subject": "Your offer", "content": "yes"}
	mail |= {"reference_doctype": "CRM Customer", "reference_name": row.name}
	sent = frappe.get_doc({**mail, "communication_type": "Communication"}).insert()
	frappe.get_doc({**mail, "communication_type": "Automated Message"}).insert()
	assert f"{row.name} has the message Your offer" in undo_as_a_job(done.name).message
	frappe.delete_doc("Communication", sent.name)
	assert undo_as_a_job(done.name).undo_status == "Undone" and not customers()


def test_an_old_record_that_the_import_itself_tied_to_a_new_one_holds_nothing(firm, tmp_path, monkeypatch):
	monkeypatch.setattr(records, "RECORDS_A_STEP", 1)  # the new one is there when the old one names it
	before = snapshot(firm.name)
	header = ["External ID", "Customer Name", "Relations: Relation", "Relations: Related Customer"]
	rows = [["B", "Newcomer", "", ""], ["A", "Old", "Family", "Newcomer"]]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=header), **UPSERT)
	assert done.records_updated == 1 and snapshot(firm.name) != before
	assert undo_as_a_job(done.name).undo_status == "Undone"
	assert snapshot(firm.name) == before and len(customers()) == 1


def test_an_import_that_is_being_undone_is_not_deleted(tmp_path):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	frappe.db.set_value("CRM Import", done.name, "undo_status", "Queued")
	with pytest.raises(frappe.ValidationError, match="being undone"):
		frappe.delete_doc("CRM Import", done.name)


def test_notes_of_the_system_closed_tasks_and_tasks_by_rule_hold_nothing(tmp_path):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	(row,) = customers()
	frappe.get_doc("CRM Customer", row.name).add_comment("Info", "moved by a rule")
	task = {"doctype": "ToDo", "allocated_to": "Administrator", "description": "call"}
	task |= {"reference_type": "CRM Customer", "reference_name": row.name}
	frappe.get_doc({**task, "status": "Closed"}).insert()
	by_rule = frappe.get_doc(task).insert()
	frappe.db.set_value("ToDo", by_rule.name, "assignment_rule", "Newcomers")
	assert undo_as_a_job(done.name).undo_status == "Undone" and not customers()


def test_a_comment_on_an_updated_record_is_no_reason(firm, tmp_path):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "New"]], header=["id", "name"]), **UPSERT)
	firm.add_comment("Comment", "still here")
	assert undo_as_a_job(done.name).undo_status == "Undone"


def test_work_that_comes_while_the_undo_runs_stops_it_before_that_record(tmp_path, small_undo, monkeypatch):
	rows = [[str(number), f"Customer {number}"] for number in range(6)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	first, remove = customers()[0], undoing._remove
	said = next(iter(left_by_people(first.name).values()))
	monkeypatch.setattr(
		undoing, "_remove", lambda row: (remove(row), said and frappe.get_doc(said).insert(), said.clear())
	)
	record = undo_as_a_job(done.name)
	assert (record.undo_status, record.taken_back) == ("Stopped", 4)
	assert f"{first.name} has a comment by Administrator" in record.message


def test_a_record_that_names_one_meanwhile_stops_the_undo_before_it(tmp_path, small_undo, monkeypatch):
	rows = [[str(number), f"Customer {number}"] for number in range(6)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	first, remove, calls = customers()[0].name, undoing._remove, []
	monkeypatch.setattr(
		undoing, "_remove", lambda row: (remove(row), calls or calls.append(make_interaction(first)))
	)
	record = undo_as_a_job(done.name)
	assert (record.undo_status, record.taken_back) == ("Stopped", 4)
	assert f"{calls[0].name} refers to {first}" in record.message
	frappe.delete_doc("CRM Interaction", calls[0].name)
	assert undo_as_a_job(done.name).undo_status == "Undone"


def test_taking_back_asks_the_same_few_questions_of_each_record_however_many_fields_could_name_it(tmp_path):
	rows = [[str(number), f"Customer {number}"] for number in range(40)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	gone = customers()[0].name
	frappe.get_doc("CRM Customer", gone).add_comment("Info", "by rule")
	with counted_queries() as few:
		removing.remove("CRM Customer", customers()[-1].name)
	with counted_queries() as all_of_them:
		undo_as_a_job(done.name)
	assert not frappe.db.exists("Comment", {"reference_name": gone})
	assert len(all_of_them) < 39 * len(few) + 3 * len(links_to("CRM Customer")) + 150


def test_an_undo_that_was_killed_can_be_gone_on_with(tmp_path):
	done = bring_in(write_csv(tmp_path / "x.csv", [["A", "First"]], header=["id", "name"]))
	frappe.db.set_value("CRM Import", done.name, {"undo_status": "Queued", "taken_back": 3})
	assert page.state(frappe.get_doc("CRM Import", done.name))["busy"]
	with pytest.raises(frappe.ValidationError, match="being undone already"):
		actions.undo({"name": done.name})
	old = add_to_date(now_datetime(), minutes=-checkpoint.ALIVE - 1)
	frappe.db.set_value("CRM Import", done.name, "modified", old, update_modified=False)
	assert page.state(frappe.get_doc("CRM Import", done.name)) == {
		"busy": False,
		"status": "Completed",
		"label": "Undo: Stopped",
		"progress": 100,
	}


def test_two_processes_do_not_take_the_same_import_back(tmp_path, small_undo):
	rows = [[str(number), f"Customer {number}"] for number in range(4)]
	done = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name"]))
	frappe.db.set_value("CRM Import", done.name, "taken_back", 7)
	record = frappe.get_doc("CRM Import", done.name)
	record.taken_back = 3
	with pytest.raises(undoing.ImportBusy):
		undoing._take_back(record)
	assert len(customers()) == 4


NAMES = st.text("abc 王芳", min_size=1, max_size=6).filter(str.strip)
ROWS = st.lists(st.tuples(st.sampled_from("ABCDE"), NAMES, st.sampled_from(["", "上海", "北京"])), max_size=8)


@settings(max_examples=12)
@given(there=st.dictionaries(st.sampled_from("ABCDE"), NAMES, max_size=4), rows=ROWS)
def test_import_then_undo_is_as_if_nothing_had_happened(tmp_path_factory, there, rows):
	frappe.db.savepoint("each_example")
	made = {
		key: make_customer(source_system=SYSTEM, external_id=key, customer_name=name)
		for key, name in there.items()
	}
	before = {key: snapshot(doc.name) for key, doc in made.items()}
	path = write_csv(
		tmp_path_factory.mktemp("undo") / "x.csv", [["Z", "always", ""], *rows], header=["id", "name", "city"]
	)
	record = bring_in(path, **UPSERT)
	undoing.undo(record.name)
	assert {row.external_id for row in customers()} == set(there)
	assert {key: snapshot(doc.name) for key, doc in made.items()} == before
	for row in customers():
		frappe.delete_doc("CRM Customer", row.name)
