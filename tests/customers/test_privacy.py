"""Masked values on every path: a role without the level never sees, filters or sorts by the real ones."""

import json

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.membership import make_card

from crm_app.crm_customers import answers, privacy, request_guard
from crm_app.crm_customers.api import review_customer
from crm_app.crm_customers.view_360 import build
from crm_app.crm_platform import operation_log
from crm_app.patches import mask_private_data

LOW, HIGH, LOOKER = "low@privacy.test", "high@privacy.test", "looker@privacy.test"
MOBILE, MAIL, IDENTITY = "+8613800138000", "wang@example.com", "110101199003071234"
SECRETS = (MOBILE, MOBILE[3:], MAIL, IDENTITY, "13900139000")


@pytest.fixture
def member():
	make_user(LOW, "CRM Marketing User")
	make_user(HIGH, "CRM Service User")
	make_user(LOOKER, "CRM Marketing User", "CRM Private Data")
	return make_customer(
		customer_name="Wang Fang",
		mobile_no=MOBILE,
		email_id=MAIL,
		id_number=IDENTITY,
		contacts=[{"contact_name": "Ann", "mobile_no": "13900139000"}],
	)


def leaks(shown) -> list[str]:
	text = json.dumps(shown, default=str)
	return [secret for secret in SECRETS if secret in text]


def as_read(doctype: str, name: str) -> dict:
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	doc.apply_fieldlevel_read_permissions()
	return doc.as_dict()


def test_a_record_shows_the_mask_to_one_role_and_the_value_to_the_other(member, as_user):
	with as_user(LOW):
		shown = as_read("CRM Customer", member.name)
	assert leaks(shown) == []
	assert (shown["mobile_no_masked"], shown["email_id_masked"]) == ("138****8000", "w***@example.com")
	assert shown["contacts"][0]["mobile_no_masked"] == "139****9000"
	assert shown["id_number_masked"] == "110****1234"
	with as_user(HIGH):
		assert as_read("CRM Customer", member.name)["mobile_no"] == MOBILE


def test_a_list_drops_the_value_and_gives_the_mask(member, as_user):
	fields = ["mobile_no", "name", "email_id", "mobile_no_masked"]  # not side by side, see request_guard
	with as_user(LOW):
		rows = frappe.get_list("CRM Customer", filters={"name": member.name}, fields=fields)
		assert leaks(rows) == [] and rows[0].mobile_no_masked == "138****8000"
		everything = frappe.get_list("CRM Customer", filters={"name": member.name}, fields=["*"])
		assert leaks(everything) == []
	with as_user(HIGH):
		assert frappe.get_list("CRM Customer", {"name": member.name}, fields)[0].mobile_no == MOBILE


def test_saving_without_the_level_changes_and_loses_nothing(member, as_user):
	with as_user(LOW):
		doc = frappe.get_doc(as_read("CRM Customer", member.name))
		doc.update({"occupation": "Baker", "mobile_no": "13700137000", "mobile_no_masked": "x"})
		doc.save()
	member.reload()
	assert (member.occupation, member.mobile_no, member.email_id) == ("Baker", MOBILE, MAIL)
	assert member.mobile_no_masked == "138****8000" and member.contacts[0].mobile_no == "+8613900139000"


def test_cards_and_complaints_hold_the_number_of_their_customer_masked(member, as_user):
	card = make_card(member.name)
	with as_user(LOW):
		shown = as_read("Member Card", card.name)
	assert leaks(shown) == [] and shown["mobile_no_masked"] == "138****8000"
	complaint = {"doctype": "Complaint", "customer": member.name, "subject": "Cold", "description": "x"}
	with as_user(HIGH):
		name = frappe.get_doc(complaint).insert().name
	with as_user(LOW):
		assert leaks(as_read("Complaint", name)) == []
	assert frappe.db.get_value("Complaint", name, "mobile_no") == MOBILE


def test_the_360_page_shows_the_mask(member, as_user):
	with as_user(LOW):
		customer = build(member.name)["customer"]
		assert leaks(customer.as_dict()) == [] and customer.mobile_no_masked == "138****8000"


