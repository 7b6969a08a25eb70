"""Which refresh is due, and why."""

from datetime import date

import pytest

from crm_app.crm_analytics.domain.refresh_plan import FULL, INCREMENTAL, RESCORE, Standing, plan

TODAY = date(2026, 5, 20)


def standing(**values) -> Standing:
	known = {"as_of": TODAY, "version": 3, "fitted_on": TODAY, "fingerprint": "a", "customers": 100}
	return Standing(**(known | values))


def due(found, changed=0, wanted=None, fingerprint="a"):
	return plan(found, TODAY, TODAY, fingerprint, 7, changed, wanted)


def test_without_scores_everything_is_made():
	assert due(None).kind == FULL


@pytest.mark.parametrize(
	("found", "changed", "wanted", "fingerprint", "kind"),
	[
		(standing(), 5, None, "a", INCREMENTAL),
		(standing(), 0, None, "a", INCREMENTAL),
		(standing(), 21, None, "a", RESCORE),
		(standing(as_of=date(2026, 5, 19)), 0, None, "a", RESCORE),
		(standing(), 5, RESCORE, "a", RESCORE),
		(standing(), 5, FULL, "a", FULL),
		(standing(), 5, None, "b", FULL),
		(standing(fitted_on=date(2026, 5, 13)), 5, None, "a", FULL),
		(standing(fitted_on=date(2026, 5, 14)), 5, None, "a", INCREMENTAL),
	],
)
def test_the_smallest_refresh_that_makes_the_scores_right(found, changed, wanted, fingerprint, kind):
	found_plan = due(found, changed, wanted, fingerprint)
	assert found_plan.kind == kind
	assert "{" not in found_plan.reason.format(*found_plan.values)
