"""The refresh on a site: what is written, when, and that a part of it equals the whole."""

import frappe
from crm_testing.scores import make_shop, scores_of

from crm_app.crm_analytics.scores import runs


def run_of(name: str):
	return frappe.get_doc("Analytics Run", name)


def test_everybody_with_a_sale_is_scored():
	names = make_shop()
	run = run_of(runs.refresh())
	found = scores_of(names)
	assert set(found) == set(names) and run.status == "Completed" and run.kind == "Full"
	assert run.customers_scored >= len(names)
	for row in found.values():
		assert 0 <= row["churn_probability"] <= 100 and 0 <= row["p_alive"] <= 100
		assert row["segment"] and len(row["rfm_code"]) == 3 and row["model_version"] == run.model_version
		assert row["repeat_days"] == row["purchase_days"] - 1
