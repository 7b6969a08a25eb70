"""RFM on plain frames: known answers, invariants, and the published figures of a real shop."""

import pandas as pd
import pytest
from crm_testing.shop_data import online_retail_path
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import rfm
from crm_app.crm_analytics.domain.segments import SEGMENTS


def frame(rows):
	sales = pd.DataFrame(rows, columns=["customer", "date", "amount", "invoice"])
	return sales.assign(date=pd.to_datetime(sales["date"], format="ISO8601"))


SALES = frame(
	[
		("B", "2024-01-01", 10.0, "1"),
		("B", "2024-01-01", 5.0, "1"),
		("A", "2024-01-31 23:59", 20.0, "2"),
		("A", "2024-01-02", 1.5, "3"),
		("C", "2024-02-01", 99.0, "4"),
	]
)

summaries = st.lists(
	st.tuples(st.integers(0, 3000), st.integers(1, 300), st.floats(0, 1e6, allow_nan=False)), max_size=60
).map(lambda rows: pd.DataFrame(rows, columns=rfm.MEASURES))


def test_summary_counts_days_invoices_and_money_up_to_the_day():
	summary = rfm.summarise(SALES, "2024-01-31")
	assert list(summary.index) == ["A", "B"]
	assert summary.to_dict("list") == {"recency": [0, 30], "frequency": [2, 1], "monetary": [21.5, 15.0]}


def test_an_empty_shop_gives_empty_scores():
	summary = rfm.summarise(SALES.iloc[:0], "2024-01-31")
	named = rfm.score(summary)
	assert named.empty and rfm.name_segments(named).empty


def test_a_single_customer_gets_a_score_and_a_segment():
	scored = rfm.score(rfm.summarise(SALES.iloc[:1], "2024-01-31"))
	assert scored["code"].str.fullmatch("[1-5]{3}").all()
	assert rfm.name_segments(scored)[0:1].isin([s.name for s in SEGMENTS]).all()


def test_fixed_cuts_put_a_value_on_the_bound_into_the_lower_group():
	summary = pd.DataFrame({"recency": [30, 31, 400], "frequency": [1, 2, 3], "monetary": [0, 50, 51]})
	cuts = {"recency": [30, 90, 180, 365], "frequency": [1, 2], "monetary": [50]}
	scored = rfm.score(summary, cuts=cuts)
	assert scored["r"].tolist() == [5, 4, 1]
	assert scored["f"].tolist() == [1, 2, 3]
	assert scored["m"].tolist() == [1, 1, 2]


def test_cuts_that_do_not_ascend_are_refused():
	with pytest.raises(ValueError, match="ascend"):
		rfm.score(rfm.summarise(SALES, "2024-02-01"), cuts={"monetary": [5, 1]})


def test_every_cell_of_the_grid_belongs_to_a_segment_and_every_segment_to_a_cell():
	hits = [next(s.name for s in SEGMENTS if s.holds(r, fm)) for r in range(1, 6) for fm in range(1, 6)]
	assert len(hits) == 25 and set(hits) == {s.name for s in SEGMENTS}
	assert len(SEGMENTS) == 11


def test_the_profile_shares_out_all_money():
	scored = rfm.score(rfm.summarise(SALES, "2024-02-01"))
	table = rfm.profile(scored.assign(segment=rfm.name_segments(scored)))
	assert table["customers"].sum() == 3 and table["share"].sum() == pytest.approx(1)


@given(summaries, st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_scores_stay_in_range_and_follow_their_measure(summary, groups):
	scored = rfm.score(summary, groups)
	for column in rfm.SCORES:
		assert scored[column].between(1, groups).all()
	by_age = scored.sort_values("recency")
	assert by_age["r"].is_monotonic_decreasing
	assert scored.sort_values("monetary")["m"].is_monotonic_increasing
	by_visits = scored.sort_values("frequency", kind="stable")
	assert by_visits["f"].is_monotonic_increasing
	sizes = scored["f"].value_counts()
	assert not len(sizes) or len(summary) < groups or sizes.max() - sizes.min() <= 1
	assert set(rfm.name_segments(scored, groups=groups)) <= {s.name for s in SEGMENTS}


def test_quantile_scores_agree_with_qcut():
	values = pd.Series(range(997)) ** 2 % 1009
	summary = pd.DataFrame({"recency": values, "frequency": values % 7 + 1, "monetary": values * 1.5})
	scored = rfm.score(summary)
	assert (scored["r"] == pd.qcut(values, 5, labels=[5, 4, 3, 2, 1]).astype(int)).all()
	assert (scored["m"] == pd.qcut(values * 1.5, 5, labels=False) + 1).all()


def test_the_real_shop_gives_the_published_figures():
	lines = pd.read_csv(online_retail_path(), dtype={"InvoiceNo": str, "CustomerID": str})
	lines = lines[lines["CustomerID"].notna() & (lines["UnitPrice"] > 0) & (lines["Quantity"] > 0)]
	lines = lines[~lines["InvoiceNo"].str.startswith("C")]
	lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
	summary = rfm.summarise(lines, "2011-12-10", "CustomerID", "InvoiceDate", "amount", "InvoiceNo")
	scored = rfm.score(summary)
	assert len(lines) == 397_884 and len(summary) == 4_338
	assert summary["frequency"].sum() == 18_532 and summary["frequency"].max() == 209
	assert round(summary["frequency"].mean(), 3) == 4.272
	assert round(summary["monetary"].sum(), 2) == 8_911_407.90
	assert round(summary["recency"].mean(), 3) == 93.059 and summary["recency"].median() == 51
	assert scored["r"].value_counts().sort_index().tolist() == [861, 866, 863, 880, 868]
	codes = scored["code"].value_counts()
	assert codes["555"] == 348 and codes["111"] == 182
