"""Value models: the published figures of CDNOW and Online Retail, gradients, and what bad data gets."""

import numpy as np
import pandas as pd
import pytest
from crm_testing.research_data import cdnow_purchases, cdnow_summary, online_retail_sales
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import gammaln, hyp2f1

from crm_app.crm_analytics.domain import gamma_gamma, history
from crm_app.crm_analytics.domain.bgnbd import BGNBD, MBGNBD
from crm_app.crm_analytics.domain.gamma_gamma import GammaGamma
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.domain.pareto_nbd import ParetoNBD
from crm_app.crm_analytics.domain.purchase_model import Histories

MODELS = [BGNBD, MBGNBD, ParetoNBD]
PUBLISHED = {
	BGNBD: ({"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, -9582.43),
	MBGNBD: ({"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}, -9582.13),
	ParetoNBD: ({"r": 0.5533, "alpha": 10.578, "s": 0.6062, "beta": 11.669}, -9594.97),
}


@pytest.fixture(scope="module")
def from_file():
	return cdnow_summary()


@pytest.fixture(scope="module")
def purchases():
	return cdnow_purchases()


@pytest.fixture(scope="module")
def from_purchases(purchases):
	return history.summarise(purchases, "1997-09-30", amount="amount")


@pytest.fixture(scope="module")
def fitted(from_purchases):
	return {model: model().fit(from_purchases) for model in MODELS}


@pytest.fixture(scope="module")
def held_out(purchases, from_purchases):
	bought = history.purchases_between(purchases, "1997-09-30", "1998-06-30")
	return bought.reindex(from_purchases.index, fill_value=0)


def assert_published(model, kind):
	values, height = PUBLISHED[kind]
	assert model.params_ == pytest.approx(values, abs=0.01)
	assert model.log_likelihood_ == pytest.approx(height, abs=0.01)
	assert model.status_ == "converged" and model.message_ == ""
	assert all(0 < error < np.inf for error in model.standard_errors_.values())


@pytest.mark.parametrize("kind", MODELS)
def test_the_published_estimates_come_from_the_summary_file(kind, from_file):
	assert_published(kind().fit(from_file), kind)


@pytest.mark.parametrize("kind", MODELS)
def test_the_published_estimates_come_from_the_raw_purchases(kind, fitted):
	assert_published(fitted[kind], kind)


def test_the_summary_of_the_raw_purchases_is_the_published_file(from_file, from_purchases):
	difference = (from_purchases - from_file).abs().max()
	assert difference["frequency"] == 0 and (difference < 0.0051).all()


def test_purchases_expected_of_one_customer(from_file):
	model = BGNBD().fit(from_file)
	assert from_file.iloc[0][["frequency", "recency", "T"]].tolist() == [2, 30.43, 38.86]
	assert model.predict(from_file.iloc[:1], 39).iloc[0] == pytest.approx(1.226, abs=0.0005)


def test_purchases_expected_of_a_new_customer(fitted):
	expected = fitted[BGNBD].expected_purchases([1, 3, 32, 78])
	assert expected == pytest.approx([0.0532, 0.1506, 1.0437, 1.858], abs=1e-4)


def test_the_histogram_of_repeat_purchases_fits(from_file):
	model = BGNBD().fit(from_file)
	expected = model.count_probabilities(from_file["T"], 6).sum(axis=0)
	expected = np.r_[expected, len(from_file) - expected.sum()]
	assert expected.round(1).tolist() == [1407.7, 460.3, 192.5, 101.2, 59.8, 38.1, 25.5, 71.9]
	actual = np.bincount(from_file["frequency"].astype(int).clip(upper=7))
	assert ((actual - expected) ** 2 / expected).sum() == pytest.approx(4.82, abs=0.01)


@pytest.mark.parametrize(("kind", "total", "correlation"), [(BGNBD, 1653, 0.626), (ParetoNBD, 1666, 0.630)])
def test_the_forecast_of_the_holdout(kind, total, correlation, fitted, from_purchases, held_out):
	forecast = fitted[kind].predict(from_purchases, 39)
	assert held_out.sum() == 1882
	assert round(forecast.sum()) == total
	assert np.corrcoef(forecast, held_out)[0, 1] == pytest.approx(correlation, abs=0.0005)


def test_those_without_a_repeat_purchase_are_alive_for_certain_in_the_bg_nbd_only(fitted, from_purchases):
	once = from_purchases[from_purchases["frequency"] == 0]
	assert (fitted[BGNBD].p_alive(once) == 1).all()
	for kind in (MBGNBD, ParetoNBD):
		assert fitted[kind].p_alive(once).between(0.01, 0.99).all()


def test_gamma_gamma_gives_the_published_estimates(from_file, from_purchases):
	for summary in (from_file, from_purchases):
		model = GammaGamma().fit(summary)
		assert model.size_ == 946 and model.status_ == "converged"
		assert model.params_ == pytest.approx({"p": 6.249, "q": 3.745, "v": 15.45}, abs=0.01)


def test_spend_is_shrunk_towards_the_mean(from_purchases):
	model = GammaGamma().fit(from_purchases)
	spend = model.predict(from_purchases)
	repeat = from_purchases["frequency"] > 0
	assert (spend[~repeat] == model.mean_).all()
	assert ((spend - model.mean_).abs() <= (from_purchases["value"] - model.mean_).abs())[repeat].all()


@pytest.mark.parametrize("kind", MODELS)
def test_the_gradient_is_the_slope_of_the_likelihood(kind, from_file):
	histories, model = Histories(from_file), kind()
	for values in np.array([[0.4, 0.3, 0.7, 1.8], [1.5, 0.1, 0.05, 0.4]]):
		slope = approx_fprime(values, lambda v: model._likelihood(histories, *v)[0], 1e-7)
		assert model._likelihood(histories, *values)[1] == pytest.approx(slope, rel=1e-4, abs=0.05)


def test_the_gradient_of_the_spend(from_file):
	x, z = from_file.query("frequency > 0")[["frequency", "value"]].to_numpy().T
	values = np.array([4.0, 3.0, 20.0])
	slope = approx_fprime(values, lambda v: gamma_gamma._likelihood(x, z, *v)[0], 1e-7)
	assert gamma_gamma._likelihood(x, z, *values)[1] == pytest.approx(slope, rel=1e-3)


def published_pareto_likelihood(x, recency, age, r, alpha, s, beta):
	"""With the 2F1 of the paper, alpha >= beta."""

	def part(at):
		form = hyp2f1(r + s + x, s + 1, r + s + x + 1, (alpha - beta) / (alpha + at))
		return form / (alpha + at) ** (r + s + x)

	stay = (alpha + age) ** -(r + x) * (beta + age) ** -s
	left = s / (r + s + x) * (part(recency) - part(age))
	return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(stay + left)


@pytest.mark.parametrize("values", [(0.55, 1.1, 0.6, 0.4), (0.2, 0.9, 3.0, 0.05), (2.0, 0.3, 0.3, 0.3)])
def test_the_integral_of_the_pareto_nbd_is_the_published_2f1(values):
	x, recency = np.array([0.0, 1, 2, 12, 30]), np.array([0.0, 0.05, 0.9, 0.4, 1.1])
	summary = pd.DataFrame({"frequency": x, "recency": recency, "T": [1.2, 1.2, 1.2, 0.9, 1.1]})
	histories = Histories(summary)
	age = summary["T"].to_numpy() / histories.unit
	published = published_pareto_likelihood(x, recency / histories.unit, age, *values).sum()
	assert ParetoNBD()._likelihood(histories, *values)[0] == pytest.approx(published, abs=1e-5)


@pytest.fixture(scope="module")
def web_shop():
	return history.summarise(online_retail_sales(), "2011-08-31")


@pytest.mark.parametrize("kind", MODELS)
def test_a_shop_nobody_is_seen_to_leave_gets_an_answer_that_says_so(kind, web_shop):
	summary, model = web_shop, kind().fit(web_shop)
	assert model.status_ == "fallback" and "nobody is seen to leave" in model.message_
	assert (model.p_alive(summary) == 1).all()
	r, alpha = model.params_["r"], model.params_["alpha"]
	nbd = (r + summary["frequency"]) / (alpha + summary["T"]) * 14
	assert model.predict(summary, 14).to_numpy() == pytest.approx(nbd.to_numpy(), rel=1e-5)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("rows", [[], [(0, 0.0, 5.0)] * 9])
def test_without_anybody_who_came_back_there_is_a_plain_message(kind, rows):
	with pytest.raises(NotEnoughHistory, match=r"\.$"):
		kind().fit(pd.DataFrame(rows, columns=["frequency", "recency", "T"]))


@pytest.mark.parametrize("kind", MODELS)
def test_impossible_histories_are_refused(kind):
	for row in [(-1, 1.0, 2.0), (1, 3.0, 2.0), (1, np.nan, 2.0), (1, 0.0, 0.0)]:
		with pytest.raises(ValueError):
			kind().fit(pd.DataFrame([row, (1, 1.0, 2.0)], columns=["frequency", "recency", "T"]))


def test_customers_who_do_not_differ_are_said_to():
	model = BGNBD().fit(pd.DataFrame([(2, 4.0, 8.0)] * 50, columns=["frequency", "recency", "T"]))
	assert "hardly differ" in model.message_


def test_a_few_buyers_are_too_few_for_spend():
	with pytest.raises(NotEnoughHistory):
		GammaGamma().fit(pd.DataFrame({"frequency": [1, 2, 0], "value": [5.0, 6.0, 0.0]}))


def test_equal_spend_gives_everybody_the_mean():
	summary = pd.DataFrame({"frequency": [1, 2, 3, 0] * 5, "value": [8.0, 8.0, 8.0, 0.0] * 5})
	assert GammaGamma().fit(summary).predict(summary).to_numpy() == pytest.approx(8.0, rel=1e-3)


histories = st.lists(
	st.tuples(st.integers(0, 60), st.floats(0, 1), st.floats(0.1, 200)), min_size=1, max_size=25
).map(
	lambda rows: pd.DataFrame(
		[(x, share * age if x else 0.0, age) for x, share, age in rows], columns=["frequency", "recency", "T"]
	)
)


@pytest.mark.parametrize("kind", MODELS)
@given(summary=histories)
@settings(max_examples=15, deadline=None)
def test_any_history_gets_probabilities_and_growing_forecasts_or_a_message(kind, summary):
	try:
		model = kind().fit(summary)
	except NotEnoughHistory:
		return
	assert model.p_alive(summary).between(0, 1).all()
	soon, later = model.predict(summary, 1), model.predict(summary, 10)
	assert (soon >= -1e-6).all() and (later >= soon - 1e-6).all() and np.isfinite(later).all()
