"""Saves by rules and nightly jobs: they change `modified`, and yet nobody has edited the record.

`ruled_on` is the time of the last such save, `edited_on` what `last_edit` was before it; any other save makes
`modified` differ from `ruled_on`, and counts again.
"""

FIELDS = ("edited_on", "ruled_on")


def last_edit(row) -> str:
	"""When somebody last changed the record, as text; `row` holds modified and FIELDS."""
	by_rule = row.get("ruled_on") and str(row.ruled_on) == str(row.modified)
	return str(row.edited_on if by_rule else row.modified)


def begin(doc) -> None:
	"""The coming save is a rule's."""
	doc.edited_on = last_edit(doc)
	doc.flags.saved_by_rule = True


def note(doc, method=None) -> None:
	"""doc_events: validate; the time of the save is known by then. What a client sends does not count."""
	if doc.flags.saved_by_rule:
		doc.ruled_on, doc.flags.saved_by_rule = doc.modified, False
		return
	before = doc.get_doc_before_save()
	for fieldname in FIELDS:
		doc.set(fieldname, before.get(fieldname) if before else None)
