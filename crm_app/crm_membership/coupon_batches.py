"""Making the coupons of a batch in the background: codes to hand out, for a segment, for one customer, of a
platform.

Every coupon carries a key that says for whom or as which number it was made; the key is unique. Each step
writes its coupons and how far the batch is in one transaction, under the lock of the batch: after a kill the
next start goes on where the last step ended, and two workers make nothing twice.
"""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import cint, now_datetime, nowdate

from crm_app.crm_membership import coupon_rows
from crm_app.crm_membership.coupon_terms import TEMPLATE, validity
from crm_app.crm_membership.domain import coupon_code
from crm_app.crm_membership.domain.coupon_rules import ISSUED, STOCK

BATCH, COUPON = "Coupon Batch", coupon_rows.COUPON
STEP = 1000
CODES, SEGMENT, CUSTOMER, PLATFORM = (
	"Codes to Hand Out",
	"Customer Segment",
	"One Customer",
	"Codes of a Platform",
)
NO_MEMBERS = ("Merged", "Erased")
OPEN = ("Queued", "Running")


class BatchStopped(Exception):
	"""Somebody pressed Stop; what is made stays."""


def run(name: str, step: int = STEP) -> None:
	"""Carries a batch on to its end; commits step by step. The record tells how it ended."""
	batch = frappe.get_doc(BATCH, name)
	if batch.status_category == "Completed":
		return
	_begin(batch)
	try:
		maker = Maker(batch)
		while maker.step(step):
			frappe.db.commit()
	except BatchStopped:
		_close(name, status_category="Stopped", message=_("Stopped; Issue Coupons goes on from here."))
	except Exception as broken:
		frappe.db.rollback()
		_close(name, status_category="Failed", message=str(broken)[:500])
		raise
	else:
		_close(name, status_category="Completed", message="", progress=100)


def make_all(batch) -> None:
	"""The whole batch in the caller's transaction; for few coupons."""
	maker = Maker(batch)
	while maker.step(STEP):
		pass
	values = {"status_category": "Completed", "progress": 100, "planned": planned(batch)}
	frappe.db.set_value(BATCH, batch.name, {**values, "finished_on": now_datetime()})


def _begin(batch) -> None:
	values = {"status_category": "Running", "started_on": batch.started_on or now_datetime(), "message": ""}
	frappe.db.set_value(BATCH, batch.name, {**values, "stop_requested": 0, "planned": planned(batch)})
	frappe.db.commit()


def _close(name: str, **values) -> None:
	frappe.db.set_value(BATCH, name, {**values, "finished_on": now_datetime()})
	frappe.db.commit()


def planned(batch) -> int:
	"""How many coupons the batch is going to have."""
	if batch.target == CODES:
		return cint(batch.quantity)
	if batch.target == PLATFORM:
		return len(platform_codes(batch))
	each = cint(batch.per_customer) or 1
	if batch.target == CUSTOMER:
		return each
	return each * frappe.db.count("Customer Segment Member", {"segment": batch.segment})


def platform_codes(batch) -> list[str]:
	"""As pasted, each once, in the order of the list."""
	lines = (coupon_code.clean(line) for line in (batch.platform_codes or "").splitlines())
	return list(dict.fromkeys(line for line in lines if line))


