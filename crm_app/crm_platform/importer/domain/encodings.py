"""Which encoding a line of bytes is in, and at which row a file changes it."""

import re
from collections.abc import Iterator

PUNCTUATION = re.compile("[\u3000-\u303f\uff00-\uffef\u2014-\u2026]")
FOREIGN = re.compile(r"[^\x00-\x7f]")
PLAUSIBLE = 0.6

Lines = Iterator[tuple[int, bytes]]


def reads_as_chinese(text: str) -> bool:
	"""Latin-1 bytes can pass as GB18030, but then decode to signs that Chinese texts hardly use."""
	return commonness(text) >= PLAUSIBLE


def commonness(text: str) -> float:
	"""Which part of the signs beyond ASCII is frequent in Chinese texts; 1 where there are none."""
	foreign = FOREIGN.findall(text)
	return sum(map(is_common, foreign)) / len(foreign) if foreign else 1.0


def is_common(sign: str) -> bool:
	"""Punctuation, full-width forms, and the 3,755 most frequent characters (GB 2312, level 1)."""
	if PUNCTUATION.match(sign):
		return True
	coded = sign.encode("gb2312", errors="replace")
	return len(coded) == 2 and 0xB0 <= coded[0] <= 0xD7


def row_with_zero(lines: Lines) -> int:
	return next((row for row, line in lines if b"\x00" in line), 0)


def row_in_utf8(lines: Lines) -> int:
	"""The first row of a GB18030 file that makes more sense as UTF-8; 0 for none."""
	return next((row for row, line in lines if kind_of(line) == "utf-8"), 0)


def row_unlike_the_first(lines: Lines) -> int:
	"""The first row that is not in the encoding of the first that showed one; 0 where none showed any."""
	first = None
	for row, line in lines:
		kind = kind_of(line)
		if kind and not first:
			first = kind
		elif kind is not None and kind != first:
			return row if first else 0
	return 0


def kind_of(line: bytes) -> str | None:
	"""utf-8, gb18030, "" for neither, None where the line does not tell."""
	if line.isascii():
		return None
	utf8, gb18030 = _decoded(line, "utf-8"), _decoded(line, "gb18030")
	if utf8 is None and gb18030 is None:
		return ""
	if utf8 is not None and (gb18030 is None or commonness(utf8) > commonness(gb18030)):
		return "utf-8"
	return "gb18030" if gb18030 is not None and reads_as_chinese(gb18030) else None


def _decoded(line: bytes, encoding: str) -> str | None:
	try:
		return line.decode(encoding)
	except UnicodeDecodeError:
		return None
