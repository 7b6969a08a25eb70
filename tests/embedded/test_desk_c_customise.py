"""A new user who knows no Python shapes the CRM in the browser; a restart and a migration keep it."""

import pytest
from crm_testing.browser import Desk, chromium, host_command, served

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
PASSWORD = "browser-Test-9"


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
	folder = tmp_path_factory.mktemp("customise")
	host_command("new-site", "--sites", str(folder), "--site", "own.local", "--admin-password", PASSWORD)
	return folder


def save(desk):
	with desk.page.expect_navigation():
		desk.page.keyboard.press("Control+s")
	desk.page.wait_for_selector("#f-form")


def add_row(desk, table: str, **cells: str) -> int:
	"""Adds a row and fills the cells that the grid shows; the number of the row."""
	desk.page.click(f"[data-field='{table}'] button:has-text('Add row')")
	number = desk.page.locator(f"[data-field='{table}'] tbody tr").count()
	for name, text in cells.items():
		cell = desk.page.locator(f"[data-cell='{table}.{number}.{name}']")
		if cell.locator("select").count():
			cell.locator("select").select_option(text)
		elif cell.locator("input[type=checkbox]").count():
			cell.locator("input").check()
		elif cell.locator("input[role=combobox]").count():
			desk.pick(f"[data-cell='{table}.{number}.{name}']", text)
		else:
			cell.locator("input, textarea").fill(text)
	return number


def add_preferred_table(desk):
	desk.open("/app/crm-customer")
	desk.page.click(".d-actions summary")
	desk.page.click("a:has-text('Customize')")
	desk.page.wait_for_selector("[data-field='fields'] table")
	add_row(desk, "fields", label="Preferred table", in_list_view="yes")
	in_row(desk, "fields", -1, "Below Field", "Customer Name")
	save(desk)
	desk.open("/app/crm-customer/new").fill("customer_name", "Ada Lovelace")
	desk.fill("custom_preferred_table", "Window")
	save(desk)


def use_it_in_a_segment(desk):
	desk.open("/app/customer-segment/new").fill("segment_name", "Window seats")
	add_row(desk, "rules", fieldname="Preferred table", operator="equals", value="Window")
	save(desk)
	desk.page.click("summary:has-text('Actions')")
	with desk.page.expect_navigation():
		desk.page.click("button:has-text('Count Now')")
	assert desk.page.locator("[data-field='member_count']").inner_text().split()[-1] == "1"


def add_approval_step(desk):
	"""Above 20,000 the general manager signs once more: a state, its way in and its way out."""
	desk.open("/app/workflow-state/new").fill("workflow_state_name", "Pending Second Signature")
	save(desk)
	desk.open("/app/workflow/Expense%20Request%20Approval")
	desk.page.wait_for_selector("[data-field='states'] table")
	add_row(
		desk,
		"states",
		state="Pending Second Signature",
		update_value="Pending",
		allow_edit="System Manager",
		update_field="status_category",
	)
	add_row(
		desk,
		"transitions",
		state="Pending General Manager",
		action="Approve",
		next_state="Pending Second Signature",
		allowed="CRM General Manager",
	)
	in_row(desk, "transitions", -1, "Condition", "doc.total_amount > 20000")
	add_row(
		desk,
		"transitions",
		state="Pending Second Signature",
		action="Approve",
		next_state="Approved",
		allowed="CRM General Manager",
	)
	desk.page.click("#f-save")
	desk.page.wait_for_selector("#f-banner:has-text('never taken')")
	row = row_of(desk, "Pending General Manager", "Approve")
	in_row(desk, "transitions", row, "Condition", "doc.total_amount <= 20000")
	save(desk)


def row_of(desk, state: str, action: str) -> int:
	"""Position of the first transition with this state and action."""
	for at in range(desk.page.locator("[data-field='transitions'] tbody tr").count()):
		names = ("state", "action")
		cells = [desk.page.locator(f"[data-cell='transitions.{at + 1}.{name}'] input") for name in names]
		if [cell.first.input_value() for cell in cells] == [state, action]:
			return at
	raise AssertionError((state, action))


def in_row(desk, table: str, at: int, label: str, text: str):
	"""In the row's dialog, for what the grid does not show."""
	desk.page.locator(f"[data-field='{table}'] button[title='Edit']").nth(at).click()
	desk.page.locator(f"#f-row .f-field:has-text('{label}')").locator("input, textarea").first.fill(text)
	desk.page.click("#f-row footer button")


def see_it_all(desk):
	assert "Window" in desk.open("/app/crm-customer").text()
	assert "Preferred table" in desk.page.inner_text("thead")
	desk.open("/app/customer-segment/Window%20seats")
	assert (
		desk.page.locator("[data-cell='rules.1.value']").locator("input, textarea").input_value() == "Window"
	)
	desk.open("/app/workflow/Expense%20Request%20Approval")
	desk.page.wait_for_selector("[data-field='states'] table")
	states = desk.page.locator("[data-field='states'] tbody input")
	assert "Pending Second Signature" in [states.nth(at).input_value() for at in range(states.count())]


@pytest.mark.slow
def test_a_field_a_segment_rule_and_an_approval_step_without_code(sites):
	with served(sites, "own.local") as base, chromium() as browser:
		desk = Desk(browser, base, "Administrator", PASSWORD)
		add_preferred_table(desk)
		use_it_in_a_segment(desk)
		add_approval_step(desk)
		see_it_all(desk)
		assert desk.errors == []
	host_command("migrate", "--sites", str(sites), "--site", "own.local")
	with served(sites, "own.local") as base, chromium() as browser:
		desk = Desk(browser, base, "Administrator", PASSWORD)
		see_it_all(desk)
		desk.open("/app/crm-shipped-default?ref_name=Expense%20Request%20Approval")
		assert "Edited" in desk.text()
		assert desk.errors == []


def test_filters_are_saved_under_a_name_for_everyone(sites):
	with served(sites, "own.local") as base, chromium() as browser:
		desk = Desk(browser, base, "Administrator", PASSWORD)
		desk.open("/app/crm-customer?grade=VIP")
		desk.page.click("summary:has-text('Save filters')")
		desk.page.fill("input[name=filter_name]", "Our best")
		desk.page.check("input[name=everyone]")
		desk.page.click(".d-filter button:has-text('Save')")
		desk.open("/app/crm-customer").page.click("a:has-text('Our best')")
		assert desk.page.locator(".d-chip:has-text('VIP')").count() == 1
		assert desk.errors == []
