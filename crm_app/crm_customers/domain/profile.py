"""Rules of a customer's profile that need no database."""

from datetime import date

from crm_app.utils.rules import RuleError, Term, _

OLDEST = 130  # years


def external_key(source_system: str | None, external_id: str | None) -> str | None:
	"""One key per outside record, None where there is none. Raises RuleError for an id without its system."""
	system, identifier = (source_system or "").strip(), str(external_id or "").strip()
	if not identifier:
		return None
	if not system:
		raise RuleError(
			_("{0}: say which system the {1} comes from."), Term("Source System"), Term("External ID")
		)
	return f"{system}:{identifier}"


def check_birthday(birthday: date | None, today: date, label: str = "Birthday") -> None:
	if not birthday:
		return
	if birthday > today:
		raise RuleError(_("{0}: {1} lies in the future."), Term(label), birthday, field="birthday")
	if today.year - birthday.year > OLDEST:
		raise RuleError(
			_("{0}: {1} is more than {2} years ago."), Term(label), birthday, OLDEST, field="birthday"
		)


def main_contact(flags: list[bool]) -> int | None:
	"""Index of the one main contact among `flags`; the first where none is flagged, None without contacts."""
	chosen = [index for index, flag in enumerate(flags) if flag]
	if len(chosen) > 1:
		raise RuleError(
			_("Contacts: rows {0} are all the main contact; choose one."),
			", ".join(str(index + 1) for index in chosen),
			field="contacts",
		)
	if not flags:
		return None
	return chosen[0] if chosen else 0


def check_no_repeats(keys: list[tuple], table: str) -> None:
	"""No two rows of `table` (a label) may carry the same key, whose first value is shown."""
	seen = {}
	for row, key in enumerate(keys, 1):
		if key in seen:
			raise RuleError(
				_("{0}: rows {1} and {2} are both about {3}."), Term(table), seen[key], row, Term(key[0])
			)
		seen[key] = row
