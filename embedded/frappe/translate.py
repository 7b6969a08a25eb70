"""Translations from the apps' translations/<lang>.csv."""

import csv
import os

import frappe
from frappe.app_hooks import get_app_path, get_installed_apps

_catalogues: dict = {}


def _(msg: str, lang: str | None = None, context: str | None = None) -> str:
	"""The text in the user's language; the text itself when it has no translation."""
	lang = lang or getattr(frappe.local, "lang", None) or "en"
	if not msg or not isinstance(msg, str) or lang.startswith("en"):
		return msg if isinstance(msg, str) or msg is None else str(msg)
	texts = get_all_translations(lang)
	if context and f"{msg}:{context}" in texts:
		return texts[f"{msg}:{context}"]
	return texts.get(msg) or texts.get(msg.strip()) or msg


class _lt:
	"""A text that is translated when it is used."""

	def __init__(self, msg: str, lang=None, context=None):
		self.msg, self.lang, self.context = msg, lang, context

	def __str__(self) -> str:
		return _(self.msg, self.lang, self.context)

	def __eq__(self, other) -> bool:
		return str(self) == str(other)

	def __hash__(self):
		return hash(str(self))

	def format(self, *args, **kwargs) -> str:
		return str(self).format(*args, **kwargs)


def get_all_translations(lang: str) -> dict[str, str]:
	"""Source text -> translation over all installed apps."""
	apps = tuple(get_installed_apps()) if getattr(frappe.local, "db", None) else ("frappe",)
	if (apps, lang) not in _catalogues:
		texts = {}
		for app in apps:
			texts.update(_read(get_app_path(app, "translations", f"{lang}.csv")))
			short = lang.split("-")[0]
			if short != lang:
				texts = {**_read(get_app_path(app, "translations", f"{short}.csv")), **texts}
		_catalogues[apps, lang] = texts
	return _catalogues[apps, lang]


def _read(path: str) -> dict[str, str]:
	if not os.path.exists(path):
		return {}
	with open(path, encoding="utf-8", newline="") as source:
		rows = [row for row in csv.reader(source) if len(row) >= 2 and row[1]]
	return {(f"{row[0]}:{row[2]}" if len(row) > 2 and row[2] else row[0]): row[1] for row in rows}


def clear_cache():
	_catalogues.clear()
