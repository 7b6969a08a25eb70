"""A file before anything is believed about it: size, integrity, encoding, fingerprint, rows.

CSV, CSV.GZ and XLSX. Read in blocks; never more than one block or row is held.
"""

import codecs
import csv
import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_app.crm_platform.importer.domain import encodings
from crm_app.crm_platform.importer.domain.errors import DAMAGED, FileRefused
from crm_app.crm_platform.importer.domain.workbook import workbook_rows
from crm_app.utils.rules import _

BLOCK = 1 << 20
MEGABYTE = 1 << 20
LONGEST_LINE = 1 << 18
XLSX_SWELL = 8  # XML of a workbook against the same rows as CSV
SMALL_ENTRY, SWELLING = 16 * MEGABYTE, 200  # real sheets pack 5 to 30 times
LARGEST_STRINGS = 256 * MEGABYTE
DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
TOO_LARGE = _("The file is larger than {0} MB, the limit in CRM Settings")
ZEROS = _("Row {0} holds a zero byte: this is no text file, or it is damaged")
MIXED = _("Row {0} is in another encoding than the rows before it: save the file as CSV UTF-8 and try again")
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
	return workbook_rows(source.path) if is_workbook(source.path) else text_rows(source)


def is_workbook(path: str) -> bool:
	return path.lower().endswith(".xlsx")


def announced_size(path: str) -> int:
	"""What file system or zip directory say, before a byte is unpacked.

	A gzip trailer may lie, or be missing where the file was cut short: `measure` counts instead.
	"""
	size = os.path.getsize(path)
	if is_workbook(path):
		return max(size, workbook_size(path) // XLSX_SWELL)
	return size


def workbook_size(path: str) -> int:
	"""Unpacked bytes as the directory says; zipfile reads no more than that of an entry."""
	try:
		with zipfile.ZipFile(path) as archive:
			entries = archive.infolist()
	except zipfile.BadZipFile as broken:
		raise FileRefused(DAMAGED, broken) from None
	# openpyxl holds the shared strings in memory; all else is streamed.
	strings = [entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml")]
	size, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
	sizes = [(entry.file_size, entry.compress_size) for entry in entries] + [(size, packed)]
	if any(held > LARGEST_STRINGS for held in strings) or any(swells(*one) for one in sizes):
		raise FileRefused(_("The workbook swells far beyond its size when it is unpacked; it is not read"))
	return size


def swells(size: int, packed: int) -> bool:
	return size > SMALL_ENTRY and size > SWELLING * max(packed, 1)


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
	size, head, zeros = 0, b"", False
	for block in blocks(path):
		head = head or block
		size += len(block)
		zeros = zeros or b"\x00" in block
		if size > limit:
			raise FileRefused(TOO_LARGE, limit // MEGABYTE)
	if not head.strip():
		raise FileRefused(_("The file is empty"))
	if zeros and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
		raise FileRefused(ZEROS, encodings.row_with_zero(numbered(path)))
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
			return encoding if decodes(path, encoding) else refuse_encoding(path)
	if decodes(path, "utf-8"):
		return "utf-8"
	if decodes(path, "gb18030", plausible=encodings.reads_as_chinese):
		if row := encodings.row_in_utf8(numbered(path)):
			raise FileRefused(MIXED, row)
		return "gb18030"
	return refuse_encoding(path)


def refuse_encoding(path: str) -> str:
	if row := encodings.row_unlike_the_first(numbered(path)):
		raise FileRefused(MIXED, row)
	raise FileRefused(UNKNOWN_ENCODING)


def numbered(path: str) -> Iterator[tuple[int, bytes]]:
	"""(row number, line) of a text file, undecoded; a quoted cell may hold line breaks."""
	with open_bytes(path) as handle:
		row, quotes = 1, 0
		while line := handle.readline(LONGEST_LINE):
			yield row, line
			quotes += line.count(b'"')
			row += line.endswith(b"\n") and quotes % 2 == 0


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


def text_rows(source: Source) -> Iterator[list[str]]:
	wide = source.encoding == "utf-16"  # whose bytes say nothing about zeros; the others were looked through
	with open_bytes(source.path) as raw, io.TextIOWrapper(raw, encoding=source.encoding, newline="") as text:
		reader = csv.reader(lines(text), delimiter=delimiter(text), strict=True)
		try:
			for number, row in enumerate(reader, 1):
				if wide and "\0" in "".join(row):
					raise FileRefused(ZEROS, number)
				yield row
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
