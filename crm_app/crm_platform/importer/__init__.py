"""Bringing customers and sales in from files: `run_file(path, ...)`, `run_import(name)`."""

import importlib

ENTRY_POINTS = ("run_file", "run_import")


def __getattr__(name: str):
	"""Loaded on first use, so that `domain` below stays importable without frappe."""
	if name in ENTRY_POINTS:
		return getattr(importlib.import_module(f"{__name__}.runs"), name)
	raise AttributeError(name)
