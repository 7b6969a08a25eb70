"""Who is asking: session login with throttling, token login, and the language of the reader."""

import time

import frappe
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from frappe import _
from frappe.utils.password import check_password

from desk import throttle, tokens

REFRESH_SECONDS = 600  # a session in use is prolonged at most this often, to spare writes
LANGUAGES = ("en", "zh")


def user_of(request) -> str:
	"""The user behind a request. A wrong token is an error, a stale session is a Guest."""
	if request.headers.get("Authorization"):
		user = tokens.user_from_token(request)
		if user:
			tokens.check_scope(request)
			request.token_auth = True
			request._dont_enforce_csrf_checks = True  # no cookie is involved, so nothing can be forged
			return user
	user = request.session.get("user")
	if not user or not (known := profile(user) or {}).get("enabled"):
		return "Guest"
	if request.session.get("since", 0) < (known.get("sessions_since") or 0):
		return "Guest"  # ended from elsewhere, or the password has changed
	if time.time() - request.session.get("seen", 0) > REFRESH_SECONDS:
		request.session["seen"] = int(time.time())
	return user


def profile(user: str):
	"""What every page needs of its reader, read once per request."""
	key = ("desk.profile", user)
	if key not in frappe.local.cache:
		fields = ["enabled", "language", "full_name", "sessions_since"]
		frappe.local.cache[key] = frappe.db.get_value("User", user, fields, as_dict=True)
	return frappe.local.cache[key]


def act_as(request, user: str) -> None:
	"""Make `user` the one who asks, in their language."""
	known = (profile(user) if user != "Guest" else None) or {}
	frappe.set_user(user)
	frappe.local.cache["desk.profile", user] = known
	chosen = known.get("language") or request.COOKIES.get("preferred_language")
	chosen = chosen or request.headers.get("Accept-Language", "")
	frappe.local.lang = "zh" if chosen.lower().startswith("zh") else "en"


def authenticate(usr: str, pwd: str, address: str = "") -> str:
	"""The user's name. Raises frappe.AuthenticationError; five failures lock the name for five minutes.

	Says the same, and takes as long, for a name that is not there, a disabled user and a wrong password.
	"""
	usr = usr.strip()
	with throttle.attempt(usr, address):
		try:
			user = check_password(usr, pwd)
		except frappe.AuthenticationError:
			user = None
		if not user or not frappe.db.get_value("User", user, "enabled"):
			raise frappe.AuthenticationError(_("Wrong e-mail address or password."))
	return user


def login_user(request, usr: str, pwd: str) -> str:
	"""Check the password and open a session under a new key. Returns the user's name."""
	user = authenticate(usr, pwd, request.META.get("REMOTE_ADDR", ""))
	frappe.db.commit()  # the session's own transaction follows
	request.session.cycle_key()
	request.session["user"] = user
	request.session["since"] = time.time()
	request.session["seen"] = int(time.time())
	act_as(request, user)
	return user


def logout_user(request) -> None:
	frappe.db.commit()
	request.session.flush()


def safe_target(request, fallback: str = "/app") -> str:
	target = request.POST.get("next") or request.GET.get("redirect-to") or request.GET.get("next") or ""
	allowed = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
	return target if target and allowed else fallback


def login(request):
	context = {"next": safe_target(request), "lang": frappe.local.lang, "usr": request.POST.get("usr", "")}
	if request.method == "POST":
		try:
			login_user(request, context["usr"], request.POST.get("pwd", ""))
			return HttpResponseRedirect(context["next"])
		except frappe.AuthenticationError as error:
			context["error"] = str(error)
	elif frappe.session.user != "Guest":
		return HttpResponseRedirect(context["next"])
	context["demo"] = frappe.conf.get("demo_logins") or []
	return render(request, "desk/login.html", context, status=401 if context.get("error") else 200)


@require_POST
def logout(request):
	logout_user(request)
	return HttpResponseRedirect("/login")


@require_POST
def set_language(request):
	lang = request.POST.get("lang")
	response = HttpResponseRedirect(safe_target(request))
	if lang in LANGUAGES:
		if frappe.session.user != "Guest":
			frappe.db.set_value("User", frappe.session.user, "language", lang)
		response.set_cookie("preferred_language", lang, max_age=365 * 24 * 3600, samesite="Lax")
	return response
