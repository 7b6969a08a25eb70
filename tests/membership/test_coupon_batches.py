"""Batches: every code once, every customer once, however often the job is killed and started."""

import frappe
import pytest
from crm_testing.coupons import codes_of, kinds, make_batch, make_deal, make_template, state
from crm_testing.customers import make_customer, make_user

from crm_app.crm_membership import coupon_batches, coupon_rows
from crm_app.crm_membership.doctype.coupon_batch import actions
from crm_app.crm_membership.domain import coupon_code


def make_segment(*customers: str) -> str:
	segment = frappe.get_doc(
		{"doctype": "Customer Segment", "segment_name": frappe.generate_hash(length=8), "kind": "Manual"}
	).insert()
	for customer in customers:
		join(segment.name, customer)
	return segment.name


def join(segment: str, customer: str):
	frappe.get_doc({"doctype": "Customer Segment Member", "segment": segment, "customer": customer}).insert()


@pytest.fixture
def customers():
	return [make_customer(customer_name=f"Segment {n}").name for n in range(5)]


def holders(batch) -> list[str]:
	return sorted(frappe.get_all("Coupon", {"batch": batch.name}, pluck="customer"))


def test_a_batch_has_so_many_valid_codes():
	batch = make_batch(make_template(), quantity=25)
	codes = codes_of(batch)
	assert len(codes) == 25 and all(map(coupon_code.is_valid, codes))
	assert (batch.status_category, batch.issued, batch.planned, batch.progress) == ("Completed", 25, 25, 100)
	assert {tuple(kinds(code)) for code in codes} == {("Issued",)}


def test_a_batch_goes_on_where_it_was_killed(monkeypatch):
	batch, written = make_batch(make_template(), run=False, quantity=25), []

	def dies(rows, kind="Issued"):
		rows = list(rows)
		if written:
			raise RuntimeError("killed")
		written.append(len(rows))
		return coupon_rows_insert(rows, kind)

	coupon_rows_insert = coupon_rows.insert_coupons
	monkeypatch.setattr(coupon_rows, "insert_coupons", dies)
	with pytest.raises(RuntimeError):
		coupon_batches.run(batch.name, step=10)
	batch.reload()
	assert (batch.status_category, batch.issued, batch.message) == ("Failed", 10, "killed")
	monkeypatch.undo()
	coupon_batches.run(batch.name, step=10)
	assert batch.reload().issued == len(codes_of(batch)) == 25
	coupon_batches.run(batch.name)
	assert len(codes_of(batch)) == 25


def test_a_batch_that_was_left_running_is_resumed_at_night():
	batch = make_batch(make_template(), run=False)
	frappe.db.set_value("Coupon Batch", batch.name, "status_category", "Running")
	coupon_batches.resume_batches()
	assert batch.reload().status_category == "Completed" and len(codes_of(batch)) == 10


def test_a_stop_is_heard_between_two_steps():
	batch = make_batch(make_template(), run=False)
	maker = coupon_batches.Maker(batch)
	assert maker.step(4) == 4
	frappe.db.set_value("Coupon Batch", batch.name, "stop_requested", 1)
	with pytest.raises(coupon_batches.BatchStopped):
		maker.step(4)
	coupon_batches.run(batch.name)
	assert len(codes_of(batch)) == 10


def test_every_customer_of_a_segment_gets_one(customers):
	merged = make_customer().name
	frappe.db.set_value("CRM Customer", merged, "status_category", "Merged")
	batch = make_batch(make_template(), target="Customer Segment", segment=make_segment(*customers, merged))
	assert holders(batch) == sorted(customers)


def test_who_joins_while_it_runs_gets_one_too(customers):
	segment = make_segment(*sorted(customers)[2:])
	batch = make_batch(make_template(), run=False, target="Customer Segment", segment=segment)
	maker = coupon_batches.Maker(batch)
	maker.step(2)
	join(segment, min(customers))
	while maker.step(2):
		pass
	assert holders(batch) == sorted([min(customers), *sorted(customers)[2:]])


def test_several_for_each(customers):
	segment = make_segment(*customers)
	batch = make_batch(make_template(), target="Customer Segment", segment=segment, per_customer=3)
	assert holders(batch) == sorted(customers * 3) and batch.planned == 15


def test_codes_of_a_platform_come_in_once():
	deal = make_deal()
	first = make_batch(deal, target="Codes of a Platform", platform_codes="AA 11\naa11\n\nBB-22")
	prefix = frappe.db.get_value("Voucher Platform", deal.platform, "prefix")
	assert codes_of(first) == [f"{prefix}AA11", f"{prefix}BB22"]
	again = make_batch(deal, target="Codes of a Platform", platform_codes="BB22\nCC33")
	assert codes_of(again) == [f"{prefix}CC33"]
	voucher = frappe.get_doc("Coupon", f"{prefix}CC33")
	assert (voucher.platform_code, voucher.face_value, voucher.settlement_price) == ("CC33", 100, 80)


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"quantity": 0}, "Number of Codes"),
		({"quantity": 1_000_001}, "At most 1000000"),
		({"target": "Customer Segment"}, "Segment"),
		({"target": "One Customer"}, "Customer"),
		({"target": "Codes of a Platform", "platform_codes": "1"}, "belongs to no platform"),
	],
)
def test_batches_that_cannot_work_are_refused(values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_batch(make_template(), run=False, **values)


def test_a_batch_that_has_begun_keeps_what_it_is(customers):
	batch = make_batch(make_template())
	batch.quantity = 20
	with pytest.raises(frappe.ValidationError, match="has begun"):
		batch.save()
	batch.reload().issued = 0
	batch.save()
	assert batch.reload().issued == 10, "progress is nobody's to write"
	with pytest.raises(frappe.ValidationError):
		batch.delete()


def test_the_buttons(as_user):
	batch = make_batch(make_template(), run=False, hold_back=1)
	with as_user(make_user("marketing@coupons.test", "CRM Marketing User")):
		assert actions.issue({"name": batch.name})["status_category"] in ("Queued", "Completed")
		coupon_batches.run(batch.name)
		actions.hand_out({"name": batch.name})
		assert state(codes_of(batch)[0])[0] == "Issued"
		actions.void({"name": batch.name})
		assert state(codes_of(batch)[0])[0] == "Void"
		with pytest.raises(frappe.ValidationError, match="complete"):
			actions.issue({"name": batch.name})
		with pytest.raises(frappe.ValidationError, match="not running"):
			actions.stop({"name": batch.name})
	with as_user(make_user("finance@coupons.test", "CRM Finance User")):
		with pytest.raises(frappe.PermissionError):
			actions.void({"name": batch.name})
