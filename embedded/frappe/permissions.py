"""Who may do what: roles and levels of the DocType, ownership, user permissions, hooks."""

import frappe
from frappe import _
from frappe.utils import cint, cstr

rights = (
	"select",
	"read",
	"write",
	"create",
	"delete",
	"submit",
	"cancel",
	"amend",
	"print",
	"email",
	"report",
	"import",
	"export",
	"share",
)
RULES = ("add_permission", "reset_perms", "setup_custom_perms", "update_permission_property")
GUEST_ROLE, ALL_USER_ROLE, SYSTEM_USER_ROLE, ADMIN_ROLE = "Guest", "All", "Desk User", "Administrator"
AUTOMATIC_ROLES = (GUEST_ROLE, ALL_USER_ROLE, SYSTEM_USER_ROLE, ADMIN_ROLE)


def roles_of(user: str) -> list[str]:
	"""Roles of a user, kept for the request."""
	if user == "Guest" or not user:
		return ["Guest"]
	key = ("roles", user)
	if key not in frappe.local.cache:
		frappe.local.cache[key] = _read_roles(user)
	return frappe.local.cache[key]


get_roles = roles_of


def _read_roles(user: str) -> list[str]:
	if user == "Administrator":
		return [*frappe.db.sql("SELECT name FROM `tabRole`", pluck=True)] or [
			"Administrator",
			"System Manager",
		]
	roles = frappe.db.sql(
		"SELECT role FROM `tabHas Role` WHERE parent = %s AND parenttype = 'User'", [user], pluck=True
	)
	roles = [role for role in roles if role not in AUTOMATIC_ROLES] + [ALL_USER_ROLE, GUEST_ROLE]
	if frappe.db.get_value("User", user, "user_type") == "System User":
		roles.append(SYSTEM_USER_ROLE)
	return roles


def has_permission(
	doctype: str,
	ptype: str = "read",
	doc=None,
	user: str | None = None,
	throw: bool = False,
	*,
	parent_doctype: str | None = None,
	debug: bool = False,
	raise_exception: bool = True,
	verbose=False,
	print_logs=True,
	**_kwargs,
) -> bool:
	"""Whether the user may; `doc` is a document or its name. With `throw` raise PermissionError instead."""
	user = user or frappe.session.user
	if doctype is None and doc is not None:
		doctype = doc.doctype
	allowed = user == "Administrator" or _may(doctype, ptype, doc, user, parent_doctype)
	if throw and not allowed:
		label = f"{_(doctype)} {doc if isinstance(doc, str) else doc.name or ''}" if doc else _(doctype)
		frappe.throw(_("No permission for {0}").format(label.strip()), frappe.PermissionError)
	return bool(allowed)


def _may(doctype, ptype, doc, user, parent_doctype) -> bool:
	meta = frappe.get_meta(doctype)
	if meta.istable:
		return _may_child(doctype, ptype, doc, user, parent_doctype)
	if ptype in ("submit", "cancel", "amend") and not meta.is_submittable:
		return False
	if doc is not None and doc != "":
		doc = frappe.get_cached_doc(doctype, doc) if isinstance(doc, str | int) else doc
		return bool(get_doc_permissions(doc, user=user, ptype=ptype).get(ptype))
	return bool(get_role_permissions(meta, user=user).get(ptype))


def _may_child(doctype, ptype, doc, user, parent_doctype) -> bool:
	if doc is not None and not isinstance(doc, str) and doc.get("parenttype"):
		parent = doc.get_parent_doc() or frappe.get_doc(doc.parenttype, doc.parent)
		return has_permission(parent.doctype, ptype, parent, user)
	if not parent_doctype:
		return False
	if doctype not in [field.options for field in frappe.get_meta(parent_doctype).get_table_fields()]:
		return False
	return has_permission(parent_doctype, ptype, user=user)


def get_role_permissions(
	doctype_meta, user: str | None = None, is_owner: bool | None = None, **_kwargs
) -> dict:
	"""{ptype: 0 or 1, "if_owner": {...}, "has_if_owner_enabled": bool} at level 0."""
	meta = frappe.get_meta(doctype_meta) if isinstance(doctype_meta, str) else doctype_meta
	user = user or frappe.session.user
	if user == "Administrator":
		return dict.fromkeys(rights, 1) | {"if_owner": {}, "has_if_owner_enabled": False}
	key = (meta.name, user, bool(is_owner))
	kept = frappe.local.role_permissions
	if key not in kept:
		kept[key] = _role_permissions(meta, roles_of(user), bool(is_owner))
	return kept[key]


def _role_permissions(meta, roles, is_owner: bool) -> dict:
	rules = [rule for rule in meta.permissions if rule.role in roles and not cint(rule.permlevel)]
	owner_rules = any(rule.if_owner for rule in rules)
	out = {"if_owner": {}, "has_if_owner_enabled": owner_rules}
	for ptype in rights:
		allowed = any(rule.get(ptype) for rule in rules)
		out[ptype] = int(allowed)
		free = any(rule.get(ptype) and not rule.if_owner for rule in rules)
		if allowed and owner_rules and not free and ptype != "create":
			out["if_owner"][ptype] = int(is_owner)
			out[ptype] = 1 if ptype in ("select", "read") else 0
	return out


def get_doc_permissions(doc, user: str | None = None, ptype: str | None = None, debug=False) -> dict:
	"""What the user may do with this record."""
	user = user or frappe.session.user
	if user == "Administrator":
		return dict.fromkeys(rights, 1)
	if has_controller_permissions(doc, ptype, user=user) is False:
		return {ptype: 0}
	is_owner = cstr(doc.get("owner")).lower() == user.lower()
	permissions = dict(get_role_permissions(doc.meta, user=user, is_owner=is_owner))
	if not doc.meta.is_submittable:
		permissions["submit"] = 0
	if not doc.meta.allow_import:
		permissions["import"] = 0
	if permissions["has_if_owner_enabled"]:
		permissions.update(permissions["if_owner"])
		if not is_owner and permissions["if_owner"]:
			permissions.update(dict.fromkeys(permissions["if_owner"], 0))
	if not has_user_permission(doc, user):
		permissions = dict(permissions["if_owner"]) if is_owner else {}
	return permissions


