"""Attached files in the site's public/files and private/files."""

import base64
import hashlib
import os

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr


class File(Document):
	def before_insert(self):
		content = self.get("content")
		if self.is_folder or (self.file_url and not content):
			self._describe_existing()
			return
		self.save_file(content=content, decode=bool(self.get("decode")))

	def validate(self):
		if self.flags.ignore_permissions:
			return
		before = self.get_doc_before_save() or frappe._dict()
		target = (self.attached_to_doctype, self.attached_to_name)
		if all(target) and target != (before.attached_to_doctype, before.attached_to_name):
			frappe.get_doc(*target).check_permission("write")
		if self.file_url != before.file_url and not self.flags.written:
			self._may_point_there()

	def _may_point_there(self):
		"""An address alone opens no private file: some other File of it must be readable."""
		if not cstr(self.file_url).startswith("/private/"):
			return
		others = frappe.get_all("File", {"file_url": self.file_url, "name": ("!=", self.name)}, pluck="name")
		if not any(frappe.get_doc("File", name).has_permission_to_read() for name in others):
			frappe.throw(_("You are not allowed to read this file"), frappe.PermissionError)

	def _describe_existing(self):
		url = cstr(self.file_url)
		if ".." in url or (
			url.startswith("/") and not url.startswith(("/files/", "/private/files/", "/assets/"))
		):
			frappe.throw(_("URL must start with http:// or https://"))
		self.file_name = self.file_name or os.path.basename(url)
		self.is_private = int(url.startswith("/private/"))

	def save_file(self, content=None, decode=False, **_kwargs):
		"""Write the content below the site folder under a name of its own."""
		if isinstance(content, str):
			content = base64.b64decode(content) if decode else content.encode()
		content = content or b""
		limit = cint(frappe.conf.get("max_file_size")) or 25 * 1024 * 1024
		if len(content) > limit:
			frappe.throw(
				_("File size exceeded the maximum allowed size of {0} MB").format(limit // 1048576),
				frappe.MaxFileSizeReachedError,
			)
		self.file_name = _safe_name(self.file_name)
		self.content_hash = hashlib.md5(content, usedforsecurity=False).hexdigest()
		self.file_size = len(content)
		self.file_type = os.path.splitext(self.file_name)[1].lstrip(".").upper()
		folder = frappe.utils.get_files_path(is_private=cint(self.is_private))
		os.makedirs(folder, exist_ok=True)
		path, name = _free_path(folder, self.file_name)
		with open(path, "wb") as target:
			target.write(content)
		frappe.db.after_rollback.add(lambda: os.path.exists(path) and os.unlink(path))
		self.file_url = f"{'/private' if cint(self.is_private) else ''}/files/{name}"
		self.__dict__.pop("content", None)
		self.flags.written = True

	def get_full_path(self) -> str:
		"""Where the file lies; refuses to leave the site's folders."""
		private = cstr(self.file_url).startswith("/private/files/")
		folder = os.path.abspath(frappe.utils.get_files_path(is_private=int(private)))
		path = os.path.abspath(os.path.join(folder, os.path.basename(cstr(self.file_url))))
		if not path.startswith(folder + os.sep):
			frappe.throw(_("There is some problem with the file url: {0}").format(self.file_url))
		return path

	def get_content(self, encodings=None):
		"""Text when it is UTF-8, else bytes."""
		with open(self.get_full_path(), "rb") as source:
			content = source.read()
		try:
			return content.decode("utf-8")
		except UnicodeDecodeError:
			return content

	def has_permission_to_read(self, user=None) -> bool:
		user = user or frappe.session.user
		if not self.is_private or user == "Administrator" or self.owner == user:
			return True
		if not (self.attached_to_doctype and self.attached_to_name):
			return False
		return frappe.has_permission(self.attached_to_doctype, "read", self.attached_to_name, user=user)

	def on_trash(self):
		shared = frappe.db.count("File", {"file_url": self.file_url, "name": ("!=", self.name)})
		if not shared and cstr(self.file_url).startswith(("/files/", "/private/files/")):
			path = self.get_full_path()
			frappe.db.after_commit.add(lambda: os.path.exists(path) and os.unlink(path))


def _safe_name(name) -> str:
	name = os.path.basename(cstr(name).replace("\\", "/")).strip().replace("\x00", "")
	name = "".join("_" if char in '<>:"|?*#%&{}' else char for char in name)
	return name[-100:] if name.strip(". ") else "file"


def _free_path(folder: str, name: str) -> tuple[str, str]:
	stem, extension = os.path.splitext(name)
	while os.path.exists(os.path.join(folder, name)):
		name = f"{stem}{frappe.generate_hash(length=6)}{extension}"
	return os.path.join(folder, name), name
