"""/update-password, as on Frappe: a user changes the own password and need not be able to write a User."""

import time

import frappe
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from frappe import _
from frappe.utils.password import check_password, update_password

from desk import auth, throttle

PAGE = "/update-password"
FIELDS = ("old", "new", "again")


def page(request):
	"""Only a session of one's own comes in: a token for another program changes no password."""
	if frappe.session.user == "Guest" or getattr(request, "token_auth", False):
		return HttpResponseRedirect(f"/login?redirect-to={PAGE}")
	context = {"lang": frappe.local.lang, "user_id": frappe.session.user, "back": auth.safe_target(request)}
	if request.method == "POST":
		context["wrong"] = wrong = problems(request, *(request.POST.get(name, "") for name in FIELDS))
		if not wrong:
			change(request, request.POST["new"])
			messages.success(request, _("Your password is changed. Your other devices are logged out."))
			return HttpResponseRedirect(context["back"])
	return render(request, "desk/own_password.html", context, status=417 if context.get("wrong") else 200)


def problems(request, old: str, new: str, again: str) -> dict[str, list[str]]:
	"""Field → what is wrong with it."""
	try:
		check_current(frappe.session.user, old, request.META.get("REMOTE_ADDR", ""))
	except frappe.AuthenticationError as error:
		return {"old": [str(error)]}
	if new == old:
		return {"new": [_("The new password is the current one.")]}
	try:
		validate_password(new)
	except ValidationError as error:
		return {"new": error.messages}
	return {} if new == again else {"again": [_("The two passwords differ.")]}


def check_current(user: str, pwd: str, address: str) -> None:
	"""AuthenticationError for a wrong password, which counts as a failed login, and while too many did."""
	with throttle.attempt(user, address):
		try:
			check_password(user, pwd)
		except frappe.AuthenticationError:
			raise frappe.AuthenticationError(_("This is not your current password.")) from None


def change(request, new: str) -> None:
	"""Stores the hash, ends every other session of the user and gives this one a new key."""
	user = frappe.session.user
	update_password(user, new)
	frappe.db.set_value("User", user, "sessions_since", time.time(), update_modified=False)
	frappe.db.commit()  # the session's own transaction follows
	request.session.cycle_key()
	request.session["since"] = time.time()
