"""Pages of an app's `www` folder."""

import sys

import pytest

pytestmark = pytest.mark.embedded

PAGE = """{% extends "templates/web.html" %}
{% block title %}{{ title }}{% endblock %}
{% block page_content %}<p>{{ greeting }} {{ frappe.form_dict.name }} {{ _("Save") }}</p>{% endblock %}"""
CONTROLLER = """import frappe

def get_context(context):
	kind = frappe.form_dict.kind
	if kind == "members" and frappe.session.user == "Guest":
		frappe.throw("Members only", frappe.PermissionError)
	if kind == "closed":
		raise frappe.PermissionError("Closed to everybody")
	if kind == "missing":
		frappe.throw("No such person", frappe.DoesNotExistError)
	context.title = "Hello"
	context.greeting = "<b>Good day</b>"
"""


@pytest.fixture
def page(site, tmp_path, monkeypatch):
	"""page(user, address): pages of a tiny app with one page, `/hello`."""
	import frappe
	from crm_testing.desk import client_of

	folder = tmp_path / "tiny_app"
	(folder / "www").mkdir(parents=True)
	(folder / "__init__.py").write_text("")
	(folder / "hooks.py").write_text(
		'website_route_rules = [{"from_route": "/hi/<name>", "to_route": "hello"}]\n'
	)
	(folder / "www" / "hello.html").write_text(PAGE)
	(folder / "www" / "hello.py").write_text(CONTROLLER)
	(folder / "secret.html").write_text("not a page")
	monkeypatch.syspath_prepend(tmp_path)
	for name in [name for name in sys.modules if name.startswith("tiny_app")]:
		del sys.modules[name]

	def get(user, address):
		client = client_of(user)
		frappe.local.installed_apps, frappe.local.app_hooks = ["frappe", "crm_app", "tiny_app"], None
		return client.get(address)

	yield get
	frappe.local.installed_apps = frappe.local.app_hooks = None


def test_a_page_is_rendered_with_its_context_escaped(page):
	answer = page("Administrator", "/hello?name=<script>")
	assert answer.status_code == 200
	text = answer.content.decode()
	assert "<title>Hello</title>" in text
	assert "&lt;b&gt;Good day&lt;/b&gt; &lt;script&gt; Save" in text
	assert "csrf_token" in text


def test_a_route_rule_fills_the_arguments(page):
	answer = page("Administrator", "/hi/Grace")
	assert answer.status_code == 200
	assert "Grace Save" in answer.content.decode()


def test_guests_are_asked_to_log_in_and_others_are_told_why_not(page):
	away = page(None, "/hello?kind=members")
	assert away.status_code == 302
	assert away["Location"].startswith("/login?")
	assert page("Administrator", "/hello?kind=members").status_code == 200
	refused = page("Administrator", "/hello?kind=closed")
	assert refused.status_code == 403
	assert "Closed to everybody" in refused.content.decode()
	assert page("Administrator", "/hello?kind=missing").status_code == 404


@pytest.mark.parametrize(
	"address",
	[
		"/nothing-here",
		"/../secret",
		"/%2e%2e/secret",
		"/hello.html",
		"/hello.py",
		"/files/../site_config.json",
	],
)
def test_nothing_but_pages_is_served(page, address):
	assert page("Administrator", address).status_code in (400, 404)
