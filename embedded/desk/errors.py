"""Errors as people can read them: a page in their language, or JSON for scripts."""

import logging

import frappe
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, JsonResponse
from frappe import _

logger = logging.getLogger("django.request")


def wants_json(request) -> bool:
	return (
		request.path.startswith("/api/")
		or request.headers.get("X-Requested-With") == "XMLHttpRequest"
		or "application/json" in request.headers.get("Accept", "")
	)


def response(request, error: Exception):
	"""The answer to an exception that left a view."""
	if isinstance(error, Http404 | SuspiciousFileOperation):
		return page(request, 404)
	if request.path.startswith("/api/"):
		from desk import rest

		return rest.error_response(request, error)
	status = getattr(error, "http_status_code", None)
	if isinstance(error, NotImplementedError) or status is None:
		logger.exception("%s %s", request.method, request.path, exc_info=error)
		return page(request, 500)
	if isinstance(error, frappe.DoesNotExistError):
		return page(request, 404, str(error))
	return page(request, status, str(error), title=last_title())


def last_title() -> str | None:
	log = frappe.local.message_log or []
	entry = frappe.parse_json(log[-1]) if log and isinstance(log[-1], str) else (log[-1] if log else {})
	frappe.local.message_log = []
	title = entry.get("title")
	return None if title in ("Message", _("Message")) else title


def page(request, status: int, message: str = "", title: str | None = None):
	headings = {
		401: (_("Please log in"), _("Your session has ended.")),
		403: (_("Not permitted"), _("You do not have the rights for this. Ask your administrator.")),
		404: (_("Not found"), _("The page or record does not exist, or it was renamed or deleted.")),
		500: (_("Something went wrong"), _("The error was written to the log. Nothing was saved.")),
	}
	heading, text = headings.get(status, (_("This could not be done"), ""))
	text = frappe.utils.strip_html(message) or text
	if wants_json(request):
		return JsonResponse({"exc_type": heading, "message": text}, status=status)
	from desk import shell

	return shell.render(
		request, "desk/error.html", title or heading, heading=title or heading, text=text, status=status
	)


def not_found(request, exception=None):
	return page(request, 404)


def server_error(request):
	return page(request, 500)


def csrf_failure(request, reason=""):
	return page(
		request, 403, _("This form is too old or came from another site. Reload the page and try again.")
	)
