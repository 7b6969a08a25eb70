"""Several processes, each with its own connection to the site, do something at the same moment."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
START_LIMIT = 240  # seconds; a busy machine starts eight interpreters slowly


def race(site: tuple[str, str], jobs: list[dict], folder: Path) -> list[dict]:
	"""Runs each job {user, doctype, name, action or method} in its own process; returns {ok, error} of each.

	`action` is a workflow's, `method` the document's.

	All wait at the line until the last one is connected.
	"""
	runners = [_start(site, job, folder, number) for number, job in enumerate(jobs)]
	try:
		_wait_for(folder, len(jobs), runners)
		(folder / "go").touch()
		return [_result(runner) for runner in runners]
	finally:
		for runner in runners:
			runner.kill()
			runner.wait()


def _start(site, job: dict, folder: Path, number: int):
	job = json.dumps({"site": site, "line": str(folder), "n": number, **job})
	# The bench's own frappe is installed there; the embedded one is found by path.
	embedded = [] if os.environ["CRM_TEST_HOST"] == "bench" else [str(TESTS.parent / "embedded")]
	path = os.pathsep.join([*embedded, str(TESTS.parent), str(TESTS)])
	return subprocess.Popen(
		[sys.executable, "-m", "crm_testing.race", job],
		stdout=subprocess.PIPE,
		stderr=subprocess.PIPE,
		text=True,
		env={**os.environ, "PYTHONPATH": path},
	)


def _wait_for(folder: Path, count: int, runners: list) -> None:
	deadline = time.monotonic() + START_LIMIT
	while len(list(folder.glob("ready-*"))) < count:
		dead = [runner for runner in runners if runner.poll() is not None]
		if dead or time.monotonic() > deadline:
			raise RuntimeError(f"did not start: {dead[0].communicate() if dead else 'too slow'}")
		time.sleep(0.05)


def _result(runner) -> dict:
	out, error = runner.communicate(timeout=START_LIMIT)
	if runner.returncode:
		raise RuntimeError(error)
	return json.loads(out.splitlines()[-1])


def run(job: dict) -> dict:
	import frappe
	from frappe.model.workflow import apply_workflow

	site, sites = job["site"]
	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	frappe.set_user(job["user"])
	doc = frappe.get_doc(job["doctype"], job["name"])
	frappe.db.rollback()
	line = Path(job["line"])
	(line / f"ready-{job['n']}").touch()
	while not (line / "go").exists():
		time.sleep(0.002)
	try:
		if "method" in job:
			getattr(doc, job["method"])()
		else:
			apply_workflow(doc, job["action"])
		frappe.db.commit()
		return {"ok": True, "error": ""}
	except Exception as error:
		frappe.db.rollback()
		return {"ok": False, "error": type(error).__name__, "text": str(error)}
	finally:
		frappe.destroy()


if __name__ == "__main__":
	print(json.dumps(run(json.loads(sys.argv[1]))))
