"""docs/admin.md as a newcomer follows it: a field, a rule, an approval step, an import, an upgrade.

CRM_E2E_WALK_ROWS sets the size of the import.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from crm_testing.browser import ROOT, Desk, chromium, host_command, served
from crm_testing.desk_pages import Pages
from crm_testing.e2e_people import PASSWORD
from crm_testing.sheets import read_xlsx, write_xlsx

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
ROWS = int(os.environ.get("CRM_E2E_WALK_ROWS", 200))
WORKFLOW, STEP = "Expense Request Approval", "Pending Second Signature"
FIELD = {"en": "Preferred table", "zh": "偏好桌位"}
WINDOW = {"en": "Window", "zh": "靠窗"}
NAME = {"en": "Customer Name", "zh": "客户名称"}
HEADER = {
	"en": ["Member No", "Customer Name", "Grade", "Birthday", "Mobile Number", "City", "Preferred table"],
	"zh": ["会员编号", "客户名称", "客户等级", "生日", "手机号码", "城市", "偏好桌位"],
}
WRONG = {2: "Platinum", 3: "soon", 4: "12345"}  # column → what no rule lets through
HUNDRED_WRONG = 4  # of a hundred rows: one each of the above, and one number that was there before


def member(number: int, language: str) -> list:
	row = [f"M{number:06d}", f"Guest {number}", "VIP" if number % 7 == 0 else "Ordinary", "1990-01-02"]
	row += [f"138{number:08d}", "深圳市", WINDOW[language] if number % 10 == 0 else ""]
	kind = number % 100
	if kind in WRONG:
		row[kind] = WRONG[kind]
	if kind == 5:
		row[0] = f"M{number - 5:06d}"
	if kind == 6:
		row[4] = f"138{number - 6:08d}"  # somebody else's telephone: a warning
	return row


def corrected(row: list, at: int) -> list:
	return [f"C{at:06d}", row[1], "VIP", "1991-02-03", f"139{at:08d}", *row[5:]]


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
	"""The source tree of a later version: three shipped records are different."""
	root = tmp_path_factory.mktemp("newer")
	for package in ("crm_app", "embedded"):
		shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
	change(root / "crm_app/workflows/expense_request.json", override_status=1)
	change(root / "crm_app/workflows/crm_budget.json", override_status=1)
	change(root / "crm_app/crm_finance/shipped/number_card/amount_to_reimburse.json", color="#123456")
	return root


def change(path, **values):
	path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values, ensure_ascii=False), "utf-8")


@contextmanager
def working(sites, language, **options):
	"""The administrator's pages and the browser they are in."""
	with served(sites, "walk.local", **options) as base, chromium() as browser:
		desk = Desk(browser, base, "admin@shop.test", PASSWORD)
		desk.set_language(language)
		yield Pages(desk, language), browser
		assert desk.errors == []


@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_a_newcomer_shapes_the_crm_and_finds_it_so_after_an_upgrade(language, tmp_path, newer):
	sites = tmp_path / "sites"
	site = ("--sites", str(sites), "--site", "walk.local")
	host_command("new-site", *site, "--admin-password", PASSWORD)
	script = str(ROOT / "tests/crm_testing/e2e_people.py")
	subprocess.run([sys.executable, script, str(sites), "walk.local", "500000"], check=True)
	with working(sites, language) as (admin, browser):
		add_preferred_table(admin)
		use_it_in_a_segment(admin)
		add_approval_step(admin)
		money_goes_through_the_step(browser, admin.desk.base, "25000", "5000")
		import_members(admin, tmp_path)
		count_the_segment(admin)
	host_command("migrate", *site, root=newer)
	with working(sites, language, root=newer) as (admin, browser):
		see_it_all(admin)
		take_or_leave(admin)
		see_it_all(admin)
		money_goes_through_the_step(browser, admin.desk.base, "26000", "6000")


