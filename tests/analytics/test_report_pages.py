"""The reports as pages of the embedded desk: every one opens and exports, the heat map has its shades."""

import json
import re
from pathlib import Path

import frappe
import pytest
from crm_testing.desk import client_of
from crm_testing.shop import LAST_DAY, make_shop

import crm_app
from crm_app.crm_analytics.scores import selection

pytestmark = pytest.mark.embedded

FOLDER = Path(crm_app.__file__).parent / "crm_analytics" / "report"
NAMES = sorted(json.loads(path.read_text())["name"] for path in FOLDER.glob("*/*.json"))


@pytest.fixture
def shop():
	frappe.db.delete("CRM Transaction")
	return make_shop()


@pytest.mark.parametrize("name", NAMES)
def test_every_report_opens_and_exports(shop, name):
	client = client_of("Administrator")
	page = client.get(f"/app/query-report/{name}")
	assert page.status_code == 200 and 'role="alert"' not in page.content.decode()
	for kind in ("csv", "xlsx"):
		assert client.get(f"/app/query-report/{name}/export?format={kind}").status_code == 200


def test_a_list_of_customers_becomes_a_segment(shop):
	for report in selection.LISTS[:3]:
		filters = selection.filters_of(report, {"to_date": LAST_DAY, "cohort": "2024-01"})
		assert selection.rules_of(report, filters) is None
		segment = selection.save(report, filters, f"From {report}", selection.FIXED)
		members = frappe.get_all("Customer Segment Member", {"segment": segment}, pluck="customer")
		assert set(members) == ({shop.big, shop.middle} if "Cohort" in report else set(shop.customers))
	page = client_of("Administrator").get(f"/app/query-report/ABC Analysis?to_date={LAST_DAY}")
	assert "/score_actions?report=ABC+Analysis" in page.content.decode()


def test_cells_of_the_heat_map_are_shaded_and_lead_to_their_customers(shop):
	page = client_of("Administrator").get(f"/app/query-report/Cohort Retention?to_date={LAST_DAY}")
	text = page.content.decode()
	assert re.search(r'style="background: #[0-9a-f]{6}; color: #111"', text)
	assert "/app/query-report/Cohort%20Customers?cohort=2024-01" in text


def test_a_shade_that_is_no_colour_is_left_out():
	from desk.report import cell_html

	column = frappe._dict(fieldname="m1", fieldtype="Percent", num=True)
	assert cell_html({"m1": 5, "m1_tint": "#60a5fa"}, column)["tint"] == "#60a5fa"
	assert cell_html({"m1": 5, "m1_tint": 'red" onload="x'}, column)["tint"] == ""
