"""Compares the members' ledger with the documents it stands for; every difference is a row.

One statement for each kind of mismatch, each limited; a sound ledger gives no row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import frappe

from crm_app.crm_membership import ledger_audit
from crm_app.utils.rules import _

MOST = 200  # rows of one kind
ENTRY, EARNING, SALE = "`tabMember Ledger Entry`", "`tabMember Earning`", "`tabCRM Transaction`"
OFF = "ABS({} - {}) > 0.001"
SPENT = "('Redeem', 'Payment', 'Gift')"


@dataclass(frozen=True, slots=True)
class Check:
	"""`statement` selects name, account, expected, found; `{since}`, `{card}`: places for conditions."""

	title: str
	remedy: str
	doctype: str
	statement: str
	day: str
	account: str


def _sums(kind: str, types: str, of: str) -> str:
	"""What the ledger says for a document: subquery by its number."""
	return (
		f"COALESCE((SELECT SUM(l.amount) FROM {ENTRY} l WHERE l.voucher_no = {of} AND l.kind = {kind}"
		f" AND l.entry_type IN {types}), 0)"
	)


def _earned(kind: str, field: str) -> str:
	found = _sums(f"'{kind}'", "('Earn')", "e.`transaction`")
	return (
		f"SELECT * FROM (SELECT e.`transaction` AS name, e.account, e.{field} AS expected, {found} AS found"
		f" FROM {EARNING} e WHERE COALESCE(e.against, '') = ''"
		f" AND COALESCE(e.note, '') <> 'Return without its Sale' {{since}} {{card}}) x"
		f" WHERE {OFF.format('x.expected', 'x.found')}"
	)


def _returned(kind: str, field: str) -> str:
	found = _sums(f"'{kind}'", "('Return')", "e.`transaction`")
	return (
		f"SELECT * FROM (SELECT e.`transaction` AS name, e.account, e.{field} AS expected, {found} AS found"
		f" FROM {EARNING} e WHERE (COALESCE(e.against, '') <> '' OR e.note = 'Return without its Sale')"
		f" {{since}} {{card}}) x WHERE x.found < x.expected - 0.001 OR x.found > 0.001"
	)


def _document(doctype: str, amount: str, kind: str, types: str) -> str:
	found = _sums(kind, types, "d.name")
	return (
		f"SELECT * FROM (SELECT d.name, d.card AS account, d.{amount} AS expected, {found} AS found"
		f" FROM `tab{doctype}` d WHERE d.docstatus = 1 {{since}} {{card}}) x"
		f" WHERE {OFF.format('x.expected', 'x.found')}"
	)


CHECKS = (
	Check(
		_("Sale or return not posted"),
		_("The hourly job posts it; what it was refused for stands in the error log."),
		"CRM Transaction",
		f"SELECT t.name, t.member_card AS account, 1 AS expected, 0 AS found FROM {SALE} t"
		f" LEFT JOIN {EARNING} e ON e.`transaction` = t.name"
		" WHERE t.docstatus = 1 AND t.member_card > '' AND e.name IS NULL {since} {card}",
		"t.posting_date",
		"t.member_card",
	),
	Check(
		_("Points of a sale that is cancelled or gone"),
		_("Cancel it again with its points, or take them away by an adjustment."),
		"CRM Transaction",
		f"SELECT e.`transaction` AS name, e.account, 0 AS expected, e.points AS found FROM {EARNING} e"
		f" LEFT JOIN {SALE} t ON t.name = e.`transaction`"
		" WHERE e.cancelled = 0 AND (t.name IS NULL OR t.docstatus <> 1) {since} {card}",
		"e.posting_date",
		"e.account",
	),
	Check(
		_("Points of a sale differ from the ledger"),
		_("Adjust the card by the difference."),
		"CRM Transaction",
		_earned("Points", "points"),
		"e.posting_date",
		"e.account",
	),
	Check(
		_("Tier credit of a sale differs from the ledger"),
		_("Adjust the card by the difference."),
		"CRM Transaction",
		_earned("Tier Credit", "tier_credit"),
		"e.posting_date",
		"e.account",
	),
	Check(
		_("A return took more points than its sale earned"),
		_("Adjust the card by the difference."),
		"CRM Transaction",
		_returned("Points", "points"),
		"e.posting_date",
		"e.account",
	),
	Check(
		_("Spent in a sale that is cancelled and not given back"),
		_("Give it back by an adjustment."),
		"CRM Transaction",
		"SELECT x.name, x.account, 0 AS expected, x.found FROM ("
		"SELECT s.voucher_no AS name, s.account,"
		f" s.amount + COALESCE((SELECT SUM(r.amount) FROM {ENTRY} r WHERE r.reverses = s.name), 0) AS found"
		f" FROM {SALE} t JOIN {ENTRY} s ON s.voucher_no = t.name AND s.entry_type IN {SPENT}"
		" WHERE t.docstatus = 2 {since} {card}) x WHERE ABS(x.found) > 0.001",
		"t.posting_date",
		"s.account",
	),
	Check(
		_("Ledger entries of a sale that is gone"),
		_("Restore the sale from a backup, or reverse its entries by an adjustment."),
		"CRM Transaction",
		f"SELECT l.voucher_no AS name, l.account, 0 AS expected, SUM(l.amount) AS found FROM {ENTRY} l"
		f" LEFT JOIN {SALE} t ON t.name = l.voucher_no WHERE l.voucher_type = 'CRM Transaction'"
		" AND t.name IS NULL {since} {card} GROUP BY l.voucher_no, l.account",
		"l.posting_date",
		"l.account",
	),
	Check(
		_("A top-up differs from the ledger"),
		_("Adjust the stored value by the difference."),
		"Member Top-up",
		_document("Member Top-up", "amount", "'Principal'", "('Top-up')"),
		"d.posting_date",
		"d.card",
	),
	Check(
		_("An approved adjustment differs from the ledger"),
		_("Cancel it and make a new one."),
		"Member Adjustment",
		_document("Member Adjustment", "`change`", "d.kind", "('Adjust', 'Opening')"),
		"d.posting_date",
		"d.card",
	),
	Check(
		_("A coupon redeemed in a sale that is cancelled"),
		_("Release the coupon, or void it and issue a new one."),
		"Coupon",
		"SELECT x.name, x.account, 0 AS expected, x.found FROM ("
		"SELECT c.coupon AS name, t.member_card AS account,"
		" SUM(CASE WHEN c.kind = 'Redeemed' THEN 1 ELSE -1 END) AS found"
		f" FROM {SALE} t JOIN `tabCoupon Entry` c ON c.voucher_no = t.name"
		" AND c.kind IN ('Redeemed', 'Released')"
		" WHERE t.docstatus = 2 {since} {card} GROUP BY c.coupon, t.name, t.member_card) x WHERE x.found > 0",
		"t.posting_date",
		"t.member_card",
	),
	Check(
		_("Uses of a coupon differ from its entries"),
		_("Void the coupon and issue a new one."),
		"Coupon",
		"SELECT * FROM (SELECT c.name, '' AS account,"
		" COALESCE((SELECT SUM(CASE WHEN n.kind = 'Redeemed' THEN 1 ELSE -1 END) FROM `tabCoupon Entry` n"
		" WHERE n.coupon = c.name AND n.kind IN ('Redeemed', 'Released')), 0) AS expected,"
		" c.use_count AS found"
		" FROM `tabCoupon` c WHERE 1 = 1 {since} {card}) x WHERE x.expected <> x.found",
		"c.creation",
		"c.customer",
	),
)
UNSOUND = _("Balance, entries and lots disagree")
CALL_SUPPORT = _("Stop posting to the card and restore its rows; the ledger alone writes them.")


def mismatches(since=None, card: str | None = None) -> Iterator[dict]:
	"""Rows title, remedy, doctype, name, account, expected, found."""
	for check in CHECKS:
		for row in frappe.db.sql(*_filled(check, since, card), as_dict=True):
			yield {**row, "title": check.title, "remedy": check.remedy, "doctype": check.doctype}
	for problem in ledger_audit.audit(card):
		name = problem.split(" ", 1)[0]
		yield {
			"title": UNSOUND, "remedy": CALL_SUPPORT, "doctype": "Member Account",
			"name": None if name == "lot" else name, "account": None if name == "lot" else name,
			"expected": None, "found": None, "note": problem,
		}  # fmt: skip


def _filled(check: Check, since, card: str | None) -> tuple[str, list]:
	"""The statement with its conditions in place, and their values in the same order."""
	values = [*([since] if since else []), *([card] if card else [])]
	statement = check.statement.replace("{since}", f"AND {check.day} >= %s" if since else "")
	if card and check.account == "c.customer":
		values[-1] = frappe.db.get_value("Member Card", card, "customer") or ""
	statement = statement.replace("{card}", f"AND {check.account} = %s" if card else "")
	return f"{statement} LIMIT {MOST}", values
