from frappe.model.document import Document

from crm_app.crm_platform.importer import fields
from crm_app.utils.telling import telling


class CRMImportTemplate(Document):
	def validate(self):
		fields.check_importable(self.document_type)
		with telling(self.title):
			for row in self.columns:
				if row.target_field:
					fields.place(self.document_type, row.target_field)
