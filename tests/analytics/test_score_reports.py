"""Reports that read the scores: filters, rights, words, drill-downs, and one question to each table."""

import frappe
import pytest
from crm_testing.customers import make_user
from crm_testing.hosts import counted_queries
from crm_testing.scores import scored_shop
from frappe.utils import formatdate, getdate, nowdate

from crm_app.crm_analytics.report.churn_profile import churn_profile
from crm_app.crm_analytics.report.churn_risk import churn_risk
from crm_app.crm_analytics.report.customer_clusters import customer_clusters
from crm_app.crm_analytics.report.customer_value import customer_value
from crm_app.crm_analytics.report.model_quality import model_quality
from crm_app.crm_analytics.report.rfm_migration import rfm_migration
from crm_app.crm_analytics.report.rfm_segmentation import rfm_segmentation
from crm_app.crm_analytics.scores import runs, selection

LISTS = [rfm_segmentation, customer_value, churn_risk]
ALL = [*LISTS, rfm_migration, churn_profile, model_quality]
CHARTED = [rfm_segmentation, customer_value, churn_risk, rfm_migration, churn_profile]


@pytest.fixture
def shop():
	return scored_shop(history_months=2, retention_threshold=30)


def names_in(rows) -> set[str]:
	return {row["customer"] for row in rows}


@pytest.mark.parametrize("report", ALL)
def test_without_scores_a_report_says_how_to_get_them(report):
	_columns, rows, message, *_rest = report.execute({"as_of": "1999-01-01"} if report is ALL[0] else {})
	assert rows == [] and (message is None or "Refresh Scores" in message)


@pytest.mark.parametrize("report", ALL)
def test_a_report_says_of_which_day_and_model_its_numbers_are(shop, report):
	message = report.execute({})[2]
	assert str(runs.standing().version) in message and formatdate(nowdate()) in message


@pytest.mark.parametrize("report", CHARTED)
def test_every_column_of_every_row_has_its_label_and_the_chart_its_numbers(shop, report):
	columns, rows, _message, chart, cards = report.execute({})
	assert rows and cards and chart["data"]["labels"]
	assert all(column["label"] for column in columns)
	assert any(sum(row["values"]) for row in chart["data"]["datasets"])


@pytest.mark.parametrize("report", [*CHARTED, model_quality])
def test_a_report_reads_snapshots_and_never_the_sales(shop, report):
	with counted_queries() as queries:
		report.execute({})
	assert not [query for query in queries if "tabCRM Transaction" in query]
	scores = [query for query in queries if "tabCustomer Score" in query and "COUNT(" not in query]
	assert len(scores) <= 1 and len(queries) < 15


@pytest.mark.parametrize("report", LISTS)
def test_a_sales_user_sees_numbers_of_own_and_unassigned_customers_only(shop, report, as_user):
	make_user("rep@scores.test", "CRM Sales User")
	make_user("other@scores.test", "CRM Sales User")
	mine, theirs = shop[0::2], shop[1::2]
	frappe.db.set_value("CRM Customer", {"name": ["in", mine]}, "account_manager", "rep@scores.test")
	frappe.db.set_value("CRM Customer", {"name": ["in", theirs]}, "account_manager", "other@scores.test")
	with as_user("rep@scores.test"):
		_columns, rows, _message, chart, cards = report.execute({"at_least": 0, "limit": 1000})
		assert names_in(rows) & set(shop) == set(mine)
		assert cards[0]["value"] == len(rows)
	if report is not customer_value:
		assert sum(chart["data"]["datasets"][0]["values"]) == len(rows)


def test_the_migration_offers_what_it_can_show():
	offered = {row.fieldname: row for row in frappe.get_doc("Report", rfm_migration.REPORT).filters}
	assert [
		row.options.split("\n") for row in offered.values() if "Expected Value" in (row.options or "")
	] == [list(rfm_migration.SHOWN)]


