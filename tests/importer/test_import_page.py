"""What /import_data offers once an import has ended."""

import frappe
import pytest
from crm_testing.sheets import bring_in, write_xlsx

from crm_app.www import import_data


def shown(name: str) -> frappe._dict:
	frappe.local.form_dict = frappe._dict(name=name)
	return import_data.get_context(frappe._dict())


def test_a_finished_import_leads_to_the_list_of_its_records(tmp_path):
	path = write_xlsx(tmp_path / "one.xlsx", [["Customer Name"], ["Guest of the page"]])
	done = bring_in(path)
	context = shown(done.name)
	assert done.status == "Completed" and not context.was_dry
	assert context.records_url == "/app/crm-customer"


def test_a_dry_run_offers_no_list_and_nothing_is_in_it(tmp_path):
	path = write_xlsx(tmp_path / "one.xlsx", [["Customer Name"], ["Guest of the dry run"]])
	context = shown(bring_in(path, dry_run=1).name)
	assert context.was_dry and not frappe.db.exists("CRM Customer", {"customer_name": "Guest of the dry run"})


def stopped_undo(tmp_path):
	done = bring_in(write_xlsx(tmp_path / "one.xlsx", [["Customer Name"], ["Guest of the undo"]]))
	values = {"undo_status": "Stopped", "taken_back": 7, "message": "somebody says no"}
	frappe.db.set_value("CRM Import", done.name, values)
	return done


def test_an_undo_that_stopped_is_told_as_such(tmp_path):
	context = shown(stopped_undo(tmp_path).name)
	assert context.half_undone and not context.state["busy"] and context.state["label"] == "Undo: Stopped"
	assert {"name": "taken_back", "label": "Records Taken Back", "value": 7} in context.figures


@pytest.mark.embedded
def test_the_page_of_a_stopped_undo_offers_to_go_on_and_nothing_else(tmp_path):
	from crm_testing.desk import client_of

	name = stopped_undo(tmp_path).name
	html = client_of("Administrator").get(f"/import_data?name={name}").content.decode()
	assert "somebody says no" in html and "Go On with the Undo" in html
	assert "Undo Import" not in html and "data-run" not in html
