"""Broken rules of the domain layers: plain values, so that they can be raised without a site.

`_` marks a source string for translation; the text is translated where it is shown (crm_app.utils.telling).
"""


def _(source: str) -> str:
	return source


class Term(str):
	"""A value of a message that is itself a word of the program and is translated: an option, a label."""


class RuleError(ValueError):
	"""A rule is broken: English template with {0} places, the values for them, and the field it is about."""

	def __init__(self, template: str, *values, field: str | None = None, row: int | None = None):
		self.template, self.values, self.field, self.row = template, values, field, row
		super().__init__(template.format(*values))
