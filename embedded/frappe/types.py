"""Small value types that everything else uses."""

import threading


class _dict(dict):
	"""A dict whose keys are attributes; a missing key reads as None."""

	__slots__ = ()
	__getattr__ = dict.get
	__setattr__ = dict.__setitem__
	__delattr__ = dict.__delitem__

	def __setstate__(self, state):
		dict.update(self, state)

	def update(self, *args, **kwargs):
		dict.update(self, *args, **kwargs)
		return self

	def copy(self):
		return _dict(self)


class Local(threading.local):
	"""What belongs to one request or job: db, session, flags, form_dict, message_log ..."""

	def new_request(self, user="Guest", lang=None, form_dict=None, request=None):
		"""Fresh state for one request on the site that `frappe.init` opened."""
		import frappe

		frappe.new_request(user=user, lang=lang, form_dict=form_dict, request=request)


class Proxy:
	"""Stands for `frappe.local.<name>`, so that `from frappe import db` keeps working."""

	def __init__(self, local, name):
		object.__setattr__(self, "_target", lambda: getattr(local, name))

	def __getattr__(self, name):
		return getattr(self._target(), name)

	def __setattr__(self, name, value):
		setattr(self._target(), name, value)

	def __delattr__(self, name):
		delattr(self._target(), name)

	def __getitem__(self, key):
		return self._target()[key]

	def __setitem__(self, key, value):
		self._target()[key] = value

	def __delitem__(self, key):
		del self._target()[key]

	def __contains__(self, key):
		return key in self._target()

	def __iter__(self):
		return iter(self._target())

	def __len__(self):
		return len(self._target())

	def __bool__(self):
		try:
			return bool(self._target())
		except AttributeError:
			return False

	def __eq__(self, other):
		return self._target() == other

	def __call__(self, *args, **kwargs):
		return self._target()(*args, **kwargs)

	def __repr__(self):
		return repr(self._target())

	__hash__ = None
