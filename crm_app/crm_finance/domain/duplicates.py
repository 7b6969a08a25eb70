"""The same employee, amount, date and category twice."""

from decimal import Decimal


def fingerprint(row) -> tuple:
	"""`row` has `expense_date`, `amount` and `category`."""
	return (str(row["expense_date"]), Decimal(str(row["amount"] or 0)).normalize(), row["category"])


def repeated_inside(rows: list) -> list[int]:
	"""Positions (from 1) of rows that repeat an earlier row of the same request."""
	seen, repeated = set(), []
	for position, row in enumerate(rows, 1):
		if fingerprint(row) in seen:
			repeated.append(position)
		seen.add(fingerprint(row))
	return repeated


def repeated_elsewhere(rows: list, others: list) -> list:
	"""Those `others` (rows of other requests) that some row repeats."""
	mine = {fingerprint(row) for row in rows}
	return [row for row in others if fingerprint(row) in mine]
