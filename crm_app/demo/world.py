"""What the steps of the demo share: one seeded source of chance, one clock, and who was made so far."""

import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import now_datetime

SEED = 20240917


@dataclass
class Buyer:
	"""A customer with what they are going to buy; `name` is the CRM Customer once it is inserted."""

	customer_name: str
	is_company: bool
	pattern: str
	sales: list = field(default_factory=list)
	name: str | None = None
	manager: str | None = None
	place: int = 0
	company: tuple | None = None
	created: datetime | None = None
	card: str | None = None
	card_from: date | None = None
	tier: str | None = None


@dataclass
class World:
	"""`users` and `staff` map short keys to User and CRM Employee; `progress` counts finished records."""

	progress: object
	now: datetime = field(default_factory=lambda: now_datetime().replace(microsecond=0))
	rng: random.Random = field(default_factory=lambda: random.Random(SEED))
	users: dict[str, str] = field(default_factory=dict)
	staff: dict[str, str] = field(default_factory=dict)
	buyers: list[Buyer] = field(default_factory=list)
	campaigns: dict[str, str] = field(default_factory=dict)

	@property
	def today(self) -> date:
		return self.now.date()

	def ago(self, days: float = 0, hours: float = 0) -> datetime:
		return self.now - timedelta(days=days, hours=hours)

	def moment(self, day: date) -> datetime:
		"""A moment in the shop's hours of `day`, never after now."""
		opened = datetime.combine(day, time(9)) + timedelta(minutes=self.rng.randrange(0, 720))
		return min(opened, self.now)

	def buyers_like(self, *patterns: str) -> list[Buyer]:
		return [buyer for buyer in self.buyers if buyer.pattern in patterns]


@contextmanager
def acting_as(user: str):
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def make(doctype: str, **values):
	return frappe.get_doc({"doctype": doctype, **values}).insert()


def ensure(doctype: str, name: str, **values) -> str:
	"""A record that is named by one of its fields; what the site has already stays as it is."""
	return frappe.db.exists(doctype, name) or make(doctype, **values).name


def move(doc, user: str, *actions: str):
	"""Takes `doc` through workflow actions as `user`, with that user's rights; returns it as stored."""
	with acting_as(user):
		for action in actions:
			doc = apply_workflow(doc, action)
	return doc


def backdate(doctype: str, name: str, **values) -> None:
	"""The steps stamp today; a history of two years has stamps of its own."""
	frappe.db.set_value(doctype, name, values, update_modified=False)
