"""Who buys when, how often, for how much: one query, scored in crm_analytics.domain."""

import frappe
import pandas as pd
from frappe import _
from frappe.query_builder.functions import Count, Max, Sum
from frappe.utils import getdate

from crm_app.crm_analytics.domain import rfm
from crm_app.crm_analytics.domain.segments import SEGMENTS
from crm_app.crm_customers.permissions import apply_row_rule

NAMES = ["customer", "customer_name", "last_sale", "frequency", "monetary"]


def execute(filters=None):
	filters = frappe._dict(filters or {})
	as_of = getdate(None if filters.as_of in (None, "", "Today") else filters.as_of)
	if filters.from_date and getdate(filters.from_date) > as_of:
		frappe.throw(_("From Date: lies after As Of"), title=_("RFM Segmentation"))
	named = segmented(summary(filters, as_of))
	chosen = named[named["segment"] == filters.segment] if filters.segment else named
	return columns(), rows(chosen), None, chart(named), cards(chosen)


def summary(filters, as_of) -> pd.DataFrame:
	"""One row per customer with a sale that the reader may see, in the order of their ids."""
	frame = pd.DataFrame(query(filters, as_of).run(), columns=NAMES)
	return frame.assign(
		recency=(pd.Timestamp(as_of) - pd.to_datetime(frame["last_sale"])).dt.days.astype("int64"),
		frequency=frame["frequency"].astype("int64"),
		monetary=frame["monetary"].astype("float64"),
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
	sums = apply_row_rule(sums, sale.customer)
	return (
		frappe.qb.from_(sums)
		.join(customer)
		.on(customer.name == sums.customer)
		.select(customer.name, customer.customer_name, sums.last_sale, sums.frequency, sums.monetary)
		.orderby(customer.name)
	)


def segmented(frame: pd.DataFrame) -> pd.DataFrame:
	scored = rfm.score(frame)
	return scored.assign(segment=rfm.name_segments(scored))


def rows(named: pd.DataFrame) -> list[dict]:
	"""Best customers first. Column by column: DataFrame.to_dict takes five times as long."""
	translated = {segment.name: _(segment.name) for segment in SEGMENTS}
	ordered = named.sort_values("monetary", ascending=False, kind="stable")
	ordered = ordered.assign(segment=ordered["segment"].map(translated))
	names = [column["fieldname"] for column in columns()]
	values = zip(*(ordered[name].tolist() for name in names), strict=True)
	return [dict(zip(names, row, strict=True)) for row in values]


def columns() -> list[dict]:
	return [
		_column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		_column("customer_name", _("Customer Name"), "Data", 180),
		_column("segment", _("Segment"), "Data", 150),
		_column("code", _("RFM Code"), "Data", 90),
		_column("recency", _("Days Since Last Sale"), "Int", 120),
		_column("last_sale", _("Last Sale"), "Date", 110),
		_column("frequency", _("Invoices"), "Int", 90),
		_column("monetary", _("Revenue"), "Currency", 130),
		_column("r", _("Recency Score"), "Int", 90),
		_column("f", _("Frequency Score"), "Int", 90),
		_column("m", _("Money Score"), "Int", 90),
	]


def _column(fieldname: str, label: str, fieldtype: str, width: int, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(named: pd.DataFrame) -> dict | None:
	"""Customers per segment; the whole shop, whichever segment the table is narrowed to."""
	if named.empty:
		return None
	profile = rfm.profile(named)
	return {
		"data": {
			"labels": [_(name) for name in profile.index],
			"datasets": [{"name": _("Customers"), "values": profile["customers"].tolist()}],
		},
		"type": "bar",
		"colors": ["#2490ef"],
		"fieldtype": "Int",
	}


def cards(named: pd.DataFrame) -> list[dict]:
	if named.empty:
		return []
	return [
		_card(_("Customers"), len(named), "Int"),
		_card(_("Invoices"), int(named["frequency"].sum()), "Int"),
		_card(_("Revenue"), round(float(named["monetary"].sum()), 2), "Currency"),
		_card(_("Mean Days Since Last Sale"), round(float(named["recency"].mean()), 3), "Float"),
		_card(_("Median Days Since Last Sale"), float(named["recency"].median()), "Float"),
		_card(_("Mean Invoices per Customer"), round(float(named["frequency"].mean()), 3), "Float"),
	]


def _card(label: str, value, datatype: str) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": "Blue"}
