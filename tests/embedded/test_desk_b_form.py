"""The form page through HTTP: what it shows, what its calls do, and that nothing typed is lost."""

import json
import re

import pytest

pytestmark = pytest.mark.embedded

SALES = "form.sales@desk.test"
SERVICE = "form.service@desk.test"
NOBODY = "form.nobody@desk.test"


@pytest.fixture(autouse=True)
def users(site):
	from crm_testing.desk import make_user

	make_user(SALES, "CRM Sales User")
	make_user(SERVICE, "CRM Service User")
	make_user(NOBODY)


@pytest.fixture
def customer(site):
	import frappe
	from crm_testing.customers import make_customer

	doc = make_customer(customer_name="Grace Hopper", mobile_no="13800138000", id_number="A-1")
	frappe.db.commit()
	return doc


@pytest.fixture
def opened(site):
	"""opened(user, address) -> (HTML, what the page's script gets)."""
	from crm_testing.desk import client_of

	def get(user, address):
		response = client_of(user).get(address)
		assert response.status_code == 200, response.content[:500]
		html = response.content.decode()
		data = re.search(r'<script id="f-data" type="application/json">(.*?)</script>', html, re.S)[1]
		return html, json.loads(data)

	return get


@pytest.fixture
def act(site):
	"""act(user, address, action, **more) -> (status, answer)."""
	from crm_testing.desk import client_of

	def post(user, address, action, **more):
		headers = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}
		body = {"action": action, **more}
		response = client_of(user).post(address, body, content_type="application/json", headers=headers)
		return response.status_code, response.json()

	return post


def stored(doctype: str, name: str, fieldname: str):
	import frappe

	return frappe.db.get_value(doctype, name, fieldname)


def test_a_form_has_tabs_fields_choices_and_rows_of_its_doctype(opened, customer):
	html, data = opened("Administrator", f"/app/crm-customer/{customer.name}")
	assert html.count('role="tab"') > 1
	assert "Grace Hopper" in html
	assert data["fields"]["customer_type"]["choices"][0][0] == "Individual"
	assert data["fields"]["contacts"]["fields"][0]["fieldname"] == "contact_name"
	assert data["doc"]["mobile_no"] == "+8613800138000"
	new = opened("Administrator", "/app/crm-transaction/new?customer=" + customer.name)[1]
	assert (new["is_new"], new["doc"]["customer"]) == (True, customer.name)
	assert new["titles"][f"CRM Customer::{customer.name}"] == "Grace Hopper"


def test_fields_above_the_readers_level_are_not_in_the_page(opened, customer):
	html, data = opened(SALES, f"/app/crm-customer/{customer.name}")
	assert "id_number" not in data["fields"]
	assert "A-1" not in html
	assert opened("Administrator", f"/app/crm-customer/{customer.name}")[1]["doc"]["id_number"] == "A-1"


def test_a_saved_form_leads_to_the_record(act):
	status, answer = act(
		SALES, "/app/crm-customer/new", "save", values={"customer_name": "Form Person", "no_such_field": 1}
	)
	assert status == 200, answer
	name = answer["route"].rsplit("/", 1)[1]
	assert stored("CRM Customer", name, "customer_name") == "Form Person"


def test_a_change_keeps_what_the_page_did_not_send(act, customer):
	import frappe

	address, read = f"/app/crm-customer/{customer.name}", str(customer.modified)
	values = {"occupation": "Admiral", "contacts": [{"contact_name": "Ms Li"}]}
	assert act(SALES, address, "save", values=values, modified=read)[0] == 200
	doc = frappe.get_doc("CRM Customer", customer.name)
	assert (doc.occupation, doc.mobile_no, doc.id_number) == ("Admiral", "+8613800138000", "A-1")
	assert [row.contact_name for row in doc.contacts] == ["Ms Li"]


