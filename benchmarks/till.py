"""Till commits per second against bare transactions that write the same rows in the same database.

Real processes, 1, 4 and 16 at once, by turns with the reference. That one takes the statements that a commit
wrote, with new names, and runs them on a connection of its own with the same settings: INSERT, UPDATE, COMMIT
and nothing else. Then: latency of a commit on a card with 10 and with 100,000 ledger entries.
"""

import argparse
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import hosts

CARDS, SECONDS, ROUNDS, TILLS = 32, 3.0, 3, (1, 4, 16)
HISTORY = (10, 100_000)
NAME = re.compile(r"[0-9a-f]{20}")
BASKET = {
	"items": [
		{"item_code": "TEA", "item_name": "Green tea", "category": "Drinks", "qty": 2, "rate": "32.50"},
		{"item_code": "CUP", "item_name": "Cup", "category": "Ware", "qty": 1, "rate": "35.00"},
	],
	"total": "100.00",
	"points": 100,
	"payment_method": "Cash",
}


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--folder")
	parser.add_argument("--db-url")
	parser.add_argument("--seconds", type=float, default=SECONDS)
	parser.add_argument("--worker")
	options = parser.parse_args()
	if options.worker:
		return work(json.loads(options.worker))
	with tempfile.TemporaryDirectory() as temporary:
		options.folder = options.folder or temporary
		with hosts.site("till.local", options) as frappe:
			setup = prepare(frappe)
			setup |= {"folder": options.folder, "seconds": options.seconds}
			frappe.db.rollback()
			report(frappe, setup)


def report(frappe, setup: dict) -> None:
	rows = [("tills", "commits/s", "bare/s", "ratio", "p50 ms", "p99 ms", "bare p50", "bare p99")]
	for tills in TILLS:
		runs = {"commit": [], "bare": []}
		for what in ("commit", "bare") * ROUNDS:
			runs[what] += together(setup, tills, what)
		rows.append((tills, *speeds(**runs), *latencies(runs["commit"]), *latencies(runs["bare"])))
	hosts.table(f"Commits of 2 lines that redeem 100 points, on {frappe.db.db_type}", rows)
	few, many = history(frappe, setup)
	heads = ("entries", *HISTORY, "ratio")
	hosts.table("Commit, p50 ms", [heads, ("", f"{few:.2f}", f"{many:.2f}", f"{many / few:.2f}")])
	from crm_app.crm_membership import ledger_audit

	ours = setup["cards"][:CARDS] + setup["cards"][2 * CARDS :]
	problems = [problem for card in ours for problem in ledger_audit.audit(card)]
	print("\n  ledger against its entries and lots:", problems or "no difference")


def speeds(commit: list[dict], bare: list[dict]) -> tuple:
	rates = [sum(run["count"] / run["seconds"] for run in runs) / ROUNDS for runs in (commit, bare)]
	return f"{rates[0]:.0f}", f"{rates[1]:.0f}", f"{rates[0] / rates[1]:.2f}"


def latencies(runs: list[dict]) -> tuple:
	times = sorted(itertools.chain.from_iterable(run["times"] for run in runs))
	return f"{1000 * times[len(times) // 2]:.2f}", f"{1000 * times[len(times) * 99 // 100]:.2f}"


# the site


def prepare(frappe) -> dict:
	"""A till with a token and members with points; the same site may be used again."""
	sys.path.append(str(hosts.ROOT / "tests"))
	from crm_testing.customers import make_customer
	from crm_testing.membership import make_card, make_programme
	from crm_testing.tills import issue_token, make_till

	tag = frappe.generate_hash(length=6)
	frappe.get_doc({"doctype": "CRM Store", "store_name": f"Store {tag}"}).insert()
	plan = {"points_per_unit": 1, "point_value": "0.01", "programme_name": f"Club {tag}"}
	programme = make_programme(**plan, card_prefix=str(random.randint(10**6, 10**7 - 1)))
	till = make_till(f"Store {tag}", till_code=f"B-{tag}", programme=programme.name)
	cards = []
	for number in range(2 * CARDS + 2):
		card = make_card(make_customer(customer_name=f"Member {number}").name, programme.name)
		card.activate()
		cards.append(card.name)
	for card in cards:
		grant(card, 10**6)
	token = issue_token(till)
	frappe.db.commit()
	return {"token": token, "cards": cards}


