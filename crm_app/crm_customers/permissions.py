"""Row rule: sales staff see their own customers, their team's, and those that nobody looks after.

One rule for lists, forms, reports and REST. It covers CRM Customer and every DocType with a `customer` field;
roles in WIDE_ROLES see all. Nothing here gives a right, it only takes rows away.
"""

import frappe
from frappe import _
from frappe.permissions import get_user_permissions
from frappe.query_builder.functions import Coalesce

from crm_app.crm_customers.domain.hierarchy import below
from crm_app.roles import SALES, WIDE_ROLES
from crm_app.utils.settings import setting

CUSTOMER = "CRM Customer"


def sees_all(user: str | None = None) -> bool:
	user = user or frappe.session.user
	if user == "Administrator" or not WIDE.isdisjoint(frappe.get_roles(user)):
		return True
	return not frappe.utils.cint(setting("sales_row_rule"))


WIDE = frozenset(WIDE_ROLES)


def is_sales_only(user: str | None = None) -> bool:
	"""Whether the user is sales staff without a role that sees every customer."""
	roles = set(frappe.get_roles(user or frappe.session.user))
	return SALES in roles and WIDE.isdisjoint(roles)


def visible_managers(user: str | None = None) -> list[str]:
	"""The users whose customers `user` sees: they themselves and everybody who reports to them."""
	user = user or frappe.session.user
	staff = frappe.get_all("CRM Employee", fields=["name", "reports_to", "user"], limit_page_length=0)
	mine = [person.name for person in staff if person.user == user]
	team = below(mine, ((person.name, person.reports_to) for person in staff))
	return sorted({user} | {person.user for person in staff if person.name in team and person.user})


def customer_condition(user: str | None = None, doctype: str | None = None) -> str:
	"""SQL condition on `tabCRM Customer`; "" for readers who see all (hook permission_query_conditions)."""
	if sees_all(user):
		return ""
	managers = ", ".join(frappe.db.escape(manager) for manager in ["", *visible_managers(user)])
	return f"coalesce(`tab{CUSTOMER}`.`account_manager`, '') in ({managers})"


def linked_condition(user: str | None = None, doctype: str | None = None) -> str:
	"""The same for a DocType with a `customer` field; rows without a customer stay visible."""
	if not (condition := customer_condition(user)):
		return ""
	visible = f"select `tab{CUSTOMER}`.`name` from `tab{CUSTOMER}` where {condition}"
	column = f"`tab{doctype}`.`customer`"
	if frappe.get_meta(doctype).get_field("customer").reqd:
		return f"{column} in ({visible})"
	return f"(coalesce({column}, '') = '' or {column} in ({visible}))"


def has_permission(doc, ptype: str = "read", user: str | None = None) -> bool:
	"""The hook for CRM Customer. What is stored decides: nobody takes a customer over by editing it."""
	if doc.is_new() or sees_all(user):
		return True
	return is_visible(doc.name, user)


def linked_has_permission(doc, ptype: str = "read", user: str | None = None) -> bool:
	"""The hook for DocTypes with a `customer` field: the stored and the new customer must both be visible."""
	if sees_all(user):
		return True
	customers = {doc.get("customer")}
	if not doc.is_new():
		customers.add(frappe.db.get_value(doc.doctype, doc.name, "customer"))
	return all(is_visible(customer, user) for customer in customers if customer)


def is_visible(customer: str, user: str | None = None) -> bool:
	if sees_all(user):
		return True
	manager = frappe.db.get_value(CUSTOMER, customer, "account_manager")
	return not manager or manager in visible_managers(user)


def check_named_customers(doc, method: str | None = None) -> None:
	"""Hook for `validate`: a link to a customer fetches their data, so a new one must be visible."""
	if sees_all():
		return
	known = {name for _label, name in _named_customers(doc.get_doc_before_save())}
	for label, name in _named_customers(doc):
		if name not in known and not is_visible(name):
			frappe.throw(
				_("{0}: you do not see the customer {1}.").format(_(label), name), frappe.PermissionError
			)


def _named_customers(doc) -> list[tuple[str, str]]:
	rows = [doc, *doc.get_all_children()] if doc else []
	links = [(row, field) for row in rows for field in row.meta.get("fields", {"options": CUSTOMER})]
	return [(field.label, row.get(field.fieldname)) for row, field in links if row.get(field.fieldname)]


def limits(doctype: str, user: str | None = None) -> dict[str, list[str]]:
	"""{column: names} of a DocType that User Permissions leave to `user`; only columns with a limit."""
	given = get_user_permissions(user or frappe.session.user)
	links = [("name", doctype)] if given else []
	if given:
		fields = frappe.get_meta(doctype).get_link_fields()
		links += [(df.fieldname, df.options) for df in fields if not df.ignore_user_permissions]
	found = {
		column: [row.doc for row in given.get(target, ()) if row.applicable_for in (None, "", doctype)]
		for column, target in links
	}
	return {column: names for column, names in found.items() if names}


def reads_all(doctype: str, user: str | None = None) -> bool:
	"""Whether neither the row rule nor User Permissions take rows of a DocType with customers away."""
	return sees_all(user) and not limits(doctype, user) and not limits(CUSTOMER, user)


def apply_row_rule(query, customer_column, user: str | None = None):
	"""`query` of frappe.qb, restricted to customers that `user` (default: the session's) may see.

	User Permissions hold as well, on the customer and on what else the table of the column links to: real
	Frappe applies them to the rows of a finished report, too late for sums, charts and summaries.
	"""
	table = customer_column.table
	named = getattr(table, "_table_name", None)  # a subquery makes a Field of any name
	if isinstance(named, str):
		query = _limited(query, table, limits(named.removeprefix("tab"), user))
	customer = frappe.qb.DocType(CUSTOMER)
	visible = frappe.qb.from_(customer).select(customer.name)
	own = limits(CUSTOMER, user)
	if sees_all(user) and not own:
		return query
	if not sees_all(user):
		visible = visible.where(Coalesce(customer.account_manager, "").isin(["", *visible_managers(user)]))
	return query.where(customer_column.isin(_limited(visible, customer, own)))


def _limited(query, table, columns: dict[str, list[str]]):
	for column, names in columns.items():
		allowed = table[column].isin(names)
		query = query.where(allowed if column == "name" else allowed | (Coalesce(table[column], "") == ""))
	return query
