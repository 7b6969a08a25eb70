from frappe.model.document import Document

from crm_app.crm_finance.engine_only import EngineOnly


class CRMBudgetEntry(EngineOnly, Document):
	pass
