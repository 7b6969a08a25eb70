"""The desk's own pages through HTTP: login, lists, workspaces, reports, exports, errors, languages."""

import io

import pytest

pytestmark = pytest.mark.embedded

PASSWORD = "a long enough password"


@pytest.fixture
def browser(site):
	"""`browser("someone@example.com")` is a client logged in as them; without a name it is a guest."""
	from crm_testing.desk import client_of

	return client_of


@pytest.fixture
def reader(site):
	from crm_testing.desk import make_user

	return make_user("reader@desk.test", "CRM Sales User", password=PASSWORD)


def make_customers(count: int, **values):
	import frappe
	from crm_testing.customers import make_customer

	made = [make_customer(customer_name=f"Desk Person {at:03}", **values).name for at in range(count)]
	frappe.db.commit()
	return made


def test_a_guest_is_sent_to_log_in_and_comes_back_to_the_page_they_wanted(browser, reader):
	guest = browser()
	away = guest.get("/app/crm-customer?grade=VIP")
	assert away.status_code == 302
	assert away["Location"] == "/login?redirect-to=/app/crm-customer%3Fgrade%3DVIP"
	page = guest.get(away["Location"])
	assert 'value="/app/crm-customer?grade=VIP"' in page.content.decode()
	back = guest.post("/login", {"usr": reader, "pwd": PASSWORD, "next": "/app/crm-customer?grade=VIP"})
	assert back["Location"] == "/app/crm-customer?grade=VIP"
	assert guest.get(back["Location"]).status_code == 200


def test_login_never_leads_to_another_site(browser, reader):
	answer = browser().post("/login", {"usr": reader, "pwd": PASSWORD, "next": "https://evil.example/app"})
	assert answer["Location"] == "/app"


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(browser, reader):
	guest = browser()
	for _attempt in range(5):
		answer = guest.post("/login", {"usr": reader, "pwd": "wrong"})
		assert answer.status_code == 401
	locked = guest.post("/login", {"usr": reader, "pwd": PASSWORD})
	assert locked.status_code == 401
	assert "Too many failed attempts" in locked.content.decode()


def test_a_disabled_user_is_logged_out_at_once(browser, reader):
	import frappe

	client = browser(reader)
	assert client.get("/app/crm-customer").status_code == 200
	frappe.db.set_value("User", reader, "enabled", 0)
	frappe.db.commit()
	assert client.get("/app/crm-customer")["Location"].startswith("/login")


def test_a_list_searches_filters_sorts_and_counts(browser):
	make_customers(3, mobile_no=None)
	page = browser("Administrator").get("/app/crm-customer?q=Desk Person&sort=customer_name&dir=desc")
	text = page.content.decode()
	assert text.index("Desk Person 002") < text.index("Desk Person 001") < text.index("Desk Person 000")
	assert "1–3 of 3" in text
	one = (
		browser("Administrator")
		.get('/app/crm-customer?customer_name=["=","Desk Person 001"]')
		.content.decode()
	)
	assert "Desk Person 001" in one
	assert "Desk Person 002" not in one


def test_a_list_asks_the_same_number_of_queries_for_ten_rows_as_for_forty(browser):
	from crm_testing.hosts import counted_queries

	client = browser("Administrator")
	make_customers(10)
	client.get("/app/crm-customer")
	counts = []
	for _round in range(2):
		with counted_queries() as queries:
			assert client.get("/app/crm-customer").status_code == 200
		counts.append(len(queries))
		make_customers(30)
	assert counts[0] == counts[1]
	assert counts[0] < 25


def test_html_in_a_name_is_shown_as_text(browser):
	import frappe
	from crm_testing.customers import make_customer

	make_customer(customer_name='Desk & Sons "quoted"')
	frappe.db.commit()
	text = browser("Administrator").get("/app/crm-customer?q=Sons").content.decode()
	assert "Desk &amp; Sons &quot;quoted&quot;" in text


def test_sql_in_a_filter_is_refused_with_a_page(browser):
	answer = browser("Administrator").get('/app/crm-customer?grade=["; drop table x",1]')
	assert answer.status_code == 417
	assert "is not readable" in answer.content.decode()
	harmless = browser("Administrator").get("/app/crm-customer?sort=name;drop&q=' OR 1=1 --")
	assert harmless.status_code == 200


def test_somebody_without_rights_gets_a_friendly_403_on_every_page(browser):
	from crm_testing.desk import make_user

	stranger = browser(make_user("stranger@desk.test"))
	for path in ("/app/crm-customer", "/app/crm-customer/export.csv", "/app/query-report/RFM%20Segmentation"):
		answer = stranger.get(path)
		assert answer.status_code == 403, path
		assert "d-empty" in answer.content.decode()


def test_csv_needs_the_export_right_and_disarms_formulas(browser, reader):
	import frappe
	from crm_testing.customers import make_customer

	make_customer(customer_name="=cmd|' /C calc'!A0")
	frappe.db.commit()
	answer = browser("Administrator").get("/app/crm-customer/export.csv?q=calc")
	text = b"".join(answer.streaming_content).decode("utf-8-sig")
	assert "'=cmd|" in text
	assert text.splitlines()[0].startswith("ID,")


