from frappe.model.document import Document

from crm_app.workflows.guard import WorkflowGuard


class CRMBudget(WorkflowGuard, Document):
	pass
