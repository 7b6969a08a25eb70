"""Back-up while people work, restore, verify; what a kill, damage or a running server does to them."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.commits]

ROOT = Path(__file__).resolve().parents[2]
SITE = "backup.test"
WRITE = """
import frappe
for number in range({count}):
	frappe.get_doc({{"doctype": "CRM Store", "store_name": f"{prefix} {{number}}"}}).insert()
	frappe.db.commit()
"""


def process(sites: Path, *arguments: str) -> subprocess.Popen:
	environment = {k: v for k, v in os.environ.items() if k not in ("CRM_SITE_PATH", "PYTHONPATH")}
	command = [sys.executable, str(ROOT / "embedded"), *arguments, "--site", SITE, "--sites", str(sites)]
	pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
	return subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)


def crm(sites: Path, *arguments: str) -> tuple[int, str]:
	running = process(sites, *arguments)
	out, error = running.communicate(timeout=240)
	return running.returncode, out + error


@pytest.fixture(scope="module")
def made(tmp_path_factory):
	"""A site of its own, copied for each test: to make one takes seconds."""
	sites = tmp_path_factory.mktemp("backup")
	url = os.environ.get("CRM_TEST_MARIADB")
	more = ["--db-url", f"{url}/crm_backup_{os.getpid()}"] if url else []
	code, said = crm(sites, "new-site", "--admin-password", "admin", *more)
	assert code == 0, said
	(sites / SITE / "private" / "files" / "合同.txt").write_text("hold")
	return sites


@pytest.fixture
def sites(made, tmp_path):
	shutil.copytree(made / SITE, tmp_path / SITE)
	return tmp_path


def only_sqlite():
	if os.environ.get("CRM_TEST_MARIADB"):
		pytest.skip("a file that is copied is SQLite's")


def add_stores(sites: Path, prefix: str, count: int = 1) -> None:
	code, said = crm(sites, "console", "-c", WRITE.format(prefix=prefix, count=count))
	assert code == 0, said


def stores(sites: Path, prefix: str) -> int:
	code = f"import frappe; print(frappe.db.count('CRM Store', {{'store_name': ['like', '{prefix}%']}}))"
	return int(next(word for word in crm(sites, "console", "-c", code)[1].split() if word.isdigit()))


def test_a_site_comes_back_as_it_was_and_the_present_one_is_kept(sites):
	archive, prefix = sites / "copy.zip", f"Kept {os.getpid()}"
	add_stores(sites, prefix)
	assert crm(sites, "backup", str(archive))[0] == 0
	assert crm(sites, "verify-backup", str(archive))[0] == 0
	add_stores(sites, f"{prefix} later")
	code, said = crm(sites, "restore", str(archive))
	assert code == 0, said
	assert (stores(sites, prefix), stores(sites, f"{prefix} later")) == (1, 0)
	assert (sites / SITE / "private" / "files" / "合同.txt").read_text() == "hold"
	assert len(list(sites.glob(f"{SITE}-before-*"))) == 1
	assert crm(sites, "migrate")[0] == 0


def test_nobody_else_on_the_machine_reads_a_site_or_its_copy(sites):
	archive = sites / "copy.zip"
	assert crm(sites, "backup", str(archive))[0] == 0
	assert crm(sites, "restore", str(archive))[0] == 0
	kept = [archive, sites / SITE / "site_config.json", *(sites / SITE).glob("site.db")]
	assert {oct(path.stat().st_mode & 0o777) for path in kept} == {"0o600"}


def test_a_copy_made_while_somebody_writes_is_whole(sites):
	archive, prefix = sites / "busy.zip", f"Busy {os.getpid()}"
	writer = process(sites, "console", "-c", WRITE.format(prefix=prefix, count=400))
	deadline = time.monotonic() + 120
	while not stores(sites, prefix) and time.monotonic() < deadline:
		assert writer.poll() is None, writer.communicate()
	code, said = crm(sites, "backup", str(archive))
	assert code == 0, said
	writer.kill()
	writer.communicate()
	written = stores(sites, prefix)
	assert crm(sites, "restore", str(archive))[0] == 0
	assert 0 < stores(sites, prefix) <= written


def test_a_damaged_or_foreign_archive_is_refused_and_nothing_changes(sites):
	archive = sites / "good.zip"
	assert crm(sites, "backup", str(archive))[0] == 0
	before = (sites / SITE / "site_config.json").read_bytes()
	broken = bytearray(archive.read_bytes())
	broken[len(broken) // 2] ^= 0xFF
	(sites / "bad.zip").write_bytes(broken)
	(sites / "short.zip").write_bytes(archive.read_bytes()[:-1000])
	with zipfile.ZipFile(sites / "foreign.zip", "w") as foreign:
		foreign.writestr("readme.txt", "hello")
	for name in ("bad.zip", "short.zip", "foreign.zip", "missing.zip"):
		for command in ("verify-backup", "restore"):
			code, said = crm(sites, command, str(sites / name))
			assert code == 1 and said.count("\n") == 1, (name, said)
	assert (sites / SITE / "site_config.json").read_bytes() == before
	assert not list(sites.glob(f"{SITE}-before-*"))


def test_a_site_in_use_is_not_taken_away(sites):
	only_sqlite()
	archive = sites / "used.zip"
	assert crm(sites, "backup", str(archive))[0] == 0
	with sqlite3.connect(sites / SITE / "site.db") as open_elsewhere:
		open_elsewhere.execute("SELECT count(*) FROM tabUser").fetchall()
		code, said = crm(sites, "restore", str(archive))
	open_elsewhere.close()
	assert code == 1 and "in use" in said


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_kill_at_any_moment_loses_nothing(sites, command):
	archive, prefix = sites / "before.zip", f"Safe {os.getpid()} {command}"
	add_stores(sites, prefix)
	assert crm(sites, "backup", str(archive))[0] == 0
	for wait in (0.2, 0.6, 1.0, 1.4):
		target = sites / f"killed-{wait}.zip"
		running = process(sites, command, str(target if command == "backup" else archive))
		try:
			running.communicate(timeout=wait)
		except subprocess.TimeoutExpired:
			running.send_signal(signal.SIGKILL)
			running.communicate()
		if target.exists():
			assert crm(sites, "verify-backup", str(target))[0] == 0
		assert stores(sites, prefix) == 1


def test_a_restore_killed_between_its_renames_ends_at_the_next_command(sites):
	kept = sites / f"{SITE}-before-20200101_000000_000000"
	os.rename(sites / SITE, kept)
	(sites / f".{SITE}-restoring-x").mkdir()
	code, said = crm(sites, "backup", str(sites / "again.zip"))
	assert code == 0 and f"{SITE} is as it was before it" in said
	assert (sites / SITE).exists() and not kept.exists()
