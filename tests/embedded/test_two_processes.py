"""Two served processes on one site: what one changes, the other one has in its next request."""

import concurrent.futures
from pathlib import Path

import pytest
import requests
from crm_testing.browser import served

pytestmark = [pytest.mark.embedded, pytest.mark.commits]
ADMIN = ("Administrator", "admin")
PERSON, PASSWORD = "warm@two.test", "Right-Horse-9"
THREADS = 3
THROTTLED = "Too many failed attempts"


class Caller:
	"""One user's session at one process. A process has several threads: each question goes to all of them."""

	def __init__(self, base: str, user: str, password: str):
		self.base, self.session = base, requests.Session()
		answer = log_in(base, user, password, self.session)
		assert answer.status_code == 302, answer.text[:300]

	def get(self, path: str, **options) -> requests.Response:
		return self.session.get(self.base + path, timeout=60, **options)

	def page(self, path: str) -> list[str]:
		"""The page as each thread answers it."""
		with concurrent.futures.ThreadPoolExecutor(THREADS * 2) as pool:
			answers = list(pool.map(lambda _n: self.get(path), range(THREADS * 2)))
		assert {answer.status_code for answer in answers} == {200}, [a.text[:300] for a in answers]
		return [answer.text for answer in answers]

	def send(self, verb: str, path: str, **values) -> requests.Response:
		token = {"X-Frappe-CSRF-Token": self.session.cookies["csrftoken"], "Referer": self.base}
		return self.session.request(verb, self.base + path, json=values, headers=token, timeout=60)

	def insert(self, doctype: str, **values) -> str:
		answer = self.send("POST", f"/api/resource/{doctype}", **values)
		assert answer.status_code == 200, answer.text[:500]
		return answer.json()["data"]["name"]


