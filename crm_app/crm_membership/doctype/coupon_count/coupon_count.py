from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class CouponCount(EngineOnly, Document):
	pass
