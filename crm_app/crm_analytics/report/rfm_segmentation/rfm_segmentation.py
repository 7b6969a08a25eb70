"""Who buys when, how often, for how much, in named segments.

Without a day, period, store or channel the stored scores answer; with one of them the sales are added up
anew: one query, scored in crm_analytics.domain.
"""

import frappe
import pandas as pd
from frappe import _
from frappe.query_builder.functions import Count, Max, Sum
from frappe.utils import getdate

from crm_app.crm_analytics.domain import rfm, rfm_cuts
from crm_app.crm_analytics.report_parts import card, column, list_route, money_column, records, report_route
from crm_app.crm_analytics.sales_query import Money, kept, of_customers
from crm_app.crm_analytics.scores import segments, settings
from crm_app.crm_analytics.scores.snapshot import limit_of, note, rows_of, snapshot, sums_by

REPORT = "RFM Segmentation"
NAMES = ["customer", "customer_name", "last_sale", "frequency", "monetary"]
NARROWING = ("as_of", "from_date", "store", "channel")
STORED = {"rfm_code": "code", "recency_days": "recency", "r_score": "r", "f_score": "f", "m_score": "m"}
SAME = ("segment", "last_sale", "frequency", "monetary")


def execute(filters=None):
	filters = frappe._dict(filters or {})
	if any(filters.get(name) for name in NARROWING):
		return live(filters)
	state = snapshot()
	return stored(filters, state) if state.as_of else live(filters)


def stored(filters, state):
	"""From the scores: the best customers as rows, everybody in chart and cards."""
	found = rows_of([*STORED, *SAME], filters, "monetary")
	table = [{STORED.get(key, key): value for key, value in row.items()} for row in found]
	groups = sums_by(by_segment, ["frequency", "monetary", "recency_days"], {**filters, "segment": None})
	for row in table:
		row["currency"] = state.currency
	shown = [group for group in groups if filters.segment in (None, "", group["segment"])]
	return (
		columns(),
		translated(table, filters),
		note(state, REPORT, filters),
		chart({group["segment"]: group["customers"] for group in groups}),
		stored_cards(shown, state.currency),
	)


def by_segment(score, customer):
	return {"segment": score.segment}


def stored_cards(groups: list[dict], currency: str) -> list[dict]:
	customers = sum(group["customers"] for group in groups)
	if not customers:
		return []
	whole = {
		name: sum(float(group[name] or 0) for group in groups) for name in groups[0] if name != "segment"
	}
	return [
		card(_("Customers"), customers, "Int"),
		card(_("Invoices"), int(whole["frequency"]), "Int"),
		card(_("Revenue"), round(whole["monetary"], 2), "Currency", currency=currency),
		card(_("Mean Days Since Last Sale"), round(whole["recency_days"] / customers, 3), "Float"),
		card(_("Mean Invoices per Customer"), round(whole["frequency"] / customers, 3), "Float"),
	]


def live(filters):
	"""From the sales of the filters."""
	as_of = getdate(None if filters.as_of in (None, "", "Today") else filters.as_of)
	if filters.from_date and getdate(filters.from_date) > as_of:
		frappe.throw(_("From Date: lies after As Of"), title=_(REPORT))
	money = Money()
	named = segmented(summary(filters, as_of))
	chosen = named[named["segment"] == filters.segment] if filters.segment else named
	sizes = named["segment"].value_counts().to_dict()
	table = rows(chosen, filters, money)
	return columns(), table, message(filters, table, len(chosen), money), chart(sizes), cards(chosen, money)


def message(filters, table: list, customers: int, money: Money) -> str | None:
	notes = [money.note]
	if len(table) < customers:
		notes.append(_("The first {0} of {1} customers are listed.").format(len(table), customers))
	return " ".join(part for part in notes if part) or None


def summary(filters, as_of) -> pd.DataFrame:
	"""One row per customer with a sale that the reader may see, in the order of their ids."""
	frame = pd.DataFrame(query(filters, as_of).run(), columns=NAMES)
	return frame.assign(
		recency=(pd.Timestamp(as_of) - pd.to_datetime(frame["last_sale"])).dt.days.astype("int64"),
		frequency=frame["frequency"].astype("int64"),
		monetary=frame["monetary"].astype("float64").round(4),
	)