def test_the_history_never_holds_private_values(member):
	member.mobile_no = "13800138001"
	member.contacts[0].mobile_no = "13900139001"
	member.save(ignore_version=False)  # tests keep no versions otherwise
	versions = frappe.get_all(
		"Version", filters={"ref_doctype": "CRM Customer", "docname": member.name}, pluck="data"
	)
	assert leaks(versions) == [] and "138****8001" in versions[0] and "139****9001" in versions[0]


def test_link_search_does_not_find_by_a_number_that_the_reader_may_not_read(member, as_user):
	def found(text):
		return [row[0] for row in privacy.search("CRM Customer", text, "name", 0, 10)]

	with as_user(HIGH):
		assert found("13800138") == [member.name]
	with as_user(LOW):
		assert found("13800138") == [] and found("Wang F") == [member.name]


@pytest.mark.parametrize("as_text", [True, False])
def test_hidden_fields_side_by_side_are_taken_out_of_a_request(member, as_user, as_text):
	asked = ["name", "mobile_no", "email_id", "`tabCRM Customer`.`id_number`", "mobile_no_masked"]

	def left(user):
		with as_user(user):
			given = {"doctype": "CRM Customer", "fields": json.dumps(asked) if as_text else list(asked)}
			frappe.local.form_dict = frappe._dict(given)
			request_guard.check()
			fields = frappe.local.form_dict.fields
			return json.loads(fields) if as_text else fields

	assert left(LOW) == ["name", "mobile_no_masked"]
	assert left(HIGH) == [field for field in asked if "id_number" not in field]
	with as_user(LOW):
		assert leaks(frappe.get_list("CRM Customer", {"name": member.name}, left(LOW))) == []


@pytest.mark.parametrize(
	"given",
	[
		{"doctype": "CRM Customer", "filters": '[["mobile_no","like","%138%"]]'},
		{"doctype": "CRM Customer", "or_filters": '{"email_id": ["like", "w%"]}'},
		{"doctype": "CRM Customer", "order_by": "`tabCRM Customer`.`mobile_no` desc"},
		{"doctype": "CRM Customer", "group_by": "mobile_no"},
		{"doctype": "CRM Customer", "filters": '[["CRM Customer Contact","mobile_no","=","1"]]'},
		{"doctype": "CRM Customer", "searchfield": "mobile_no", "txt": "138"},
		{"doctype": "Member Card", "filters": '{"mobile_no": "138"}'},
	],
)
def test_a_request_may_not_filter_or_sort_by_a_hidden_field(member, as_user, given):
	def ask(user, values):
		with as_user(user):
			frappe.local.form_dict = frappe._dict(values)  # acting as somebody empties it
			request_guard.check()

	with pytest.raises(frappe.PermissionError):
		ask(LOW, given)
	ask(HIGH, given)
	ask(LOW, {"doctype": given["doctype"], "filters": '{"city": "x"}'})


class Answer:
	"""The little of werkzeug's response that `after_request` hooks use here."""

	mimetype = "application/json"

	def __init__(self, body):
		self.text = frappe.as_json(body)

	def get_data(self, as_text):
		return self.text

	def set_data(self, text):
		self.text = text


def test_the_answer_to_a_write_loses_what_a_read_would_drop(member, as_user):
	def left(user):
		with as_user(user):
			doc = frappe.get_doc("CRM Customer", member.name)
			doc.occupation = user
			doc.save()
			answer = Answer({"docs": [doc.as_dict()], "message": {"mobile_no": "kept: no record"}})
			answers.strip(answer, None)
			return json.loads(answer.text)

	shown = left(LOW)
	assert leaks(shown) == [] and shown["message"] == {"mobile_no": "kept: no record"}
	assert shown["docs"][0]["contacts"][0]["mobile_no_masked"] == "139****9000"
	assert left(HIGH)["docs"][0]["mobile_no"] == MOBILE
	answers.strip(None, None)


def test_the_hook_is_set_and_leaves_files_alone(member, as_user):
	assert "crm_app.crm_customers.answers.strip" in frappe.get_hooks("after_request")
	with as_user(LOW):
		answer = Answer(member.as_dict())
		answer.mimetype, before = "text/csv", answer.text
		answers.strip(answer, None)
	assert answer.text == before


