"""Churn: how well it ranks customers of real shops it has not seen the future of, and what bad data gets."""

import numpy as np
import pandas as pd
import pytest
from crm_testing.research_data import cdnow_purchases, online_retail_sales, telco_customers
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import churn, history
from crm_app.crm_analytics.domain.bgnbd import BGNBD
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.domain.logistic import Logistic, auc, calibration, calibration_error


def known_by(sales, day):
	return sales[sales["date"] < pd.Timestamp(day) + pd.Timedelta(days=1)]


def left(model, sales, until):
	bought = history.purchases_between(sales, model.until_, until)
	return ~model.summary_.index.isin(bought.index)


@pytest.fixture(scope="module")
def discs():
	sales = cdnow_purchases()
	model = churn.ChurnModel(horizon=39 * 7).fit(known_by(sales, "1997-09-30"), "1997-09-30")
	return model, left(model, sales, "1998-06-30")


@pytest.fixture(scope="module")
def gifts():
	sales = online_retail_sales()
	model = churn.ChurnModel(horizon=100).fit(known_by(sales, "2011-08-31"), "2011-08-31")
	return model, left(model, sales, "2011-12-09")


def test_the_ranking_of_cdnow_customers(discs):
	model, gone = discs
	assert model.status_ == "converged" and len(gone) == 2357
	assert auc(gone, model.predict()) >= 0.778
	assert calibration_error(gone, model.predict()) < 0.07


def test_the_ranking_of_online_retail_customers(gifts):
	model, gone = gifts
	assert model.status_ == "converged" and len(gone) == 3317
	assert auc(gone, model.predict()) >= 0.737
	assert calibration_error(gone, model.predict()) < 0.08  # learnt in summer, judged in the gift season


def test_being_alive_in_the_bg_nbd_is_no_churn_score(discs):
	model, gone = discs
	score = 1 - BGNBD().fit(model.summary_).p_alive(model.summary_)
	assert auc(gone, score) == pytest.approx(0.316, abs=0.001)


def test_the_future_is_not_looked_at(discs):
	sales = cdnow_purchases()
	whole = churn.ChurnModel(horizon=39 * 7).fit(sales, "1997-09-30")
	assert whole.predict().equals(discs[0].predict())


def test_reasons_are_words_for_what_raises_the_risk(gifts):
	model, _gone = gifts
	reasons, risk = model.reasons(), model.predict()
	assert reasons.map(len).max() <= 3
	assert all(reason in churn.REASONS for row in reasons for reason in row)
	assert reasons[risk.idxmax()] and ("frequency", "low") in reasons[risk.idxmax()]
	assert reasons[risk > 0.7].map(len).min() >= 1


def telco_features():
	"""Numbers, the roots and logarithms of the skewed ones, and a column for each option."""
	frame = telco_customers()
	gone = (frame["Churn"] == "Yes").to_numpy()
	frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce").fillna(0)
	numbers = frame[["tenure", "MonthlyCharges", "TotalCharges"]]
	shapes = {
		"log_tenure": np.log1p(numbers["tenure"]),
		"root_tenure": np.sqrt(numbers["tenure"]),
		"log_monthly": np.log(numbers["MonthlyCharges"]),
	}
	options = frame.drop(columns=[*numbers.columns, "customerID", "Churn"]).astype(str)
	options = pd.get_dummies(options, drop_first=True, dtype=float)
	return pd.concat([numbers.assign(**shapes), options], axis=1), gone


def test_the_ranking_of_telco_customers_in_five_folds():
	features, gone = telco_features()
	fold = np.random.default_rng(0).permutation(len(gone)) % 5
	scores = np.zeros(len(gone))
	for part in range(5):
		model = Logistic().fit(features[fold != part], gone[fold != part])
		assert model.converged_
		scores[fold == part] = model.predict(features[fold == part])
	folds = [auc(gone[fold == part], scores[fold == part]) for part in range(5)]
	assert np.mean(folds) >= 0.845 and auc(gone, scores) >= 0.845
	assert calibration_error(gone, scores) < 0.015


def sales_of(rows):
	frame = pd.DataFrame(rows, columns=["customer", "date", "amount"])
	return frame.assign(date=pd.to_datetime(frame["date"]), amount=frame["amount"].astype(float))


@pytest.mark.parametrize(
	"rows",
	[
		[],
		[("A", "2024-01-01", 1)],
		[("A", "2024-01-01", 1), ("A", "2024-02-01", 0), ("B", "2024-01-20", -4)],
		[(n, "2024-01-01", 5) for n in range(300)],
		[(n, day, 5) for n in range(300) for day in ("2024-01-01", "2024-05-01")],
	],
)
def test_a_short_past_gets_the_inactivity_rule_and_says_so(rows):
	model = churn.ChurnModel(horizon=90).fit(sales_of(rows), "2024-06-01")
	assert model.status_ == "rule" and model.message_.startswith("The inactivity rule answers")
	assert model.predict().between(0, 1).all()
	assert len(model.predict()) == len(model.reasons()) == len({row[0] for row in rows})


def test_the_rule_says_half_after_two_usual_intervals():
	summary = pd.DataFrame(
		{"frequency": [2, 2, 2, 0], "recency": [10.0, 10.0, 10.0, 0.0], "T": [10.0, 20.0, 40.0, 10.0]}
	)
	assert churn.inactivity(summary).tolist() == pytest.approx([0, 0.5, 0.75, 0.5])


def test_one_kind_of_customer_gives_a_plain_message():
	for truth in ([True] * 5, [False] * 5, []):
		with pytest.raises(NotEnoughHistory, match="two kinds"):
			Logistic().fit(pd.DataFrame({"x": np.arange(len(truth), dtype=float)}), truth)


def test_perfectly_separated_customers_still_get_a_model():
	model = Logistic().fit(pd.DataFrame({"x": [1.0, 2, 3, 4], "same": 1.0}), [False, False, True, True])
	assert model.converged_ and model.effects_["same"] == 0
	assert model.predict(pd.DataFrame({"x": [0.0, 9.0, None], "same": 1.0})).round(1).tolist() == [
		pytest.approx(0.1, abs=0.1),
		pytest.approx(0.9, abs=0.1),
		0.5,
	]


def test_auc_counts_pairs():
	assert auc([0, 1], [0.2, 0.9]) == 1 and auc([1, 0], [0.2, 0.9]) == 0
	assert auc([0, 1, 0, 1], [5, 5, 5, 5]) == 0.5
	assert np.isnan(auc([1, 1], [0, 1]))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=40))
def test_calibration_groups_keep_every_case(rows):
	event, score = [row[0] for row in rows], [row[1] for row in rows]
	assert calibration(event, score)["cases"].sum() == len(rows)
	assert 0 <= calibration_error(event, score) <= 1
