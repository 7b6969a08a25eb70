"""An embedded site served by a process of its own, and Debian's Chromium on it."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote_plus

from crm_testing.mariadb import free_port

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
]


def host_command(*arguments: str, timeout: float = 600, root: Path = ROOT) -> str:
	"""Runs `python -m embedded ...` of the source tree `root`; its output, or AssertionError with it."""
	done = subprocess.run(
		[sys.executable, "-m", "embedded", *arguments],
		cwd=root,
		text=True,
		capture_output=True,
		timeout=timeout,
	)
	assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
	return done.stdout


@contextmanager
def served(sites: Path, site: str, *options: str, root: Path = ROOT):
	"""The base address of the running site."""
	port = free_port()
	arguments = ["serve", "--sites", str(sites), "--site", site, "--port", str(port), *options]
	log = (sites / f"serve-{port}.log").open("wb")
	process = subprocess.Popen(
		[sys.executable, "-m", "embedded", *arguments],
		cwd=root,
		stdout=log,
		stderr=log,
		start_new_session=True,
	)
	base = f"http://127.0.0.1:{port}"
	try:
		_wait_for(base, process)
		yield base
	finally:
		os.killpg(process.pid, signal.SIGTERM)
		process.wait(20)
		log.close()


def _wait_for(base: str, process, seconds: float = 60):
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline and process.poll() is None:
		try:
			return urllib.request.urlopen(base + "/login", timeout=2).status
		except OSError:
			time.sleep(0.2)
	raise RuntimeError("the site does not answer")


@contextmanager
def chromium():
	from playwright.sync_api import sync_playwright

	with sync_playwright() as playwright:
		path = shutil.which("chromium") or "/usr/bin/chromium"
		browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
		try:
			yield browser
		finally:
			browser.close()


class Desk:
	"""One user at the desk; page errors and failed requests are kept in `errors`."""

	def __init__(self, browser, base: str, user: str, password: str, width: int = 1400):
		self.base = base
		self.context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
		self.context.set_default_timeout(60_000)  # a busy machine draws charts late
		self.page = self.context.new_page()
		self.errors = []
		self.page.on("pageerror", lambda error: self.errors.append(str(error)))
		self.page.on("response", self._note)
		self.login(user, password)

	def _note(self, response):
		if response.status >= 500:
			self.errors.append(f"{response.status} {response.url}")

	def login(self, user: str, password: str):
		self.page.goto(self.base + "/login")
		self.page.fill("input[name=usr], input[name=username]", user)
		self.page.fill("input[type=password]", password)
		self.page.press("input[type=password]", "Enter")
		self.page.wait_for_url("**/app**")

	def set_language(self, language: str):
		self.open("/app")
		token = next(c["value"] for c in self.context.cookies() if "csrf" in c["name"])
		form = {"lang": language, "next": "/app", "csrfmiddlewaretoken": token}
		answer = self.context.request.post(
			self.base + "/set-language", form=form, headers={"Referer": self.base + "/app"}
		)
		assert answer.ok, answer.text()[:500]

	def open(self, path: str):
		self.page.goto(self.base + path)
		return self

	def fill(self, field: str, value: str):
		self.page.locator(f"[data-field='{field}']").locator(
			"input:visible, textarea, trix-editor"
		).first.fill(value)

	def choose(self, field: str, value: str):
		self.page.locator(f"[data-field='{field}'] select").select_option(value)

	def pick(self, selector: str, text: str):
		"""Types into a link control and takes the first suggestion that has the text."""
		box = self.page.locator(selector).locator("input").first
		box.click()
		asked = quote_plus(text)
		with self.page.expect_response(lambda answer: "search_link" in answer.url and asked in answer.url):
			box.fill(text)
		self.page.locator(".f-suggest [role=option]", has_text=text).first.click()

	def act(self, label: str):
		"""Presses a button of the header, also one inside a menu, and waits for the answer to be drawn."""
		self.page.get_by_role("button", name=label, exact=True).first.click()
		self.page.wait_for_load_state("networkidle")
		banner = self.page.locator("#f-banner")
		assert not (banner.count() and banner.is_visible()), banner.inner_text()

	def text(self) -> str:
		return self.page.inner_text("body")
