"""ABC class, clusters and next product as parts of the scores, their reports, and the 360° view."""

import frappe
import pandas as pd
import pytest
from crm_testing.customers import make_user
from crm_testing.hosts import counted_queries
from crm_testing.scores import PREFIX, bulk_customers, bulk_lines, bulk_sales, make_shop, scores_of

from crm_app.crm_analytics import associations
from crm_app.crm_analytics.domain import concentration
from crm_app.crm_analytics.report.customer_clusters import customer_clusters
from crm_app.crm_analytics.report.next_product import next_product
from crm_app.crm_analytics.report.product_association_rules import product_association_rules
from crm_app.crm_analytics.scores import fitting, runs, writer
from crm_app.crm_analytics.scores.abc_part import Abc
from crm_app.crm_analytics.scores.cluster_part import Clusters
from crm_app.crm_analytics.scores.fitting import load
from crm_app.crm_analytics.scores.histories import Span
from crm_app.crm_analytics.scores.next_part import NextProduct
from crm_app.crm_analytics.scores.rfm_part import Rfm
from crm_app.crm_customers.view_360 import build

SETS = (["TEA", "CUP"], ["TEA"], ["TEA", "CUP", "POT"], ["BUN"], ["BUN", "JAM"], ["JAM"])


@pytest.fixture
def shop():
	"""Customer names; a sale holds one of SETS, the same one whenever it is the sale of that place."""
	for doctype in ("CRM Transaction", "CRM Transaction Item"):
		frappe.db.delete(doctype)
	names = make_shop(80)
	sales = frappe.get_all(
		"CRM Transaction", {"transaction_type": "Sale"}, pluck="name", order_by="customer, posting_date, name"
	)
	bulk_lines(sales, lambda number: SETS[number % len(SETS)])
	return names


@pytest.fixture
def quick(monkeypatch):
	"""Only the parts that are looked at here: the value models take seconds to fit."""
	parts = (Rfm(), Abc(), Clusters(), NextProduct())
	for module in (fitting, writer):
		monkeypatch.setattr(module, "PARTS", parts)
	frappe.db.set_single_value("Analytics Settings", "history_months", 0)


@pytest.fixture
def scored(shop, quick):
	runs.refresh()
	return shop


def items_of(customer: str) -> set[str]:
	sales = frappe.get_all(
		"CRM Transaction", {"customer": customer, "transaction_type": "Sale"}, pluck="name"
	)
	return set(frappe.get_all("CRM Transaction Item", {"parent": ["in", sales]}, pluck="item_code"))


def test_classes_of_the_scores_are_those_of_the_shop(scored):
	found = scores_of(scored)
	totals = pd.Series({name: row["monetary"] for name, row in found.items()}).sort_index()
	expected = concentration.classify(totals)["class"].to_dict()
	assert {name: row["abc_class"] for name, row in found.items()} == expected


def test_everybody_has_a_group_with_a_name_in_words(scored):
	groups = {row["cluster"] for row in scores_of(scored).values()}
	assert 3 <= len(groups) <= 8 and all(groups)


def test_the_next_product_is_one_the_customer_never_had(scored):
	found = scores_of(scored)
	assert any(row["next_item"] for row in found.values())
	for name, row in found.items():
		assert row["next_item"] is None or row["next_item"] not in items_of(name)
		assert (row["next_item_score"] > 0) == bool(row["next_item"]) and row["next_item_score"] <= 100


def test_scoring_some_customers_gives_what_scoring_everybody_gave(scored):
	version = frappe.db.get_value("Analytics Model", {"is_current": 1}, "version")
	day = frappe.db.get_value("Customer Score", scored[0], "as_of")
	some = scored[3:40:7]
	again = writer.score(Span(names=some), load(version), day)
	before = scores_of(some)
	for field in ("abc_class", "cluster", "next_item", "next_item_score"):
		assert again[field].to_dict() == {name: before[name][field] for name in some}, field


def test_rules_are_kept_with_exact_counts(scored):
	rule = frappe.get_all("Product Association", {"left_item": "CUP", "right_item": "TEA"}, ["*"])[0]
	cups = parents("CUP")
	both = set(cups) & set(parents("TEA"))
	assert (rule.sales, rule.left_sales, rule.right_sales) == (len(both), len(cups), len(parents("TEA")))
	assert rule.confidence == pytest.approx(100 * len(both) / len(cups))
	assert rule.left_items == "Cup name" and rule.right_name == "Tea name"
	whole = frappe.db.count("CRM Transaction", {"transaction_type": "Sale"})
	assert rule.lift == pytest.approx(rule.confidence / 100 * whole / rule.right_sales, abs=1e-5)


def parents(item: str) -> list[str]:
	return frappe.get_all("CRM Transaction Item", {"item_code": item}, pluck="parent", limit_page_length=0)


def test_a_refresh_replaces_the_rules(scored):
	before = frappe.db.count("Product Association")
	runs.refresh("Full")
	assert frappe.db.count("Product Association") == before
	assert len(set(frappe.get_all("Product Association", pluck="model_version"))) == 1


