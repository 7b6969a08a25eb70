"""Which products are bought together: the rules of the last refresh by one indexed query, or counted anew.

They are counted anew, from the sales that are left, where filters choose among the sales and for readers who
may not see all customers.
"""

import frappe
from frappe import _
from frappe.utils import cint, flt

from crm_app.crm_analytics import associations
from crm_app.crm_analytics.associations import ASSOCIATION
from crm_app.crm_analytics.report_parts import card, column, report_route, shorten
from crm_app.crm_analytics.sales_query import ROUTED
from crm_app.crm_analytics.scores import snapshot
from crm_app.crm_customers.permissions import reads_all

CHARTED = 6
MOST = 2000
FIELDS = [
	"name", "left_items", "left_item", "left_size", "right_item", "right_name",
	"support", "confidence", "lift", "sales", "left_sales", "right_sales", "baskets",
]  # fmt: skip
LEAST = {"min_support": "support", "min_confidence": "confidence", "min_lift": "lift"}


def execute(filters=None):
	filters = frappe._dict(filters or {})
	anew = not reads_all("CRM Transaction") or any(filters.get(name) for name in ROUTED)
	rules = counted(filters) if anew else read(filters)
	note = _("Counted anew from the sales that the filters and your rights leave.") if anew else None
	note = note or snapshot.note(snapshot.snapshot())
	return columns(), [line(rule) for rule in rules], note, chart(rules), cards(rules)


def read(filters) -> list[dict]:
	rule = frappe.qb.DocType(ASSOCIATION)
	query = frappe.qb.from_(rule).select(*(rule[name] for name in FIELDS)).limit(MOST)
	for fieldname, least in thresholds(filters).items():
		query = query.where(rule[fieldname] >= least)
	if filters.item:
		query = query.where((rule.left_item == filters.item) | (rule.right_item == filters.item))
	if cint(filters.single_only):
		query = query.where(rule.left_size == 1)
	order = query.orderby(rule.confidence, order=frappe.qb.desc).orderby(rule.name)
	return order.run(as_dict=True)


def counted(filters) -> list[dict]:
	"""The same from the sales themselves, with the thresholds of the refresh."""
	least = thresholds(filters)
	found, rules, _support = associations.learn(associations.lines_for(filters))
	told = (
		frappe._dict(zip(associations.RULE, rule, strict=True))
		for rule in associations.described(rules, found.size)
	)
	return [rule for rule in told if fits(rule, filters, least)][:MOST]


def fits(rule, filters, least: dict[str, float]) -> bool:
	return (
		all(rule[name] >= value for name, value in least.items())
		and (not filters.item or filters.item in (rule.left_item, rule.right_item))
		and not (cint(filters.single_only) and rule.left_size > 1)
	)


def thresholds(filters) -> dict[str, float]:
	found = {}
	for name, fieldname in LEAST.items():
		least = flt(filters.get(name))
		if least < 0:
			frappe.throw(
				_("{0} cannot be negative.").format(_(fieldname.title())), title=_(fieldname.title())
			)
		if least:
			found[fieldname] = least
	return found


def line(rule) -> dict:
	return {
		**rule,
		"left_items_route": rule.left_item and report_route("Sales Lines", item_code=rule.left_item),
		"right_name_route": report_route("Sales Lines", item_code=rule.right_item),
		"sales_route": rule.name and f"/app/product-association/{rule.name}",
	}


def columns() -> list[dict]:
	return [
		column("left_items", _("Who Buys"), width=280),
		column("right_name", _("Also Takes"), width=240),
		column("confidence", _("Confidence (%)"), "Percent", 120, precision=1),
		column("lift", _("Lift"), "Float", 80, precision=2),
		column("support", _("Support"), "Percent", 90, precision=2),
		column("sales", _("Sales with Both"), "Int", 110),
		column("left_sales", _("Sales with the Left"), "Int", 120),
		column("right_sales", _("Sales with the Right"), "Int", 120),
		column("right_item", _("Item Code"), width=100),
	]


def strongest(rules: list) -> list:
	"""The strongest rules that have no product in common: six herb markers would be one bar six times."""
	found, drawn = [], set()
	for rule in sorted(rules, key=lambda rule: (-rule.lift, rule.left_items, rule.right_item)):
		products = {*rule.left_items.split(" + "), rule.right_name}
		if products.isdisjoint(drawn):
			found.append(rule)
			drawn |= products
		if len(found) == CHARTED:
			break
	return found


def chart(rules: list) -> dict | None:
	if not (top := strongest(rules)):
		return None
	return {
		"title": _("Strongest connections (times as often as by chance)"),
		"data": {
			"labels": [shorten(rule.left_items, 18) for rule in top],
			"datasets": [{"name": _("Lift"), "values": [round(rule.lift, 2) for rule in top]}],
		},
		"type": "bar",
		"fieldtype": "Float",
		"colors": ["#2490ef"],
	}


def cards(rules: list) -> list[dict]:
	if not rules:
		return []
	return [
		card(_("Rules"), len(rules), "Int"),
		card(_("Sales Looked At"), rules[0].baskets, "Int"),
		card(_("Highest Confidence"), round(max(rule.confidence for rule in rules), 1), "Percent", "Green"),
		card(_("Highest Lift"), round(max(rule.lift for rule in rules), 2), "Float", "Green", precision=2),
	]
