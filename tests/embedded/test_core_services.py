"""The host's own services: jobs, scheduler, passwords, files, cards, custom fields, limits."""

import datetime

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction, make_user
from crm_testing.sales import make_store, make_transaction

pytestmark = pytest.mark.embedded


def test_a_name_that_the_host_lacks_says_so():
	with pytest.raises(NotImplementedError, match="no_such_name"):
		frappe.no_such_name  # noqa: B018
	with pytest.raises(NotImplementedError):
		frappe.utils.no_such_name  # noqa: B018


def test_a_queued_job_runs_once_in_the_worker():
	from frappe.utils.background_jobs import is_job_enqueued, run_next_job

	frappe.flags.use_job_table = True
	job = {"doctype": "CRM Store", "filters": "none"}
	frappe.enqueue("frappe.utils.nowhere", job_id="contract", deduplicate=True, **job)
	frappe.enqueue("frappe.utils.nowhere", job_id="contract", deduplicate=True, **job)
	assert frappe.db.count("Background Job", {"job_id": "contract"}) == 1 and is_job_enqueued("contract")
	assert run_next_job() and not run_next_job()
	status, error = frappe.db.get_value("Background Job", {"job_id": "contract"}, ["status", "error"])
	assert status == "Failed" and "nowhere" in error
	assert frappe.db.count("Error Log", {"method": ("like", "Background job%")}) == 1


def test_a_job_after_commit_waits_for_the_commit():
	frappe.flags.use_job_table = True
	frappe.enqueue("frappe.utils.nowdate", enqueue_after_commit=True, job_id="later")
	assert not frappe.db.exists("Background Job", {"job_id": "later"})
	frappe.db.after_commit.reset()


