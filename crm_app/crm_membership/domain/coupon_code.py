"""Coupon codes: twelve random characters and a check character.

The alphabet has 31 characters, none of which is mistaken for another (no 0, 1, I, L, O). The check character
makes the sum of values weighted with powers of 3 divisible by 31; as 3 is a primitive root of 31, every wrong
character and every swap of two different ones is noticed. A code begins with a letter and so is never a card
number of a programme's own series, which are digits.
"""

import secrets
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LETTERS = ALPHABET[8:]
VALUES = {character: value for value, character in enumerate(ALPHABET)}
LENGTH = 13
PRIME, ROOT = 31, 3


def check_character(body: str) -> str:
	"""To be put behind `body`, which holds characters of the alphabet only."""
	total = sum(VALUES[c] * pow(ROOT, place, PRIME) for place, c in enumerate(reversed(body), 1))
	return ALPHABET[-total % PRIME]


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
	"""One of 5.8e17 codes, each as likely as the other."""
	number, body = below(len(LETTERS) * PRIME ** (LENGTH - 2)), ""
	for _place in range(LENGTH - 2):
		number, value = divmod(number, PRIME)
		body = ALPHABET[value] + body
	body = LETTERS[number] + body
	return body + check_character(body)


def is_own(code: str) -> bool:
	"""Whether it looks like a code of this series, right or mistyped."""
	return len(code) == LENGTH and code[0] in LETTERS and all(c in VALUES for c in code)


def is_valid(code: str) -> bool:
	return is_own(code) and check_character(code[:-1]) == code[-1]


def clean(text: str | None) -> str:
	"""As typed or scanned: capitals, without blanks and dashes."""
	return "".join(c for c in (text or "").upper() if c not in " -\t\r\n")


def shown(code: str) -> str:
	"""In groups for people; other codes as they are."""
	return "-".join((code[:4], code[4:8], code[8:])) if is_own(code) else code