@pytest.mark.parametrize("report", [rfm_migration, churn_profile])
def test_the_row_rule_holds_in_every_cell(shop, report, as_user):
	make_user("rep@scores.test", "CRM Sales User")
	make_user("other@scores.test", "CRM Sales User")
	frappe.db.set_value("CRM Customer", {"name": ["in", shop[:100]]}, "account_manager", "other@scores.test")
	frappe.db.set_value("CRM Customer", {"name": ["in", shop[100:]]}, "account_manager", "rep@scores.test")
	with as_user("rep@scores.test"):
		rows = report.execute({})[1]
	assert sum(row["customers"] for row in rows) == 20


def test_segments_of_the_stored_report_are_those_of_the_live_one(shop):
	stored = {row["customer"]: row for row in rfm_segmentation.execute({"limit": 9999})[1]}
	live = {row["customer"]: row for row in rfm_segmentation.execute({"as_of": nowdate()})[1]}
	shown = ("segment", "code", "recency", "frequency", "monetary")
	assert {name: [row[key] for key in shown] for name, row in stored.items()} == {
		name: [row[key] for key in shown] for name, row in live.items()
	}


def test_a_renamed_segment_is_shown_by_its_new_name(shop):
	frappe.rename_doc("RFM Segment", "Champions", "Stars")
	names = {row["segment"] for row in rfm_segmentation.execute({"limit": 9999})[1]}
	assert "Stars" in names and "Champions" not in names


@pytest.mark.parametrize(
	"filters", [{"segment": "Champions"}, {"churn_band": "High"}, {"limit": 7}, {"grade": "VIP"}]
)
def test_filters_narrow_rows_and_cards(shop, filters):
	rows = customer_value.execute(filters)[1]
	assert len(rows) < 120
	if "limit" in filters:
		assert len(rows) == 7
	if "segment" in filters:
		assert {row["segment"] for row in rows} == {"Champions"}


@pytest.mark.parametrize("by", list(customer_value.GROUPS))
def test_the_groups_add_up_to_the_whole(shop, by):
	_columns, rows, _message, _chart, cards = customer_value.execute({"by": by})
	assert sum(row["customers"] for row in rows) == cards[0]["value"]
	assert sum(row["expected_value"] for row in rows) == pytest.approx(cards[2]["value"], abs=0.05)


PLACED = [customer_value, churn_risk, churn_profile, rfm_migration, customer_clusters]


@pytest.mark.parametrize("report", PLACED)
def test_store_and_channel_narrow_the_scores_to_who_bought_there(shop, report):
	frappe.db.set_value("CRM Transaction", {"customer": ["in", shop[:40]]}, "channel", "Web")
	frappe.db.set_value("CRM Transaction", {"customer": ["in", shop[:25]]}, "store", "Placed Store")
	frappe.db.set_value("CRM Transaction", {"customer": shop[0]}, "transaction_type", "Return")

	def counted(**filters) -> int:
		with counted_queries() as queries:
			cards = report.execute({"at_least": 0, **filters})[4]
		assert len([query for query in queries if "tabCRM Transaction" in query]) <= 2
		return sum(card["value"] for card in cards) if report is rfm_migration else people_of(cards)

	assert counted(channel="Web") == 39, "who only brought things back did not buy there"
	assert counted(store="Placed Store") == 24
	assert counted(store="Placed Store", channel="Web") == 24
	assert counted(store="Placed Store", channel="Phone") == 0


def people_of(cards) -> int:
	return next((card["value"] for card in cards if card["label"] == "Customers"), 0)


def test_the_row_rule_holds_among_the_buyers_of_a_store(shop, as_user):
	make_user("rep@scores.test", "CRM Sales User")
	make_user("other@scores.test", "CRM Sales User")
	frappe.db.set_value("CRM Transaction", {"customer": ["in", shop[:40]]}, "channel", "Web")
	frappe.db.set_value("CRM Customer", {"name": ["in", shop[:30]]}, "account_manager", "other@scores.test")
	with as_user("rep@scores.test"):
		assert people_of(customer_value.execute({"channel": "Web"})[4]) == 10


def test_drilling_down_keeps_the_store(shop):
	frappe.db.set_value("CRM Transaction", {"customer": ["in", shop[:40]]}, "channel", "Web")
	assert all("channel=Web" in row["segment_route"] for row in customer_value.execute({"channel": "Web"})[1])


