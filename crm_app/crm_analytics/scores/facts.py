"""What a run has to say, kept as source strings with values: each reader gets it in their own language."""

import json

from crm_app.utils.rules import _
from crm_app.utils.telling import tell

STOPPED = _("Stopped; Carry On goes on from here.")
TAKEN_OVER = _("A newer run took over.")
NOBODY = _("No customer has a sale up to this day, so there is nothing to score.")
OTHER_CURRENCY = _("{0} sales are in another currency; they count as purchases, but their amounts do not.")


def fact(template: str, *values) -> str:
	"""One sentence as it is stored; `template` is a source string with places for `values`."""
	return json.dumps([template, *map(str, values)], ensure_ascii=False)


def several(*parts: str) -> str:
	"""Several sentences as they are stored."""
	return "\n".join(parts)


def in_words(stored: str | None) -> str:
	"""The sentences in the reader's language; what is no fact, such as the text of an error, as it stands."""
	return " ".join(_sentence(line) for line in (stored or "").splitlines())


def _sentence(line: str) -> str:
	try:
		parts = json.loads(line)
	except ValueError:
		return line
	said = isinstance(parts, list) and parts and all(isinstance(part, str) for part in parts)
	return tell(*parts) if said else line
