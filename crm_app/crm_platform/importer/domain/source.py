"""A file before anything is believed about it: size, integrity, encoding, fingerprint, rows.

CSV, CSV.GZ and XLSX. Read in blocks; never more than one block or row is held.
"""

import codecs
import csv
import gzip
import hashlib
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_app.crm_platform.importer.domain.errors import FileRefused
from crm_app.utils.rules import _

BLOCK = 1 << 20
MEGABYTE = 1 << 20
LONGEST_LINE = 1 << 18
WIDEST = 1_000  # columns
XLSX_SWELL = 8  # XML of a workbook against the same rows as CSV
SMALL_ENTRY, SWELLING = 16 * MEGABYTE, 200  # real sheets pack 5 to 30 times
LARGEST_STRINGS = 256 * MEGABYTE
DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
PUNCTUATION = re.compile("[\u3000-\u303f\uff00-\uffef\u2014-\u2026]")
FOREIGN = re.compile(r"[^\x00-\x7f]")
TOO_LARGE = _("The file is larger than {0} MB, the limit in CRM Settings")
DAMAGED = _("The file is damaged: {0}")
UNKNOWN_ENCODING = _("The file is neither UTF-8 nor GB18030 text: save it as CSV UTF-8 and try again")


@dataclass(frozen=True)
class Source:
	"""An inspected file. `size` is in bytes, unpacked; `encoding` is empty for a workbook."""

	path: str
	sha256: str
	size: int
	encoding: str


def inspect(path: str, max_mb: int) -> Source:
	"""Check the file without keeping it in memory. Raises FileRefused, FileNotFoundError."""
	if not Path(path).is_file():
		raise FileNotFoundError(path)
	limit = max_mb * MEGABYTE
	if announced_size(path) > limit:
		raise FileRefused(TOO_LARGE, max_mb)
	if is_workbook(path):
		return Source(path, *fingerprint(path, limit), encoding="")
	size, head = measure(path, limit)
	sha256, _packed = fingerprint(path, limit)
	return Source(path, sha256, size, find_encoding(path, head))


def shown_name(path: str) -> str:
	return os.path.basename(path)


def rows(source: Source) -> Iterator[list[str]]:
	"""The header, then each record, as text. Raises FileRefused where the file breaks."""
	return workbook_rows(source) if is_workbook(source.path) else text_rows(source)


def is_workbook(path: str) -> bool:
	return path.lower().endswith(".xlsx")


