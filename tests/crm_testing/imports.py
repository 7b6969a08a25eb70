"""Running imports in tests: here, or in a process of its own that can be killed."""

import json
import os
import subprocess
import sys

import frappe

CHILD = """
import json, os, signal, sys
import frappe
site, sites_path, job, kill_at, when = sys.argv[1:6]
frappe.init(site=site, sites_path=sites_path)
frappe.connect()
frappe.set_user("Administrator")
from crm_app.crm_platform.importer import records, runs, transactions, undo
transactions.CUSTOMERS_A_STEP, transactions.INVOICES_A_STEP = 4, 7
records.RECORDS_A_STEP, undo.STEP, undo.LOOKED_UP, undo.AT_ONCE = 4, 4, 9, 4
job = json.loads(job)
commits, commit = [], frappe.db.commit
def killing(*args, **kwargs):
	commits.append(1)
	if len(commits) == int(kill_at) and when == "before":
		os.kill(os.getpid(), signal.SIGKILL)
	commit(*args, **kwargs)
	if len(commits) == int(kill_at) and when == "after":
		os.kill(os.getpid(), signal.SIGKILL)
frappe.db.commit = killing
print(undo.undo(job["undo"]) if "undo" in job else runs.run_file(**job))
frappe.destroy()
"""

MEASURED = """
import resource, sys
import frappe
site, sites_path, path = sys.argv[1:4]
frappe.init(site=site, sites_path=sites_path)
frappe.connect()
frappe.set_user("Administrator")
from crm_app.crm_platform.importer import run_file
print(run_file(path, preset="Online Retail"), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
frappe.destroy()
"""

COUNTERS = ["rows_total", "rows_bad", "customers_created", "transactions_created", "lines_created"]


def in_child(code: str, *arguments) -> subprocess.CompletedProcess:
	"""Run `code` with this process's import path; the database must not be locked by us meanwhile."""
	frappe.db.commit()
	environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
	command = [sys.executable, "-c", code, *map(str, arguments)]
	return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def killed_at(site, job: dict, commit: int, when: str) -> subprocess.CompletedProcess:
	"""A child that imports ({path, ...}) or takes back ({undo: name}), killed at that commit."""
	return in_child(CHILD, *site, json.dumps(job), commit, when)


def result(name: str) -> dict:
	return frappe.db.get_value("CRM Import", name, ["status", *COUNTERS], as_dict=True)


def complaints(name: str) -> list[tuple]:
	found = frappe.get_all(
		"CRM Import Error",
		filters={"crm_import": name},
		fields=["row_no", "column_name", "message"],
		order_by="row_no asc, column_name asc",
		limit_page_length=0,
	)
	return [(row.row_no, row.column_name, row.message) for row in found]


def wipe(source_system: str) -> None:
	"""What really committing tests left behind, straight from the tables."""
	sales = frappe.get_all("CRM Transaction", filters={"source_system": source_system}, pluck="name")
	for start in range(0, len(sales), 1000):
		part = sales[start : start + 1000]
		frappe.db.delete("CRM Transaction Item", {"parent": ["in", part]})
	frappe.db.delete("CRM Transaction", {"source_system": source_system})
	frappe.db.delete("CRM Customer", {"source_system": source_system})
	imports = frappe.get_all("CRM Import", filters={"source_system": source_system}, pluck="name")
	for name in imports:
		frappe.db.delete("CRM Import Error", {"crm_import": name})
		frappe.db.delete("CRM Import", {"name": name})
	frappe.db.commit()
