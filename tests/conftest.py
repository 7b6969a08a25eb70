"""One suite, two hosts.

Embedded host (default): each worker builds a site of its own in a temporary folder, on SQLite or, with
`--db mariadb`, on a private MariaDB server. A real site: the bench's python, cwd `sites/`, `--site NAME`.
Each test runs in a transaction that is taken back; a commit inside it only moves a savepoint. Tests marked
`commits` really commit, on a site of their own (embedded) or with their own clean-up (bench).
"""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
sys.path.insert(0, str(TESTS))


def pytest_addoption(parser):
	parser.addoption("--site", help="name of a real Frappe site; run from the bench's sites folder")
	parser.addoption(
		"--db", choices=["sqlite", "mariadb"], default="sqlite", help="database of the embedded host"
	)


def pytest_configure(config):
	if config.getoption("--site"):
		os.environ["CRM_TEST_HOST"] = "bench"
		return
	os.environ["CRM_TEST_HOST"] = "embedded"
	if importlib.util.find_spec("frappe") and not os.environ.get("PYTEST_XDIST_WORKER"):
		raise pytest.UsageError("a real frappe is installed here: pass --site NAME")
	sys.path[:0] = [str(ROOT / "embedded"), str(ROOT)]
	if config.getoption("--db") == "mariadb" and not os.environ.get("CRM_TEST_MARIADB"):
		from crm_testing.mariadb import PrivateServer

		config.crm_server = PrivateServer().start()
		os.environ["CRM_TEST_MARIADB"] = config.crm_server.url


def pytest_unconfigure(config):
	if server := getattr(config, "crm_server", None):
		server.stop()


def pytest_collection_modifyitems(config, items):
	on_bench = bool(config.getoption("--site"))
	if config.getoption("--db") == "mariadb":
		again = [item for item in items if _needs_site(item) and not item.get_closest_marker("once")]
		config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
		items[:] = again
	for item in items:
		if on_bench and item.get_closest_marker("embedded"):
			item.add_marker(pytest.mark.skip(reason="only the embedded host"))
		if not on_bench and item.get_closest_marker("bench"):
			item.add_marker(pytest.mark.skip(reason="only a real Frappe site"))


@pytest.fixture(scope="session")
def on_bench(request) -> bool:
	return bool(request.config.getoption("--site"))


@pytest.fixture(scope="session")
def site(request, tmp_path_factory):
	"""(site name, sites folder) of a connected site with the app installed."""
	from crm_testing import hosts

	if name := request.config.getoption("--site"):
		opened = hosts.open_bench_site(name)
	else:
		opened = hosts.build_embedded_site(tmp_path_factory.mktemp("sites"), request.config.getoption("--db"))
	yield opened
	hosts.close()


@pytest.fixture(autouse=True)
def clean_slate(request):
	"""Administrator, empty message log, and a transaction that is taken back."""
	if not _needs_site(request.node):
		yield
		return
	request.getfixturevalue("site")
	from crm_testing import hosts

	really = request.node.get_closest_marker("commits") is not None
	with hosts.isolated(really_commits=really):
		yield


def _needs_site(node) -> bool:
	"""Tests of the pure domain layers never open a site; the browser's site runs in a process of its own."""
	if node.get_closest_marker("browser"):
		return False
	return (
		"domain" not in node.path.parts
		and "domain" not in node.path.name
		and "architecture" not in str(node.path)
	)


@pytest.fixture
def as_user():
	"""`with as_user("a@b.c"):` acts as that user, then returns to who it was before."""
	from crm_testing.hosts import acting_as

	return acting_as


@pytest.fixture(scope="session")
def people(site):
	"""Users with roles, made once for the whole run: saving a User is slow on a real site."""
	from crm_testing.workforce import settled_people

	with settled_people() as users:
		yield users