def test_the_rules_report_filters_and_is_one_query_besides_the_date(scored):
	rows = product_association_rules.execute({})[1]
	assert rows and {row["right_item"] for row in rows} <= {"TEA", "CUP", "POT", "BUN", "JAM"}
	single = product_association_rules.execute({"single_only": 1, "item": "TEA"})[1]
	assert all(row["left_size"] == 1 and "TEA" in (row["left_item"], row["right_item"]) for row in single)
	sure = product_association_rules.execute({"min_confidence": 99, "min_lift": 1.1, "min_support": 1})[1]
	assert sure and all(row["confidence"] >= 99 for row in sure)
	with counted_queries() as queries:
		product_association_rules.execute({})
	assert sum("tabProduct Association" in query for query in queries) == 1
	with pytest.raises(frappe.ValidationError, match="negative"):
		product_association_rules.execute({"min_lift": -1})


def as_counts(rows) -> set[tuple]:
	return {(row["left_items"], row["right_item"], row["sales"], row["confidence"]) for row in rows}


def test_rules_counted_anew_from_all_sales_are_those_of_the_refresh(scored):
	stored = product_association_rules.execute({})
	anew = product_association_rules.execute({"from_date": "2000-01-01"})
	assert as_counts(anew[1]) == as_counts(stored[1]) and "anew" in anew[2] and "anew" not in stored[2]
	picked = {"from_date": "2000-01-01", "single_only": 1, "item": "TEA", "min_confidence": 40}
	stored = product_association_rules.execute({**picked, "from_date": None})
	assert as_counts(product_association_rules.execute(picked)[1]) == as_counts(stored[1]) != set()


def test_rules_follow_the_filters_and_the_rights_of_the_reader(scored, as_user):
	sales = frappe.get_all(
		"CRM Transaction", {"transaction_type": "Sale"}, pluck="name", limit_page_length=60
	)
	frappe.db.set_value("CRM Transaction", {"name": ["in", sales]}, "channel", "Web")
	rows = product_association_rules.execute({"channel": "Web"})[1]
	assert {row["baskets"] for row in rows} == {60}
	make_user("rep@rules.test", "CRM Sales User")
	make_user("other@rules.test", "CRM Sales User")
	frappe.db.set_value("CRM Customer", {"name": ["in", scored[:70]]}, "account_manager", "other@rules.test")
	whole = product_association_rules.execute({})[1]
	with as_user("rep@rules.test"):
		mine = product_association_rules.execute({})[1]
	allowed = {"customer": ["in", scored[70:]], "transaction_type": "Sale"}
	assert mine and {row["baskets"] for row in mine} == {frappe.db.count("CRM Transaction", allowed)}
	assert {row["baskets"] for row in whole} == {
		frappe.db.count("CRM Transaction", {"transaction_type": "Sale"})
	}


def test_the_reports_say_so_before_there_are_scores():
	frappe.db.delete("Product Association")
	for report in (product_association_rules, next_product, customer_clusters):
		_columns, rows, message, chart, cards = report.execute({})
		assert (rows, chart, cards) == ([], None, []) and "no scores yet" in message


def test_next_products_of_own_customers_only(scored, as_user):
	make_user("rep@next.test", "CRM Sales User")
	make_user("other@next.test", "CRM Sales User")
	frappe.db.set_value("CRM Customer", {"name": ["in", scored[:70]]}, "account_manager", "other@next.test")
	everybody = next_product.execute({})[1]
	groups = customer_clusters.execute({})[1]
	assert sum(row["customers"] for row in groups) == len(scored)
	with as_user("rep@next.test"):
		mine = next_product.execute({})[1]
		assert {row["customer"] for row in mine} == {row["customer"] for row in everybody} - set(scored[:70])
		assert sum(row["customers"] for row in customer_clusters.execute({})[1]) == 10
	assert all(row["item_name"].endswith(" name") for row in everybody)


def test_shares_of_the_groups_add_up(scored):
	_columns, groups, message, chart, _cards = customer_clusters.execute({})
	assert sum(row["share"] for row in groups) == pytest.approx(100, abs=0.05)
	assert "Caliński-Harabasz" in message
	assert all(0 <= value <= 100 for data in chart["data"]["datasets"] for value in data["values"])


def test_the_360_view_recommends_and_says_why(scored):
	name = next(name for name in scored if "CUP" in items_of(name) and "POT" not in items_of(name))
	found = {row["item"]: row for row in build(name)["next_products"]}
	assert found and not set(found) & items_of(name)
	assert all(0 < row["confidence"] <= 100 and row["because"] for row in found.values())
	with counted_queries() as queries:
		associations.for_customer(name)
	assert len(queries) == 1


def test_a_shop_whose_sales_have_no_lines_gets_a_message_and_no_rules(shop, quick):
	frappe.db.delete("CRM Transaction Item")
	runs.refresh("Full")
	model = frappe.get_all(
		"Analytics Model", {"kind": "Next Product", "is_current": 1}, ["status", "message"]
	)[0]
	assert model.status == "Fallback" and "bought together" in model.message
	assert frappe.db.count("Product Association") == 0
	assert {row["next_item"] for row in scores_of(shop).values()} == {None}


def test_customers_who_are_all_alike_are_no_groups_and_say_so(quick):
	frappe.db.delete("CRM Transaction")
	names = [f"{PREFIX}{number}" for number in range(12)]
	bulk_customers(names)
	bulk_sales([(name, "2026-01-05", 10.0) for name in names])
	runs.refresh("Full")
	assert {row["cluster"] for row in scores_of(names).values()} == {None}
	_columns, rows, message, chart, _cards = customer_clusters.execute({})
	assert (rows, chart) == ([], None) and "Too few different customers" in message