def grant(card: str, points: int) -> None:
	from decimal import Decimal

	from crm_app.crm_membership import ledger
	from crm_app.crm_membership.domain.kinds import POINTS

	with ledger.posting(card, f"open|{card}", ledger.Voucher("Member Card", card)) as book:
		book.grant(POINTS, Decimal(points), "Opening")


def history(frappe, setup: dict) -> list[float]:
	"""Median milliseconds of a commit, by turns on a card with few and one with many entries."""
	cards = setup["cards"][2 * CARDS :]
	for card, entries in zip(cards, HISTORY, strict=True):
		fill(frappe, card, entries)
	commits = [committer(setup, [card], f"history{n}") for n, card in enumerate(cards)]
	times: list[list[float]] = [[], []]
	for commit, kept in list(zip(commits, times, strict=True)) * 300:
		began = time.perf_counter()
		commit()
		kept.append(1000 * (time.perf_counter() - began))
	return [statistics.median(kept[20:]) for kept in times]


def fill(frappe, card: str, entries: int) -> None:
	"""Lots of 1,000 points, one in twenty still open, the others spent."""
	from crm_app.crm_membership import ledger_rows as rows

	account, now = frappe.get_doc("Member Account", card), "2025-01-01 10:00:00"
	points, who = float(account.points), "Administrator"
	for start in range(0, entries - 1, 500):
		lots, lines = [], []
		for number in range(start, min(start + 500, entries - 1)):
			lot, key, held = rows.new_name(), rows.new_name(), 0 if number % 20 else 1000
			points += held
			spent = (held, 0, 1000 - held, None, now, None)
			place = (
				card,
				account.customer,
				"Points",
				1000,
				*spent,
				"Member Card",
				card,
				"9999-12-31",
				not held,
			)
			lots.append((*rows.stamp(lot, now, who), *place))
			what = ("Points", "Opening", held, points, lot, None, "Member Card", card, None, key, f"{key}|1")
			day = ("2025-01-01", now, card, account.customer, account.programme, None)
			lines.append((*rows.stamp(key, now, who), *day, *what))
		if lots:
			rows.insert("Member Lot", rows.NEW_LOT, lots)
			rows.insert("Member Ledger Entry", rows.NEW_ENTRY, lines)
	frappe.db.set_value("Member Account", card, "points", points)
	frappe.db.commit()


# processes


def together(setup: dict, count: int, what: str) -> list[dict]:
	"""{count, seconds, times} of each of `count` processes that work at the same time."""
	with tempfile.TemporaryDirectory() as line:
		jobs = [json.dumps({**setup, "what": what, "n": n, "line": line, "of": count}) for n in range(count)]
		command = [sys.executable, __file__, "--worker"]
		runners = [subprocess.Popen([*command, job], stdout=subprocess.PIPE, text=True) for job in jobs]
		while len(os.listdir(line)) < count:
			if any(runner.poll() for runner in runners):
				sys.exit("a worker did not start")
			time.sleep(0.1)
		Path(line, "go").touch()
		return [json.loads(runner.communicate()[0].splitlines()[-1]) for runner in runners]


