"""A user changes the own password at /update-password."""

import re

import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.commits]  # sessions are kept outside the test's transaction

USER, OLD, NEW = "own-password@desk.test", "Right-Horse-9", "Another-Stable-7"


@pytest.fixture
def person(site):
	import frappe
	from crm_testing.desk import make_user

	from desk import throttle

	throttle.forget_all()
	make_user(USER, "CRM Staff", password=OLD)
	frappe.db.commit()
	yield USER
	throttle.forget_all()
	frappe.db.commit()


def logged_in(password: str, enforce: bool = False):
	"""A browser of the user's, or None; with `enforce` its further requests need the form's token."""
	from django.test import Client

	page = Client()
	answer = page.post("/login", {"usr": USER, "pwd": password})
	page.handler.enforce_csrf_checks = enforce
	return page if answer.status_code == 302 else None


def change(page, old=OLD, new=NEW, again=None):
	values = {"old": old, "new": new, "again": new if again is None else again}
	return page.post("/update-password", values)


def told(answer) -> dict[str, str]:
	"""Field → what the page says about it."""
	found = re.findall(
		r'name="(\w+)" type="password"[^>]*></label>\s*<p[^>]*>([^<]+)', answer.content.decode()
	)
	return dict(found)


def stored_hash() -> str:
	import frappe

	frappe.db.rollback()  # sees what the request has committed
	return frappe.db.sql("SELECT password FROM `__Auth` WHERE name = %s", [USER], pluck=True)[0]


def test_a_new_password_counts_and_only_this_session_goes_on(person):
	here, there = logged_in(OLD), logged_in(OLD)
	key = here.cookies["sid"].value
	assert change(here).status_code == 302
	assert (here.get("/approvals").status_code, there.get("/approvals").status_code) == (200, 302)
	assert here.cookies["sid"].value != key
	assert logged_in(OLD) is None and logged_in(NEW)
	assert stored_hash().startswith("argon2")


@pytest.mark.parametrize(
	("values", "field"),
	[
		({"old": "wrong"}, "old"),
		({"old": ""}, "old"),
		({"new": "Short-1"}, "new"),
		({"new": "12345678901"}, "new"),
		({"new": "password1"}, "new"),
		({"new": OLD}, "new"),
		({"again": "Another-Stable-8"}, "again"),
	],
)
def test_a_bad_change_is_refused_at_its_field_and_nothing_is_stored(person, values, field):
	page, before = logged_in(OLD), stored_hash()
	answer = change(page, **values)
	assert answer.status_code == 417 and list(told(answer)) == [field]
	assert stored_hash() == before and page.get("/update-password").status_code == 200


def test_guessing_the_current_password_of_an_open_session_is_throttled(person):
	page = logged_in(OLD)
	for _again in range(5):
		assert change(page, old="a guess").status_code == 417
	answer = change(page)
	assert answer.status_code == 417 and "Too many" in told(answer)["old"]


def test_guests_and_forged_forms_change_nothing(person):
	from django.test import Client

	before = stored_hash()
	assert change(Client())["Location"].startswith("/login")
	assert change(logged_in(OLD, enforce=True)).status_code == 403
	assert stored_hash() == before


def test_a_token_for_another_program_changes_no_password(person):
	import frappe
	from crm_testing.desk import client_of

	frappe.set_user("Administrator")
	frappe.clear_messages()
	frappe.get_doc({"doctype": "API Token", "label": "Shop", "user": USER}).insert()
	frappe.db.commit()
	pair = frappe.parse_json(frappe.local.message_log[-1])["message"].rsplit(" ", 1)[-1]
	before, values = stored_hash(), {"old": OLD, "new": NEW, "again": NEW}
	answer = client_of(None).post("/update-password", values, HTTP_AUTHORIZATION=f"token {pair}")
	assert answer.status_code in (302, 403)
	assert stored_hash() == before
