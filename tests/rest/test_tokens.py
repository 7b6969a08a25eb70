"""API tokens of the embedded host: less than their user's rights, ended by date or by hand."""

import json

import pytest

pytestmark = pytest.mark.embedded

USER = "token.sales@desk.test"
STORES, CUSTOMERS = "/api/resource/CRM%20Store", "/api/resource/CRM%20Customer"


@pytest.fixture(autouse=True)
def user(site):
	from crm_testing.desk import make_user

	make_user(USER, "CRM Sales User")


@pytest.fixture
def make_token(site):
	import frappe

	def make(**values):
		frappe.set_user("Administrator")
		frappe.clear_messages()
		token = frappe.get_doc({"doctype": "API Token", "label": "Shop", "user": USER, **values}).insert()
		frappe.db.commit()
		told = frappe.parse_json(frappe.local.message_log[-1])["message"]
		return token, told.rsplit(" ", 1)[-1]

	return make


@pytest.fixture
def call(site):
	from crm_testing.desk import client_of

	def send(pair: str, method: str, path: str, body=None):
		extra = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
		headers = {"Authorization": f"token {pair}"}
		return client_of("Guest").generic(method, path, headers=headers, **extra).status_code

	return send


def test_a_token_acts_with_the_rights_of_its_user_and_no_more(make_token, call):
	_token, pair = make_token(read_only=0)
	assert call(pair, "POST", CUSTOMERS, {"customer_name": "By token", "customer_type": "Individual"}) == 200
	assert call(pair, "GET", CUSTOMERS) == 200
	assert call(pair, "GET", "/api/resource/CRM%20Budget%20Entry") == 403


def test_a_reading_token_changes_nothing(make_token, call):
	_token, pair = make_token()
	assert call(pair, "GET", CUSTOMERS) == 200
	assert call(pair, "POST", CUSTOMERS, {"customer_name": "Never"}) == 403


def test_a_token_is_kept_to_its_doctypes_and_methods(make_token, call):
	_token, pair = make_token(doctypes="CRM Store", methods="frappe.client.get_count")
	assert [call(pair, "GET", path) for path in (STORES, CUSTOMERS, "/app/crm-store")] == [200, 403, 403]
	count = "/api/method/frappe.client.get_count?doctype=CRM%20Store"
	assert call(pair, "GET", count) == 200
	assert call(pair, "GET", count.replace("get_count", "get_list")) == 403
	assert call(pair, "GET", "/api/method/frappe.client.get_count_of_all?doctype=CRM%20Store") == 403


def test_a_revoked_and_an_ended_token_open_nothing(make_token, call):
	import frappe

	token, pair = make_token()
	assert call(pair, "GET", STORES) == 200
	frappe.set_user("Administrator")
	frappe.db.set_value("API Token", token.name, "revoked", 1)
	frappe.db.commit()
	assert call(pair, "GET", STORES) == 401
	_ended, pair = make_token(expires_on="2020-01-01")
	assert call(pair, "GET", STORES) == 401


def test_the_secret_is_stored_as_a_hash_and_its_use_is_noted(make_token, call):
	import frappe

	token, pair = make_token()
	secret = pair.split(":")[1]
	stored = frappe.db.sql("SELECT password FROM `__Auth` WHERE name = %s", [token.name], pluck=True)
	assert len(stored) == 1 and stored[0].startswith("argon2") and secret not in stored[0]
	assert call(pair, "GET", STORES) == 200
	frappe.db.rollback()
	assert frappe.db.get_value("API Token", token.name, "last_used")
	assert call(pair + "x", "GET", STORES) == 401


def test_an_unknown_doctype_in_a_token_is_refused(make_token):
	import frappe

	with pytest.raises(frappe.ValidationError, match="CRM Stores"):
		make_token(doctypes="CRM Stores")


def test_a_token_is_kept_to_its_doctypes_in_what_a_list_joins(make_token, call):
	joined = "/api/resource/CRM%20Transaction?fields=" + json.dumps(["name", "customer.customer_name"])
	for user in (USER, "Administrator"):
		_token, pair = make_token(user=user, doctypes="CRM Transaction")
		assert call(pair, "GET", joined) == 403
		assert call(pair, "GET", "/api/resource/CRM%20Transaction") == 200
		_token, pair = make_token(user=user, doctypes="CRM Transaction\nCRM Customer")
		assert call(pair, "GET", joined) == 200
