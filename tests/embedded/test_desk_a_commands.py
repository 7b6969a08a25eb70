"""The command line as somebody types it: help, refusals, exit codes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.once]

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("new-site", "migrate", "serve", "demo", "import", "add-user", "console", "worker")


def crm(*arguments: str, cwd=ROOT):
	"""Run `python -m embedded …` in a process of its own."""
	environment = {
		key: value for key, value in os.environ.items() if key not in ("CRM_SITE_PATH", "PYTHONPATH")
	}
	command = [sys.executable, str(ROOT / "embedded"), *arguments]
	return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


def test_every_command_has_help():
	listing = crm("--help")
	assert listing.returncode == 0
	for command in COMMANDS:
		assert command in listing.stdout
	assert "--port" in crm("serve", "--help").stdout


def test_wrong_usage_is_exit_code_2():
	assert crm("no-such-command").returncode == 2


def test_a_missing_site_is_said_in_one_line(tmp_path):
	answer = crm("migrate", "--sites", str(tmp_path))
	assert answer.returncode == 1
	assert answer.stderr == f"crm: there is no site crm.local in {tmp_path}/; create it with new-site\n"


def test_a_port_in_use_is_said_before_any_work(tmp_path):
	with socket.socket() as taken:
		taken.bind(("127.0.0.1", 0))
		taken.listen()
		port = str(taken.getsockname()[1])
		answer = crm("serve", "--create-demo", "--sites", str(tmp_path), "--port", port)
	assert answer.returncode == 1
	assert f"port {port} is in use" in answer.stderr
	assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
	(tmp_path / "taken").write_text("a file, not a folder")
	answer = crm("new-site", "--sites", str(tmp_path / "taken"))
	assert answer.returncode == 1
	assert "cannot write to" in answer.stderr


def test_a_site_is_made_gets_a_user_and_runs_its_worker(tmp_path):
	made = crm("new-site", "--site", "shop.local", "--sites", str(tmp_path), "--admin-password", "secret")
	assert made.returncode == 0, made.stderr
	again = crm("new-site", "--site", "shop.local", "--sites", str(tmp_path))
	assert again.returncode == 1
	where = ("--site", "shop.local", "--sites", str(tmp_path))
	user = crm("add-user", "li@shop.test", "--role", "CRM Sales User", "--password", "long enough", *where)
	assert user.returncode == 0, user.stderr
	assert "CRM Sales User" in user.stdout
	wrong = crm("add-user", "li@shop.test", "--role", "No Such Role", *where)
	assert wrong.returncode == 1
	assert "no such role" in wrong.stderr
	asked = crm("console", "-c", "print(frappe.db.exists('User', 'li@shop.test'))", *where)
	assert asked.stdout.strip() == "li@shop.test"
	assert crm("worker", "--once", *where).returncode == 0
	assert crm("migrate", *where).returncode == 0
