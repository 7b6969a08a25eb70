"""The till page in Chromium at a telephone's width: members, payment, a new member, no connection."""

import subprocess
import sys
from pathlib import Path

import pytest
from crm_testing.browser import chromium, host_command, served

pytestmark = [pytest.mark.embedded, pytest.mark.browser]
SITE = "till.local"
PEOPLE = Path(__file__).resolve().parents[1] / "crm_testing" / "e2e_till.py"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
	"""(address, till token, card number) of a running site."""
	sites = tmp_path_factory.mktemp("till_sites")
	host_command("new-site", "--site", SITE, "--sites", str(sites), "--admin-password", "admin")
	command = [sys.executable, str(PEOPLE), str(sites), SITE]
	made = subprocess.run(command, capture_output=True, text=True, timeout=300)
	assert made.returncode == 0, made.stderr[-3000:]
	token, card = made.stdout.split()[-2:]
	with served(sites, SITE) as base, chromium() as browser:
		yield base, token, card, browser


class Till:
	def __init__(self, shop):
		self.base, self.token, self.card, browser = shop
		self.context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
		self.context.set_default_timeout(60_000)
		self.page, self.errors = self.context.new_page(), []
		self.page.on("pageerror", lambda error: self.errors.append(str(error)))
		self.page.on("dialog", lambda dialog: dialog.accept())
		self.page.goto(self.base + "/till?lang=en")
		self.page.fill("#enter-token input", self.token)
		self.page.press("#enter-token input", "Enter")
		self.page.wait_for_selector("#till:not([hidden])")

	def scan(self, text: str):
		"""As a scanner does: keys and Enter, wherever the focus is."""
		self.page.evaluate("document.activeElement.blur()")
		self.page.keyboard.type(text + "\n")
		self.page.wait_for_selector("#member:not([hidden])")

	def add(self, article: str, rate: str, qty: str = "1"):
		for name, value in (("article", article), ("rate", rate), ("qty", qty)):
			self.page.fill(f"#add [name={name}]", value)
		self.page.press("#add [name=qty]", "Enter")

	def quoted(self, pay: str):
		self.page.wait_for_function(
			"""(pay) => document.querySelector("dd.last").textContent === pay
				&& !document.getElementById("commit").disabled""",
			arg=pay,
		)

	def commit(self):
		self.page.keyboard.press("F9")
		self.page.wait_for_selector("#receipt[open]")
		return self.page.inner_text("#receipt-body")

	def text(self, selector: str) -> str:
		return self.page.inner_text(selector)

	def close(self):
		self.context.close()
		assert self.errors == []


@pytest.fixture
def till(shop):
	opened = Till(shop)
	yield opened
	opened.close()


def test_a_sale_with_points_and_stored_value_and_its_cancellation(till):
	till.scan(f"MC:{till.card}")
	assert (till.text("#member-points"), till.text("#member-value")) == ("3600", "200.00")
	till.add("Tea", "32.50", "2")
	till.add("Cup", "35")
	till.quoted("100.00")
	till.page.fill("#points", "1000")
	till.page.dispatch_event("#points", "change")
	till.quoted("90.00")
	till.page.fill("#value", "30")
	till.page.press("#value", "Tab")
	till.quoted("60.00")
	assert "60.00" in till.commit()
	till.page.click("#receipt-cancel")
	till.page.wait_for_function("document.querySelector('#receipt .say').textContent === 'Cancelled'")
	till.page.click("#receipt .close-main")
	till.scan(till.card)
	assert (till.text("#member-points"), till.text("#member-value")) == ("3600", "200.00")


def test_some_of_the_goods_come_back(till):
	till.scan(till.card)
	before = float(till.text("#member-points"))
	till.add("Tea", "20", "3")
	till.add("Cup", "40")
	till.quoted("100.00")
	till.commit()
	till.page.click("#receipt-return")
	till.page.click("#back button.main")
	assert "how many" in till.text("#back .say")
	till.page.fill("#back [name=Tea]", "2")
	till.page.click("#back button.main")
	till.page.wait_for_function("document.querySelector('#receipt .say').textContent.includes('out 40.00')")
	assert till.page.is_hidden("#receipt-cancel")
	till.page.click("#receipt-return")
	assert till.page.locator("#back-lines label").all_inner_texts() == ["Tea (1)", "Cup (1)"]
	till.page.fill("#back [name=Tea]", "1")
	till.page.fill("#back [name=Cup]", "1")
	till.page.click("#back button.main")
	till.page.wait_for_function("document.querySelector('#receipt .say').textContent.includes('out 60.00')")
	assert till.page.is_hidden("#receipt-return")
	till.page.click("#receipt .close-main")
	till.scan(till.card)
	assert float(till.text("#member-points")) == before
	assert "Goods Returned" in till.text("#today")


def test_a_walk_in_becomes_a_member_and_tops_up(till):
	page = till.page
	page.click("#open-register")
	page.fill("#register [name=customer_name]", "Chen Chen")
	page.fill("#register [name=phone]", "13700137000")
	page.check("#register [name=consent_SMS]")
	page.click("#register button.main")
	page.wait_for_selector("#member:not([hidden])")
	page.click("#open-top-up")
	page.fill("#top-up [name=amount]", "500")
	page.click("#top-up button.main")
	page.wait_for_function("document.getElementById('member-value').textContent === '550.00'")
	page.click("#clear")
	till.scan("13700137000")
	assert (till.text("#member-name"), till.text("#member-value")) == ("Chen Chen", "550.00")


def test_what_is_sold_without_a_connection_is_sent_when_it_is_back(till):
	till.context.set_offline(True)
	till.scan(till.card)
	assert "no connection" in till.text("#member-card")
	till.add("Coffee", "20")
	till.quoted("20.00")
	till.commit()
	assert "kept here" in till.text("#receipt .say")
	till.page.click("#receipt .close-main")
	assert till.text("#queue-count") == "1"
	till.context.set_offline(False)
	till.page.click("#line")
	till.page.wait_for_selector("#queue-list .sent")
	till.page.click("#queue .close-main")
	till.scan(till.card)
	assert till.text("#member-points") == "3620"


def test_what_the_server_refuses_afterwards_is_shown(till):
	till.context.set_offline(True)
	till.scan("7100100000000002")
	till.add("Coffee", "20")
	till.quoted("20.00")
	till.commit()
	till.page.click("#receipt .close-main")
	till.context.set_offline(False)
	till.page.click("#line")
	till.page.wait_for_selector("#queue-list .refused")
	assert "not known" in till.text("#queue-list")


def test_the_page_speaks_chinese_and_a_wrong_token_opens_nothing(till):
	till.page.goto(till.base + "/till?lang=zh")
	assert "更换收银台" in till.text("#leave")
	till.page.click("#leave")
	till.page.fill("#enter-token input", "wrong:token")
	till.page.press("#enter-token input", "Enter")
	till.page.wait_for_function("document.getElementById('enter-say').textContent.includes('令牌')")
	assert till.page.is_hidden("#till")