def test_an_error_names_its_field_and_writes_nothing(act, customer):
	address, read = f"/app/crm-customer/{customer.name}", str(customer.modified)
	status, answer = act(
		SALES, address, "save", values={"mobile_no": "abc", "occupation": "x"}, modified=read
	)
	assert status == 417
	assert "mobile_no" in answer["fields"]
	assert "abc" in answer["message"]
	assert stored("CRM Customer", customer.name, "occupation") is None
	values = {"customer_type": "Company", "contacts": [{"email": "a@b.test"}]}
	status, answer = act(SALES, "/app/crm-customer/new", "save", values=values)
	assert (status, answer["exc_type"]) == (417, "MandatoryError")
	assert {"customer_name", "contacts.1.contact_name"} <= answer["fields"].keys()


def test_the_second_of_two_savers_is_told_what_changed(act, customer):
	address, read = f"/app/crm-customer/{customer.name}", str(customer.modified)
	assert act(SALES, address, "save", values={"occupation": "First"}, modified=read)[0] == 200
	status, answer = act("Administrator", address, "save", values={"occupation": "Second"}, modified=read)
	assert (status, answer["exc_type"]) == (417, "TimestampMismatchError")
	assert (answer["current"]["occupation"], answer["current"]["modified_by"]) == ("First", SALES)
	assert stored("CRM Customer", customer.name, "occupation") == "First"
	take = {"values": {"occupation": "Second"}, "modified": answer["current"]["modified"]}
	assert act("Administrator", address, "save", **take)[0] == 200


def test_a_post_after_the_session_ended_answers_that_it_ended(act, customer):
	status, answer = act(None, f"/app/crm-customer/{customer.name}", "save", values={"occupation": "x"})
	assert status == 401
	assert answer["exc_type"] == "AuthenticationError"
	assert stored("CRM Customer", customer.name, "occupation") is None


@pytest.mark.parametrize(
	"action", ["save", "submit", "cancel", "delete", "transition", "comment", "run_action"]
)
def test_without_rights_no_call_of_the_page_gets_through(act, customer, action):
	import frappe
	from crm_testing.desk import client_of

	address = f"/app/crm-customer/{customer.name}"
	assert client_of(NOBODY).get(address).status_code == 403
	more = {"values": {"occupation": "x"}, "text": "hello", "transition": "Go", "label": "360° View"}
	status, answer = act(NOBODY, address, action, **more)
	assert status == 403, answer
	assert stored("CRM Customer", customer.name, "occupation") is None
	assert not frappe.db.exists("Comment", {"reference_name": customer.name, "comment_type": "Comment"})


@pytest.mark.parametrize(
	"body", ["{broken", "[]", '"x"', '{"action": "explode"}', '{"action": "save", "values": 3}']
)
def test_a_broken_call_is_a_bad_request(site, customer, body):
	from crm_testing.desk import client_of

	answer = client_of(SALES).post(
		f"/app/crm-customer/{customer.name}", body, content_type="application/json"
	)
	assert answer.status_code == 400


def test_every_call_on_a_form_of_nothing_is_a_plain_refusal(act):
	for address in ("/app/no-such-thing/new", "/app/crm-customer/nobody"):
		for action in ("save", "submit", "cancel", "delete", "transition", "comment", "run_action"):
			assert act("Administrator", address, action)[0] == 404


def test_a_sale_is_submitted_cancelled_amended_duplicated_and_deleted(act, opened, customer):
	from crm_testing.sales import make_transaction

	sale = make_transaction(customer.name, submit=False)
	address = f"/app/crm-transaction/{sale.name}"
	assert 'data-do="submit"' in opened("Administrator", address)[0]
	assert act("Administrator", address, "submit")[0] == 200
	html, data = opened("Administrator", address)
	assert 'data-do="cancel"' in html
	assert data["fields"]["customer"]["ro"]
	assert (
		act("Administrator", address, "save", values={"customer": None}, modified=data["doc"]["modified"])[0]
		== 417
	)
	assert act("Administrator", address, "cancel")[0] == 200
	html, _data = opened("Administrator", address)
	assert f"new?_amend={sale.name}" in html
	amended = opened("Administrator", f"/app/crm-transaction/new?_amend={sale.name}")[1]["doc"]
	assert (amended["amended_from"], amended["docstatus"]) == (sale.name, 0)
	copy = opened("Administrator", f"/app/crm-transaction/new?_duplicate={sale.name}")[1]["doc"]
	assert (copy.get("amended_from"), copy["items"][0]["item_code"]) == (None, "TEA")


