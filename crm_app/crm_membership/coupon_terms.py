"""Coupon templates as the quote engine reads them."""

import frappe
from frappe import _
from frappe.utils import add_days, cint, fmt_money, getdate

from crm_app.crm_membership import rule_conditions
from crm_app.crm_membership.domain.coupon_rules import AMOUNT, FREE_ITEM, PERCENT, Terms
from crm_app.utils.money import to_decimal

TEMPLATE = "Coupon Template"
FIELDS = [
	"name", "enabled", "kind", "value", "title", "most_discount", "units", "minimum_spend", "stacking",
	"stacking_group", "priority", "with_tier_discount", "per_sale", "total_limit", "customer_limit",
	"members_only",
	*rule_conditions.FIELDS,
]  # fmt: skip


def terms_of(template: str) -> Terms:
	"""Raises frappe.DoesNotExistError."""
	return _remembered.get(template)


def _load(template: str) -> Terms:
	row = frappe.db.get_value(TEMPLATE, template, FIELDS, as_dict=True)
	if not row:
		frappe.throw(_("There is no {0} {1}.").format(_(TEMPLATE), template), frappe.DoesNotExistError)
	return as_terms(row, rule_conditions.rows_of(TEMPLATE, [template])[template])


_remembered = rule_conditions.Remembered(TEMPLATE, "name", _load)


def as_terms(row, conditions) -> Terms:
	"""`row` has FIELDS."""
	return Terms(
		template=row.name,
		kind=row.kind,
		value=to_decimal(row.value),
		title=row.title or "",
		most=to_decimal(row.most_discount),
		units=to_decimal(row.units),
		minimum=to_decimal(row.minimum_spend),
		conditions=rule_conditions.read(row, conditions),
		stacking=row.stacking,
		group=(row.stacking_group or "").strip(),
		order=cint(row.priority),
		with_tier=bool(cint(row.with_tier_discount)),
		per_sale=cint(row.per_sale),
		total_limit=cint(row.total_limit),
		customer_limit=cint(row.customer_limit),
		members_only=bool(cint(row.members_only)),
		enabled=bool(cint(row.enabled)),
	)


def validity(template, issued_on) -> tuple:
	"""(first day, last day) of a coupon issued on a day; None for no end. `template`: the record."""
	issued = getdate(issued_on)
	start = max(filter(None, [issued, template.valid_from and getdate(template.valid_from)]))
	ends = [getdate(template.valid_until)] if template.valid_until else []
	if cint(template.valid_days):
		ends.append(getdate(add_days(start, cint(template.valid_days) - 1)))
	return start, min(ends) if ends else None


def in_words(template) -> str:
	"""What the customer reads: "¥ 20.00 off from ¥ 100.00"."""
	worth = {
		PERCENT: lambda: _("{0} % off").format(f"{to_decimal(template.value).normalize():f}"),
		AMOUNT: lambda: _("{0} off").format(fmt_money(template.value)),
		FREE_ITEM: lambda: _("Free item"),
	}.get(template.kind, lambda: _("For {0}").format(fmt_money(template.value)))()
	if to_decimal(template.minimum_spend):
		return _("{0} from {1}").format(worth, fmt_money(template.minimum_spend))
	return worth
