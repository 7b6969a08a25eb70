"""The refresh on a site: what is written, when, and that a part of it equals the whole."""

import json
from datetime import date, timedelta

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.hosts import counted_queries
from crm_testing.sales import make_return, make_transaction
from crm_testing.scores import bulk_customers, bulk_sales, make_shop, scores_of
from frappe.utils import add_days, getdate, nowdate
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_analytics.domain.refresh_plan import FULL, INCREMENTAL, RESCORE
from crm_app.crm_analytics.scores import fitting, jobs, runs
from crm_app.crm_analytics.scores.histories import Span, read, spans
from crm_app.crm_analytics.scores.snapshot import snapshot
from crm_app.crm_analytics.scores.work import carry_on
from crm_app.crm_analytics.scores.writer import score


def run_of(name: str):
	return frappe.get_doc("Analytics Run", name)


@pytest.fixture
def shop():
	"""With one purchase model, which fits faster than three."""
	set_up(history_months=0, value_model="BG/NBD")
	return make_shop(120)


def set_up(**values) -> None:
	for fieldname, value in values.items():
		frappe.db.set_single_value("Analytics Settings", fieldname, value)


def test_everybody_with_a_sale_is_scored(shop):
	run = run_of(runs.refresh())
	found = scores_of(shop)
	assert set(found) == set(shop) and (run.status, run.kind, run.progress) == ("Completed", FULL, 100)
	for row in found.values():
		assert 0 <= row["churn_probability"] <= 100 and 0 <= row["p_alive"] <= 100
		assert row["segment"] and len(row["rfm_code"]) == 3 and row["model_version"] == run.model_version
		assert row["repeat_days"] == row["purchase_days"] - 1
		assert row["as_of"] == getdate(nowdate())


def test_histories_are_what_the_sales_say():
	customer = make_customer().name
	for day, rate in (("2024-01-10", 10), ("2024-01-10", 20), ("2024-02-01", 5), ("2024-03-01", 7)):
		line = {"item_code": "TEA", "qty": 1, "rate": rate}
		sale = make_transaction(customer, posting_date=day, items=[line])
	make_return(sale, 1)
	make_transaction(customer, posting_date="2024-02-20", submit=False)
	found = read(Span(names=[customer]), date(2024, 2, 28)).loc[customer]
	assert found[["days", "invoices", "sales", "first_sales", "returned"]].tolist() == [2, 3, 35.0, 30.0, 0.0]
	later = read(Span(names=[customer]), date(2025, 2, 1)).loc[customer]
	assert later[["days", "sales", "returned", "year_net"]].tolist() == [3, 42.0, 7.0, 0.0]
	assert later["last_day"] - later["first_day"] == 51


def test_spans_hold_every_customer_once(shop):
	together = [name for span in spans(17) for name in read(span, getdate(nowdate())).index if name in shop]
	assert sorted(together) == sorted(shop)


@settings(max_examples=12, deadline=None)
@given(
	st.lists(
		st.tuples(st.integers(0, 59), st.integers(0, 300), st.sampled_from([-40.0, 0.0, 12.5, 999.99])),
		max_size=6,
	),
	st.lists(st.integers(0, 59), max_size=3),
)
def test_a_refresh_of_the_changed_equals_one_of_everybody(changes, gone):
	"""Same models, same day: after any sales, returns, cancellations and erasures, row by row."""
	frappe.db.savepoint("example")
	set_up(history_months=0, value_model="BG/NBD", churn_method="Inactivity Rule")
	names = make_shop(60)
	runs.refresh()
	for at, days, amount in changes:
		bulk_sales([(names[at], add_days(nowdate(), -days), amount)])
		touch("CRM Transaction", {"customer": names[at]})
	for at in gone:
		frappe.db.set_value("CRM Customer", names[at], "status_category", "Erased")
	first = frappe.db.get_value("CRM Transaction", {"customer": names[7]})
	frappe.db.set_value("CRM Transaction", first, "docstatus", 2)
	assert run_of(runs.refresh()).kind == INCREMENTAL
	part = scores_of(names)
	run = run_of(runs.refresh(RESCORE))
	assert run.kind == RESCORE and scores_of(names) == part
	assert not {names[at] for at in gone} & set(part)
	frappe.db.rollback(save_point="example")


def touch(doctype: str, filters: dict) -> None:
	frappe.db.set_value(doctype, filters, "docstatus", 1)


def test_who_is_scored_together_changes_nothing(shop):
	runs.refresh()
	fitted, day = fitting.load(runs.standing().version), getdate(nowdate())
	assert fitted["Churn"].method == "Logistic regression"
	together = score(Span(names=shop), fitted, day)
	for name in shop[::9]:
		alone = score(Span(names=[name]), fitted, day)
		assert alone.loc[name].to_dict() == together.loc[name].to_dict()


def test_models_come_back_as_they_were_stored(shop):
	population = fitting.read_population(getdate(nowdate()), lambda customers: None)
	for part in fitting.PARTS:
		population.fitted[part.kind] = fitting.fit_part(part, population)
	loaded = fitting.load(fitting.store(population))
	assert {kind: fitted.params for kind, fitted in loaded.items()} == {
		kind: fitted.params for kind, fitted in population.fitted.items()
	}


