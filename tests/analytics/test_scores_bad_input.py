"""Shops that are odd: an answer or a plain message, never a traceback."""

import frappe
import pytest
from crm_testing.scores import bulk_customers, bulk_sales, scores_of
from frappe.utils import add_days, nowdate

from crm_app.crm_analytics.report.churn_profile import churn_profile
from crm_app.crm_analytics.report.churn_risk import churn_risk
from crm_app.crm_analytics.report.customer_value import customer_value
from crm_app.crm_analytics.report.model_quality import model_quality
from crm_app.crm_analytics.report.rfm_migration import rfm_migration
from crm_app.crm_analytics.report.rfm_segmentation import rfm_segmentation
from crm_app.crm_analytics.scores import facts, runs, snapshot

REPORTS = [rfm_segmentation, customer_value, churn_risk, churn_profile, rfm_migration, model_quality]
NAMES = [f"ODD-{number:03d}" for number in range(30)]


def ago(days: int) -> str:
	return add_days(nowdate(), -days)


# Customer, days ago, amount.
SHOPS = {
	"one customer with one sale": [("ODD-000", 10, 5.0)],
	"one sale each": [(name, 10 + at, 5.0) for at, name in enumerate(NAMES)],
	"all alike": [(name, days, 5.0) for name in NAMES for days in (10, 40, 70)],
	"sales of nothing": [(name, days, 0.0) for name in NAMES for days in (10, 40)],
	"returns beyond the sales": [
		row for name in NAMES for row in ((name, 40, 5.0), (name, 9, -500.0), (name, 8, 2.0))
	],
	"returns alone": [(name, 9, -5.0) for name in NAMES],
	"sales to come": [(name, -5, 9.0) for name in NAMES],
	"today alone": [(name, 0, 9.0) for name in NAMES],
	"huge and tiny": [(name, 3 * at + 1, 10.0 ** (at % 11)) for at, name in enumerate(NAMES * 3)],
}
SCORED = {"returns alone": 0, "sales to come": 0, "one customer with one sale": 1}


@pytest.mark.parametrize("kind", list(SHOPS))
def test_odd_shops_are_scored_and_reported(kind):
	quick()
	bulk_customers(NAMES)
	sell(SHOPS[kind])
	run = frappe.get_doc("Analytics Run", runs.refresh())
	found = scores_of(NAMES)
	assert run.status == "Completed" and len(found) == SCORED.get(kind, 30)
	for row in found.values():
		assert 0 <= row["churn_probability"] <= 100 and 0 <= row["p_alive"] <= 100
		assert row["expected_purchases"] >= 0 and row["value_at_risk"] >= 0
	if not found:
		assert "nothing to score" in run.message
	for report in REPORTS:
		report.execute({})


def sell(rows) -> None:
	bulk_sales([(name, ago(days), amount) for name, days, amount in rows])


def quick() -> None:
	for fieldname, value in {"history_months": 1, "value_model": "BG/NBD"}.items():
		frappe.db.set_single_value("Analytics Settings", fieldname, value)


def test_a_site_without_sales_says_so():
	quick()
	run = frappe.get_doc("Analytics Run", runs.refresh())
	assert run.status == "Completed" and "nothing to score" in run.message


def test_too_little_history_is_told_and_the_rule_answers():
	quick()
	bulk_customers(NAMES)
	sell(SHOPS["one sale each"])
	run = frappe.get_doc("Analytics Run", runs.refresh())
	models = frappe.get_all("Analytics Model", {"version": run.model_version}, ["kind", "status", "message"])
	by_kind = {row.kind: row for row in models}
	for kind in ("Purchases", "Churn"):
		assert by_kind[kind].status == "Fallback" and by_kind[kind].message
	assert not any(row["has_forecast"] for row in scores_of(NAMES).values())


def test_of_several_currencies_one_is_added_up_and_the_run_says_so():
	quick()
	bulk_customers(NAMES)
	bulk_sales([(name, ago(20), 5.0) for name in NAMES])
	bulk_sales([(NAMES[0], ago(10), 999.0)], currency="USD")
	run = frappe.get_doc("Analytics Run", runs.refresh())
	row = scores_of(NAMES)[NAMES[0]]
	assert (row["monetary"], row["frequency"]) == (5.0, 2)
	assert (run.other_currency, run.currency) == (1, "CNY")


@pytest.mark.parametrize(("language", "words"), [("en", "in another currency"), ("zh", "其他币种")])
def test_what_a_run_says_is_told_in_the_language_of_who_reads_it(language, words):
	quick()
	bulk_customers(NAMES)
	bulk_sales([(name, ago(20), 5.0) for name in NAMES])
	bulk_sales([(NAMES[0], ago(10), 999.0)], currency="USD")
	frappe.local.lang = "zh"
	run = frappe.get_doc("Analytics Run", runs.refresh())
	frappe.local.lang = language
	assert words in snapshot.note(snapshot.snapshot()) and (run.message + run.reason).isascii()
	run.onload()
	assert words in run.message and "[" not in run.message + run.reason
	assert run.reason.isascii() == (language == "en")


def test_the_text_of_an_error_is_told_as_it_stands():
	broken = "unsupported operand\n[1, 2] is no sentence"
	assert facts.in_words(broken) == broken.replace("\n", " ")
	assert facts.in_words(None) == "" and facts.in_words('"7"') == '"7"'


@pytest.mark.parametrize(
	("values", "match"),
	[
		({"horizon_days": 0}, "Horizon"),
		({"margin": 101}, "Margin"),
		({"retention_threshold": -1}, "Retention"),
		({"chunk_size": 1}, "per Step"),
		({"refresh_hour": 24}, "Hour"),
		({"rfm_method": "Fixed", "money_cuts": "5, 4, 3, 2"}, "Money Cuts"),
	],
)
def test_settings_that_mean_nothing_are_refused(values, match):
	doc = frappe.get_doc("Analytics Settings")
	doc.update(values)
	with pytest.raises(frappe.ValidationError, match=match):
		doc.save()


def test_ranges_of_a_segment_lie_within_the_scores():
	segment = frappe.get_doc("RFM Segment", "Champions")
	for values in ({"r_from": 0}, {"fm_to": 6}, {"r_from": 5, "r_to": 4}):
		with pytest.raises(frappe.ValidationError):
			frappe.get_doc(segment.as_dict()).update(values).save()


def test_a_gap_in_the_segments_is_told_and_the_last_segment_takes_it():
	frappe.clear_messages()
	frappe.get_doc("RFM Segment", "Champions").update({"fm_from": 5}).save()
	assert "5/4" in str(frappe.message_log if hasattr(frappe, "message_log") else frappe.local.message_log)
	from crm_app.crm_analytics.scores.rfm_part import segment_grid
	from crm_app.crm_analytics.scores.segments import defined

	grid = segment_grid(defined())
	assert grid["54"] == defined()[-1].name and grid["55"] == "Champions"


def test_fixed_cuts_come_from_the_settings():
	quick()
	cuts = {"recency_cuts": "5, 10, 15, 20", "frequency_cuts": "1, 2, 3, 4", "money_cuts": "1, 2, 3, 4"}
	for fieldname, value in {"rfm_method": "Fixed", **cuts}.items():
		frappe.db.set_single_value("Analytics Settings", fieldname, value)
	bulk_customers(NAMES)
	bulk_sales([(NAMES[0], ago(5), 5.0), (NAMES[1], ago(21), 1.0)])
	runs.refresh()
	assert [scores_of(NAMES)[name]["rfm_code"] for name in NAMES[:2]] == ["515", "111"]
