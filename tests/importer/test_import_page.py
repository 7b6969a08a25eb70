"""What /import_data offers once an import has ended."""

import frappe
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
