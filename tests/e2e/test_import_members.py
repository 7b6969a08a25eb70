"""Members from a workbook with mistakes in it, in the browser: map, try, import, correct, undo.

CRM_E2E_IMPORT_ROWS sets the size; the figures of a run are printed (pytest -s).
"""

import os
import time
from pathlib import Path

import pytest
from crm_testing.browser import Desk, chromium, host_command, served
from crm_testing.sheets import read_xlsx, write_xlsx

pytestmark = [pytest.mark.embedded, pytest.mark.browser, pytest.mark.slow]
ROWS = int(os.environ.get("CRM_E2E_IMPORT_ROWS", 2_000))
PASSWORD = "import-e2e"
HEADER = ["会员编号", "姓名", "称谓", "生日", "手机", "邮箱", "省份", "城市", "备注栏"]
MISTAKES = {3: "soon", 4: "12", 5: "no mail"}  # column → what is wrong in it


def member(number: int) -> list:
	row = [f"M{number:06d}", f"会员{number}", "先生" if number % 2 else "女士", "1990-01-02"]
	row += [f"138{number:08d}", f"m{number}@example.com", "广东", "深圳市", "x"]
	if number % 100 < 3:  # three of a hundred are wrong
		row[3 + number % 100] = MISTAKES[3 + number % 100]
	return row


def figure(page, name: str) -> int:
	box = page.locator(f".imp-{name} b")
	return int(box.inner_text()) if box.count() else 0


def finished(page, minutes: float = 20):
	page.wait_for_selector(".imp-figures, .imp-message", timeout=minutes * 60_000)


def peak_of_worker(sites: Path) -> int:
	"""Megabytes of the largest process of this test's server."""
	peaks = [0]
	for status in Path("/proc").glob("[0-9]*/status"):
		try:
			if str(sites) in (status.parent / "cmdline").read_text().replace("\0", " "):
				text = status.read_text()
				peaks.append(int(text.split("VmHWM:")[1].split()[0]) // 1024)
		except (OSError, IndexError):
			continue
	return max(peaks)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
	sites = tmp_path_factory.mktemp("import")
	host_command("new-site", "--sites", str(sites), "--site", "import.local", "--admin-password", PASSWORD)
	with served(sites, "import.local") as base, chromium() as browser:
		yield sites, Desk(browser, base, "Administrator", PASSWORD)


def test_members_come_in_are_corrected_and_undone(shop, tmp_path):
	sites, desk = shop
	page = desk.page
	path = write_xlsx(tmp_path / "members.xlsx", [HEADER, *(member(number) for number in range(ROWS))])
	wrong = sum(1 for number in range(ROWS) if number % 100 < 3)
	desk.open("/import_data")
	page.select_option("[name=document_type]", "CRM Customer")
	page.set_input_files("[name=file]", path)
	page.click("#imp-new .imp-main")
	page.wait_for_url("**name=IMP*", timeout=120_000)
	assert page.locator("tr[data-column='手机'] select").input_value() == "mobile_no"
	page.locator("tr[data-column='称谓'] select").select_option("gender")
	page.locator("tr[data-column='称谓'] textarea").fill("先生 = Male\n女士 = Female")
	began = time.monotonic()
	page.click("[data-run='1']")
	finished(page)
	tried = time.monotonic() - began
	assert (figure(page, "rows_total"), figure(page, "rows_bad")) == (ROWS, wrong), desk.text()
	began = time.monotonic()
	page.click(".imp-buttons [data-run='0']")
	page.wait_for_selector("[data-act=undo]", timeout=1_200_000)
	imported, memory = time.monotonic() - began, peak_of_worker(sites)
	assert (figure(page, "records_created"), figure(page, "rows_bad")) == (ROWS - wrong, wrong)
	first = page.url

	with page.expect_download() as download:
		page.click("a[download]")
	rows = read_xlsx(download.value.path().rename(tmp_path / "failed.xlsx").as_posix())
	assert len(rows) == wrong + 1 and rows[0][-1] == "Import Problem" and all(row[-1] for row in rows[1:])
	right = [
		row[:2] + row[2:3] + ["1990-01-02", f"139{at:08d}", f"c{at}@example.com", *row[6:]]
		for at, row in enumerate(rows[1:])
	]
	corrected = write_xlsx(tmp_path / "corrected.xlsx", [rows[0], *right])
	page.click("[data-act=correct]")
	page.wait_for_selector("#imp-attach")
	page.set_input_files("#imp-attach [name=file]", corrected)
	page.click("#imp-attach .imp-main")
	page.wait_for_selector("#imp-map")
	page.click(".imp-buttons [data-run='0']")
	page.wait_for_selector("[data-act=undo]", timeout=300_000)
	assert (figure(page, "records_created"), figure(page, "rows_bad")) == (wrong, 0)

	page.goto(first)
	page.once("dialog", lambda dialog: dialog.accept())
	began = time.monotonic()
	page.click("[data-act=undo]")
	page.wait_for_selector(".imp-undone", timeout=2_400_000)
	undone = time.monotonic() - began
	assert (
		desk.context.request.get(
			f"{desk.base}/api/method/frappe.client.get_count?doctype=CRM Customer"
		).json()["message"]
		== wrong
	)
	assert desk.errors == []
	print(f"\n{ROWS} rows: dry run {tried:.0f} s, import {imported:.0f} s, undo {undone:.0f} s, {memory} MB")
