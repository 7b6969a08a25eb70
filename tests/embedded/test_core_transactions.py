"""Several processes and one database: locks, stale writes, numbers that never repeat."""

import subprocess
import sys
from pathlib import Path

import frappe
import pytest
from crm_testing.sales import make_store

pytestmark = [pytest.mark.embedded, pytest.mark.commits]
EMBEDDED = Path(__file__).resolve().parents[2] / "embedded"
START = f"""
import sys
sys.path[:0] = [{str(EMBEDDED)!r}, {str(EMBEDDED.parent)!r}]
import frappe
frappe.init(sys.argv[1], sites_path=sys.argv[2])
frappe.connect()
"""


def in_processes(site, code: str, count: int) -> list[str]:
	command = [sys.executable, "-c", START + code, *site]
	running = [
		subprocess.Popen([*command, str(i)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
		for i in range(count)
	]
	return [process.communicate(timeout=120)[0].strip() for process in running]


def test_processes_that_draw_numbers_never_draw_the_same(site):
	frappe.db.commit()
	code = """
from frappe.model.naming import make_autoname
for _i in range(10):
	print(make_autoname("PROC-.####"))
	frappe.db.commit()
"""
	drawn = [name for out in in_processes(site, code, 3) for name in out.split()]
	assert len(drawn) == 30 == len(set(drawn)), drawn
	frappe.db.sql("DELETE FROM `tabSeries` WHERE name = 'PROC-'")
	frappe.db.commit()


def test_a_locking_read_makes_read_and_write_one_step(site):
	store = make_store("Counter Road", phone="0")
	frappe.db.commit()
	code = """
for _i in range(5):
	value = frappe.db.get_value("CRM Store", "Counter Road", "phone", for_update=True)
	frappe.db.set_value("CRM Store", "Counter Road", "phone", str(int(value) + 1))
	frappe.db.commit()
"""
	outputs = in_processes(site, code, 3)
	frappe.db.rollback()
	assert frappe.db.get_value("CRM Store", store.name, "phone") == "15", outputs
	store.reload().delete()
	frappe.db.commit()


def test_of_two_saves_of_the_same_state_one_is_refused(site):
	store = make_store("Race Road")
	frappe.db.commit()
	code = """
import time
doc = frappe.get_doc("CRM Store", "Race Road")
frappe.db.rollback()
print("ready", flush=True)
time.sleep(2)
doc.city = "City " + sys.argv[3]
try:
	doc.save()
	frappe.db.commit()
	print("saved")
except frappe.TimestampMismatchError:
	print("refused")
"""
	outcomes = sorted(out.split()[-1] for out in in_processes(site, code, 2))
	frappe.db.rollback()
	assert outcomes == ["refused", "saved"]
	store.reload().delete()
	frappe.db.commit()


def test_another_process_notices_a_custom_field(site):
	frappe.get_meta("CRM Store")
	frappe.cache.check_version()
	frappe.db.rollback()
	code = """
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
create_custom_field("CRM Store", {"fieldname": "seen_elsewhere", "label": "Seen", "fieldtype": "Data"})
frappe.db.commit()
"""
	assert in_processes(site, code, 1) == [""]
	frappe.cache.check_version()
	assert frappe.get_meta("CRM Store").has_field("seen_elsewhere")
	frappe.delete_doc("Custom Field", frappe.db.exists("Custom Field", {"fieldname": "seen_elsewhere"}))
	frappe.db.commit()
	assert not frappe.get_meta("CRM Store").has_field("seen_elsewhere")


def test_a_rollback_forgets_callbacks_and_writes():
	called = []
	frappe.db.after_commit.add(lambda: called.append("commit"))
	frappe.db.after_rollback.add(lambda: called.append("rollback"))
	make_store("Gone Road")
	frappe.db.rollback()
	frappe.db.commit()
	assert called == ["rollback"]
	assert not frappe.db.exists("CRM Store", "Gone Road")
