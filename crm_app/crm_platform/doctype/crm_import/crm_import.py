import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, now_datetime

from crm_app.crm_platform.importer.checkpoint import COUNTERS
from crm_app.crm_platform.importer.domain.mapping import preset_for
from crm_app.crm_platform.importer.files import readable_file
from crm_app.crm_platform.importer.loading import read_mapping
from crm_app.utils.telling import telling

ALIVE = 10  # minutes without a step after which a running import counts as killed
# The importer writes these past the Document; nobody else does.
PROGRESS_FIELDS = [
	"status",
	"progress",
	"message",
	"started_on",
	"finished_on",
	"rows_total",
	*COUNTERS,
	"encoding",
	"phase",
	"position",
	"stop_requested",
]


class CRMImport(Document):
	def validate(self):
		self.keep_progress()
		self.check_source_file()
		self.check_settings()

	def on_trash(self):
		if self.status == "Running" and get_datetime(self.modified) > add_to_date(
			now_datetime(), minutes=-ALIVE
		):
			frappe.throw(_("Stop the import before deleting it"), title=_("Import"))
		frappe.db.delete("CRM Import Error", {"crm_import": self.name})

	def keep_progress(self):
		before = self.get_doc_before_save()
		for fieldname in PROGRESS_FIELDS:
			self.set(fieldname, before.get(fieldname) if before else None)
		self.status = self.status or "Draft"

	def check_source_file(self):
		"""Now, not later: after the save Frappe makes any attached address a File of the user's own."""
		if self.source_file and self.has_value_changed("source_file"):
			readable_file(self.source_file)

	def check_settings(self):
		with telling(_("Import")):
			preset = preset_for(self.preset, self.import_type)
			read_mapping(self.mapping)
		self.import_type = preset.import_type
		self.source_system = (self.source_system or preset.source_system).strip()