def add_preferred_table(admin):
	page = admin.desk.open("/app/crm-customer").page
	page.click(".d-actions summary")
	page.click(f".d-menu[open] a:has-text('{admin.word('Customize')}')")
	page.wait_for_selector("[data-field='fields'] table")
	row = admin.add_row("fields", label=FIELD[admin.language], in_list_view="yes")
	admin.in_row("fields", row, "Below Field", NAME[admin.language])
	admin.save()


def use_it_in_a_segment(admin):
	admin.desk.open("/app/customer-segment/new").fill("segment_name", "Window seats")
	rule = {"fieldname": FIELD[admin.language], "operator": "equals", "value": WINDOW[admin.language]}
	admin.add_row("rules", **rule)
	admin.save()


def add_approval_step(admin):
	"""Above 20,000 the general manager signs once more: a state, its way in and its ways out."""
	admin.desk.open("/app/workflow-state/new").fill("workflow_state_name", STEP)
	admin.save()
	admin.desk.open(f"/app/workflow/{WORKFLOW}")
	state = {"update_field": "status_category", "update_value": "Pending", "allow_edit": "System Manager"}
	admin.add_row("states", state=STEP, **state)
	boss = {"allowed": "CRM General Manager"}
	into = {"state": "Pending General Manager", "next_state": STEP, "condition": "doc.total_amount > 20000"}
	admin.add_row("transitions", action="Approve", **into, **boss)
	admin.add_row("transitions", state=STEP, action="Approve", next_state="Approved", **boss)
	admin.add_row("transitions", state=STEP, action="Reject", next_state="Rejected", **boss)
	admin.page.click("#f-save")
	unreachable = {"en": "never taken", "zh": "永远不会被采用"}[admin.language]
	admin.page.wait_for_selector(f"#f-banner:has-text('{unreachable}')")
	states, actions = (admin.column("transitions", name) for name in ("state", "action"))
	general = list(zip(states, actions, strict=True)).index(("Pending General Manager", "Approve")) + 1
	admin.fill_cell(f"transitions.{general}.condition", "doc.total_amount <= 20000")
	admin.save()


def money_goes_through_the_step(browser, base, much, little):
	"""More than 20,000 needs the second signature; less does not."""

	def pages(user):
		return Pages(Desk(browser, base, f"{user}@shop.test", PASSWORD))

	sales = pages("sales")
	large, small = sales.ask_for_money("Shelves", much), sales.ask_for_money("Flowers", little)
	head, finance, general = pages("head"), pages("finance"), pages("general")
	for request in (large, small):
		head.approve(request, then="Pending Finance")
	finance.approve(small, then="Approved")
	finance.approve(large, then="Pending General Manager")
	general.approve(large, then=STEP)
	general.approve(large, then="Approved")
	assert [each.desk.errors for each in (sales, head, finance, general)] == [[]] * 4


def import_members(admin, tmp_path):
	"""The file with mistakes, then the rows that stayed out, corrected."""
	header, language = HEADER[admin.language], admin.language
	page = admin.desk.open("/import_data").page
	page.select_option("[name=document_type]", "CRM Customer")
	rows = (member(number, language) for number in range(ROWS))
	page.set_input_files("[name=file]", write_xlsx(tmp_path / "members.xlsx", [header, *rows]))
	page.click("#imp-new .imp-main")
	page.wait_for_selector("#imp-map")
	found = {title: page.input_value(f"tr[data-column='{title}'] select") for title in header}
	wanted = ["external_id", "customer_name", "grade", "birthday", "mobile_no", "city"]
	assert list(found.values())[:6] == wanted and found[header[6]].startswith("custom_"), found
	wrong = ROWS // 100 * HUNDRED_WRONG
	for dry in (1, 0):
		page.click(f"[data-run='{dry}'].imp-main")
		page.wait_for_selector(".imp-figures" if dry else "[data-act=undo]", timeout=1_200_000)
		assert figures(page) == {
			"rows_total": ROWS,
			"records_created": ROWS - wrong,
			"rows_bad": wrong,
			"rows_warned": ROWS // 100,
		}
	with page.expect_download() as download:
		page.click("a[download]")
	failed = read_xlsx(download.value.path().rename(tmp_path / "failed.xlsx").as_posix())
	assert len(failed) == wrong + 1 and all(row[-1] for row in failed)
	page.click("[data-act=correct]")
	page.wait_for_selector("#imp-attach")
	right = [corrected(row, at) for at, row in enumerate(failed[1:])]
	page.set_input_files(
		"#imp-attach [name=file]", write_xlsx(tmp_path / "corrected.xlsx", [failed[0], *right])
	)
	page.click("#imp-attach .imp-main")
	page.wait_for_selector("#imp-map")
	page.click("#imp-map [data-run='0']")
	page.wait_for_selector("[data-act=undo]", timeout=300_000)
	assert figures(page) == {"rows_total": wrong, "records_created": wrong, "rows_bad": 0}


