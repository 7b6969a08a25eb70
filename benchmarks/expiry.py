"""The nightly job over a million lots: lots a second, and memory."""

import itertools
import random
import resource
import sys

import hosts

LOTS, ACCOUNTS, BATCH = 1_000_000, 200_000, 500


def main() -> None:
	count = int(sys.argv.pop()) if sys.argv[-1].isdigit() else LOTS
	options = hosts.arguments(__doc__)
	with hosts.site("expiry.local", options) as frappe:
		accounts = max(count * ACCOUNTS // LOTS, 1)
		fill(frappe, count, accounts)
		from crm_app.crm_membership import expiry, ledger_audit

		before = memory()
		first = hosts.seconds(lambda: expiry.expire_lots())
		after = memory()
		again = hosts.seconds(lambda: expiry.expire_lots())
		left = frappe.db.count("Member Lot", {"is_closed": 0})
		problems = ledger_audit.audit(f"A{random.randrange(accounts):08d}")
	hosts.table(
		f"{count:,} lots of {accounts:,} accounts; {left} are left, audit of one finds {problems}",
		[
			("", "seconds", "lots a second", "peak MB"),
			("before", "", "", f"{before:.0f}"),
			("expiry", f"{first:.1f}", f"{count / first:,.0f}", f"{after:.0f}"),
			("a second run", f"{again:.2f}", "", ""),
		],
	)


def memory() -> float:
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(frappe, count: int, accounts: int) -> None:
	"""Accounts whose every lot is past its last day."""
	from crm_app.crm_membership import ledger_rows as rows

	now, numbers = str(frappe.utils.now_datetime()), itertools.count()
	per_account = count // accounts
	for start in range(0, accounts, BATCH):
		heads, lots, entries = [], [], []
		for number in range(start, min(start + BATCH, accounts)):
			card = f"A{number:08d}"
			head = rows.stamp(card, now, "Administrator")
			heads.append((*head, card, None, None, None, per_account * 10, 0, 0, 0, 0, 1))
			for _lot in range(per_account):
				name = f"{next(numbers):014x}"
				head = rows.stamp(name, now, "Administrator")
				lots.append(
					(*head, card, None, "Points", 10, 10, 0, 0, "2020-01-01", now, None, "Member Card", card,
					"2020-01-01", 0)
				)  # fmt: skip
				entries.append(
					(*head, now[:10], now, card, None, None, None, "Points", "Opening", 10, 10, name, None,
					"Member Card", card, None, name, name)
				)  # fmt: skip
		rows.insert("Member Account", rows.NEW_ACCOUNT, heads)
		for part in range(0, len(lots), BATCH):
			rows.insert("Member Lot", rows.NEW_LOT, lots[part : part + BATCH])
			rows.insert("Member Ledger Entry", rows.NEW_ENTRY, entries[part : part + BATCH])
		frappe.db.commit()


if __name__ == "__main__":
	main()
