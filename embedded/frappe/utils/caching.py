"""Results kept for a request, or for the process with a time to live."""

import functools
import time

import frappe


def request_cache(function):
	"""Keep results until the request ends."""

	@functools.wraps(function)
	def wrapper(*args, **kwargs):
		key = (function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items())))
		try:
			if key in frappe.local.cache:
				return frappe.local.cache[key]
		except TypeError:
			return function(*args, **kwargs)
		value = frappe.local.cache[key] = function(*args, **kwargs)
		return value

	return wrapper


def site_cache(ttl=None, maxsize=None):
	return _timed(ttl) if not callable(ttl) else _timed(3600)(ttl)


def redis_cache(ttl=3600, user=None, shared=False):
	return _timed(ttl, user) if not callable(ttl) else _timed(3600)(ttl)


def _timed(ttl, per_user=False):
	def decorate(function):
		kept = {}

		@functools.wraps(function)
		def wrapper(*args, **kwargs):
			key = (args, tuple(sorted(kwargs.items())), frappe.session.user if per_user else None)
			if key in kept and (not ttl or kept[key][1] > time.monotonic()):
				return kept[key][0]
			value = function(*args, **kwargs)
			kept[key] = (value, time.monotonic() + (ttl or 0))
			return value

		wrapper.clear_cache = kept.clear
		frappe.cache.on_clear(kept.clear)
		return wrapper

	return decorate
