"""The form page in Chromium: typing, links, rows, two people on one record, a session that ends."""

import socket

import pytest
from crm_testing.browser import Desk, chromium, host_command, served

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
PASSWORD = "browser-Test-8"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
	sites = tmp_path_factory.mktemp("form")
	host_command("new-site", "--sites", str(sites), "--site", "form.local", "--admin-password", PASSWORD)
	with served(sites, "form.local") as address:
		yield address


@pytest.fixture
def desk(base):
	with chromium() as browser:
		yield Desk(browser, base, "Administrator", PASSWORD)


def make_customer(desk, name: str) -> str:
	desk.open("/app/crm-customer/new").fill("customer_name", name)
	save(desk)
	return desk.page.url.rsplit("/", 1)[1]


def save(desk):
	with desk.page.expect_navigation():
		desk.page.keyboard.press("Control+s")
	desk.page.wait_for_selector("#f-form")


def value(desk, field: str) -> str:
	return desk.page.locator(f"[data-field='{field}'] :is(input, textarea)").first.input_value()


def test_a_sale_is_typed_with_a_link_a_row_and_its_dialog(desk):
	make_customer(desk, "Ada Lovelace")
	desk.open("/app/crm-transaction/new")
	desk.page.click("#f-save")
	assert "Customer" in desk.page.inner_text("#f-banner")
	desk.pick("[data-field='customer']", "lovelace")
	desk.page.wait_for_selector("[data-field='customer_name'] .f-value:has-text('Ada Lovelace')")
	desk.page.click("[data-field='items'] button:has-text('Add row')")
	for cell, text in (("item_code", "TEA"), ("qty", "3"), ("rate", "1,250.5")):
		desk.page.fill(f"[data-cell='items.1.{cell}'] input", text)
	desk.page.click("[data-field='items'] button[title='Edit']")
	desk.page.locator("#f-row input").nth(1).fill("Green tea")
	desk.page.click("#f-row footer button")
	save(desk)
	assert "3,751.50" in desk.text()
	assert desk.page.locator("[data-cell='items.1.item_name'] input").input_value() == "Green tea"
	assert desk.errors == []


def test_a_row_of_a_long_table_is_found_by_its_words_and_edited_in_its_place(base):
	with chromium() as browser:
		phone = Desk(browser, base, "Administrator", PASSWORD, width=390)
		page = phone.open("/app/customize-form/CRM Customer").page
		rows = page.locator("[data-field='fields'] tbody tr")
		page.wait_for_selector("[data-field='fields'] tbody tr")
		find = page.locator("[data-field='fields'] input[type=search]")
		find.fill("BIRTHDAY")
		assert rows.count() == 1
		rows.locator("[data-cell$='.label'] input").fill("Day of Birth")
		find.fill("")
		assert rows.count() > 15
		find.fill("day of birth")
		assert rows.count() == 1
		page.click("[data-field='fields'] button:has-text('Add row')")
		assert (
			find.input_value() == "" and rows.last.locator("[data-cell$='.label'] input").input_value() == ""
		)
		assert page.evaluate("document.documentElement.scrollWidth") == 390 and phone.errors == []


def test_two_people_on_one_record_lose_nothing(desk):
	name = make_customer(desk, "Grace Hopper")
	other = Desk(desk.context.browser, desk.base, "Administrator", PASSWORD)
	other.open(f"/app/crm-customer/{name}")
	desk.fill("phone", "021-5555")
	save(desk)
	other.fill("occupation", "Admiral")
	other.page.keyboard.press("Control+s")
	other.page.wait_for_selector("#f-banner:has-text('021-5555')")
	other.page.click("#f-banner button >> nth=0")
	save(other)
	assert (value(other, "phone"), value(other, "occupation")) == ("021-5555", "Admiral")
	assert other.errors == []


def test_what_was_typed_comes_back_after_the_session_ended(desk):
	name = make_customer(desk, "Mary Jackson")
	desk.fill("occupation", "Engineer")
	desk.context.clear_cookies(name="sid")
	desk.page.keyboard.press("Control+s")
	desk.page.click("#f-banner a")
	desk.page.fill("input[name=usr]", "Administrator")
	desk.page.fill("input[type=password]", PASSWORD)
	desk.page.press("input[type=password]", "Enter")
	desk.page.wait_for_url(f"**/app/crm-customer/{name}")
	desk.page.wait_for_selector("#f-banner")
	assert value(desk, "occupation") == "Engineer"
	save(desk)
	desk.page.reload()
	assert value(desk, "occupation") == "Engineer"
	assert not desk.page.is_visible("#f-banner")


def test_a_file_is_attached_and_a_page_without_errors_stays(desk):
	make_customer(desk, "Katherine Johnson")
	note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"a note"}
	desk.page.set_input_files("#f-attach", note)
	desk.page.wait_for_selector(".f-files a:has-text('note')")
	desk.open("/app/crm-import/new")
	desk.page.set_input_files("[data-field='source_file'] input[type=file]", note | {"name": "sales.csv"})
	desk.page.wait_for_selector("[data-field='source_file'] a:has-text('sales')")
	assert desk.errors == []


def test_a_gigabyte_is_refused_before_it_is_read(base):
	host, port = base.removeprefix("http://").split(":")
	head = f"POST /api/method/upload_file HTTP/1.1\r\nHost: {host}\r\nContent-Length: {1 << 30}\r\n\r\n"
	with socket.create_connection((host, int(port)), timeout=10) as line:
		line.sendall(head.encode())
		assert line.recv(200).startswith(b"HTTP/1.1 413")