def work(job: dict) -> None:
	import frappe

	frappe.init("till.local", sites_path=job["folder"])
	frappe.connect()
	first = CARDS if job["what"] == "bare" else 0  # the reference writes rows that the ledger did not
	cards = job["cards"][first : first + CARDS][job["n"] :: job["of"]]
	commit = committer(job, cards, f"{job['what']}{job['of']}-{job['n']}")
	for _ in range(3):
		commit()
	once = Bare(frappe, commit).run if job["what"] == "bare" else commit
	Path(job["line"], str(job["n"])).touch()
	while not Path(job["line"], "go").exists():
		time.sleep(0.005)
	times, began = [], time.perf_counter()
	while (now := time.perf_counter()) - began < job["seconds"]:
		once()
		times.append(time.perf_counter() - now)
	print(json.dumps({"count": len(times), "seconds": time.perf_counter() - began, "times": times}))


def committer(setup: dict, cards: list[str], tag: str):
	"""A function that commits one sale as a till's HTTP call does, from the token on."""
	import frappe
	from frappe.utils import now_datetime

	from crm_app.crm_membership import till, tills

	turn, numbers, run = itertools.cycle(cards), itertools.count(), frappe.generate_hash(length=8)
	request = SimpleNamespace(headers={tills.HEADER: setup["token"]}, method="POST")
	frappe.set_user("Guest")

	def commit() -> None:
		frappe.local.request = request
		fields = {
			"key": f"{tag}-{run}-{next(numbers)}",
			"moment": now_datetime().isoformat(),
			"card": next(turn),
		}
		answer = till.commit(**BASKET, **fields)
		if not answer["ok"]:
			sys.exit(f"refused: {answer}")

	return commit


class Bare:
	"""The statements that one commit wrote, again and again with new names, on a plain connection."""

	def __init__(self, frappe, commit):
		self.statements, sql = [], frappe.db.sql

		def note(query, values=(), *args, **kwargs):
			if str(query).split()[0] in ("INSERT", "UPDATE", "DELETE"):
				self.statements.append((str(query), list(values)))
			return sql(query, values, *args, **kwargs)

		frappe.db.sql = note
		commit()
		frappe.db.sql = sql
		frappe.db.rollback()
		texts = [str(value) for _query, values in self.statements for value in values]
		self.names = sorted({name for row in map(rows_of, self.statements) for name in row})
		self.key = next(text.split("|")[1] for text in texts if re.match(r"B-\w+\|", text))
		self.is_sqlite, self.numbers = frappe.db.is_sqlite, itertools.count()
		self.connect(frappe)

	def connect(self, frappe) -> None:
		settings = frappe.db.connection.settings_dict
		if self.is_sqlite:
			import sqlite3

			self.db = sqlite3.connect(settings["NAME"], timeout=30, isolation_level=None)
			for setting in settings["OPTIONS"]["init_command"].split(";"):
				self.db.execute(setting)
		else:
			import pymysql

			names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "database": "NAME"}
			place = {name: settings[key] for name, key in names.items()}
			self.db = pymysql.connect(**place, port=int(settings["PORT"]), charset="utf8mb4")
		self.cursor = self.db.cursor()
		from frappe.database import engines

		self.statements = [
			(query.replace("%s", "?") if self.is_sqlite else query, list(engines.parameters(values)))
			for query, values in self.statements
		]

	def run(self) -> None:
		from crm_app.crm_membership.ledger_rows import new_name

		new = [(name, new_name()) for name in self.names]
		new.append((self.key, f"bare-{os.getpid()}-{next(self.numbers)}"))
		self.cursor.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
		for query, values in self.statements:
			self.cursor.execute(query, [renamed(value, new) for value in values])
		self.cursor.execute("COMMIT")


def rows_of(statement: tuple[str, list]) -> set[str]:
	"""The new names among the rows that an INSERT writes; `name` is the first column of all of them."""
	query, values = statement
	columns = query.count("%s") // query.count("(%s") if query.startswith("INSERT") else 0
	return {name for value in values[::columns] for name in NAME.findall(str(value))} if columns else set()


def renamed(value, new: list[tuple[str, str]]):
	if isinstance(value, str) and len(value) > 19:
		for old, other in new:
			value = value.replace(old, other)
	return value


if __name__ == "__main__":
	main()
