"""Files: uploading through the File DocType and handing them out to those who may read them."""

import mimetypes
from urllib.parse import quote

import frappe
from django.http import FileResponse, Http404
from django.utils._os import safe_join
from frappe import _

INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain")
DEFAULT_LIMIT = 25 * 1024 * 1024


def save(request, given: dict):
	"""Store the posted `file`; `doctype`, `docname`, `fieldname` attach it to a record the user may write."""
	if frappe.session.user == "Guest":
		raise frappe.PermissionError(_("Log in to upload files"))
	upload = request.FILES.get("file")
	if upload is None:
		frappe.throw(_("There is no file in the request"))
	limit = int(frappe.conf.get("max_file_size") or DEFAULT_LIMIT)
	if upload.size > limit:
		frappe.throw(_("{0} is larger than the limit of {1} MB").format(upload.name, limit // 1024**2))
	doctype, name = given.get("doctype"), given.get("docname")
	if doctype and name:
		frappe.get_doc(doctype, name).check_permission("write")
	elif doctype:
		frappe.has_permission(doctype, "create", throw=True)
	values = {
		"doctype": "File",
		"file_name": given.get("file_name") or upload.name,
		"is_private": int(given.get("is_private") or 0),
		"attached_to_doctype": doctype,
		"attached_to_name": name,
		"attached_to_field": given.get("fieldname"),
		"content": upload.read(),
	}
	# whoever may write the record may attach to it, whatever their rights on File itself
	return frappe.get_doc(values).insert(ignore_permissions=True)


def public_file(request, path: str):
	return _send("public", path)


def private_file(request, path: str):
	"""A private file goes to its owner and to readers of a record that it is attached to."""
	found = frappe.get_all("File", {"file_url": f"/private/files/{path}"}, pluck="name", limit_page_length=20)
	if not any(_may_read(frappe.get_doc("File", name)) for name in found):
		raise frappe.PermissionError(_("You are not allowed to read this file"))
	return _send("private", path)


def _may_read(file) -> bool:
	if frappe.session.user in ("Administrator", file.owner):
		return True
	if not file.attached_to_doctype or not file.attached_to_name:
		return False
	if not frappe.db.exists(file.attached_to_doctype, file.attached_to_name):
		return False
	return frappe.get_doc(file.attached_to_doctype, file.attached_to_name).has_permission("read")


def _send(kind: str, path: str):
	full = safe_join(frappe.get_site_path(kind, "files"), path)
	try:
		response = FileResponse(open(full, "rb"))
	except (OSError, ValueError):  # no such file, or a name that no file has
		raise Http404(path) from None
	content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
	response["Content-Type"] = content_type
	response["Content-Disposition"] = disposition(path.rsplit("/", 1)[-1], inline=content_type in INLINE)
	if content_type != "application/pdf":
		response["Content-Security-Policy"] = "sandbox"
	return response


def disposition(name: str, inline: bool = False) -> str:
	"""The header for a file name in any script; pages (HTML, SVG) are never shown inside this site."""
	return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
