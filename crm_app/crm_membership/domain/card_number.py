"""Card numbers: prefix, serial number, and a check digit by Luhn (ISO/IEC 7812-1, annex B)."""

from crm_app.utils.rules import RuleError, _

SHORTEST, LONGEST = 8, 19


def check_digit(digits: str) -> str:
	"""The digit to put behind `digits`; finds every single wrong digit and nearly all swaps of neighbours."""
	total = 0
	for position, digit in enumerate(reversed(digits)):
		value = int(digit) * (2 if position % 2 == 0 else 1)
		total += value - 9 if value > 9 else value
	return str(-total % 10)


def is_valid(number: str) -> bool:
	return (
		number.isascii() and number.isdigit() and len(number) > 1 and check_digit(number[:-1]) == number[-1]
	)


def make_number(prefix: str, serial: int, length: int) -> str:
	"""`length` digits in all. Raises RuleError where the serial number no longer fits."""
	room = length - len(prefix) - 1
	if serial < 1 or len(str(serial)) > room:
		raise RuleError(_("No card number is left with the prefix {0}."), prefix, field="card_prefix")
	body = prefix + str(serial).zfill(room)
	return body + check_digit(body)


def clean(number: str | None) -> str:
	"""As typed or scanned, without blanks and dashes."""
	return "".join(character for character in number or "" if character not in " -\t")


def check_foreign(number: str, any_number: bool) -> None:
	"""A number that was typed in; `any_number` allows letters and no check digit. Raises RuleError."""
	if any_number and number.isascii() and number.isalnum():
		return
	if not is_valid(number):
		raise RuleError(_("Card Number: {0} is mistyped, its check digit is wrong."), number, field="card_no")


def check_prefix(prefix: str, length: int, others: dict[str, str]) -> None:
	"""`others`: prefix by programme. Numbers of two programmes can never meet. Raises RuleError."""
	if not (prefix.isascii() and prefix.isdigit() and len(prefix) <= 8):
		raise RuleError(_("Card Prefix: {0} is not one to eight digits."), prefix, field="card_prefix")
	if not SHORTEST <= length <= LONGEST or length - len(prefix) < 4:
		raise RuleError(_("Card Number Length: choose {0} to {1}."), max(SHORTEST, len(prefix) + 4), LONGEST)
	for programme, other in others.items():
		if prefix.startswith(other) or other.startswith(prefix):
			raise RuleError(_("Card Prefix: {0} runs into {1} of {2}."), prefix, other, programme)
