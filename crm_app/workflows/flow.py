"""Questions to the active workflow of a DocType."""

import frappe
from frappe import _
from frappe.model.workflow import get_workflow_name
from frappe.utils import cint, get_datetime, getdate

from crm_app.customising.domain.conditions import check_condition
from crm_app.customising.evaluation import NOT_OURS, evaluate, fault
from crm_app.customising.trial import readable_fields
from crm_app.utils.rules import RuleError
from crm_app.utils.telling import tell

# What a condition can raise by itself; what Frappe throws has its message already.
BARE = (TypeError, AttributeError, NameError, ValueError, LookupError, ArithmeticError)
BARE += (SyntaxError, RecursionError)
TYPED = {"Date": getdate, "Datetime": get_datetime}


class ConditionFailed(frappe.ValidationError):
	"""A condition cannot be evaluated for this record: it neither holds nor does not hold."""


class Flow:
	"""Wraps one Workflow document; `fields` are those that the states set."""

	def __init__(self, workflow):
		self.workflow = workflow
		self.field = workflow.workflow_state_field
		self.first = workflow.states[0].state
		self.fields = {self.field} | {row.update_field for row in workflow.states if row.update_field}

	@classmethod
	def of(cls, doctype: str) -> "Flow | None":
		name = get_workflow_name(doctype)
		return cls(frappe.get_cached_doc("Workflow", name)) if name else None

	def state(self, doc) -> str:
		"""The state of a stored document; without one (older than the workflow) the first."""
		return (doc and doc.get(self.field)) or self.first

	def row(self, state: str):
		for row in self.workflow.states:
			if row.state == state:
				return row
		frappe.throw(_("{0} is no state of the workflow {1}.").format(state, self.workflow.name))

	def docstatus(self, state: str) -> int:
		return cint(self.row(state).doc_status)

	def editors(self, state: str) -> set[str]:
		return {row.allow_edit for row in self.workflow.states if row.state == state}

	def steps(self, before: str, after: str) -> list:
		return [row for row in self.workflow.transitions if (row.state, row.next_state) == (before, after)]

	def step_by_action(self, doc, action: str):
		return next((step for step in self._open_steps(doc) if step.action == action), None)

	def step_by_value(self, doc, value: str):
		"""The first step whose next state sets its update_field to `value`."""
		steps = self._open_steps(doc)
		return next((step for step in steps if self.row(step.next_state).update_value == value), None)

	def _open_steps(self, doc) -> list:
		rows = [row for row in self.workflow.transitions if row.state == self.state(doc)]
		return [row for row in rows if self.holds(row, doc)]

	def holds(self, step, doc) -> bool:
		"""Throws ConditionFailed where the condition cannot be evaluated for this record."""
		if not step.condition:
			return True
		values = {"doc": typed(doc)}
		try:
			return bool(evaluate(step.condition, values))
		except NOT_OURS:
			raise
		except Exception as error:
			self._tell(step, doc, tell("{0}", _why(step.condition, doc, values) or str(error)))

	def _tell(self, step, doc, reason: str) -> None:
		text = _("{0}: a condition of the workflow {1} cannot be evaluated: transitions, row {2} ({3}). {4}")
		place = f"{_(step.state)} – {_(step.action)}"
		frappe.throw(
			text.format(doc.name, _(self.workflow.name), step.idx, place, reason),
			ConditionFailed,
			title=_("Workflow"),
		)

	def follow(self, doc, old) -> None:
		"""Sets the fields that the state of `doc` decides; what it leaves open stays as stored."""
		row = self.row(doc.get(self.field) or self.first)
		for fieldname in self.fields - {self.field}:
			if row.update_field == fieldname:
				doc.set(fieldname, row.update_value)
			else:
				doc.set(fieldname, old.get(fieldname) if old else doc.meta.get_field(fieldname).default)


def _why(condition: str, doc, values: dict):
	try:
		check_condition(condition, readable_fields(doc.meta))
	except RuleError as error:
		return error
	return fault(condition, values)


def explained(docs: list, call, *args):
	"""What Frappe's engine answers about `docs` (documents or the desk's JSON of them).

	Where a condition ends it with an error of Python, ConditionFailed says which.
	"""
	try:
		return call(*args)
	except BARE:
		for doc in docs:
			_tell_what_fails(frappe.parse_json(doc))
		raise


def _tell_what_fails(given) -> None:
	"""Throws for the first condition that cannot be evaluated; says nothing where all can."""
	flow = Flow.of(given.get("doctype")) if hasattr(given, "get") else None
	if not flow:
		return
	doc = frappe.get_doc(given.get("doctype"), given.get("name"))
	doc.check_permission("read")
	roles = set(frappe.get_roles())
	for step in flow.workflow.transitions:
		if step.state == flow.state(doc) and step.allowed in roles:
			flow.holds(step, doc)


def typed(doc) -> dict:
	"""`doc` as a dict with dates as the database hands them over; what was just entered may be text."""
	values = doc.as_dict()
	for df in doc.meta.fields:
		if df.fieldtype in TYPED and isinstance(value := values.get(df.fieldname), str):
			values[df.fieldname] = TYPED[df.fieldtype](value) if value else None
	for df in doc.meta.get_table_fields():
		values[df.fieldname] = [typed(row) for row in doc.get(df.fieldname) or []]
	return values
