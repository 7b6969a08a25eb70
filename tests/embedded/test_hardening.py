"""What a browser is told to refuse, and sessions that end from elsewhere."""

import re

import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.commits]  # sessions are kept outside the test's transaction

USER, PASSWORD = "hardening@desk.test", "Right-Horse-9"


@pytest.fixture
def person(site):
	import frappe
	from crm_testing.desk import make_user

	make_user(USER, "CRM Manager")
	doc = frappe.get_doc("User", USER)
	doc.new_password = PASSWORD
	doc.save()
	frappe.db.commit()
	return doc


def logged_in():
	from django.test import Client

	page = Client()
	answer = page.post("/login", {"usr": USER, "pwd": PASSWORD})
	assert answer.status_code == 302, answer.content[:300]
	return page


def save(doc, **values):
	import frappe

	frappe.set_user("Administrator")
	doc.reload()
	doc.update(values)
	doc.save()
	frappe.db.commit()


def policy_of(answer) -> dict[str, str]:
	parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")]
	return {name: value for name, _space, value in parts}


@pytest.mark.parametrize(
	"path",
	[
		"/login",
		"/app",
		"/app/crm-customer",
		"/app/crm-customer/new",
		"/approvals",
		"/app/query-report/Budget Position",
	],
)
def test_a_page_runs_no_script_but_the_hosts_own(person, path):
	answer = logged_in().get(path, follow=True)
	assert answer.status_code == 200
	policy = policy_of(answer)
	assert "unsafe-inline" not in policy["script-src"] and policy["object-src"] == "'none'"
	assert policy["frame-ancestors"] == "'self'"
	html = answer.content.decode()
	nonce = re.search(r"'nonce-([\w-]+)'", policy["script-src"])[1]
	for tag in re.findall(r"<script\b[^>]*>", html):
		assert "src=" in tag or "application/json" in tag or f'nonce="{nonce}"' in tag, tag
	assert not re.search(r"<[^>]+\son(click|submit|change|input|load|error)=", html)


def test_every_page_has_a_nonce_of_its_own(person):
	page = logged_in()
	assert policy_of(page.get("/approvals")) != policy_of(page.get("/approvals"))


def test_logging_out_everywhere_ends_every_session_of_the_user(person):
	here, there = logged_in(), logged_in()
	assert [page.get("/approvals").status_code for page in (here, there)] == [200, 200]
	save(person, logout_all_sessions=1)
	assert [page.get("/approvals").status_code for page in (here, there)] == [302, 302]
	assert person.reload() or not person.logout_all_sessions
	assert logged_in().get("/approvals").status_code == 200


def test_a_new_password_ends_the_sessions_of_the_old_one(person):
	thief = logged_in()
	assert thief.get("/approvals").status_code == 200
	save(person, new_password="Another-Horse-9")
	assert thief.get("/approvals").status_code == 302
	save(person, new_password=PASSWORD)