def query(filters, as_of):
	"""Sums per customer from the covering index, then the names of those customers."""
	sale, customer = frappe.qb.DocType("CRM Transaction"), frappe.qb.DocType("CRM Customer")
	sums = (
		frappe.qb.from_(sale)
		.select(
			sale.customer,
			Max(sale.posting_date).as_("last_sale"),
			Count("*").as_("frequency"),
			Sum(sale.amount).as_("monetary"),
		)
		.where((sale.docstatus == 1) & (sale.transaction_type == "Sale") & (sale.posting_date <= as_of))
		.groupby(sale.customer)
	)
	if filters.from_date:
		sums = sums.where(sale.posting_date >= getdate(filters.from_date))
	for name in ("store", "channel"):
		if filters.get(name):
			sums = sums.where(sale[name] == filters.get(name))
	money = Money()
	if money.mixed:
		sums = sums.where(sale.currency == money.code)
	sums = of_customers(sums, sale.customer, filters)
	return (
		frappe.qb.from_(sums)
		.join(customer)
		.on(customer.name == sums.customer)
		.select(customer.name, customer.customer_name, sums.last_sale, sums.frequency, sums.monetary)
		.orderby(customer.name)
	)


def segmented(frame: pd.DataFrame) -> pd.DataFrame:
	"""With scores, by the cuts of the settings, and the name of the segment."""
	frozen = settings.frozen()
	if frozen["rfm_method"] == "Fixed":
		scored = frame.join(rfm_cuts.score(frame, rfm_cuts.fixed_cuts(*frozen["cuts"])))
	else:
		scored = rfm.score(frame)
	return scored.assign(segment=rfm.name_segments(scored, segments.defined()))


def rows(named: pd.DataFrame, filters, money: Money) -> list[dict]:
	"""Best customers first."""
	ordered = named.sort_values("monetary", ascending=False, kind="stable")
	if filters.limit:
		ordered = ordered.head(limit_of(filters))
	names = [entry["fieldname"] for entry in columns()]
	table = records(ordered[names].assign(currency=money.code))
	return translated(table, filters)


def translated(table: list[dict], filters) -> list[dict]:
	"""Segments in the reader's language, leading to the report of the one segment."""
	narrowing = kept(filters, *NARROWING, "account_manager", "customer_segment")
	known = {row["segment"] for row in table}
	routes = {name: report_route(REPORT, segment=name, **narrowing) for name in known}
	for row in table:
		row["segment_route"] = routes[row["segment"]]
		row["frequency_route"] = list_route("CRM Transaction", customer=row["customer"], docstatus=1)
		row["segment"] = _(row["segment"])
	return table


def columns() -> list[dict]:
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("segment", _("Segment"), "Data", 150),
		column("code", _("RFM Code"), "Data", 90),
		column("recency", _("Days Since Last Sale"), "Int", 120),
		column("last_sale", _("Last Sale"), "Date", 110),
		column("frequency", _("Invoices"), "Int", 90),
		money_column("monetary", _("Revenue")),
		column("r", _("Recency Score"), "Int", 90),
		column("f", _("Frequency Score"), "Int", 90),
		column("m", _("Money Score"), "Int", 90),
	]


def chart(sizes: dict[str, int]) -> dict | None:
	"""Customers per segment; the whole shop, whichever segment the table is narrowed to."""
	if not sizes:
		return None
	known = [segment.name for segment in segments.defined()]
	names = [*(name for name in known if name in sizes), *(name for name in sizes if name not in known)]
	return {
		"data": {
			"labels": [_(name) for name in names],
			"datasets": [{"name": _("Customers"), "values": [int(sizes[name]) for name in names]}],
		},
		"type": "bar",
		"colors": ["#2490ef"],
		"fieldtype": "Int",
	}


def cards(named: pd.DataFrame, money: Money) -> list[dict]:
	if named.empty:
		return []
	revenue = round(float(named["monetary"].sum()), 2)
	return [
		card(_("Customers"), len(named), "Int"),
		card(_("Invoices"), int(named["frequency"].sum()), "Int"),
		card(_("Revenue"), revenue, "Currency", currency=money.code),
		card(_("Mean Days Since Last Sale"), round(float(named["recency"].mean()), 3), "Float"),
		card(_("Median Days Since Last Sale"), float(named["recency"].median()), "Float"),
		card(_("Mean Invoices per Customer"), round(float(named["frequency"].mean()), 3), "Float"),
	]
