"""A name of Frappe that the host lacks says so; nothing is silently ignored."""

import sys

from frappe.exceptions import NotInHost


def install(module_name: str):
	"""Give the module a `__getattr__` that raises NotInHost for unknown public names."""
	module = sys.modules[module_name]
	if "__getattr__" in vars(module):
		return

	def __getattr__(name):
		if name.startswith("__"):
			raise AttributeError(name)
		raise NotInHost(f"{module_name}.{name} is not part of the embedded host")

	module.__getattr__ = __getattr__
