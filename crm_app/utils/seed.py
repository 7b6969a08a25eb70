"""Records that a new site starts with; edits and deletions stay, see crm_app.shipped."""

from collections.abc import Iterable

from crm_app.shipped import documents, memory
from crm_app.shipped.telling import say


def seed_once(definitions: Iterable[dict], title: str) -> None:
	"""Ships the records (dicts with `doctype`); `title` is the field that names them."""
	say(documents.sync_all({**values, "name": values[title]} for values in definitions))


def is_shipped(doctype: str, name: str) -> bool:
	return memory.recall(doctype, name) is not None


def forget_seeded(*doctypes: str) -> None:
	for doctype in doctypes:
		memory.forget(doctype)
