"""Submitted transactions written as rows: by the importer in bulk and by a till for every sale.

Who writes has checked the lines by the rules of domain/transaction.py before. What a Document would do on top
(fetched names, the card's points) is the caller's part as well.
"""

from collections.abc import Sequence
from decimal import Decimal

from crm_app.crm_platform.importer.bulk import BulkTable

TRANSACTION, ITEM = "CRM Transaction", "CRM Transaction Item"
NUMBERS = ("qty", "rate", "discount_amount", "amount")


class SaleRows:
	"""Collects transactions with their lines; `insert` writes them in one statement for each table."""

	def __init__(self, **common):
		self.heads = BulkTable(TRANSACTION, **common, docstatus=1)
		self.items = BulkTable(ITEM, parenttype=TRANSACTION, parentfield="items", docstatus=1)

	def add(self, lines: Sequence[dict], **head) -> None:
		"""`lines` with their names and Decimal numbers as stored; the head's sums are made from them."""
		for idx, line in enumerate(lines, 1):
			numbers = {number: float(line[number]) for number in NUMBERS if number in line}
			self.items.add(**line | numbers, parent=head["name"], idx=idx)
		self.heads.add(
			**head,
			total_qty=_sum(lines, "qty"),
			discount_amount=_sum(lines, "discount_amount"),
			amount=_sum(lines, "amount"),
		)

	def insert(self) -> tuple[int, int]:
		"""How many transactions and lines were written."""
		return self.heads.insert(), self.items.insert()


def _sum(lines: Sequence[dict], number: str) -> float:
	return float(sum((line.get(number, Decimal(0)) for line in lines), Decimal(0)))