def test_workflow_buttons_follow_the_state_and_the_role(act, opened, customer):
	import frappe
	from crm_testing.service import make_complaint

	complaint = make_complaint(customer=customer.name, category="Delivery")
	frappe.db.commit()
	address = f"/app/complaint/{complaint.name}"
	html, _data = opened(SERVICE, address)
	actions = re.findall(r'data-transition="([^"]+)"', html)
	assert "Classify" in actions
	status, answer = act(SERVICE, address, "transition", transition="Classify")
	assert status == 200, answer
	assert stored("Complaint", complaint.name, "stage") == "Classified"
	status, answer = act(SERVICE, address, "transition", transition="Archive")
	assert (status, answer["exc_type"]) == (417, "WorkflowTransitionError")


def test_a_page_asks_the_same_number_of_queries_whatever_is_linked(opened, customer):
	import frappe
	from crm_testing.customers import make_interaction
	from crm_testing.hosts import counted_queries

	address = f"/app/crm-customer/{customer.name}"
	opened("Administrator", address)
	with counted_queries() as few:
		opened("Administrator", address)
	for _at in range(30):
		make_interaction(customer.name)
	frappe.db.commit()
	with counted_queries() as many:
		html, _data = opened("Administrator", address)
	assert "<b>30</b>" in html
	assert len(many) == len(few)
	assert len(few) < 45


def test_markup_in_data_is_never_markup_in_the_page(opened, act, customer):
	import frappe

	evil = "</script><script>alert(1)</script>"
	frappe.db.set_value("CRM Customer", customer.name, {"customer_name": evil, "occupation": evil})
	frappe.db.commit()
	html, data = opened("Administrator", f"/app/crm-customer/{customer.name}")
	assert "<script>alert(1)" not in html
	assert data["doc"]["occupation"] == evil
	assert (
		act(SALES, f"/app/crm-customer/{customer.name}", "comment", text="<img src=x onerror=alert(1)>")[0]
		== 200
	)
	html, _data = opened("Administrator", f"/app/crm-customer/{customer.name}")
	assert "<img src=x" not in html


def test_a_single_is_a_form_and_the_page_is_chinese_for_chinese_readers(opened, act, site):
	import frappe

	html, data = opened("Administrator", "/app/crm-settings")
	assert data["doctype"] == "CRM Settings"
	frappe.db.set_value("User", SALES, "language", "zh")
	frappe.db.commit()
	html, data = opened(SALES, "/app/crm-customer/new")
	assert "保存" in html
	assert data["fields"]["customer_name"]["label"] == "客户名称"
	assert data["texts"]["Add row"] == "添加行"


def test_an_action_of_the_doctype_runs_its_method_and_follows_its_answer(act, customer):
	status, answer = act(
		"Administrator", f"/app/crm-customer/{customer.name}", "run_action", label="360° View"
	)
	assert status == 200, answer
	assert answer["route"].startswith("/customer_360")


def test_every_button_of_a_member_card_leads_back_to_the_card(act, customer):
	from crm_testing.membership import make_card

	card = make_card(customer.name)
	address = f"/app/member-card/{card.name}"
	for label, status in (("Activate", "Active"), ("Suspend", "Suspended"), ("Report Lost", "Lost")):
		code, answer = act(SALES, address, "run_action", label=label)
		assert (code, answer["route"]) == (200, address), answer
		assert stored("Member Card", card.name, "status_category") == status
	code, answer = act(SALES, address, "run_action", label="Replace")
	assert code == 200 and "The new card is" in str(answer["_server_messages"])
