from frappe.model.document import Document


class WorkingCalendarHours(Document):
	pass
