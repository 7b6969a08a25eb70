"""Rules of a customer segment as values: which operators fit a field, and what the text of a value means.

Nothing here knows the database; `crm_marketing.segments` turns a checked rule into a query.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from crm_app.utils.money import to_decimal
from crm_app.utils.rules import RuleError, Term, _

TEXT, CHOICE, NUMBER, DATE, YES_NO, TAGS = "text", "choice", "number", "date", "yes/no", "tags"

EQUALITY = ("equals", "not equals", "in", "not in")
ORDER = ("greater than", "at least", "less than", "at most", "between")
PRESENCE = ("is set", "is not set")
LIKENESS = ("contains", "does not contain")
CALENDAR = ("in last days", "not in last days", "month is", "anniversary in next days")

OPERATORS = {
	TEXT: (*EQUALITY, *LIKENESS, *PRESENCE),
	CHOICE: (*EQUALITY, *PRESENCE),
	NUMBER: (*EQUALITY, *ORDER, *PRESENCE),
	DATE: (*EQUALITY, *ORDER, *PRESENCE, *CALENDAR),
	YES_NO: ("equals",),
	TAGS: (*EQUALITY, *PRESENCE),
}
LISTS = ("in", "not in")
COUNTS_OF_DAYS = ("in last days", "not in last days", "anniversary in next days")
LONGEST_ANNIVERSARY = 300
YES = {"1", "yes", "true", "y", "是"}
NO = {"0", "no", "false", "n", "否"}


@dataclass(frozen=True)
class Field:
	"""A field that rules may ask about.

	`options` closes the list of values where there is one; `aliases` are (text, option) pairs.
	"""

	name: str
	label: str
	kind: str
	options: tuple[str, ...] = ()
	aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rule:
	"""`value` is None, one value or a tuple, parsed for the field's kind; `period_days` 0 means all time."""

	source: str
	field: Field
	operator: str
	value: object = None
	period_days: int = 0


def parse_rule(source: str, field: Field, operator: str, text: str | None, period_days: int = 0) -> Rule:
	"""Raises RuleError, with the words a user needs, when operator and value do not suit the field."""
	if operator not in OPERATORS[field.kind]:
		raise RuleError(
			_("{0} cannot be compared with “{1}”. Possible: {2}."),
			Term(field.label),
			Term(operator),
			tuple(Term(operator) for operator in OPERATORS[field.kind]),
		)
	return Rule(source, field, operator, _parse_value(field, operator, (text or "").strip()), period_days)


def _parse_value(field: Field, operator: str, text: str):
	if operator in PRESENCE:
		return None
	if not text:
		raise RuleError(_("{0}: enter a value to compare with."), Term(field.label))
	if operator in COUNTS_OF_DAYS:
		return _days(field, operator, text)
	if operator == "month is":
		return _month(field, text)
	if operator == "between":
		return _range(field, text)
	if operator in LISTS:
		return tuple(parse_single(field, part) for part in split(text))
	return parse_single(field, text)


def split(text: str) -> list[str]:
	"""Parts between commas, Chinese ones too, or lines; blanks and empty parts go."""
	return [part.strip() for part in re.split(r"[,\uff0c\u3001;\uff1b\n]", text) if part.strip()]


def parse_single(field: Field, text: str):
	if field.kind == NUMBER:
		return _number(field, text)
	if field.kind == DATE:
		return _date(field, text)
	if field.kind == YES_NO:
		return _yes_no(field, text)
	text = dict(field.aliases).get(text, text)
	if field.options and text not in field.options:
		raise RuleError(
			_("{0} has no value “{1}”. Possible: {2}."),
			Term(field.label),
			text,
			tuple(Term(option) for option in field.options[:12]),
		)
	return text


def _number(field: Field, text: str) -> Decimal:
	try:
		return to_decimal(text.replace(" ", "").replace(",", ""))
	except ValueError:
		raise RuleError(_("{0}: “{1}” is not a number."), Term(field.label), text) from None


def _date(field: Field, text: str) -> date:
	try:
		return datetime.strptime(text.replace("/", "-"), "%Y-%m-%d").date()
	except ValueError:
		raise RuleError(
			_("{0}: “{1}” is not a date. Write it as YYYY-MM-DD."), Term(field.label), text
		) from None


def _yes_no(field: Field, text: str) -> int:
	word = text.lower()
	if word not in YES | NO:
		raise RuleError(_("{0}: enter 1 for yes or 0 for no."), Term(field.label))
	return int(word in YES)


def _days(field: Field, operator: str, text: str) -> int:
	longest = LONGEST_ANNIVERSARY if operator.startswith("anniversary") else 36500
	if not re.fullmatch(r"\d{1,6}", text) or int(text) > longest:
		raise RuleError(_("{0}: enter a number of days from 0 to {1}."), Term(field.label), longest)
	return int(text)


def _month(field: Field, text: str) -> int:
	if not re.fullmatch(r"\d{1,2}", text) or not 1 <= int(text) <= 12:
		raise RuleError(_("{0}: enter a month from 1 to 12."), Term(field.label))
	return int(text)


def _range(field: Field, text: str) -> tuple:
	parts = split(text)
	if len(parts) != 2:
		raise RuleError(_("{0}: enter two values, separated by a comma."), Term(field.label))
	low, high = (parse_single(field, part) for part in parts)
	if low > high:
		raise RuleError(_("{0}: the first value must not be greater than the second."), Term(field.label))
	return low, high


def nearest(word: str, fields: list[Field], limit: int = 3) -> list[str]:
	"""Labels that a mistyped field name may have meant."""
	from difflib import get_close_matches

	by_text = {text.lower(): field.label for field in fields for text in (field.name, field.label)}
	matches = get_close_matches(word.lower(), list(by_text), n=limit * 2, cutoff=0.5)
	return list(dict.fromkeys(by_text[match] for match in matches))[:limit]


def in_words(rules: list[Rule], match_any: bool, translate=str) -> str:
	"""One line a person can check the rules by."""
	joiner = f" {translate('or')} " if match_any else f" {translate('and')} "
	return joiner.join(_rule_in_words(rule, translate) for rule in rules)


def _rule_in_words(rule: Rule, translate) -> str:
	parts = [translate(rule.field.label), translate(rule.operator)]
	if rule.value is not None:
		values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
		parts.append(", ".join(translate(v) if isinstance(v, str) else str(v) for v in values))
	if rule.period_days:
		parts.append(translate("(last {0} days)").format(rule.period_days))
	return " ".join(parts)