def test_a_score_names_its_model_and_its_day_and_the_model_its_quality(shop):
	set_up(value_model="Automatic")
	run = run_of(runs.refresh())
	models = frappe.get_all(
		"Analytics Model", filters={"version": run.model_version}, fields=["*"], limit_page_length=0
	)
	by_kind = {row.kind: row for row in models}
	assert {"RFM Cuts", "Purchases", "Spend", "Churn"} <= set(by_kind)
	assert all(row.is_current and row.as_of == run.as_of and row.population >= 120 for row in models)
	churn = by_kind["Churn"]
	assert churn.method == "Logistic regression" and 0.5 < churn.auc <= 1 and churn.calibration_error < 0.3
	assert len(json.loads(churn.quality)["calibration"]) == 10
	assert by_kind["Purchases"].actual_total > 0 and by_kind["Purchases"].forecast_total > 0
	assert len(json.loads(by_kind["Purchases"].quality)["candidates"]) == 3


def test_the_day_moving_on_scores_everybody_with_the_same_models(shop):
	yesterday = getdate(add_days(nowdate(), -1))
	first = run_of(runs.refresh(as_of=yesterday))
	second = run_of(runs.refresh())
	assert (second.kind, second.model_version) == (RESCORE, first.model_version)
	assert str(yesterday) in second.reason
	assert {row["as_of"] for row in scores_of(shop).values()} == {getdate(nowdate())}


def test_a_changed_setting_or_segment_fits_anew(shop):
	first = run_of(runs.refresh())
	set_up(margin=40, value_model="BG/NBD")
	second = run_of(runs.refresh())
	frappe.get_doc("RFM Segment", "Champions").update({"fm_from": 5}).save()
	third = run_of(runs.refresh())
	assert [second.kind, third.kind] == [FULL, FULL]
	assert [run.model_version - first.model_version for run in (second, third)] == [1, 2]


def test_a_run_goes_on_where_it_was_stopped(shop):
	set_up(chunk_size=10)
	name, seen = runs.start(FULL), []

	def stop_at_third(step, done, total):
		seen.append(step)
		if seen.count("Score") == 3:
			frappe.db.set_value("Analytics Run", name, "stop_requested", 1)

	carry_on(name, stop_at_third)
	run = run_of(name)
	assert run.status == "Stopped" and run.step == "Score" and 0 < run.progress < 100
	assert 0 < run.customers_scored < frappe.db.count("CRM Customer")
	assert snapshot().unfinished.name == name
	assert runs.start(FULL) == name
	carry_on(name)
	run.reload()
	assert run.status == "Completed" and set(scores_of(shop)) == set(shop)
	assert run.customers_scored == frappe.db.count("Customer Score")


def test_two_processes_cannot_work_at_one_run(shop):
	from crm_app.crm_analytics.scores.work import RunBusy

	set_up(chunk_size=10)
	name = runs.start(FULL)

	def other_takes_over(step, done, total):
		if step == "Score":
			frappe.db.set_value("Analytics Run", name, "position", "SCORE-00099")

	with pytest.raises(RunBusy):
		carry_on(name, other_takes_over)


def test_month_ends_are_scored_once(shop):
	set_up(history_months=3)
	first = run_of(runs.refresh())
	days = sorted(set(frappe.get_all("Customer Score History", pluck="as_of", limit_page_length=0)))
	assert len(days) == 3 == len(first.months_done.split())
	again = run_of(runs.refresh(FULL))
	assert again.history_rows == 0 and not again.months_done


def test_a_month_end_is_what_the_scores_were_that_day(shop):
	set_up(history_months=1)
	run = run_of(runs.refresh())
	day = getdate(run.months_done)
	now = score(Span(names=shop), fitting.load(run.model_version), day)
	rows = frappe.get_all("Customer Score History", {"as_of": day}, ["*"], limit_page_length=0)
	then = {row.customer: (row.segment, row.rfm_code) for row in rows if row.customer in shop}
	assert then == {name: (now.at[name, "segment"], now.at[name, "rfm_code"]) for name in now.index}


def test_the_hourly_job_refreshes_at_night_and_follows_changes_by_day(shop):
	set_up(refresh_hour=0)
	assert run_of(jobs.hourly()).kind == FULL
	frappe.db.set_value("Analytics Run", {"status": "Completed"}, "watermark", "2026-01-02 00:00:00")
	touch("CRM Transaction", {"customer": shop[0]})
	run = run_of(jobs.hourly())
	assert run.kind == INCREMENTAL and 1 <= run.customers_scored < len(shop)
	set_up(follow_changes=0)
	assert jobs.hourly() is None


def test_the_hourly_job_waits_for_its_hour_and_for_a_run_at_work(shop):
	set_up(refresh_hour=23, refresh_nightly=0)
	assert jobs.hourly() is None
	set_up(refresh_hour=0, refresh_nightly=1)
	frappe.db.set_value("Analytics Run", runs.start(FULL), "status", "Running")
	assert jobs.hourly() is None


def test_a_full_refresh_asks_as_many_questions_whoever_is_in_a_step(shop):
	set_up(chunk_size=5000)
	runs.refresh()
	with counted_queries() as few:
		runs.refresh(RESCORE)
	bulk_customers([f"MORE-{number}" for number in range(300)])
	bulk_sales([(f"MORE-{number}", "2026-01-05", 10.0) for number in range(300)])
	with counted_queries() as many:
		runs.refresh(RESCORE)
	assert len(many) <= len(few) + 2


def test_stale_scores_say_so(shop):
	runs.refresh(as_of=getdate(nowdate()) - timedelta(days=1))
	assert not snapshot().is_stale
	runs.forget_unfinished()
	frappe.db.delete("Analytics Run")
	runs.refresh(as_of=getdate(nowdate()) - timedelta(days=2))
	state = snapshot()
	assert state.is_stale and state.age == 2