def announced_size(path: str) -> int:
	"""What file system, gzip trailer or zip directory say, before a byte is unpacked."""
	size = os.path.getsize(path)
	if is_workbook(path):
		return max(size, workbook_size(path) // XLSX_SWELL)
	if is_gzip(path):
		with open(path, "rb") as handle:
			handle.seek(-4, os.SEEK_END)
			return max(size, int.from_bytes(handle.read(4), "little"))
	return size


def workbook_size(path: str) -> int:
	"""Unpacked bytes as the directory says; zipfile reads no more than that of an entry."""
	try:
		with zipfile.ZipFile(path) as archive:
			entries = archive.infolist()
	except zipfile.BadZipFile as broken:
		raise FileRefused(DAMAGED, broken) from None
	for entry in entries:
		# openpyxl holds the shared strings in memory; all else is streamed.
		held = entry.filename.lower().endswith("sharedstrings.xml") and entry.file_size > LARGEST_STRINGS
		swells = entry.file_size > SMALL_ENTRY and entry.file_size > SWELLING * max(entry.compress_size, 1)
		if held or swells:
			raise FileRefused(
				_("The workbook swells far beyond its size when it is unpacked; it is not read")
			)
	return sum(entry.file_size for entry in entries)


def is_gzip(path: str) -> bool:
	with open(path, "rb") as handle:
		return handle.read(2) == b"\x1f\x8b" and os.path.getsize(path) >= 18


def open_bytes(path: str):
	return gzip.open(path, "rb") if is_gzip(path) else open(path, "rb")


def blocks(path: str) -> Iterator[bytes]:
	"""Unpacked bytes. Raises FileRefused when the packing is broken."""
	try:
		with open_bytes(path) as handle:
			while block := handle.read(BLOCK):
				yield block
	except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
		raise FileRefused(DAMAGED, broken) from None


def measure(path: str, limit: int) -> tuple[int, bytes]:
	"""Unpacked size and first block; stops as soon as the limit is passed."""
	size, head = 0, b""
	for block in blocks(path):
		head = head or block
		size += len(block)
		if size > limit:
			raise FileRefused(TOO_LARGE, limit // MEGABYTE)
	if not head.strip():
		raise FileRefused(_("The file is empty"))
	return size, head


def fingerprint(path: str, limit: int) -> tuple[str, int]:
	"""SHA-256 and size of the file as it lies on disk."""
	digest = hashlib.sha256()
	with open(path, "rb") as handle:
		while block := handle.read(BLOCK):
			digest.update(block)
	return digest.hexdigest(), os.path.getsize(path)


def find_encoding(path: str, head: bytes) -> str:
	for mark, encoding in BYTE_ORDER_MARKS:
		if head.startswith(mark):
			return encoding if decodes(path, encoding) else refuse_encoding()
	if b"\x00" in head:
		raise FileRefused(_("This is no text file: it holds zero bytes"))
	if decodes(path, "utf-8"):
		return "utf-8"
	if decodes(path, "gb18030", plausible=reads_as_chinese):
		return "gb18030"
	return refuse_encoding()


def refuse_encoding() -> str:
	raise FileRefused(UNKNOWN_ENCODING)


def decodes(path: str, encoding: str, plausible=None) -> bool:
	"""Whether every byte fits; `plausible` judges the first text that is not ASCII."""
	decoder = codecs.getincrementaldecoder(encoding)()
	try:
		for block in blocks(path):
			text = decoder.decode(block)
			if plausible and not text.isascii():
				if not plausible(text):
					return False
				plausible = None
		decoder.decode(b"", final=True)
	except UnicodeDecodeError:
		return False
	return True


def reads_as_chinese(text: str) -> bool:
	"""Latin-1 bytes can pass as GB18030, but then decode to signs that Chinese texts hardly use."""
	foreign = FOREIGN.findall(text)
	return sum(map(is_common, foreign)) >= 0.6 * len(foreign)


def is_common(sign: str) -> bool:
	"""Punctuation, full-width forms, and the 3,755 most frequent characters (GB 2312, level 1)."""
	if PUNCTUATION.match(sign):
		return True
	coded = sign.encode("gb2312", errors="replace")
	return len(coded) == 2 and 0xB0 <= coded[0] <= 0xD7


def text_rows(source: Source) -> Iterator[list[str]]:
	with open_bytes(source.path) as raw, io.TextIOWrapper(raw, encoding=source.encoding, newline="") as text:
		reader = csv.reader(lines(text), delimiter=delimiter(text), strict=True)
		try:
			yield from reader
		except csv.Error as broken:
			raise FileRefused(_("The file is broken near line {0}: {1}"), reader.line_num, broken) from None


def lines(text) -> Iterator[str]:
	"""A line without end would fill the memory."""
	while line := text.readline(LONGEST_LINE):
		if len(line) >= LONGEST_LINE:
			raise FileRefused(_("The file has a line of more than {0} signs"), LONGEST_LINE)
		yield line


def delimiter(text) -> str:
	"""The sign that the header uses most; leaves `text` at its start."""
	header = text.readline(LONGEST_LINE)
	text.seek(0)
	return max(DELIMITERS, key=header.count)


def workbook_rows(source: Source) -> Iterator[list[str]]:
	"""The active sheet; formulas as their last values, rows without their empty tail."""
	from openpyxl import load_workbook
	from openpyxl.utils.exceptions import InvalidFileException

	try:
		book = load_workbook(source.path, read_only=True, data_only=True)
	except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as broken:
		raise FileRefused(DAMAGED, broken) from None
	try:
		sheet = book.active if hasattr(book.active, "iter_rows") else next(iter(book.worksheets), None)
		if sheet is None:
			raise FileRefused(_("The workbook has no sheet with cells"))
		sheet.reset_dimensions()  # what the file says of its own width is often wrong
		for cells in sheet.iter_rows():
			row = [cell_text(cell) for cell in cells[:WIDEST]]
			while row and not row[-1]:
				row.pop()
			yield row
	except (zipfile.BadZipFile, zlib.error, ValueError, SyntaxError, EOFError) as broken:
		raise broken if isinstance(broken, FileRefused) else FileRefused(DAMAGED, broken) from None
	finally:
		book.close()


def cell_text(cell) -> str:
	value = cell.value
	if value is None:
		return ""
	if isinstance(value, str):
		return value
	if isinstance(value, float):
		return number_text(value, cell.number_format)
	if isinstance(value, int) and not isinstance(value, bool) and cell.number_format.endswith("%"):
		return f"{value * 100}%"
	return str(value)


def number_text(value: float, number_format: str) -> str:
	if number_format.endswith("%"):
		return f"{round(value * 100, 10):g}%"
	return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