def test_bulk_delete_tells_which_records_refused_and_deletes_the_others(browser):
	import frappe
	from crm_testing.customers import make_customer
	from crm_testing.sales import make_transaction

	free, linked = make_customer(), make_customer()
	make_transaction(customer=linked.name)
	frappe.db.commit()
	client = browser("Administrator")
	answer = client.post(
		"/app/crm-customer/bulk", {"action": "delete", "names": [free.name, linked.name]}, follow=True
	)
	assert not frappe.db.exists("CRM Customer", free.name)
	assert frappe.db.exists("CRM Customer", linked.name)
	assert linked.name in answer.content.decode()


def test_bulk_workflow_moves_the_ready_records_and_says_what_the_others_lack(browser):
	import frappe
	from crm_testing.service import make_complaint

	ready, unready = make_complaint(category="Delivery"), make_complaint()
	frappe.db.commit()
	client = browser("Administrator")
	assert 'value="workflow:Classify"' in client.get("/app/complaint").content.decode()
	picked = {"action": "workflow:Classify", "names": [ready.name, unready.name]}
	answer = client.post("/app/complaint/bulk", picked, follow=True).content.decode()
	assert frappe.db.get_value("Complaint", ready.name, "workflow_state") == "Classified"
	assert frappe.db.get_value("Complaint", unready.name, "workflow_state") == "Received"
	assert f"{unready.name}:" in answer
	again = client.post("/app/complaint/bulk", picked, follow=True).content.decode()
	assert f"{ready.name} is in state Classified: Classify is not possible" in again
	invented = client.post("/app/complaint/bulk", {"action": "workflow:Invent", "names": [ready.name]})
	assert invented.status_code == 403


def test_a_report_asks_few_queries_whatever_its_length(browser):
	from crm_testing.hosts import counted_queries

	client, counts = browser("Administrator"), []
	path = "/app/query-report/RFM%20Segmentation"
	for _round in range(2):
		sell_to(8)
		assert client.get(path).content.count(b"/app/crm-customer/") >= 8
		with counted_queries() as queries:
			client.get(path)
		counts.append(len(queries))
	assert counts[1] <= counts[0] + 1


def sell_to(count: int) -> None:
	"""Committed, or the page's own rollback takes it away before it is shown."""
	import frappe
	from crm_testing.sales import make_transaction

	frappe.set_user("Administrator")
	for customer in make_customers(count):
		make_transaction(customer=customer)
	frappe.db.commit()


def test_the_language_is_kept_per_user(browser, reader):
	import frappe

	client = browser(reader)
	client.post("/set-language", {"lang": "zh", "next": "/app/crm-customer"})
	assert frappe.db.get_value("User", reader, "language") == "zh"
	text = client.get("/app/crm-customer").content.decode()
	assert 'lang="zh-hans"' in text
	assert "搜索或跳转" in text
	assert "Search or go to" in browser("Administrator").get("/app/crm-customer").content.decode()


def test_home_shows_workspaces_of_the_users_roles_only(browser, reader):
	home = browser(reader).get("/app", follow=True)
	assert home.status_code == 200
	assert "/app/crm-customer" in home.content.decode()
	assert "/app/error-log" not in home.content.decode()
	assert "/app/error-log" in browser("Administrator").get("/app", follow=True).content.decode()


def test_home_keeps_quiet_about_what_the_reader_may_not_see(browser):
	from crm_testing.desk import make_user

	make_user("staff@desk.test", "CRM Staff")
	page = browser("staff@desk.test")
	home = page.get("/app/crm-finance")
	text = home.content.decode()
	assert home.status_code == 200 and "Expense Requests by Status" in text
	assert "Spending by Category" not in text and "Insufficient Permission" not in text
	assert "/app/user/" not in text and "/update-password" in text
	assert "Spending by Category" in browser("Administrator").get("/app/crm-finance").content.decode()


def test_every_counting_card_opens_the_list_of_just_the_records_it_counts(browser):
	import frappe

	from desk import charts

	make_customers(3, grade="VIP")
	client = browser("Administrator")
	for name in frappe.get_all("Number Card", filters={"function": "Count"}, pluck="name"):
		card = charts.card(name)
		if card["url"] and "/query-report/" not in card["url"]:
			page = client.get(card["url"]).content.decode()
			assert f" of {card['value'].replace(',', '')}<" in page, name


def test_a_report_shows_filters_rows_and_exports_both_ways(browser):
	client = browser("Administrator")
	page = client.get("/app/query-report/RFM%20Segmentation")
	assert page.status_code == 200
	assert "d-table" in page.content.decode()
	book = client.get("/app/query-report/RFM%20Segmentation/export?format=xlsx")
	from openpyxl import load_workbook

	assert load_workbook(io.BytesIO(book.content)).active.max_row >= 1
	assert client.get("/app/query-report/RFM%20Segmentation/export").content.startswith(b"\xef\xbb\xbf")


def test_unknown_pages_and_records_are_a_404_in_the_users_language(browser, reader):
	import frappe

	frappe.db.set_value("User", reader, "language", "zh")
	frappe.db.commit()
	answer = browser(reader).get("/app/no-such-thing")
	assert answer.status_code == 404
	assert "未找到" in answer.content.decode()


def test_assets_are_compressed_cached_and_stay_inside_their_folder(browser):
	guest = browser()
	style = guest.get("/static/unfold/css/styles.css", headers={"Accept-Encoding": "gzip"})
	assert style["Content-Encoding"] == "gzip"
	again = guest.get("/static/unfold/css/styles.css", headers={"If-None-Match": style["ETag"]})
	assert again.status_code == 304
	assert guest.get("/static/../settings.py").status_code == 404
	assert guest.get("/assets/crm_app/..%2Fhooks.py").status_code in (400, 404)
