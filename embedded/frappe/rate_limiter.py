"""Limits on how often a function may be called over HTTP."""

import functools

import frappe
from frappe import _


def rate_limit(key=None, limit=5, seconds=24 * 60 * 60, methods="ALL", ip_based=True):
	"""At most `limit` calls per address (and per value of the form's `key`) in `seconds`."""

	def decorate(function):
		@functools.wraps(function)
		def wrapper(*args, **kwargs):
			request = getattr(frappe.local, "request", None)
			if request is None or (methods != "ALL" and request.method not in methods):
				return function(*args, **kwargs)
			parts = [frappe.local.request_ip if ip_based else "", frappe.form_dict.get(key) if key else ""]
			name = (
				f"rl:{function.__module__}.{function.__name__}:{':'.join(str(part or '') for part in parts)}"
			)
			if not frappe.cache.exists(name):
				frappe.cache.set_value(name, 0, expires_in_sec=seconds)
			allowed = limit() if callable(limit) else limit
			if frappe.cache.incrby(name) > allowed:
				frappe.throw(
					_("You hit the rate limit because of too many requests. Please try after sometime."),
					frappe.RateLimitExceededError,
				)
			return function(*args, **kwargs)

		return wrapper

	return decorate
