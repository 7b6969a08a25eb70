"""Closes a hole of the framework: what it answers to a write is the record as stored.

`client.set_value`, `client.save`, POST and PUT of a resource and the desk's own saving hand back fields that
a read would have dropped; one harmless change by somebody who may write, and the number is told. Here the
private fields leave every record of an answer, whichever call made it. The embedded host does so by itself.
"""

import json

from crm_app.crm_customers.privacy import PRIVATE, hidden_fields


def strip(response=None, request=None) -> None:
	"""after_request, with the answer (werkzeug's, or None) that is about to leave."""
	if getattr(response, "mimetype", None) != "application/json":
		return
	text = response.get_data(as_text=True)
	if not any(f'"{name}"' in text for fields in PRIVATE.values() for name in fields):
		return
	hidden = {doctype: fields for doctype in PRIVATE if (fields := hidden_fields(doctype))}
	if hidden:
		response.set_data(json.dumps(without(json.loads(text), hidden), separators=(",", ":")))


def without(value, hidden: dict[str, set[str]]):
	"""The same lists and dicts; those that say which DocType they are have lost its hidden fields."""
	if isinstance(value, list):
		return [without(item, hidden) for item in value]
	if not isinstance(value, dict):
		return value
	doctype = value.get("doctype")
	dropped = hidden.get(doctype, ()) if isinstance(doctype, str) else ()
	return {key: without(item, hidden) for key, item in value.items() if key not in dropped}
