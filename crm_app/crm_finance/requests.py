"""The rules of an Expense Request that need the database; the controller calls them by name."""

import frappe
from frappe import _
from frappe.utils import fmt_money, formatdate, getdate

from crm_app.crm_finance import approvers, budget_lines, charging, ledger
from crm_app.crm_finance.domain.approval import approval_tier
from crm_app.crm_finance.domain.duplicates import repeated_inside
from crm_app.crm_finance.domain.positions import OK, verdict
from crm_app.crm_finance.duplicates import earlier_lines
from crm_app.crm_workforce.org import employees_of
from crm_app.utils.money import ZERO, round_money, to_decimal, total
from crm_app.utils.settings import setting
from crm_app.workflows.guard import requesters


def fill_employee(request) -> None:
	"""Empty means whoever is logged in; the department follows while nobody has decided anything."""
	if not request.employee:
		request.employee = next(iter(sorted(employees_of())), None)
	if not request.employee:
		frappe.throw(_("Employee: you have no employee record; choose the person."), frappe.MandatoryError)
	if request.is_new() or _changed(request, "employee") or request.status_category == "Draft":
		values = frappe.db.get_value(
			"CRM Employee", request.employee, ["department", "employee_name", "status"], as_dict=True
		)
		if values.status == "Left":
			frappe.throw(_("Employee: {0} has left.").format(values.employee_name))
		request.department, request.employee_name = values.department, values.employee_name


def check_lines(request) -> None:
	for line in request.lines:
		if round_money(line.amount) <= ZERO:
			frappe.throw(_("Row {0}: Amount must be more than 0.").format(line.idx))
		if getdate(line.expense_date) > getdate():
			frappe.throw(
				_("Row {0}: Date {1} lies in the future.").format(line.idx, formatdate(line.expense_date))
			)
		line.amount = float(round_money(line.amount))
		if frappe.get_cached_value("CRM Expense Category", line.category, "disabled"):
			frappe.throw(_("Row {0}: Category {1} is disabled.").format(line.idx, line.category))
	if getdate(request.posting_date) > getdate():
		frappe.throw(_("Requested On: the date lies in the future."))


def add_up(request) -> None:
	request.total_amount = float(total(line.amount for line in request.lines))
	request.reimbursed_total = float(total(line.reimbursed_amount for line in request.lines))


def find_approvers(request) -> None:
	"""Tier and department approver; the approver stays who decided once the request is under way."""
	limits = [to_decimal(setting(name)) for name in ("tier1_limit", "tier2_limit")]
	request.approval_tier = approval_tier(to_decimal(request.total_amount), *limits)
	under_way = request.get_doc_before_save() and request.get_doc_before_save().status_category != "Draft"
	if not under_way or _changed(request, "employee"):
		request.department_approver = approvers.department_approver(
			request.employee, request.department, requesters(request, request.get_doc_before_save())
		)
	else:
		request.department_approver = request.get_doc_before_save().department_approver
	if request.status_category == "Pending" and not under_way:
		approvers.check_approver(request.department_approver, request.department)


def note_duplicates(request) -> None:
	"""Lists look-alikes on the form; an acceptance holds as long as the list stays the same."""
	repeated = [_("Row {0} repeats an earlier row.").format(idx) for idx in repeated_inside(_rows(request))]
	earlier = [
		_("{0} of {1} for {2} is also in {3}").format(
			fmt_money(row["amount"]), formatdate(row["expense_date"]), row["category"], row["parent"]
		)
		for row in earlier_lines(request)
	]
	old = request.get_doc_before_save()
	request.possible_duplicates = "\n".join(repeated + earlier)
	same = old and (old.possible_duplicates or "") == request.possible_duplicates
	request.duplicate_accepted_by = old.duplicate_accepted_by if same else None


