"""Static files without a second server: packages' assets and the apps' `public/` folders, compressed once."""

import gzip
import mimetypes
import os
from functools import lru_cache

import frappe
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.utils._os import safe_join

TEXT = (".css", ".js", ".svg", ".json", ".html", ".txt", ".map")
mimetypes.add_type("font/woff2", ".woff2")


@lru_cache(maxsize=256)
def _content(path: str, stamp: float) -> tuple[bytes, bytes | None]:
	with open(path, "rb") as file:
		raw = file.read()
	return raw, gzip.compress(raw, 6) if path.endswith(TEXT) and len(raw) > 1000 else None


def _serve(request, path: str):
	stamp = os.path.getmtime(path)
	etag = f'"{int(stamp)}-{os.path.getsize(path)}"'
	if request.headers.get("If-None-Match") == etag:
		return HttpResponseNotModified()
	raw, packed = _content(path, stamp)
	use_gzip = packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
	response = HttpResponse(packed if use_gzip else raw)
	response["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
	response["ETag"] = etag
	response["Cache-Control"] = "public, max-age=600"
	if packed is not None:
		response["Vary"] = "Accept-Encoding"
	if use_gzip:
		response["Content-Encoding"] = "gzip"
	return response


def static(request, path: str):
	"""Served without a site or a user, so what is missing is a plain 404."""
	try:
		found = finders.find(path)
	except SuspiciousFileOperation:
		found = None
	if not found or os.path.isdir(found):
		return HttpResponseNotFound()
	return _serve(request, found)


def app_asset(request, app: str, path: str):
	if app not in frappe.get_installed_apps():
		raise Http404(app)
	found = safe_join(frappe.get_app_path(app, "public"), path)
	if not os.path.isfile(found):
		raise Http404(path)
	return _serve(request, found)
