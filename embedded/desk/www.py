"""Pages of `<app>/www`: a Jinja2 template and, beside it, a module with `get_context(context)`."""

import importlib
import re
from pathlib import Path
from urllib.parse import quote

import frappe
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import path
from frappe import _

from desk import uploads

SAFE_PATH = re.compile(r"[\w-]+(/[\w-]+)*")


def home(request):
	"""The site's front page: the app's `www/index.html` for guests, the desk for everybody else."""
	if frappe.session.user != "Guest":
		return HttpResponseRedirect("/app")
	return page(request, "index") if find_page("index") else HttpResponseRedirect("/login")


def page(request, route: str):
	"""Render a page. Guests without the right are sent to log in, users without it see why."""
	route, arguments = resolve(route.strip("/"))
	found = find_page(route)
	if not found:
		raise Http404(route)
	frappe.local.form_dict = frappe._dict({**request.GET.dict(), **request.POST.dict(), **arguments})
	try:
		return HttpResponse(render(request, *found, route))
	except frappe.PermissionError as error:
		if frappe.session.user == "Guest":
			return HttpResponseRedirect(f"/login?next={quote(request.get_full_path(), safe='/')}")
		return message_page(
			request, _("Not Permitted"), str(error) or _("You are not allowed to open this page."), 403
		)
	except frappe.DoesNotExistError as error:
		return message_page(request, _("Not Found"), str(error), 404)
	except frappe.ValidationError as error:
		return message_page(request, _("Invalid Request"), str(error), error.http_status_code)
	except frappe.Redirect:
		return HttpResponseRedirect(frappe.local.flags.redirect_location)


def resolve(route: str) -> tuple[str, dict]:
	"""The page behind a route of `website_route_rules` (`/customer/<name>`) and the values in it."""
	for rule in frappe.get_hooks("website_route_rules"):
		parts = re.split(r"<(?:path:)?(\w+)>", rule["from_route"].strip("/"))
		pattern = "".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
		if match := re.fullmatch(pattern, route):
			return rule["to_route"].strip("/"), match.groupdict()
	return route, {}


def find_page(route: str) -> tuple[str, str] | None:
	"""(app, path below the app) of the template; an app installed later wins."""
	if not SAFE_PATH.fullmatch(route):
		return None
	for app in reversed(frappe.get_installed_apps()):
		for candidate in (f"www/{route}.html", f"www/{route}/index.html"):
			if app != "frappe" and Path(frappe.get_app_path(app), candidate).is_file():
				return app, candidate
	return None


def render(request, app: str, template: str, route: str) -> str:
	context = frappe._dict(route=route, pathname=route, path=route, no_cache=1)
	module = template.removesuffix(".html").replace("-", "_")
	if Path(frappe.get_app_path(app), f"{module}.py").is_file():
		controller = importlib.import_module(f"{app}.{module.replace('/', '.')}")
		if hasattr(controller, "get_context"):
			context.update(controller.get_context(context) or {})
	return frappe.render_template(template, context | shared_context(request), is_path=True)


def shared_context(request) -> dict:
	full_name = frappe.db.get_value("User", frappe.session.user, "full_name")
	return {
		"lang": frappe.local.lang,
		"full_name": full_name or frappe.session.user,
		"csrf_token": get_token(request),
		"csp_nonce": request.csp_nonce,
	}


def message_page(request, title: str, message: str, status: int = 200) -> HttpResponse:
	frappe.clear_messages()
	context = {"title": title, "message": message} | shared_context(request)
	return HttpResponse(frappe.render_template("templates/message.html", context), status=status)


urlpatterns = [
	path("", home),
	path("files/<path:path>", uploads.public_file),
	path("private/files/<path:path>", uploads.private_file),
	path("<path:route>", page),
]
