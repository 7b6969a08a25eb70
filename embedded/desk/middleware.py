"""One request: fresh frappe.local, the user and language, then commit or rollback."""

import secrets
from urllib.parse import quote

import frappe
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils import translation

from desk import auth, errors

SAFE = ("GET", "HEAD", "OPTIONS")
UNTOUCHED = ("/static/",)
# unfold's Alpine evaluates expressions, hence unsafe-eval; no inline script runs without the page's nonce.
POLICY = (
	"default-src 'self'; script-src 'self' 'unsafe-eval' 'nonce-{}'; style-src 'self' 'unsafe-inline'; "
	"img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; "
	"form-action 'self'; frame-ancestors 'self'"
)
LEVELS = {
	"red": messages.ERROR,
	"orange": messages.WARNING,
	"yellow": messages.WARNING,
	"green": messages.SUCCESS,
}


class FrappeMiddleware:
	"""Runs inside Django's session and message middleware, so that both save after the commit."""

	def __init__(self, get_response):
		self.get_response = get_response

	def __call__(self, request):
		if request.path.startswith(UNTOUCHED):
			return self.get_response(request)
		open_site()
		request.csp_nonce = secrets.token_urlsafe(16)
		try:
			response = self._respond(request)
			response.headers.setdefault("Content-Security-Policy", POLICY.format(request.csp_nonce))
			return response
		finally:
			frappe.db.rollback()

	def _respond(self, request):
		frappe.cache.check_version()
		frappe.local.new_request(request=request)
		frappe.local.request_ip = request.META.get("REMOTE_ADDR", "")
		try:
			auth.act_as(request, auth.user_of(request))
		except (frappe.AuthenticationError, frappe.PermissionError) as error:
			return errors.response(request, error)
		with translation.override("zh-hans" if frappe.local.lang == "zh" else "en"):
			if frappe.session.user == "Guest" and needs_login(request):
				return HttpResponseRedirect(f"/login?redirect-to={quote(request.get_full_path())}")
			return self._finish(request, self.get_response(request))

	def _finish(self, request, response):
		failed = getattr(request, "desk_failed", False) or response.status_code >= 400
		if request.method in SAFE or failed:
			frappe.db.rollback()
		else:
			frappe.db.commit()
		if response.status_code in (301, 302, 303):
			show_messages(request)
		return response

	def process_exception(self, request, exception):
		"""Undo what the view did, then explain it."""
		request.desk_failed = True
		frappe.db.rollback()
		return errors.response(request, exception)


def open_site() -> None:
	"""Each server thread opens the process's site once and keeps its connection."""
	if not getattr(frappe.local, "initialised", False):
		frappe.init(settings.SITE_PATH.name, sites_path=str(settings.SITE_PATH.parent))
	if not getattr(frappe.local, "db", None):
		frappe.connect()


def needs_login(request) -> bool:
	"""Pages of the desk do; a script's POST gets its own answer from the view, so nothing typed is lost."""
	if request.path != "/app" and not request.path.startswith("/app/"):
		return False
	return request.method in SAFE or not errors.wants_json(request)


def show_messages(request) -> None:
	"""Turn what the app said by frappe.msgprint into toasts of this page or the next."""
	log, frappe.local.message_log = frappe.local.message_log or [], []
	for item in log:
		entry = frappe._dict(frappe.parse_json(item) if isinstance(item, str) else item)
		if entry.message:
			level = LEVELS.get(entry.indicator, messages.INFO)
			messages.add_message(request, level, frappe.utils.strip_html(str(entry.message)))