def test_a_list_of_a_store_is_saved_as_it_stands_because_rules_cannot_say_it(shop):
	assert selection.rules_of("Customer Value", {"segment": "Champions", "channel": "Web"}) is None


def test_clusters_are_told_in_the_readers_language(shop):
	frappe.local.lang = "zh"
	_columns, rows, _message, chart, _cards = customer_value.execute({"by": "Cluster"})
	assert rows and not [row["group"] for row in rows if row["group"].isascii()]
	assert set(chart["data"]["labels"]) == {row["group"] for row in rows}
	assert {row["currency"] for row in customer_clusters.execute({})[1]} == {"CNY"}


def test_churn_is_told_with_reasons_in_words_and_what_is_at_stake(shop):
	_columns, rows, _message, _chart, cards = churn_risk.execute({"at_least": 50})
	assert rows and all(row["churn_probability"] >= 50 for row in rows)
	stakes = [row["value_at_risk"] for row in rows]
	assert stakes == sorted(stakes, reverse=True)
	assert all("{" not in row["why_1"] and "|" not in row["why_1"] for row in rows if row.get("why_1"))
	assert any("days" in (row.get("why_1") or "") for row in rows)
	assert {"AUC on the Time Split", "Calibration Error"} <= {card["label"] for card in cards}


def test_reasons_are_told_in_the_readers_language(shop):
	frappe.local.lang = "zh"
	reasons = [row.get("why_1") or "" for row in churn_risk.execute({"at_least": 50})[1]]
	assert any("天" in reason for reason in reasons) and not any("days" in reason for reason in reasons)


def test_the_threshold_of_the_settings_is_the_lowest_probability_listed(shop):
	assert all(row["churn_probability"] >= 30 for row in churn_risk.execute({})[1])


@pytest.mark.parametrize("by", [*churn_profile.KINDS, churn_profile.MONTH])
def test_the_profile_counts_everybody_once_however_it_is_cut(shop, by):
	rows = churn_profile.execute({"by": by})[1]
	assert sum(row["customers"] for row in rows) == 120
	assert all(0 <= row["share"] <= 100 for row in rows)


def test_the_profile_says_where_the_lost_went(shop):
	frappe.db.set_value("CRM Customer", {"name": ["in", shop[:9]]}, "lost_to", "The shop next door")
	rows = {row["group"]: row for row in churn_profile.execute({"by": "Went To"})[1]}
	assert rows["The shop next door"]["customers"] == 9


def test_the_matrix_has_everybody_and_each_cell_opens_its_customers(shop):
	_columns, rows, _message, _chart, cards = rfm_migration.execute({})
	assert sum(row["customers"] for row in rows) == 120 == sum(card["value"] for card in cards)
	row = next(row for row in rows if any(key.endswith("_route") and row[key] for key in row))
	cell = next(key for key in row if key.endswith("_route") and row[key])
	query = dict(part.split("=") for part in row[cell].split("?")[1].split("&"))
	filters = {key: value.replace("+", " ").replace("%27", "'") for key, value in query.items()}
	listed = rfm_migration.execute(filters)[1]
	assert len(listed) == row[cell.removesuffix("_route")]


def test_the_earlier_day_must_not_lie_after_the_later_one(shop):
	with pytest.raises(frappe.ValidationError, match="From Date"):
		rfm_migration.execute({"from_date": nowdate(), "to_date": "2026-01-01"})


@pytest.mark.parametrize("report", [customer_value, churn_profile])
def test_an_unknown_group_is_refused(shop, report):
	with pytest.raises(frappe.ValidationError, match="By"):
		report.execute({"by": "Shoe Size"})


def test_a_new_model_has_its_quality_beside_the_old_one(shop):
	runs.refresh("Full")
	assert len(model_quality.execute({})[1]) * 2 == len(model_quality.execute({"all_versions": 1})[1])
	chart = model_quality.execute({})[3]
	assert [len(row["values"]) for row in chart["data"]["datasets"]] == [10, 10]
	assert getdate(model_quality.execute({})[1][0]["as_of"]) == getdate(nowdate())
