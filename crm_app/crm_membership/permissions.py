"""Row rule of coupons: who sees only some customers sees their coupons, and no code that is still nobody's.

A code without a customer is worth money to whoever knows it.
"""

from crm_app.crm_customers.permissions import linked_condition, linked_has_permission, sees_all


def coupon_condition(user: str | None = None, doctype: str | None = None) -> str:
	"""SQL condition on the coupon table `doctype`; "" for readers who see every customer."""
	if not (condition := linked_condition(user, doctype)):
		return ""
	return f"coalesce(`tab{doctype}`.`customer`, '') <> '' and {condition}"


def coupon_permission(doc, ptype: str = "read", user: str | None = None) -> bool:
	if sees_all(user):
		return True
	return bool(doc.get("customer")) and linked_has_permission(doc, ptype, user)