def ask_about_duplicates(request) -> None:
	"""On submission a warning; an approval needs somebody's word that it is none."""
	old = request.get_doc_before_save()
	if not (request.possible_duplicates and old):
		return
	if request.status_category == "Pending" and old.status_category == "Draft":
		frappe.msgprint(request.possible_duplicates, title=_("Possible Duplicate"), indicator="orange")
	elif request.duplicate_accepted_by or request.workflow_state == old.workflow_state:
		return
	elif request.status_category in ("Pending", "Approved"):
		frappe.throw(
			request.possible_duplicates
			+ "\n"
			+ _("If this is no duplicate, say so with the action {0} first.").format(_("Not a Duplicate")),
			title=_("Possible Duplicate"),
		)


def accept_duplicate(request) -> None:
	request.check_permission("write")
	if request.status_category != "Pending" or frappe.session.user in requesters(request):
		frappe.throw(
			_("Only somebody who decides on {0} may say this.").format(request.name), frappe.PermissionError
		)
	request.db_set("duplicate_accepted_by", frappe.session.user)
	request.add_comment("Info", _("Not a Duplicate"))


def warn_over_budget(request) -> None:
	"""While a request is a draft the check only informs; sending it for approval reserves or stops."""
	if request.status_category != "Draft":
		return
	for row, amount in _amount_per_line(request):
		if verdict(ledger.position_of(row), ZERO, amount, row.control) != OK:
			frappe.msgprint(
				_("{0}: {1} is available, {2} is asked for.").format(
					budget_lines.describe(row),
					fmt_money(ledger.position_of(row).available),
					fmt_money(amount),
				),
				title=_("Over Budget"),
				indicator="orange",
			)


def warn_without_budget(request) -> None:
	"""Allowed, but said when the request leaves the draft: what no budget line pays is held nowhere."""
	old = request.get_doc_before_save()
	if not old or old.status_category != "Draft" or request.status_category not in ("Pending", "Approved"):
		return
	if categories := charging.without_budget(request):
		frappe.msgprint(
			_("{0} has no budget line for {1}: nothing is reserved for it.").format(
				request.department, ", ".join(map(_, categories))
			),
			title=_("No Budget"),
			indicator="orange",
		)


def freeze_lines(request) -> None:
	"""After approval only the reimbursed amounts and the receipts of the same rows may change."""
	old = request.get_doc_before_save()
	if _frozen(request) != _frozen(old):
		frappe.throw(
			_("The approved expenses of {0} cannot be changed.").format(request.name),
			frappe.UpdateAfterSubmitError,
		)


def check_reimbursement(request) -> None:
	if request.status_category != "Reimbursed":
		return
	if not any(round_money(line.reimbursed_amount) for line in request.lines):
		for line in request.lines:
			line.reimbursed_amount = line.amount
	for line in request.lines:
		_check_payment(line)
	add_up(request)


def _check_payment(line) -> None:
	paid = round_money(line.reimbursed_amount)
	if not ZERO <= paid <= round_money(line.amount):
		frappe.throw(
			_("Row {0}: Reimbursed must lie between 0 and the approved {1}.").format(
				line.idx, fmt_money(line.amount)
			)
		)
	needs = frappe.get_cached_value("CRM Expense Category", line.category, "needs_receipt")
	if paid and needs and not line.receipt:
		frappe.throw(_("Row {0}: Receipt is missing.").format(line.idx), frappe.MandatoryError)


def _amount_per_line(request) -> list[tuple]:
	amounts = {}
	for line in request.lines:
		if row := charging.line_for(request, line):
			amounts[row.name] = amounts.get(row.name, ZERO) + round_money(line.amount)
	return [(row, amounts[row.name]) for row in ledger.read(set(amounts))]


def _frozen(request) -> list[tuple]:
	return [
		(row.name, str(row.expense_date), row.category, row.description or "", round_money(row.amount))
		for row in request.lines
	]


def _rows(request) -> list[dict]:
	return [{key: row.get(key) for key in ("expense_date", "amount", "category")} for row in request.lines]


def _changed(request, fieldname: str) -> bool:
	old = request.get_doc_before_save()
	return bool(old) and old.get(fieldname) != request.get(fieldname)
