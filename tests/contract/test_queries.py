"""Filters, order, limits, and the two ways of reading rows."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction
from crm_testing.sales import make_store, make_transaction
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Max, Min, Sum


@pytest.fixture
def stores():
	"""Three stores, one without a city."""
	for name, city, disabled in (("Q1", "Shanghai", 0), ("Q2", "Beijing", 1), ("Q3", None, 0)):
		make_store(f"{name} Contract Store", city=city, disabled=disabled)


def names(filters, **kwargs) -> list[str]:
	filters = [["store_name", "like", "%Contract Store"], *filters]
	return [
		name[:2] for name in frappe.get_all("CRM Store", filters, pluck="name", order_by="name asc", **kwargs)
	]


@pytest.mark.parametrize(
	("condition", "expected"),
	[
		(["city", "=", "Beijing"], ["Q2"]),
		(["city", "=", "beijing"], ["Q2"]),
		(["city", "!=", "Beijing"], ["Q1", "Q3"]),
		(["city", "in", ["Beijing", "Shanghai"]], ["Q1", "Q2"]),
		(["city", "in", []], ["Q3"]),
		(["city", "not in", []], ["Q1", "Q2"]),
		(["name", "in", []], []),
		(["disabled", "in", []], []),
		(["city", "not in", ["Beijing"]], ["Q1", "Q3"]),
		(["city", "like", "%ing"], ["Q2"]),
		(["city", "not like", "%ing"], ["Q1", "Q3"]),
		(["city", "is", "set"], ["Q1", "Q2"]),
		(["city", "is", "not set"], ["Q3"]),
		(["city", "=", ""], ["Q3"]),
		(["disabled", "=", 1], ["Q2"]),
		(["disabled", "!=", 1], ["Q1", "Q3"]),
		(["city", ">", "C"], ["Q1"]),
	],
)
def test_an_operator_finds_these_rows(stores, condition, expected):
	assert names([condition]) == expected


def test_or_filters_widen(stores):
	assert names([], or_filters=[["city", "=", "Beijing"], ["city", "=", "Shanghai"]]) == ["Q1", "Q2"]


def test_filters_may_be_a_dict_with_operators(stores):
	rows = frappe.get_all(
		"CRM Store", {"store_name": ("like", "%Contract Store"), "disabled": 0}, pluck="name"
	)
	assert len(rows) == 2


def test_dates_lie_between_including_both_ends():
	customer = make_customer()
	for day in ("2026-03-01", "2026-03-15", "2026-03-31"):
		make_transaction(customer.name, posting_date=day)
	span = ("between", ["2026-03-01", "2026-03-31"])
	assert frappe.db.count("CRM Transaction", {"customer": customer.name, "posting_date": span}) == 3
	after = frappe.get_all(
		"CRM Transaction", {"customer": customer.name, "posting_date": (">", "2026-03-15")}
	)
	assert len(after) == 1


def test_a_whole_last_day_lies_between():
	customer = make_customer()
	make_interaction(customer.name, occurred_on="2026-03-31 18:00:00")
	span = ("between", ["2026-03-01", "2026-03-31"])
	assert frappe.get_all("CRM Interaction", {"customer": customer.name, "occurred_on": span})


def test_an_empty_date_is_before_every_date():
	customer = make_customer()
	make_interaction(customer.name)
	filters = {"customer": customer.name, "follow_up_on": ("<", "2026-01-01")}
	assert len(frappe.get_all("CRM Interaction", filters)) == 1


def test_child_rows_filter_their_parents():
	sale = make_transaction(make_customer().name)
	filters = [["CRM Transaction Item", "item_code", "=", "TEA"], ["name", "=", sale.name]]
	assert frappe.get_all("CRM Transaction", filters, pluck="name") == [sale.name]


def test_fields_of_linked_records_can_be_read():
	customer = make_customer(customer_name="Linked Name")
	sale = make_transaction(customer.name)
	row = frappe.get_all("CRM Transaction", {"name": sale.name}, ["name", "customer.customer_name as who"])[0]
	assert row.who == "Linked Name"


def test_lists_have_no_limit_unless_told():
	customer = make_customer()
	for day in range(1, 26):
		make_interaction(customer.name, subject=f"Call {day}")
	filters = {"customer": customer.name}
	assert len(frappe.get_list("CRM Interaction", filters)) == 25
	assert len(frappe.get_all("CRM Interaction", filters)) == 25
	assert len(frappe.get_all("CRM Interaction", filters, limit=3)) == 3
	page = frappe.get_all("CRM Interaction", filters, limit_start=20, limit_page_length=20)
	assert len(page) == 5


def test_the_order_of_the_doctype_is_the_default():
	customer = make_customer()
	for day in ("2026-03-02", "2026-03-03", "2026-03-01"):
		make_transaction(customer.name, posting_date=day)
	days = frappe.get_all("CRM Transaction", {"customer": customer.name}, pluck="posting_date")
	assert [day.day for day in days] == [3, 2, 1]


def test_rows_are_dicts_unless_lists_are_wanted(stores):
	row = frappe.get_all("CRM Store", {"name": "Q1 Contract Store"}, ["name", "city"])[0]
	assert row.city == row["city"] == "Shanghai"
	assert row.nothing is None
	rows = frappe.get_all("CRM Store", {"name": "Q1 Contract Store"}, ["name", "city"], as_list=True)
	assert tuple(rows[0]) == ("Q1 Contract Store", "Shanghai")


def test_get_value_gives_a_value_a_tuple_a_dict_or_none(stores):
	name = "Q1 Contract Store"
	assert frappe.db.get_value("CRM Store", name, "city") == "Shanghai"
	assert frappe.db.get_value("CRM Store", name, ["city", "disabled"]) == ("Shanghai", 0)
	assert frappe.db.get_value("CRM Store", name, ["city"], as_dict=True) == {"city": "Shanghai"}
	assert (
		frappe.db.get_value("CRM Store", {"city": "Beijing", "name": ("like", "Q%")}) == "Q2 Contract Store"
	)
	assert frappe.db.get_value("CRM Store", "nothing", "city") is None


def test_get_value_sorts_downwards_unless_told(stores):
	filters = {"store_name": ("like", "%Contract Store")}
	assert frappe.db.get_value("CRM Store", filters, "name", order_by="name").startswith("Q3")
	assert frappe.db.get_value("CRM Store", filters, "name", order_by="name asc").startswith("Q1")
	assert frappe.get_all("CRM Store", filters, pluck="name", order_by="name")[0].startswith("Q1")


def test_a_locking_read_gives_the_row(stores):
	row = frappe.db.get_value("CRM Store", "Q1 Contract Store", ["city"], as_dict=True, for_update=True)
	assert row.city == "Shanghai"


def test_exists_gives_the_name(stores):
	assert frappe.db.exists("CRM Store", "Q1 Contract Store") == "Q1 Contract Store"
	assert frappe.db.exists("CRM Store", {"city": "Beijing", "name": ("like", "Q%")}) == "Q2 Contract Store"
	assert not frappe.db.exists("CRM Store", "nothing")


def test_set_value_writes_columns_and_the_stamp(stores):
	name = "Q1 Contract Store"
	before = frappe.db.get_value("CRM Store", name, "modified")
	frappe.db.set_value("CRM Store", name, {"city": "Suzhou", "disabled": 1})
	row = frappe.db.get_value("CRM Store", name, ["city", "disabled", "modified"], as_dict=True)
	assert (row.city, row.disabled) == ("Suzhou", 1) and row.modified > before


def test_rows_are_written_and_changed_in_bulk():
	now = frappe.utils.now()
	rows = [(f"Bulk {i}", f"Bulk {i}", now, now) for i in range(3)]
	frappe.db.bulk_insert("CRM Store", ["name", "store_name", "creation", "modified"], rows)
	frappe.db.bulk_update("CRM Store", {"Bulk 0": {"city": "A"}, "Bulk 1": {"city": "B"}})
	found = frappe.get_all(
		"CRM Store", {"name": ("like", "Bulk %")}, ["city"], order_by="name asc", pluck="city"
	)
	assert found == ["A", "B", None]
	frappe.db.delete("CRM Store", {"name": ("like", "Bulk %")})
	assert not frappe.db.exists("CRM Store", "Bulk 2")


def test_the_query_builder_groups_and_sums():
	customer = make_customer()
	for day in ("2026-03-01", "2026-03-05"):
		make_transaction(customer.name, posting_date=day)
	sale = frappe.qb.DocType("CRM Transaction")
	rows = (
		frappe.qb.from_(sale)
		.select(
			sale.customer,
			Count(sale.name).as_("orders"),
			Sum(sale.amount).as_("money"),
			Min(sale.posting_date).as_("first"),
			Max(sale.posting_date).as_("last"),
			Sum(Case().when(sale.posting_date > "2026-03-02", 1).else_(0)).as_("late"),
		)
		.where((sale.customer == customer.name) & (sale.docstatus == 1))
		.where(sale.posting_date[frappe.utils.getdate("2026-01-01") : frappe.utils.getdate("2026-12-31")])
		.groupby(sale.customer)
		.run(as_dict=True)
	)
	row = rows[0]
	assert (row.orders, float(row.money), int(row.late)) == (2, 200.0, 1)
	assert (row.first, row.last) == (frappe.utils.getdate("2026-03-01"), frappe.utils.getdate("2026-03-05"))


def test_the_query_builder_keeps_quotes_and_percent_signs_as_values():
	make_store("O'Hara 100% Road", city="50%")
	store = frappe.qb.DocType("CRM Store")
	query = frappe.qb.from_(store).select(store.name, Coalesce(store.province, "none"))
	assert query.where(store.name == "O'Hara 100% Road").run() == (("O'Hara 100% Road", "none"),)


def test_the_query_builder_updates_and_deletes():
	make_store("Builder Road")
	store = frappe.qb.DocType("CRM Store")
	frappe.qb.update(store).set(store.city, "Wuhan").where(store.name == "Builder Road").run()
	assert frappe.db.get_value("CRM Store", "Builder Road", "city") == "Wuhan"
	frappe.qb.from_(store).delete().where(store.name == "Builder Road").run()
	assert not frappe.db.exists("CRM Store", "Builder Road")


def test_a_string_of_sql_is_no_field():
	with pytest.raises(Exception, match=r".+"):
		frappe.get_list("CRM Store", fields=["name, (select password from __Auth) as p"])


def test_defaults_are_kept_as_text():
	frappe.db.set_default("contract_key", "7")
	assert frappe.db.get_default("contract_key") == "7"
	frappe.db.set_default("contract_key", None)
