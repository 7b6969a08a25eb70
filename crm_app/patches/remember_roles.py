"""The roles are remembered from now on as they are; one that is older than the app was the site's own."""

import frappe

from crm_app.roles import ROLES
from crm_app.shipped import memory, roles
from crm_app.shipped.normal import current, normalised


def execute() -> None:
	since = frappe.db.get_value("Module Def", {"app_name": "crm_app"}, "creation", order_by="creation asc")
	for role in ROLES:
		if frappe.db.exists(roles.KIND, role) and not memory.recall(roles.KIND, role):
			new = normalised(roles.KIND, roles.definition(role))
			made = frappe.db.get_value(roles.KIND, role, "creation")
			was_there = bool(since) and made < since
			memory.as_shipped(roles.KIND, role, current(roles.KIND, role, new), new, was_there)
