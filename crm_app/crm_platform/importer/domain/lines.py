"""One record of a transaction file: the checks of its cells, each with its own complaint."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from crm_app.crm_platform.importer.domain.cells import FIRST_DAY
from crm_app.crm_platform.importer.domain.errors import NO_VALUE, UNCOUNTED, Problem
from crm_app.crm_platform.importer.domain.mapping import Preset
from crm_app.crm_platform.importer.domain.values import clean, identifier, moment, number
from crm_app.crm_sales.domain.transaction import total_line
from crm_app.utils.rules import RuleError, _

TEXTS = ("item_name", "category", "store", "channel", "country", "customer_name")
LONGEST_TEXT = 140
CHANNEL = TEXTS.index("channel")


class Line(NamedTuple):
	"""A checked record. `qty`, `rate` and `amount` are decimal text, exact; returns are negative."""

	row_no: int
	invoice: str
	customer: str
	is_return: int
	posting_date: str
	posting_time: str
	item_code: str
	qty: str
	rate: str
	amount: str
	item_name: str = ""
	category: str = ""
	store: str = ""
	channel: str = ""
	country: str = ""
	customer_name: str = ""


@lru_cache(maxsize=1 << 14)
def short_text(text: str) -> str:
	return clean(text)[:LONGEST_TEXT]


@dataclass
class LineReader:
	"""Turns records into lines. `places`: field → position; `today`: yyyy-mm-dd; `channels`: known ones."""

	places: dict[str, int]
	width: int
	preset: Preset
	today: str
	channels: frozenset[str] = frozenset()

	def __post_init__(self):
		self.text_places = [self.places.get(name, -1) for name in TEXTS]

	def read(self, row_no: int, row: list[str]) -> Line | list[Problem]:
		"""The line, or all that is wrong with it."""
		if len(row) != self.width:
			return [Problem("", "", _("The row has {0} columns instead of {1}"), (len(row), self.width))]
		try:
			return self._line(row_no, row)
		except ValueError as broken:
			return list(self.problems(row)) or [_as_problem(broken)]

	def _line(self, row_no: int, row: list[str]) -> Line:
		at = self.places
		invoice, customer = identifier(row[at["invoice"]]), identifier(row[at["customer"]])
		qty, rate = number(row[at["qty"]]), number(row[at["rate"]])
		date, time = moment(row[at["posted_on"]], self.preset.date_format)
		item = identifier(row[at["item_code"]])
		is_return = self.is_return(invoice)
		if not (invoice and customer and item) or rate <= 0:
			raise ValueError
		if not FIRST_DAY <= date <= self.today or NO_VALUE in row:
			raise ValueError
		if len(invoice) > LONGEST_TEXT or len(customer) > LONGEST_TEXT or len(item) > LONGEST_TEXT:
			raise ValueError
		if qty >= 0 if is_return else qty <= 0:
			raise ValueError
		texts = [short_text(row[place]) if place >= 0 else "" for place in self.text_places]
		if self.channels and texts[CHANNEL] and texts[CHANNEL] not in self.channels:
			raise ValueError
		amount = total_line({"item_code": item, "qty": qty, "rate": rate}, bool(is_return)).amount
		numbers = [str(qty), str(rate), str(amount)]
		return Line(row_no, invoice, customer, is_return, date, time, item, *numbers, *texts)

	def is_return(self, invoice: str) -> int:
		"""`return_prefix` is upper case; a lower-case one means the same."""
		prefix = self.preset.return_prefix
		return int(bool(prefix) and len(invoice) > len(prefix) and invoice.upper().startswith(prefix))

	def problems(self, row: list[str]) -> Iterator[Problem]:
		cell = {name: row[place] for name, place in self.places.items()}
		if uncounted := [name for name, text in cell.items() if text == NO_VALUE]:
			yield from (Problem(name, "", UNCOUNTED) for name in uncounted)
			return
		for name in ("invoice", "customer", "item_code"):
			yield from _text_problems(name, cell[name])
		yield from self._date_problems(cell["posted_on"])
		yield from _rate_problems(cell["rate"])
		yield from _qty_problems(cell["qty"], self.is_return(identifier(cell["invoice"])))
		channel = short_text(cell.get("channel", ""))
		if self.channels and channel and channel not in self.channels:
			yield Problem("channel", channel, _("is none of: {0}"), (", ".join(sorted(self.channels)),))

	def _date_problems(self, text: str) -> Iterator[Problem]:
		try:
			date, _time = moment(text, self.preset.date_format)
		except ValueError:
			yield Problem("posted_on", text, _("is not a date; write it as yyyy-mm-dd"))
			return
		if date < FIRST_DAY:
			yield Problem("posted_on", text, _("lies before the year 1900"))
		if date > self.today:
			yield Problem("posted_on", text, _("lies in the future"))


def _as_problem(broken: ValueError) -> Problem:
	"""A rule of the sales module that the columns alone do not show."""
	if isinstance(broken, RuleError):
		return Problem(broken.field or "", "", broken.template, broken.values)
	return Problem("", "", _("The row cannot be read"))


def _text_problems(name: str, text: str) -> Iterator[Problem]:
	if not identifier(text):
		yield Problem(name, text, _("is empty"))
	elif len(identifier(text)) > LONGEST_TEXT:
		yield Problem(name, text, _("is longer than {0} signs"), (LONGEST_TEXT,))


def _rate_problems(text: str) -> Iterator[Problem]:
	try:
		if number(text) <= 0:
			yield Problem("rate", text, _("must be above 0"))
	except ValueError:
		yield Problem("rate", text, _("is not a number"))


def _qty_problems(text: str, is_return: int) -> Iterator[Problem]:
	try:
		qty = number(text)
	except ValueError:
		yield Problem("qty", text, _("is not a number"))
		return
	if qty == 0:
		yield Problem("qty", text, _("is 0"))
	elif qty < 0 and not is_return:
		yield Problem("qty", text, _("is negative on a sale; a return has an invoice number of its own"))
	elif qty > 0 and is_return:
		yield Problem("qty", text, _("is positive on a return"))
