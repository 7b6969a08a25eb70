"""From a file to checked rows: header, columns, staged lines."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import frappe

from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.errors import FileRefused
from crm_app.crm_platform.importer.domain.lines import Line, LineReader
from crm_app.crm_platform.importer.domain.mapping import Preset, preset_for, resolve
from crm_app.crm_platform.importer.domain.staging import Stage
from crm_app.utils.rules import _

REPORT_EVERY = 50_000
CHANGED = _("The file is not the one that this import began with")
MAPPING = _('Mapping: write field and column header as JSON, e.g. {{"invoice": "Bill No"}}')


@dataclass(frozen=True)
class Loaded:
	"""An opened file. `places`: field → position in a row."""

	source: source.Source
	preset: Preset
	header: list[str]
	places: dict[str, int]

	@property
	def headers(self) -> dict[str, str]:
		return {name: self.header[place] for name, place in self.places.items()}

	def records(self) -> Iterator[list[str]]:
		"""The rows under the header."""
		rows = source.rows(self.source)
		next(rows, None)
		if not source.is_workbook(self.source.path):
			return rows
		width = len(self.header)  # a workbook does not store the empty cells at a row's end
		return (row + [""] * (width - len(row)) for row in rows)


def open_file(record, inspected: source.Source) -> Loaded:
	"""Raises FileRefused where a column is missing or the mapping names one that is not there."""
	preset = preset_for(record.preset, record.import_type)
	if record.date_format:
		preset = replace(preset, date_format=record.date_format)
	rows = source.rows(inspected)
	header = [name.strip() for name in next(rows, [])]
	rows.close()
	columns = {**preset.columns, **read_mapping(record.mapping)}
	return Loaded(inspected, preset, header, resolve(header, preset.import_type, columns))


def read_mapping(text: str | None) -> dict[str, str]:
	"""Raises FileRefused for anything but an object of texts."""
	try:
		mapping = json.loads(text or "{}")
	except ValueError:
		raise FileRefused(MAPPING) from None
	if not isinstance(mapping, dict) or not all(isinstance(header, str) for header in mapping.values()):
		raise FileRefused(MAPPING)
	return mapping


def stage_lines(loaded: Loaded, today: str, report: Callable[[str, int, int], None]) -> tuple[Stage, int]:
	"""All lines and problems of the file, and how many rows it has."""
	reader = LineReader(loaded.places, len(loaded.header), loaded.preset, today, known_channels())
	stage, row_no = Stage(), 1
	for row_no, row in enumerate(loaded.records(), 2):
		if any(row):
			_stage_row(stage, row_no, reader.read(row_no, row))
		if row_no % REPORT_EVERY == 0:
			report("Reading", row_no, 0)
	stage.close_lines()
	return stage, row_no - 1


def _stage_row(stage: Stage, row_no: int, found) -> None:
	if type(found) is Line:
		stage.add_line(found)
		return
	for problem in found:
		stage.add_problem(row_no, problem)


def known_channels() -> frozenset[str]:
	options = frappe.get_meta("CRM Transaction").get_field("channel").options or ""
	return frozenset(options.split("\n")) - {""}
