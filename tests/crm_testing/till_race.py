"""Run as a program: one till at work, that may be killed at any moment and started again.

It sells on one card, pays with points now and then, cancels or takes back some of its sales, and sends every
call twice.
What it was told is appended to a journal, from which a new process goes on; the call in flight is sent again.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
# Nothing else may happen to a proper call.
ALWAYS_TAKEN = ("OK", "POINTS_SHORT", "SALE_UNKNOWN")
UNDOING = ("SALE_CANCELLED", "SALE_HAS_RETURNS", "RETURN_TOO_MUCH")


def plan(number: int, count: int) -> list[tuple[str, dict]]:
	"""The calls of till `number`, the same after every start: (method, fields)."""
	rng, calls = random.Random(number), []
	for turn in range(count):
		key = f"race-{number}-{turn:04d}"
		if turn and rng.random() < 0.2:
			sold = {"key": key, "of_key": f"race-{number}-{rng.randrange(turn):04d}"}
			goods = {"items": [{"item_code": "TEA", "qty": 1}]}
			calls.append(("cancel", sold) if rng.random() < 0.5 else ("return_items", sold | goods))
			continue
		rate = rng.randint(1, 90)
		items = [{"item_code": "TEA", "category": "Drinks", "qty": 1, "rate": str(rate)}]
		points = {"points": rng.randint(1, rate)} if rng.random() < 0.5 else {}
		calls.append(("commit", {"key": key, "items": items, "total": f"{rate}.00", **points}))
	return calls


def start(site, token: str, card: str, number: int, count: int, folder: Path) -> subprocess.Popen:
	job = {"site": site, "token": token, "card": card, "n": number, "count": count, "folder": str(folder)}
	embedded = [] if os.environ["CRM_TEST_HOST"] == "bench" else [str(TESTS.parent / "embedded")]
	path = os.pathsep.join([*embedded, str(TESTS.parent), str(TESTS)])
	return subprocess.Popen(
		[sys.executable, "-m", "crm_testing.till_race", json.dumps(job)],
		stderr=(folder / f"{number}.err").open("ab"),
		env={**os.environ, "PYTHONPATH": path},
	)


def journal(folder: Path, number: int) -> list[dict]:
	"""What the till was told so far; a line that was being written when it was killed does not count."""
	path, lines = folder / f"{number}.jsonl", []
	for line in path.read_text().split("\n")[:-1] if path.exists() else []:
		lines.append(json.loads(line))
	return lines


def run(job: dict) -> None:
	import frappe
	from crm_testing.tills import call

	site, sites = job["site"]
	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	folder = Path(job["folder"])
	told = journal(folder, job["n"])
	path = folder / f"{job['n']}.jsonl"
	path.write_text("".join(json.dumps(line) + "\n" for line in told))
	sent = {line["key"]: line["sent"] for line in told}
	with path.open("a") as notes:
		for method, fields in plan(job["n"], job["count"]):
			for turn in range(sent.get(fields["key"], 0), 2):
				member = {"card": job["card"]} if method == "commit" else {}
				while (answer := call(method, job["token"], **fields, **member))["code"] == "BUSY":
					time.sleep(0.01)
				line = {"method": method, "key": fields["key"], "sent": turn + 1, "answer": answer}
				notes.write(json.dumps(line) + "\n")
				notes.flush()
	frappe.destroy()


if __name__ == "__main__":
	run(json.loads(sys.argv[1]))