def test_a_button_answers_with_no_more_than_a_read(member, as_user):
	with as_user(LOW):
		assert leaks(review_customer({"name": member.name})) == []
	with as_user(HIGH):
		assert review_customer({"name": member.name})["mobile_no"] == MOBILE


def looks() -> list:
	return frappe.get_all(
		"CRM Operation Log",
		filters={"kind": "Reveal"},
		fields=["user", "document", "what"],
		order_by="name asc",
	)


def test_a_reveal_is_for_the_role_and_leaves_a_line(member, as_user):
	with as_user(LOW), pytest.raises(frappe.PermissionError):
		privacy.reveal("CRM Customer", member.name, "mobile_no")
	assert looks() == []
	with as_user(LOOKER):
		assert leaks(as_read("CRM Customer", member.name)) == []
		assert privacy.reveal("CRM Customer", member.name, "mobile_no") == MOBILE
		shown = privacy.reveal_customer({"name": member.name})
	assert leaks(shown) == []
	assert [(row.user, row.document) for row in looks()] == [(LOOKER, member.name)] * 2
	assert looks()[0].what == "Mobile Number" and "ID Number" in looks()[1].what
	assert MOBILE in frappe.local.message_log[-1]["message"]


def test_a_reveal_needs_the_record_and_a_private_field(member, as_user):
	with as_user(LOOKER), pytest.raises(frappe.ValidationError, match="no private field"):
		privacy.reveal("CRM Customer", member.name, "city")
	make_user("staff@privacy.test", "CRM Private Data")
	with as_user("staff@privacy.test"), pytest.raises(frappe.PermissionError):
		privacy.reveal("CRM Customer", member.name, "mobile_no")


def test_the_server_still_works_with_real_values(member, as_user):
	with as_user(LOW):
		assert frappe.get_doc("CRM Customer", member.name).mobile_no == MOBILE
		assert frappe.get_all("CRM Customer", {"mobile_no": MOBILE}, pluck="name") == [member.name]


def test_what_was_stored_before_gets_its_mask_by_the_patch(member):
	frappe.db.set_value("CRM Customer", member.name, {"mobile_no_masked": "", "id_number_masked": ""})
	mask_private_data.execute()
	found = frappe.db.get_value("CRM Customer", member.name, ["mobile_no_masked", "id_number_masked"])
	assert found == ("138****8000", "110****1234")


# The operation log


def logged(kind: str) -> list:
	return frappe.get_all(
		"CRM Operation Log",
		filters={"kind": kind},
		fields=["name", "user", "document_type", "document", "what"],
		order_by="name asc",
	)


def test_the_log_cannot_be_changed_by_anybody_and_is_read_by_auditors(as_user):
	operation_log.log("Export", "X", "CSV", "Report")
	(row,) = logged("Export")
	line = frappe.get_doc("CRM Operation Log", row.name)
	line.what = "nothing"
	with pytest.raises(frappe.PermissionError):
		line.save()
	with pytest.raises(frappe.PermissionError):
		frappe.delete_doc("CRM Operation Log", row.name)
	make_user("auditor@privacy.test", "CRM Auditor")
	make_user(LOW, "CRM Marketing User")
	with as_user("auditor@privacy.test"):
		assert frappe.get_list("CRM Operation Log", pluck="name")
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc({"doctype": "CRM Operation Log", "kind": "Export", "user": LOW}).insert()
	with as_user(LOW), pytest.raises(frappe.PermissionError):
		frappe.get_list("CRM Operation Log")


def test_roles_and_approvals_leave_a_line(member):
	user = frappe.get_doc("User", make_user("moved@privacy.test", "CRM Sales User"))
	user.append("roles", {"role": "CRM Finance User"})
	user.save()
	assert logged("Permission Change")[-1].what == "+ CRM Finance User"
	frappe.get_doc(
		{"doctype": "User Permission", "user": user.name, "allow": "CRM Store", "for_value": make_store()}
	).insert()
	assert user.name in logged("Permission Change")[-1].what
	member.add_comment("Workflow", "Approved")
	assert (logged("Approval")[-1].document, logged("Approval")[-1].what) == (member.name, "Approved")


def make_store() -> str:
	return frappe.get_doc({"doctype": "CRM Store", "store_name": "Privacy Street"}).insert().name
