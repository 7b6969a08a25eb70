import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from crm_app.crm_platform.importer import fields, proposing, sheet
from crm_app.crm_platform.importer.checkpoint import COUNTERS, is_alive
from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.mapping import RECORDS, preset_for
from crm_app.crm_platform.importer.files import readable_file
from crm_app.crm_platform.importer.loading import read_mapping
from crm_app.utils.settings import setting
from crm_app.utils.telling import telling

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
	"error_file",
	"undo_status",
	"taken_back",
]


class CRMImport(Document):
	def validate(self):
		self.keep_progress()
		self.check_source_file()
		self.check_settings()
		self.propose_columns()
		self.check_columns()

	def on_trash(self):
		if is_alive(self):
			if self.status == "Running":
				frappe.throw(_("Stop the import before deleting it"), title=_("Import"))
			if self.undo_status == "Queued":
				frappe.throw(_("{0} is being undone already").format(self.name), title=_("Import"))
		frappe.db.delete("CRM Import Error", {"crm_import": self.name})
		frappe.db.delete("CRM Import Row", {"crm_import": self.name})

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
		if self.import_type == RECORDS:
			fields.check_importable(self.document_type)
			if (self.mode or "Insert New") == "Insert New" and not frappe.has_permission(
				self.document_type, "create"
			):
				frappe.throw(
					_("Mode: you may not create {0}").format(_(self.document_type)), frappe.PermissionError
				)

	def propose_columns(self):
		"""As soon as the file is there, so that the user sees them and can change them."""
		if not self.source_file or not proposing.is_mapped(self):
			return
		if self.columns and not self.has_value_changed("source_file") and not self.template_changed():
			return
		if self.columns and self.corrects:
			return
		path = readable_file(self.source_file).get_full_path()
		with telling(_("Import")):
			inspected = source.inspect(path, cint(setting("import_max_mb")))
			self.set("columns", proposing.rows_for(self, inspected))
		if not self.key_field:
			targets = {row.target_field for row in self.columns}
			self.key_field = sheet.default_key(sheet.document_type(self), targets)
		self.file_name = source.shown_name(path)

	def template_changed(self) -> bool:
		if not self.template or not self.has_value_changed("template"):
			return False
		template = frappe.get_doc("CRM Import Template", self.template)
		for name in ("mode", "key_field", "child_rows", "date_format", "source_system"):
			self.set(name, template.get(name) or self.get(name))
		return True

	def check_columns(self):
		"""Targets that the user wrote by hand must be fields that they may write."""
		if not proposing.is_mapped(self):
			return
		with telling(_("Import")):
			for row in self.columns:
				row.target_field = (row.target_field or "").strip()
				if row.target_field:
					fields.place(sheet.document_type(self), row.target_field)
