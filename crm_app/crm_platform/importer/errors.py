"""What is wrong with a file, cell by cell, as CRM Import Error records."""

import frappe

from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_platform.importer.checkpoint import Checkpoint
from crm_app.crm_platform.importer.domain.errors import Problem
from crm_app.crm_platform.importer.domain.mapping import TARGETS
from crm_app.crm_platform.importer.domain.staging import Stage
from crm_app.utils.telling import tell

ERRORS_A_STEP = 10_000
LONGEST = 140


class ErrorWriter:
	"""`headers`: field → column header in this file."""

	def __init__(self, record, checkpoint: Checkpoint, headers: dict[str, str]):
		self.checkpoint = checkpoint
		self.headers = {
			**{name: t.label for name, t in TARGETS.get(record.import_type, {}).items()},
			**headers,
		}
		self.table = BulkTable("CRM Import Error", crm_import=record.name, owner=record.owner)
		self.told: dict[tuple, str] = {}

	def write(self, stage: Stage) -> None:
		if not self.checkpoint.enter("Errors"):
			return
		for problems in stage.problems(self.checkpoint.position, ERRORS_A_STEP):
			with self.checkpoint.step(len(problems)):
				for row_no, problem in problems:
					self.add(row_no, problem)
				self.table.insert()

	def add(self, row_no: int, problem: Problem, kind: str = "Error") -> None:
		column = self.headers.get(problem.column, problem.column)
		said = (problem.template, *problem.values)
		message = self.told[said] if said in self.told else self.told.setdefault(said, tell(*said))
		self.table.add(
			name=frappe.generate_hash(length=20),
			row_no=row_no,
			kind=kind,
			column_name=column,
			value=problem.value[:LONGEST],
			message=f"{column}: {message}"[:LONGEST] if column else message[:LONGEST],
		)
