"""Filters of a list under a name, in the browser."""

import pytest
from crm_testing.browser import Desk, chromium, host_command, served

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
PASSWORD = "browser-Test-9"


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
	folder = tmp_path_factory.mktemp("customise")
	host_command("new-site", "--sites", str(folder), "--site", "own.local", "--admin-password", PASSWORD)
	return folder


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
