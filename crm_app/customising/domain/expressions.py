"""Conditions of forms (`eval:` of Depends On and its like) are JavaScript; is this text a whole expression?

No browser is at hand on the server, so this finds what is surely broken: brackets and quotes left open, an
operator without its value, two values side by side. What it cannot judge (patterns, templates, functions with
a body) it lets pass.
"""

import re

from crm_app.utils.rules import RuleError, _

TOKEN = re.compile(
	r"""\s*(?:
	(?P<value>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\d+(?:\.\d+)?|\.\d+|[^\W\d][\w$]*|\$[\w$]*)
	|(?P<open>[(\[{])|(?P<close>[)\]}])
	|(?P<op>===|!==|==|!=|<=|>=|=>|\*\*|&&|\|\||\?\?|\?\.|\.\.\.|[-+*%<>!~?:.,&|^])
	)""",
	re.VERBOSE,
)
PAIRS = {")": "(", "]": "[", "}": "{"}
BEFORE_A_VALUE = {"!", "-", "+", "~", "..."}
WORDS_BEFORE_A_VALUE = {"typeof", "void", "new", "delete"}
WORDS_BETWEEN = {"in", "instanceof"}
TOO_FREE = re.compile(r"[`/]|\bfunction\b|=>\s*\{")
NEVER = re.compile(r"(?:0|false|null|undefined|NaN|''|\"\"|!1|!true)")


def check_expression(text: str) -> None:
	"""Raises RuleError where no browser could read `text` (without its `eval:`)."""
	source = text.strip().rstrip(";").rstrip()
	if not source or not (TOO_FREE.search(source) or _is_whole(source)):
		raise RuleError(_("The condition “{0}” cannot be read."), text.strip() or "eval:")


def is_never(text: str) -> bool:
	"""Whether the expression is a plain no, so that what hangs on it is never shown."""
	return bool(NEVER.fullmatch(re.sub(r"[\s();]", "", text)))


def _is_whole(source: str) -> bool:
	waiting, opened, at = True, [], 0  # waiting: a value has to come next
	last = ""
	while at < len(source):
		token = TOKEN.match(source, at)
		if not token:
			return not source[at:].strip()
		kind, word = token.lastgroup, token[token.lastgroup]
		taken = _take(kind, word, last, waiting, opened)
		if taken is None:
			return False
		waiting, last, at = taken, word, token.end()
	return not waiting and not opened


def _take(kind: str, word: str, last: str, waiting: bool, opened: list[str]) -> bool | None:
	"""Whether a value has to follow; None where the token cannot stand here."""
	if kind == "value":
		return _take_word(word, waiting)
	if kind == "open":
		opened.append(word)
		return True if waiting or word != "{" else None
	if kind == "close":
		return _take_close(word, last, waiting, opened)
	if waiting:
		return True if word in BEFORE_A_VALUE else None
	return None if word in ("!", "~", "...") else _take_choice(word, opened)


def _take_word(word: str, waiting: bool) -> bool | None:
	if waiting:
		return word in WORDS_BEFORE_A_VALUE
	return True if word in WORDS_BETWEEN else None


def _take_close(word: str, last: str, waiting: bool, opened: list[str]) -> bool | None:
	if not opened or opened.pop() != PAIRS[word]:
		return None
	return None if waiting and last not in (PAIRS[word], ",") else False


def _take_choice(word: str, opened: list[str]) -> bool | None:
	"""`a ? b : c` stands in `opened` until its colon; in braces a colon follows a key."""
	if word == "?":
		opened.append("?")
	elif word == ":" and opened and opened[-1] == "?":
		opened.pop()
	elif word == ":" and not (opened and opened[-1] == "{"):
		return None
	return True
