"""`Authorization` of REST calls: the key pair of a user, or an API Token with less than the user's rights.

A token belongs to a user and can be narrowed to reading, to DocTypes and to methods; it ends by date or by
being revoked. It opens /api only, never the pages of the desk.
"""

import base64
import hashlib

import frappe
from django.core.cache import cache
from frappe import _
from frappe.utils.password import check_password

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELDS = ["name", "user", "revoked", "expires_on", "read_only", "doctypes", "methods", "last_used"]
USED_EVERY = 3600  # seconds; "last used" is exact enough by the hour, and spares a write per call


def user_from_token(request) -> str | None:
	"""The user of `Authorization: token key:secret` (or Basic), None without. Wrong: AuthenticationError."""
	scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
	if not scheme:
		return None
	key, _colon, secret = _pair(scheme, value).partition(":")
	if scheme.lower() in ("token", "basic") and key and secret:
		token = frappe.db.get_value("API Token", {"token_key": key}, FIELDS, as_dict=True)
		user = _user_of_token(request, token, secret) if token else _user_of_pair(key, secret)
		if user and frappe.db.get_value("User", user, "enabled"):
			return user
	raise frappe.AuthenticationError(_("Invalid API key or secret"))


def _pair(scheme: str, value: str) -> str:
	if scheme.lower() != "basic":
		return value.strip()
	try:
		return base64.b64decode(value).decode().strip()
	except ValueError:
		return ""


def _user_of_pair(key: str, secret: str) -> str | None:
	user = frappe.db.get_value("User", {"api_key": key}, "name")
	return user if user and _matches("User", user, "api_secret", secret) else None


def _user_of_token(request, token, secret: str) -> str | None:
	ends = token.expires_on and frappe.utils.getdate(token.expires_on)
	if token.revoked or (ends and ends < frappe.utils.getdate()):
		return None
	if not _matches("API Token", token.name, "secret", secret):
		return None
	request.api_token = token
	if not cache.get(f"api-token-used:{token.name}"):
		cache.set(f"api-token-used:{token.name}", True, USED_EVERY)
		now = frappe.utils.now_datetime()
		frappe.db.set_value("API Token", token.name, "last_used", now, update_modified=False)
		frappe.db.commit()  # a reading request is rolled back at its end
	return token.user


def _matches(doctype: str, name: str, fieldname: str, secret: str) -> bool:
	"""The secret is kept as a slow hash, so a match is remembered for a minute."""
	key = f"api-secret:{hashlib.sha256(f'{doctype}:{name}:{secret}'.encode()).hexdigest()}"
	if not cache.get(key):
		try:
			check_password(name, secret, doctype, fieldname)
		except frappe.AuthenticationError:
			return False
		cache.set(key, True, 60)
	return True


def check_scope(request) -> None:
	"""Raises PermissionError where the call asks for more than its API Token was given."""
	token = getattr(request, "api_token", None)
	if not token:
		return
	request.reach = frozenset(_lines(token.doctypes)) or None  # also of what a list joins
	kind, _slash, rest = request.path.removeprefix("/api/").partition("/")
	target = rest.split("/")[0]
	if not request.path.startswith("/api/") or not _allows(token, kind, target):
		raise frappe.PermissionError(_("The API token does not reach this far"))
	if token.read_only and request.method not in SAFE_METHODS:
		raise frappe.PermissionError(_("The API token may only read"))


def _allows(token, kind: str, target: str) -> bool:
	"""Lines of names; none at all means every DocType, but no method."""
	if kind == "resource":
		return not _lines(token.doctypes) or target in _lines(token.doctypes)
	return any(target == name or target.startswith(f"{name}.") for name in _lines(token.methods))


def _lines(text: str | None) -> list[str]:
	return [line.strip() for line in (text or "").splitlines() if line.strip()]
