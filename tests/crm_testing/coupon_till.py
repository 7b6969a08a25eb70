"""Tills of a race: processes with a connection each, which redeem a coupon whenever they are told to."""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ATTEMPTS = 20  # a till sends the call again when the database says that it was in another one's way


class Tills:
	"""`with Tills(site, 16) as tills: tills.play(jobs)`; one job {code, customer, sale, key} per till."""

	def __init__(self, site: tuple[str, str], number: int):
		# The bench's own frappe is installed there; the embedded one is found by path.
		embedded = [] if os.environ["CRM_TEST_HOST"] == "bench" else [str(TESTS.parent / "embedded")]
		path = os.pathsep.join([*embedded, str(TESTS.parent), str(TESTS)])
		self.processes = [
			subprocess.Popen(
				[sys.executable, "-m", "crm_testing.coupon_till", json.dumps(site)],
				stdin=subprocess.PIPE,
				stdout=subprocess.PIPE,
				text=True,
				env={**os.environ, "PYTHONPATH": path},
			)
			for _number in range(number)
		]

	def __enter__(self) -> "Tills":
		for process in self.processes:
			assert process.stdout.readline() == "ready\n"
		return self

	def play(self, jobs: list[dict]) -> list[dict]:
		"""All at the same moment; {ok, code, repeated, attempts} of each."""
		for process, job in zip(self.processes, jobs, strict=True):
			process.stdin.write(json.dumps(job) + "\n")
		for process in self.processes:
			process.stdin.flush()
		return [json.loads(process.stdout.readline()) for process in self.processes]

	def __exit__(self, *error) -> None:
		for process in self.processes:
			process.kill()
			process.wait()
			process.stdin.close()
			process.stdout.close()


def serve(site: str, sites: str) -> None:
	import frappe

	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.db.rollback()
	print("ready", flush=True)
	for line in sys.stdin:
		print(json.dumps(redeem(json.loads(line))), flush=True)


def redeem(job: dict) -> dict:
	import frappe
	from crm_testing import coupons

	from crm_app.crm_membership.domain.errors import Refused

	for attempt in range(ATTEMPTS):
		try:
			done = coupons.redeem(job["code"], job["customer"], job["sale"], job["key"])
			frappe.db.commit()
			return {"ok": True, "repeated": done.repeated, "attempts": attempt}
		except Refused as why:
			frappe.db.rollback()
			return {"ok": False, "code": why.code, "text": str(why)}
		except Exception as error:
			frappe.db.rollback()
			if not in_the_way(error):
				return {"ok": False, "code": type(error).__name__, "text": repr(error)}
	return {"ok": False, "code": "too busy"}


def in_the_way(error: Exception) -> bool:
	"""A deadlock or a lock that was waited for too long; everything else is a fault."""
	import frappe

	return isinstance(error, frappe.QueryDeadlockError | frappe.QueryTimeoutError)


if __name__ == "__main__":
	serve(*json.loads(sys.argv[1]))