@pytest.mark.parametrize(
	("cron", "after", "expected"),
	[
		("*/15 * * * *", "2026-01-01 10:07", "2026-01-01 10:15"),
		("0 0 * * *", "2026-01-31 10:00", "2026-02-01 00:00"),
		("30 8 * * 1", "2026-01-01 10:00", "2026-01-05 08:30"),
		("0 0 1 * *", "2026-01-01 00:00", "2026-02-01 00:00"),
		("0 9-17 * * 1-5", "2026-01-02 17:30", "2026-01-05 09:00"),
		("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
	],
)
def test_a_cron_line_fires_next_at(cron, after, expected):
	from frappe.utils.scheduler import next_run

	found = next_run(cron, datetime.datetime.fromisoformat(after))
	assert found == datetime.datetime.fromisoformat(expected)


def test_a_due_event_is_queued_once():
	from frappe.utils.scheduler import run_due_events, sync_jobs

	sync_jobs()
	frappe.flags.use_job_table = True
	tomorrow = frappe.utils.add_to_date(frappe.utils.now_datetime(), days=1)
	count = run_due_events(tomorrow)
	assert count == frappe.db.count("Scheduled Job Type") - weekly_or_later()
	assert run_due_events(tomorrow) == 0


def weekly_or_later() -> int:
	from frappe.utils.scheduler import next_run

	limit = frappe.utils.add_to_date(frappe.utils.now_datetime(), days=1)
	rows = frappe.get_all("Scheduled Job Type", fields=["cron_format", "last_execution", "creation"])
	return sum(next_run(row.cron_format, frappe.utils.now_datetime()) > limit for row in rows)


def test_passwords_are_hashed_and_checked():
	from frappe.utils.password import check_password, update_password

	user = make_user("pw@core.test", "System Manager")
	update_password(user, "s3cret!")
	assert check_password("PW@core.test", "s3cret!") == user
	stored = frappe.db.sql("SELECT password FROM `__Auth` WHERE name = %s", [user], pluck=True)[0]
	assert "s3cret!" not in stored
	for name, attempt in ((user, "wrong"), ("nobody@core.test", "s3cret!")):
		with pytest.raises(frappe.AuthenticationError):
			check_password(name, attempt)


@pytest.mark.parametrize("name", ["../../evil.txt", "..\\evil.txt", "/etc/passwd", "a/b.txt", ".."])
def test_a_file_stays_in_the_sites_folder(name):
	doc = frappe.get_doc({"doctype": "File", "file_name": name, "content": b"x", "is_private": 1}).insert()
	assert doc.file_url.startswith("/private/files/") and ".." not in doc.file_url
	assert doc.get_content() == "x"
	frappe.db.before_rollback.run()


def test_a_file_that_is_too_big_is_refused():
	frappe.conf.max_file_size = 10
	try:
		with pytest.raises(frappe.ValidationError, match="maximum"):
			frappe.get_doc({"doctype": "File", "file_name": "big.txt", "content": b"x" * 11}).insert()
	finally:
		frappe.conf.pop("max_file_size")


def test_a_private_file_is_read_by_who_reads_its_record(as_user):
	store = make_store("File Road")
	values = {"attached_to_doctype": "CRM Store", "attached_to_name": store.name, "is_private": 1}
	doc = frappe.get_doc({"doctype": "File", "file_name": "a.txt", "content": b"x", **values}).insert()
	reader, stranger = make_user("r@core.test", "CRM General Manager"), make_user("s@core.test")
	assert doc.has_permission_to_read(reader)
	assert not doc.has_permission_to_read(stranger)


def test_a_custom_field_works_at_once():
	from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

	create_custom_fields({"CRM Store": {"fieldname": "parking", "label": "Parking", "fieldtype": "Int"}})
	store = make_store("Custom Road", parking=12)
	assert frappe.get_all("CRM Store", {"parking": 12}, pluck="name") == [store.name]


def test_a_property_setter_works_at_once():
	from frappe.custom.doctype.property_setter.property_setter import make_property_setter

	make_property_setter("CRM Store", "city", "reqd", 1, "Check")
	with pytest.raises(frappe.MandatoryError):
		make_store("Mandatory Road")


def test_a_number_card_counts_what_the_reader_may_read(as_user):
	from frappe.desk.doctype.number_card.number_card import get_result

	reader = make_user("sales@core.test", "CRM Sales User")
	make_customer(account_manager=reader)
	make_customer(account_manager=make_user("other@core.test", "CRM Sales User"))
	card = {
		"type": "Document Type",
		"document_type": "CRM Customer",
		"function": "Count",
		"filters_json": "[]",
	}
	everybody = get_result(card)
	with as_user(reader):
		assert get_result(card) < everybody
	with as_user(make_user("s@core.test")), pytest.raises(frappe.PermissionError):
		get_result(card)


def test_a_chart_over_time_fills_empty_months():
	from frappe.desk.doctype.dashboard_chart.dashboard_chart import get

	customer = make_customer()
	for day in ("2026-01-10", "2026-01-20", "2026-03-01"):
		make_transaction(customer.name, posting_date=day)
	chart = {
		"chart_name": "X",
		"chart_type": "Sum",
		"document_type": "CRM Transaction",
		"value_based_on": "amount",
	}
	span = {"based_on": "posting_date", "timespan": "Select Date Range", "time_interval": "Monthly"}
	dates = {"from_date": "2026-01-01", "to_date": "2026-03-31"}
	filters = [["CRM Transaction", "customer", "=", customer.name]]
	data = get(chart={**chart, **span, **dates, "filters_json": frappe.as_json(filters)})
	assert data["labels"] == ["2026-01", "2026-02", "2026-03"]
	assert data["datasets"][0]["values"] == [200.0, 0, 100.0]


def test_changes_are_kept_when_a_doctype_tracks_them():
	call = make_interaction(make_customer().name, subject="before")
	call.subject = "after"
	call.save(ignore_version=False)
	data = frappe.parse_json(frappe.db.get_value("Version", {"docname": call.name}, "data"))
	assert data["changed"] == [["subject", "before", "after"]]


def test_a_mail_is_queued():
	frappe.sendmail(recipients=["a@b.test"], subject="Hello", message="<p>hi</p>")
	row = frappe.get_all("Email Queue", {"subject": "Hello"}, ["recipients", "status"])[0]
	assert (row.recipients, row.status) == ("a@b.test", "Not Sent")


def test_a_rate_limit_lets_so_many_through():
	from frappe.rate_limiter import rate_limit

	@rate_limit(limit=2, seconds=60, ip_based=False)
	def called():
		return "ok"

	frappe.local.request = frappe._dict(method="POST")
	try:
		assert [called(), called()] == ["ok", "ok"]
		with pytest.raises(frappe.RateLimitExceededError):
			called()
	finally:
		frappe.local.request = None


def test_only_for_lets_listed_roles_through(as_user):
	with as_user(make_user("gm@core.test", "CRM General Manager")):
		frappe.only_for("CRM General Manager")
		with pytest.raises(frappe.PermissionError):
			frappe.only_for(["System Manager"])


def test_a_document_is_read_with_one_query_per_table():
	from crm_testing.hosts import counted_queries

	sale = make_transaction(make_customer().name)
	with counted_queries() as seen:
		frappe.get_doc("CRM Transaction", sale.name)
	assert len(seen) == 2
	with counted_queries() as seen:
		frappe.get_list("CRM Transaction", fields=["*"])
	assert len(seen) == 1


def test_percent_signs_of_row_rules_stay_single(monkeypatch, as_user):
	make_store("100% Road", city="50%")
	reader = make_user("gm@core.test", "CRM General Manager")
	condition = f"`tabCRM Store`.`city` = {frappe.db.escape('50%')}"
	monkeypatch.setattr("frappe.permissions.hook_conditions", lambda doctype, user: [condition])
	with as_user(reader):
		assert frappe.get_list("CRM Store", pluck="name") == ["100% Road"]
		assert frappe.get_list("CRM Store", {"city": ("like", "5%")}, pluck="name") == ["100% Road"]


def test_another_spelling_of_a_doctype_does_not_go_round_its_hooks():
	for name in ("crm customer", "CRM customer", "CRM Customer "):
		with pytest.raises(frappe.DoesNotExistError):
			frappe.get_meta(name)
