"""Why something is not imported: English text with places, translated at the edge."""

from dataclasses import dataclass

from crm_app.utils.rules import RuleError, _

DAMAGED = _("The file is damaged: {0}")
# Stands in a cell whose formula the spreadsheet program has not worked out; a noncharacter, in no text.
NO_VALUE = "\ufdd0="
UNCOUNTED = _("The formula has no stored value: open the file in the spreadsheet program and save it again")


class FileRefused(RuleError):
	"""Nothing of the file is imported."""


@dataclass(frozen=True)
class Problem:
	"""One wrong cell: the row stays out, the others go on. `template` and `values` as in RuleError."""

	column: str
	value: str
	template: str
	values: tuple = ()

	def __str__(self) -> str:
		return self.template.format(*self.values)
