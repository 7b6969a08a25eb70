"""Processes that post to one card as fast as they can, are killed at random and start over.

Each works through its list of calls from the beginning whenever it starts; every call is on the list of two
processes. What counts is the ledger afterwards.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LIMIT = 1800  # seconds for all of it


def hammer(site: tuple[str, str], card: str, work: list[list[str]], folder: Path, kills: int, seed: int = 1):
	"""`work`: for each process its keys, "spend-…" or "both-…". Returns {key: "ok" or the refusal's code}."""
	chance = random.Random(seed)
	runners = {number: _start(site, card, keys, folder, number) for number, keys in enumerate(work)}
	total = sum(map(len, work))
	marks = sorted(chance.sample(range(1, max(total, kills + 2)), kills))
	deadline = time.monotonic() + LIMIT
	try:
		while any(runner.poll() is None for runner in runners.values()) or marks:
			if time.monotonic() > deadline:
				raise RuntimeError("too slow")
			done = sum(_lines(folder, number) for number in runners)
			alive = [number for number, runner in runners.items() if runner.poll() is None]
			if marks and alive and done >= marks[0]:
				marks.pop(0)
				victim = chance.choice(alive)
				runners[victim].send_signal(signal.SIGKILL)
				runners[victim].wait()
				runners[victim] = _start(site, card, work[victim], folder, victim)
			elif not alive:
				break
			time.sleep(0.005)
		bad = [runner.stderr.read() for runner in runners.values() if runner.wait()]
		if bad:
			raise RuntimeError(bad[0])
		return _answers(folder)
	finally:
		for runner in runners.values():
			runner.kill()
			runner.wait()


def _start(site, card: str, keys: list[str], folder: Path, number: int):
	job = folder / f"job-{number}.json"
	job.write_text(
		json.dumps({"site": site, "card": card, "keys": keys, "out": str(folder / f"out-{number}")})
	)
	embedded = [] if os.environ["CRM_TEST_HOST"] == "bench" else [str(TESTS.parent / "embedded")]
	path = os.pathsep.join([*embedded, str(TESTS.parent), str(TESTS)])
	return subprocess.Popen(
		[sys.executable, "-m", "crm_testing.hammer", str(job)],
		stderr=subprocess.PIPE,
		text=True,
		env={**os.environ, "PYTHONPATH": path},
	)


def _lines(folder: Path, number: int) -> int:
	out = folder / f"out-{number}"
	return out.read_text().count("\n") if out.exists() else 0


def _answers(folder: Path) -> dict[str, str]:
	answers = {}
	for out in sorted(folder.glob("out-*")):
		for line in out.read_text().splitlines():
			key, _, answer = line.partition(" ")
			answers[key] = answer if answers.get(key) != "ok" else "ok"
	return answers


def run(job: dict) -> None:
	import frappe

	site, sites = job["site"]
	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	frappe.set_user("Administrator")
	with open(job["out"], "a") as out:
		for key in job["keys"]:
			out.write(f"{key} {_post(job['card'], key)}\n")
			out.flush()
	frappe.destroy()


def _post(card: str, key: str, tries: int = 200) -> str:
	"""As a till does it: what collided with another one is tried again."""
	import frappe

	from crm_app.crm_membership.domain.errors import Refused

	for _turn in range(tries):
		try:
			_move(card, key)
			frappe.db.commit()
			return "ok"
		except Refused as refused:
			frappe.db.rollback()
			return refused.code
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
		except Exception as error:
			frappe.db.rollback()
			if not frappe.db.is_duplicate_entry(error):
				raise
	raise RuntimeError(f"{key}: gave up")


def _move(card: str, key: str) -> None:
	from decimal import Decimal

	from crm_app.crm_membership import ledger
	from crm_app.crm_membership.domain.kinds import POINTS, TIER_CREDIT

	with ledger.posting(card, key, ledger.Voucher("Member Card", card)) as book:
		if book.repeated:
			return
		if key.startswith("both"):
			book.grant(POINTS, Decimal(3), "Earn")
			book.grant(TIER_CREDIT, Decimal(10), "Earn")
			book.spend(POINTS, Decimal(2), "Redeem")
		else:
			book.spend(POINTS, Decimal(7), "Redeem")


if __name__ == "__main__":
	run(json.loads(Path(sys.argv[1]).read_text()))