def log_in(base: str, user: str, password: str, session=None) -> requests.Response:
	session = session or requests.Session()
	session.get(base + "/login", timeout=60)
	form = {"usr": user, "pwd": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
	return session.post(base + "/login", data=form, allow_redirects=False, timeout=60)


@pytest.fixture(scope="module")
def bases(site):
	name, folder = site
	options = ("--no-worker", "--threads", str(THREADS))
	with served(Path(folder), name, *options) as one, served(Path(folder), name, *options) as other:
		yield one, other


@pytest.fixture
def both(bases):
	"""The administrator at one process and at the other, which is warm."""
	forget_failures()
	one, other = (Caller(base, *ADMIN) for base in bases)
	for path in ("/app/crm-customer", "/app/crm-customer/new", "/app/expense-request", "/app"):
		other.page(path)
	return one, other


def forget_failures():
	import frappe

	from desk import throttle

	throttle.forget_all()
	frappe.db.commit()


@pytest.fixture
def person(site):
	from crm_testing.desk import make_user

	return make_user(PERSON, "CRM Sales User", password=PASSWORD)


@pytest.fixture
def customer(site):
	import frappe
	from crm_testing.customers import make_customer

	name = make_customer(customer_name="Seen By Both").name
	frappe.db.commit()
	yield name
	frappe.delete_doc("CRM Customer", name, force=True)
	frappe.db.commit()


def delete(doctype: str, name: str):
	import frappe

	frappe.db.rollback()  # on MariaDB an open transaction does not see what another process made
	frappe.delete_doc(doctype, name, force=True, ignore_missing=False)
	frappe.db.commit()


def test_a_custom_field_is_on_the_other_ones_form_list_and_rest(both, customer):
	one, other = both
	field = {"label": "Preferred Table", "fieldtype": "Data", "in_list_view": 1, "insert_after": "grade"}
	name = one.insert("Custom Field", dt="CRM Customer", **field)
	try:
		assert all("Preferred Table" in text for text in other.page(f"/app/crm-customer/{customer}"))
		assert all("Preferred Table" in text for text in other.page("/app/crm-customer"))
		path = f"/api/resource/CRM Customer/{customer}"
		assert other.send("PUT", path, custom_preferred_table="Window").status_code == 200
		assert all('"Window"' in text for text in one.page(path))
		filters = '[["custom_preferred_table","=","Window"]]'
		found = other.get("/api/resource/CRM Customer", params={"filters": filters}).json()["data"]
		assert [row["name"] for row in found] == [customer]
	finally:
		delete("Custom Field", name)
	assert all("Preferred Table" not in text for text in other.page(f"/app/crm-customer/{customer}"))


def test_both_may_add_a_field_to_one_doctype(both):
	one, other = both
	names = []
	try:
		for number, caller in enumerate((one, other, one, other)):
			field = {"label": f"Own {number}", "fieldtype": "Data"}
			names.append(caller.insert("Custom Field", dt="CRM Customer", **field))
			for reader in both:
				assert all(f"Own {number}" in text for text in reader.page("/app/crm-customer/new"))
	finally:
		for name in names:
			delete("Custom Field", name)


def test_a_property_is_on_the_other_ones_form_and_in_its_checks(both):
	one, other = both
	values = {"doc_type": "CRM Customer", "doctype_or_field": "DocField", "field_name": "city"}
	label = one.insert(
		"Property Setter", **values, property="label", property_type="Data", value="Home Town Of Old"
	)
	needed = one.insert("Property Setter", **values, property="reqd", property_type="Check", value="1")
	try:
		assert all("Home Town Of Old" in text for text in other.page("/app/crm-customer/new"))
		refused = other.send("POST", "/api/resource/CRM Customer", customer_name="No Town")
		assert refused.status_code == 417 and "MandatoryError" in refused.text
	finally:
		delete("Property Setter", label)
		delete("Property Setter", needed)


def test_a_right_of_a_role_counts_at_the_other_one_at_once(both, bases, person):
	import frappe
	from frappe.permissions import reset_perms

	user, path = Caller(bases[1], person, PASSWORD), "/api/resource/CRM Budget"
	assert user.get(path).status_code == 403
	both[0].insert("Custom DocPerm", parent="CRM Budget", role="CRM Sales User", permlevel=0, read=1)
	try:
		assert user.page(path)
	finally:
		reset_perms("CRM Budget")
		frappe.db.commit()
	assert user.get(path).status_code == 403


def test_a_workflow_state_is_open_at_the_other_one_at_once(both, customer):
	import frappe

	one, other = both
	before = frappe.get_doc("Workflow", "Complaint Handling").as_dict()
	one.insert("Workflow State", workflow_state_name="Read Twice")
	try:
		action = detour(one, "Complaint Handling", "Read Twice")
		assert all("Read Twice" in text for text in other.page("/app/workflow/Complaint Handling"))
		values = {"customer": customer, "subject": "Late", "category": "Delivery", "severity": "Medium"}
		name = other.insert("Complaint", **values)
		doc = frappe.as_json({"doctype": "Complaint", "name": name})
		moved = other.send("POST", "/api/method/frappe.model.workflow.apply_workflow", doc=doc, action=action)
		assert "Read Twice" in moved.text
		delete("Complaint", name)
	finally:
		workflow = frappe.get_doc("Workflow", "Complaint Handling")
		workflow.set("states", before.states)
		workflow.set("transitions", before.transitions)
		workflow.save()
		frappe.db.commit()
		delete("Workflow State", "Read Twice")


def detour(caller, workflow: str, state: str) -> str:
	"""The first step of the workflow now leads through `state`; its action."""
	flow = caller.get(f"/api/resource/Workflow/{workflow}").json()["data"]
	states, ways = flow["states"], flow["transitions"]
	model = next(row for row in states if row["state"] == ways[0]["next_state"])
	keys = ("doc_status", "update_field", "update_value", "allow_edit")
	states.append({"state": state, **{key: model.get(key) for key in keys}})
	ways.append({**ways[0], "name": None, "state": state})
	ways[0]["next_state"] = state
	answer = caller.send("PUT", f"/api/resource/Workflow/{workflow}", states=states, transitions=ways)
	assert answer.status_code == 200, answer.text[:500]
	return ways[0]["action"]


def test_a_saved_filter_is_in_the_other_ones_list(both):
	one, other = both
	saved = {"filter_name": "Only the gold ones", "reference_doctype": "CRM Customer", "for_user": ""}
	name = one.insert("List Filter", **saved, filters='[["CRM Customer","grade","=","VIP",false]]')
	assert all("Only the gold ones" in text for text in other.page("/app/crm-customer"))
	delete("List Filter", name)
	assert all("Only the gold ones" not in text for text in other.page("/app/crm-customer"))


def test_the_worker_sees_a_new_field_at_its_next_job(both):
	import frappe

	from desk import worker

	fields = []

	def job():
		fields.append(frappe.get_meta("CRM Customer").has_field("custom_for_jobs"))
		return True

	assert worker.guarded(job)
	field = both[0].insert("Custom Field", dt="CRM Customer", label="For Jobs", fieldtype="Data")
	try:
		assert worker.guarded(job)
	finally:
		frappe.set_user("Administrator")
		delete("Custom Field", field)
	assert fields == [False, True]


# -- logging in


def test_failed_logins_at_both_are_counted_together_and_end_with_time(bases, person):
	forget_failures()
	for base in (bases[0], bases[1], bases[0], bases[1], bases[0]):
		answer = log_in(base, person.upper(), "wrong")
		assert answer.status_code == 401 and "Wrong e-mail address or password" in answer.text
	for base in bases:
		assert THROTTLED in log_in(base, person, PASSWORD).text
	let_the_time_pass()
	assert log_in(bases[1], person, PASSWORD).status_code == 302
	assert log_in(bases[0], person, "wrong").status_code == 401  # counted from nothing again
	assert log_in(bases[0], person, PASSWORD).status_code == 302


def let_the_time_pass():
	import frappe

	from desk import throttle

	frappe.db.sql(f"UPDATE `{throttle.TABLE}` SET ends = ends - {throttle.LOCK_SECONDS}")
	frappe.db.commit()


def test_a_name_that_is_not_there_is_answered_and_locked_like_one_that_is(bases, person):
	answers = {}
	for user in (person, "nobody@two.test"):
		forget_failures()
		answers[user] = [log_in(bases[n % 2], user, "wrong") for n in range(6)]
	told = [[(a.status_code, THROTTLED in a.text) for a in group] for group in answers.values()]
	assert told[0] == told[1] == [(401, False)] * 5 + [(401, True)]
	forget_failures()


def test_attempts_at_one_moment_get_no_more_than_the_limit(bases, person):
	forget_failures()
	with concurrent.futures.ThreadPoolExecutor(6) as pool:
		answers = list(pool.map(lambda n: log_in(bases[n % 2], person, f"wrong {n}"), range(10)))
	assert {answer.status_code for answer in answers} == {401}
	assert sum(THROTTLED not in answer.text for answer in answers) == 5
	forget_failures()
