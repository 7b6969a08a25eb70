"""The form in Chromium follows depends_on, its mandatory and read-only kin, and fetch_from while typing."""

import subprocess
import sys

import pytest
from crm_testing.browser import ROOT, Desk, chromium, host_command, served

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
PASSWORD = "browser-Test-9"
PREPARE = """
import sys
sys.path[:0] = [sys.argv[1] + "/embedded", sys.argv[1]]
import frappe
frappe.init("live.local", sites_path=sys.argv[2])
frappe.connect()
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
condition = "eval:doc.transaction_type=='Return'"
create_custom_field("CRM Transaction", {"fieldname": "delivery_note", "label": "Delivery Note",
	"fieldtype": "Data", "insert_after": "transaction_type", "read_only_depends_on": condition})
for name in ("Ada Lovelace", "Grace Hopper"):
	frappe.get_doc(doctype="CRM Customer", customer_name=name).insert()
frappe.db.commit()
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
	sites = tmp_path_factory.mktemp("live")
	host_command("new-site", "--sites", str(sites), "--site", "live.local", "--admin-password", PASSWORD)
	subprocess.run([sys.executable, "-c", PREPARE, str(ROOT), str(sites)], check=True, timeout=120)
	with served(sites, "live.local") as address:
		yield address


def test_conditions_and_fetched_values_follow_what_is_typed(base):
	with chromium() as browser:
		desk = Desk(browser, base, "Administrator", PASSWORD).open("/app/crm-transaction/new")
		page = desk.page
		source, note = (
			page.locator(f"[data-field='{name}']") for name in ("return_against", "delivery_note")
		)
		source.wait_for(state="hidden")

		for name in ("Ada Lovelace", "Grace Hopper"):  # fetch_from, also when the link changes
			desk.pick("[data-field='customer']", name)
			page.wait_for_selector(f"[data-field='customer_name'] .f-value:has-text('{name}')")

		desk.fill("delivery_note", "D-1")
		desk.choose("transaction_type", "Return")
		source.wait_for(state="visible")  # depends_on
		assert "required" in source.get_attribute("class")  # mandatory_depends_on
		assert note.locator("input").count() == 0  # read_only_depends_on
		assert "D-1" in note.inner_text()
		page.click("#f-save")
		assert "Return Against" in page.inner_text("#f-banner")
		assert page.url.endswith("/new")

		desk.choose("transaction_type", "Sale")
		source.wait_for(state="hidden")
		assert note.locator("input").input_value() == "D-1"
		page.click("[data-field='items'] button:has-text('Add row')")
		for cell, text in (("item_code", "TEA"), ("qty", "1"), ("rate", "10")):
			page.fill(f"[data-cell='items.1.{cell}'] input", text)
		with page.expect_navigation():  # what is hidden is no longer asked for
			page.click("#f-save")
		page.wait_for_selector("#f-form")
		assert note.locator("input").input_value() == "D-1"
		assert page.inner_text("[data-field='customer_name'] .f-value") == "Grace Hopper"
		assert desk.errors == []