def has_controller_permissions(doc, ptype, user=None, debug=False):
	"""The first answer of the `has_permission` hooks; None when they have none."""
	hooks = frappe.get_hooks("has_permission", {})
	for path in [*hooks.get(doc.doctype, []), *hooks.get("*", [])] if hooks else []:
		answer = frappe.call(frappe.get_attr(path), doc=doc, ptype=ptype, user=user, debug=False)
		if answer is not None:
			return bool(answer)
	return None


def has_website_permission(doc=None, ptype="read", user=None, verbose=False, doctype=None) -> bool:
	user = user or frappe.session.user
	return user != "Guest" and has_permission(doctype or doc.doctype, ptype, doc, user)


# -- user permissions


def get_user_permissions(user: str | None = None) -> dict[str, list]:
	"""{doctype: [rows with doc, applicable_for, is_default]}"""
	user = user or frappe.session.user
	if user in ("Administrator", "Guest") or not user:
		return {}
	key = ("user_permissions", user)
	if key not in frappe.local.cache:
		out = {}
		for row in frappe.db.sql(
			"SELECT allow, for_value AS doc, applicable_for, is_default FROM `tabUser Permission`"
			" WHERE user = %s",
			[user],
			as_dict=True,
		):
			out.setdefault(row.allow, []).append(row)
		frappe.local.cache[key] = out
	return frappe.local.cache[key]


def allowed_documents(doctype: str, user: str, linked_from: str) -> list | None:
	"""Names of `doctype` that the user is limited to, None without a limit."""
	rows = get_user_permissions(user).get(doctype)
	rows = [row.doc for row in rows or [] if not row.applicable_for or row.applicable_for == linked_from]
	return rows or None


def has_user_permission(doc, user: str | None = None, debug=False) -> bool:
	"""Whether user permissions leave this record, and what it links to, to the user."""
	user = user or frappe.session.user
	if not get_user_permissions(user):
		return True
	if (own := allowed_documents(doc.doctype, user, doc.doctype)) and doc.name and not doc.is_new():
		if cstr(doc.name) not in own:
			return False
	for row in (doc, *doc.get_all_children()):
		for field in row.meta.get_link_fields():
			if field.ignore_user_permissions:
				continue
			value = row.get(field.fieldname)
			allowed = allowed_documents(field.options, user, doc.doctype)
			if value and allowed and value not in allowed:
				return False
	return True


def user_permission_conditions(meta, user: str) -> list[str]:
	"""SQL conditions for a list."""
	if not get_user_permissions(user):
		return []
	conditions = []
	for column, _target, allowed in _limited_columns(meta, user):
		listed = ", ".join(frappe.db.escape(name) for name in allowed)
		condition = f"`tab{meta.name}`.`{column}` IN ({listed})"
		if column != "name":
			condition = f"(IFNULL(`tab{meta.name}`.`{column}`, '') = '' OR {condition})"
		conditions.append(condition)
	return conditions


def _limited_columns(meta, user: str):
	"""(column, DocType it names, names left to the user)"""
	links = [(df.fieldname, df.options) for df in meta.get_link_fields() if not df.ignore_user_permissions]
	for column, target in [("name", meta.name), *links]:
		if allowed := allowed_documents(target, user, meta.name):
			yield column, target, allowed


def limits_of(meta, user: str) -> list[tuple[str, list]]:
	"""(DocType, names left to the user) of a record and of what it links to."""
	return [(target, allowed) for _column, target, allowed in _limited_columns(meta, user)]


def add_user_permission(
	doctype, name, user, ignore_permissions=False, applicable_for=None, is_default=0, **_kwargs
):
	if frappe.db.exists("User Permission", {"user": user, "allow": doctype, "for_value": name}):
		return
	frappe.get_doc(
		doctype="User Permission",
		user=user,
		allow=doctype,
		for_value=name,
		applicable_for=applicable_for,
		is_default=is_default,
	).insert(ignore_permissions=ignore_permissions)
	frappe.local.cache.pop(("user_permissions", user), None)


def __getattr__(name: str):
	"""What changes the rules lies with the other changes of an administrator."""
	if name not in RULES:
		raise AttributeError(name)
	from frappe.core import customising

	return getattr(customising, name)


# -- lists


def list_conditions(meta, user: str) -> list[str]:
	"""SQL conditions that limit a list to what the user may read; raises without any right."""
	if user == "Administrator":
		return []
	permissions = get_role_permissions(meta, user=user)
	if not (permissions.get("read") or permissions.get("select")):
		frappe.throw(
			_("Insufficient Permission for {0}").format(frappe.bold(_(meta.name))), frappe.PermissionError
		)
	conditions = []
	if "read" in permissions["if_owner"]:
		conditions.append(f"`tab{meta.name}`.`owner` = {frappe.db.escape(user)}")
	conditions += user_permission_conditions(meta, user)
	return conditions + hook_conditions(meta.name, user)


def hook_conditions(doctype: str, user: str) -> list[str]:
	hooks = frappe.get_hooks("permission_query_conditions", {})
	conditions = []
	for path in [*hooks.get(doctype, []), *hooks.get("*", [])] if hooks else []:
		if condition := frappe.call(frappe.get_attr(path), user, doctype=doctype):
			conditions.append(condition)
	return conditions
