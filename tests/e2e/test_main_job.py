"""The main job in the browser: a real shop's sales come in, and sales, service and finance work with them."""

import subprocess
import sys
from pathlib import Path

import pytest
from crm_testing.browser import Desk, chromium, host_command, served
from crm_testing.desk_pages import Pages
from crm_testing.e2e_people import PASSWORD
from crm_testing.shop_data import data_dir, many_records, real_slice, write_csv

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
PEOPLE_SCRIPT = Path(__file__).resolve().parents[1] / "crm_testing" / "e2e_people.py"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
	"""Base address of a site with a slice of the shop's sales."""
	sites = tmp_path_factory.mktemp("shop")
	there = (data_dir() / "online_retail" / "online_retail.csv.gz").exists()
	source = real_slice(sites, 6000) if there else write_csv(sites / "made_up.csv", many_records(300))
	site = ("--sites", str(sites), "--site", "shop.local")
	host_command("new-site", *site, "--admin-password", PASSWORD)
	subprocess.run([sys.executable, str(PEOPLE_SCRIPT), str(sites), "shop.local"], check=True)
	host_command("import", str(source), *site, "--preset", "Online Retail")
	with served(sites, "shop.local") as base:
		yield base


@pytest.fixture(scope="module")
def browser():
	with chromium() as browser:
		yield browser


def test_a_customer_is_read_complained_for_and_won_back_within_the_budget(shop, browser):
	manager = Desk(browser, shop, "manager@shop.test", PASSWORD)
	manager.open("/app/query-report/RFM Segmentation?as_of=2011-12-10")
	manager.page.wait_for_selector("canvas")
	name = manager.page.locator("table tbody tr td a").first.inner_text()
	manager.page.locator("table tbody tr td a").first.click()
	manager.page.wait_for_selector("#f-form")
	customer = manager.page.url.rsplit("/", 1)[1]
	assert customer.startswith("CUST-") and name

	complaint = raise_complaint(browser, shop, customer)
	assert complaint.startswith("CMP-")
	request = ask_for_a_gift(browser, shop, customer, amount="3000")
	before = position(browser, shop)
	approve(browser, shop, "head@shop.test", request, then="Pending Finance")
	approve(browser, shop, "finance@shop.test", request, then="Approved")
	after = position(browser, shop)
	assert before != after
	assert "3,000" in after
	assert manager.errors == []

	manager.open(f"/customer_360?name={customer}")
	shown = manager.text()
	assert "The parcel was broken" in shown and "3,000.00" in shown, shown


def raise_complaint(browser, base, customer) -> str:
	service = Desk(browser, base, "service@shop.test", PASSWORD)
	service.open("/app/complaint/new")
	service.pick("[data-field='customer']", customer)
	service.fill("subject", "The parcel was broken")
	service.page.locator("[data-field='description']").locator("textarea, trix-editor").first.fill(
		"A cup is broken."
	)
	service.act("Save")
	service.page.wait_for_url("**/app/complaint/CMP-*")
	assert service.errors == []
	return service.page.url.rsplit("/", 1)[1]


def ask_for_a_gift(browser, base, customer, amount) -> str:
	sales = Desk(browser, base, "sales@shop.test", PASSWORD)
	request = Pages(sales).ask_for_money("Win-back gift", amount, customer)
	assert sales.errors == []
	return request


def approve(browser, base, user, request, then):
	desk = Desk(browser, base, user, PASSWORD)
	Pages(desk).approve(request, then)
	assert desk.errors == []


def position(browser, base) -> str:
	finance = Desk(browser, base, "finance@shop.test", PASSWORD)
	finance.open("/app/query-report/Budget Position")
	finance.page.wait_for_selector("table tbody tr")
	return finance.page.inner_text("table")


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_fit_the_screen_in_both_languages(shop, browser, width, language):
	desk = Desk(browser, shop, "manager@shop.test", PASSWORD, width=width)
	desk.set_language(language)
	for path in ("/app", "/app/crm-customer", "/app/complaint/new", "/app/query-report/RFM Segmentation"):
		desk.open(path)
		wide = desk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
		assert wide <= 0, f"{path} scrolls sideways by {wide} px"
	desk.open("/app/crm-customer")
	assert ("客户" in desk.text()) == (language == "zh")
	assert desk.errors == []
