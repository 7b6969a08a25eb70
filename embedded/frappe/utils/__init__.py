# ruff: noqa: F401
"""`frappe.utils`."""

import hashlib
import html
import json
import os
import re
import secrets

import frappe
from frappe import _missing
from frappe.utils.data import *  # noqa: F403
from frappe.utils.formatting import *  # noqa: F403
from frappe.utils.html_utils import clean_html, sanitize_html, strip_html

EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+$")
strip_html_tags = strip_html


def validate_email_address(email_str: str, throw: bool = False) -> str:
	"""The address or addresses when valid, else an empty string (or InvalidEmailAddressError)."""
	valid = []
	for email in str(email_str or "").split(","):
		email = email.strip()
		address = email.rpartition("<")[2].rstrip(">") if "<" in email else email
		if EMAIL.match(address):
			valid.append(address)
		elif throw:
			frappe.throw(
				frappe._("{0} is not a valid Email Address").format(frappe.utils.escape_html(email)),
				frappe.InvalidEmailAddressError,
			)
	return ", ".join(valid)


def validate_phone_number(phone_number: str, throw: bool = False) -> bool:
	valid = bool(re.match(r"^[0-9 +_\-,.*#()]{1,20}$", (phone_number or "").strip()))
	if not valid and throw:
		frappe.throw(
			frappe._("{0} is not a valid Phone Number").format(phone_number), frappe.InvalidPhoneNumberError
		)
	return valid


def validate_url(txt: str, throw: bool = False, valid_schemes=None) -> bool:
	from urllib.parse import urlparse

	url = urlparse(str(txt or ""))
	valid = bool(url.scheme and (url.netloc or url.path.startswith("/")))
	valid = valid and (not valid_schemes or url.scheme in valid_schemes)
	if not valid and throw:
		frappe.throw(frappe._("{0} is not a valid URL").format(txt))
	return valid


def escape_html(text: str) -> str:
	return html.escape(text, quote=True).replace("&#x27;", "&#39;") if isinstance(text, str) else text


def get_url(uri: str | None = None, full_address: bool = False) -> str:
	"""Absolute address on this site."""
	from urllib.parse import urljoin

	host = frappe.conf.get("host_name")
	if not host and getattr(frappe.local, "request", None) is not None:
		host = f"{frappe.local.request.scheme}://{frappe.local.request.get_host()}"
	host = host or f"http://{frappe.local.site}"
	return urljoin(host if "://" in host else f"http://{host}", uri or "")


def get_url_to_form(doctype: str, name: str) -> str:
	return get_url(get_absolute_url(doctype, name))


def get_absolute_url(doctype: str, name: str) -> str:
	from urllib.parse import quote

	return f"/app/{quote(slug(doctype))}/{quote(str(name), safe='')}"


def get_url_to_list(doctype: str) -> str:
	return get_url(f"/app/{slug(doctype)}")


def get_link_to_form(doctype: str, name: str, label: str | None = None) -> str:
	return f'<a href="{get_url_to_form(doctype, name)}">{escape_html(label or str(name))}</a>'


def slug(name: str) -> str:
	return name.lower().replace(" ", "-")


def get_fullname(user: str | None = None) -> str:
	user = user or frappe.session.user
	key = ("fullname", user)
	if key not in frappe.local.cache:
		frappe.local.cache[key] = frappe.db.get_value("User", user, "full_name") or user
	return frappe.local.cache[key]


def get_site_path(*joins: str) -> str:
	return frappe.get_site_path(*joins)


def get_files_path(*joins: str, is_private: int = 0) -> str:
	return frappe.get_site_path("private" if is_private else "public", "files", *joins)


def random_string(length: int) -> str:
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return "".join(secrets.choice(letters) for _i in range(length))


def generate_hash(txt: str | None = None, length: int = 56) -> str:
	return secrets.token_hex((length + 1) // 2)[:length]


def sha256_hash(value) -> str:
	return hashlib.sha256(value if isinstance(value, bytes) else str(value).encode()).hexdigest()


def unique(seq) -> list:
	return list(dict.fromkeys(seq))


def has_common(first, second) -> bool:
	return bool(set(first) & set(second))


def split_emails(txt: str) -> list[str]:
	return [part.strip() for part in re.split(r"[,;\n]", txt or "") if part.strip()]


def get_traceback(with_context: bool = False) -> str:
	return frappe.get_traceback(with_context)


def create_batch(iterable, size: int):
	"""Slices of `size` items."""
	items = list(iterable)
	for start in range(0, len(items), size):
		yield items[start : start + size]


_missing.install(__name__)