def figures(page) -> dict[str, int]:
	boxes = page.locator(".imp-figure").all()
	names = [box.get_attribute("class").split()[-1].removeprefix("imp-") for box in boxes]
	return {name: int(box.locator("b").inner_text()) for name, box in zip(names, boxes, strict=True)}


def count_the_segment(admin):
	"""The rows of the file said who sits at the window."""
	admin.desk.open("/app/customer-segment/Window seats")
	admin.menu({"en": "Count Now", "zh": "立即统计"}[admin.language])
	assert admin.page.locator("[data-field='member_count']").inner_text().split()[-1] == str(ROWS // 10)


def see_it_all(admin):
	"""The field in the list, the rule, the step and the members."""
	admin.desk.open("/app/crm-customer?q=Guest 110")
	assert FIELD[admin.language] in admin.page.inner_text("thead")
	assert WINDOW[admin.language] in admin.page.inner_text("tbody")
	admin.desk.open("/app/crm-customer")
	assert str(ROWS) in admin.page.inner_text(".d-foot").replace(",", "")
	count_the_segment(admin)
	assert admin.column("rules", "value") == [WINDOW[admin.language]]
	admin.desk.open(f"/app/workflow/{WORKFLOW}")
	assert STEP in admin.column("states", "state")
	conditions = admin.column("transitions", "condition")
	assert {"doc.total_amount > 20000", "doc.total_amount <= 20000"} <= set(conditions)


def take_or_leave(admin):
	"""What nobody touched is new; what both changed waits, side by side."""
	page = admin.page
	stored = admin.desk.context.request.get(
		f'{admin.desk.base}/api/resource/Workflow?fields=["name","override_status"]'
	).json()["data"]
	status = {row["name"]: row["override_status"] for row in stored}
	assert (status["CRM Budget Approval"], status[WORKFLOW]) == (1, 0)
	card = admin.desk.context.request.get(f"{admin.desk.base}/api/resource/Number Card/Amount to Reimburse")
	assert card.json()["data"]["color"] == "#123456"
	admin.desk.open("/app/crm-shipped-default?update_waiting=1")
	assert page.locator(".d-list tbody tr").count() == 1
	page.click(".d-list td.title a")
	page.wait_for_selector("[data-field='differences'] tbody tr")
	table = page.locator("[data-field='differences'] tbody")
	assert STEP in table.inner_text()
	status = {"en": "Override Status", "zh": "不覆盖状态"}[admin.language]
	table.locator(f"tr:has-text('{status}') input[type=checkbox]").check()
	admin.menu({"en": "Take Ticked Properties", "zh": "采用勾选的属性"}[admin.language])
	admin.menu({"en": "Keep Mine", "zh": "保留我的"}[admin.language])
	assert page.locator("[data-field='update_waiting'] input").is_checked() is False
	admin.desk.open(f"/app/workflow/{WORKFLOW}")
	assert page.locator("[data-field='override_status'] input").is_checked()