class Maker:
	"""Makes the coupons of one batch, so many a step."""

	def __init__(self, batch):
		self.batch = batch
		self.template = frappe.get_doc(TEMPLATE, batch.template)
		self.start, self.end = validity(self.template, nowdate())
		prefix = self.template.platform and frappe.db.get_value(
			"Voucher Platform", self.template.platform, "prefix"
		)
		self.prefix = prefix or ""

	def step(self, size: int) -> int:
		"""For one transaction; returns how many people or codes it went through. 0: nothing is left."""
		fields = ["issued", "position", "planned", "stop_requested"]
		state = frappe.db.get_value(BATCH, self.batch.name, fields, as_dict=True, for_update=True)
		if state.stop_requested:
			raise BatchStopped
		rows, position, seen = self._next(state, size)
		made = coupon_rows.insert_coupons(rows)
		done = cint(state.issued) + made
		values = {"issued": done, "position": position, "progress": self._percent(done, state.planned)}
		frappe.db.set_value(BATCH, self.batch.name, values)
		return seen

	def _percent(self, done: int, whole: int) -> float:
		return round(min(100 * done / (cint(whole) or 1), 100), 1)

	def _next(self, state, size: int) -> tuple[list[dict], str | None, int]:
		"""(rows to write, where that ends, how much was gone through)"""
		if self.batch.target == CODES:
			count = min(size, cint(self.batch.quantity) - cint(state.issued))
			numbers = range(cint(state.issued) + 1, cint(state.issued) + count + 1)
			return list(self._numbered(numbers)), None, count
		if self.batch.target == PLATFORM:
			return self._listed(cint(state.position), size)
		return self._for_people(state.position, size)

	def _numbered(self, numbers) -> Iterator[dict]:
		status = STOCK if self.batch.hold_back else ISSUED
		for number, code in zip(numbers, unused_codes(len(numbers)), strict=True):
			yield self._row(code, f"{self.batch.name}|{number}", status_category=status)

	def _listed(self, start: int, size: int) -> tuple[list[dict], str, int]:
		"""Codes that another batch or a till has brought in already stay as they are."""
		part = platform_codes(self.batch)[start : start + size]
		codes = {self.prefix + code: code for code in part}
		taken = set(frappe.get_all(COUPON, {"name": ["in", list(codes)]}, pluck="name")) if codes else set()
		rows = [
			self._row(code, f"{self.batch.name}|{code}", platform_code=foreign)
			for code, foreign in codes.items()
			if code not in taken
		]
		return rows, str(start + len(part)), len(part)

	def _for_people(self, position: str | None, size: int) -> tuple[list[dict], str | None, int]:
		"""Customers in the order of their names. Who joined the segment behind that point comes in the last
		round."""
		people = self._people(position, size) or (self._people(None, size) if position else [])
		each = cint(self.batch.per_customer) or 1
		codes = iter(unused_codes(len(people) * each))
		rows = [
			self._row(next(codes), f"{self.batch.name}|{person.customer}|{number}", **person)
			for person in people
			for number in range(1, each + 1)
		]
		return rows, people[-1].customer if people else position, len(people)

	def _people(self, position: str | None, size: int) -> list:
		"""Whom the batch means and has not served, behind `position`."""
		coupon, customer = frappe.qb.DocType(COUPON), frappe.qb.DocType("CRM Customer")
		query = frappe.qb.from_(customer)
		if self.batch.target == SEGMENT:
			member = frappe.qb.DocType("Customer Segment Member")
			query = frappe.qb.from_(member).join(customer).on(customer.name == member.customer)
			query = query.where(member.segment == self.batch.segment)
		else:
			query = query.where(customer.name == self.batch.customer)
		query = (
			query.left_join(coupon)
			.on((coupon.batch == self.batch.name) & (coupon.customer == customer.name))
			.where(coupon.name.isnull() & customer.status_category.notin(NO_MEMBERS))
			.select(customer.name.as_("customer"), customer.customer_name)
			.orderby(customer.name)
			.limit(size)
		)
		if position:
			query = query.where(customer.name > position)
		return query.run(as_dict=True)

	def _row(self, code: str, key: str, **values) -> dict:
		template = self.template
		return {
			"code": code,
			"issue_key": key,
			"template": template.name,
			"batch": self.batch.name,
			"valid_from": self.start,
			"valid_until": self.end,
			"use_limit": cint(template.uses_per_coupon) or 1,
			"platform": template.platform,
			"face_value": template.face_value,
			"settlement_price": template.settlement_price,
			**values,
		}


def unused_codes(count: int) -> list[str]:
	"""New codes that are neither a coupon's nor a card's."""
	codes: set[str] = set()
	while len(codes) < count:
		codes |= {coupon_code.new_code() for _turn in range(count - len(codes))}
		for doctype in (COUPON, "Member Card"):
			codes -= set(frappe.get_all(doctype, {"name": ["in", list(codes)]}, pluck="name"))
	return list(codes)


def resume_batches() -> None:
	"""Nightly: batches whose worker was killed go on."""
	for name in frappe.get_all(BATCH, {"status_category": ["in", OPEN]}, pluck="name"):
		try:
			run(name)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=f"Coupon Batch {name}")
			frappe.db.commit()
