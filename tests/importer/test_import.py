"""Files through the importer into customers, transactions and errors."""

import json

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.imports import complaints, result
from crm_testing.shop_data import HEADER, many_records, real_slice, record, write_csv

from crm_app.crm_platform.importer import actions, checkpoint, runs, transactions
from crm_app.crm_platform.importer.runs import run_file

RETAIL = "Online Retail"


@pytest.fixture
def shop(tmp_path):
	"""Writes records to a file and imports them."""

	def bring_in(*records, preset=RETAIL, **options):
		return run_file(write_csv(tmp_path / "shop.csv", records), preset=preset, **options)

	return bring_in


def sale(invoice: str):
	return frappe.get_doc("CRM Transaction", {"external_key": f"online-retail:{invoice}"})


def sales_of(name: str) -> int:
	return frappe.db.count("CRM Transaction", {"import_batch": name})


def test_lines_become_a_submitted_sale_of_a_new_customer(shop):
	name = shop(
		record(customer="17850.0", qty=3), record(item="B2", customer="17850.0", price="0.125", qty=1)
	)
	imported = sale("1001")
	assert (imported.docstatus, imported.transaction_type, imported.currency) == (1, "Sale", "GBP")
	assert (str(imported.posting_date), imported.amount, imported.total_qty) == ("2024-03-01", 7.625, 4)
	assert [(row.idx, row.item_code, row.qty, row.rate, row.amount) for row in imported.items] == [
		(1, "A1", 3, 2.5, 7.5),
		(2, "B2", 1, 0.125, 0.125),
	]
	customer = frappe.get_doc("CRM Customer", imported.customer)
	assert (customer.external_key, customer.source) == ("online-retail:17850", "Import")
	assert imported.customer_name == customer.customer_name == "Customer 17850"
	assert imported.import_batch == customer.import_batch == name


def test_imported_records_open_and_save_like_any_other(shop):
	shop(record())
	customer = frappe.get_doc("CRM Customer", {"external_key": "online-retail:C-1"})
	customer.occupation = "Baker"
	customer.save()
	imported = sale("1001")
	imported.cancel()
	assert imported.docstatus == 2


def test_customers_get_their_ids_in_the_order_of_their_outside_ids(shop):
	shop(
		record(invoice="1", customer="30"),
		record(invoice="2", customer="10"),
		record(invoice="3", customer="20"),
	)
	found = frappe.get_all(
		"CRM Customer", filters={"source_system": "online-retail"}, order_by="name asc", pluck="external_id"
	)
	assert found == ["10", "20", "30"]


def test_an_invoice_with_c_is_a_return_that_needs_no_original(shop):
	shop(record(invoice="C1001", qty=-2))
	back = sale("C1001")
	assert (back.transaction_type, back.amount, back.total_qty, back.return_against) == (
		"Return",
		-5,
		-2,
		None,
	)


def test_lines_that_are_not_adjacent_still_make_one_invoice(shop):
	shop(record(), record(invoice="1002"), record(item="B2"))
	assert [row.item_code for row in sale("1001").items] == ["A1", "B2"]


def test_exact_duplicate_rows_are_kept(shop):
	shop(record(), record())
	assert len(sale("1001").items) == 2 and sale("1001").amount == 10


def test_bad_rows_are_told_one_by_one_and_the_others_come_in(shop):
	name = shop(
		record(),
		record(customer=""),
		record(price="0", qty=0),
		record(qty=-1),
		record(when="2999-01-01"),
		record(when="soon"),
	)
	assert complaints(name) == [
		(3, "CustomerID", "CustomerID: is empty"),
		(4, "Quantity", "Quantity: is 0"),
		(4, "UnitPrice", "UnitPrice: must be above 0"),
		(5, "Quantity", "Quantity: is negative on a sale; a return has an invoice number of its own"),
		(6, "InvoiceDate", "InvoiceDate: lies in the future"),
		(7, "InvoiceDate", "InvoiceDate: is not a date; write it as yyyy-mm-dd"),
	]
	told = result(name)
	assert (told.status, told.rows_total, told.rows_bad, told.lines_created) == ("Completed", 6, 5, 1)


def test_an_invoice_of_two_customers_keeps_the_first(shop):
	name = shop(record(), record(customer="C-2"))
	assert complaints(name) == [(3, "InvoiceNo", "InvoiceNo: belongs to customer C-1 in row 2 already")]
	assert frappe.db.get_value("CRM Customer", sale("1001").customer, "external_id") == "C-1"


def test_a_dry_run_tells_the_errors_and_writes_nothing_else(shop):
	name = shop(record(), record(customer=""), dry_run=True)
	assert len(complaints(name)) == 1 and sales_of(name) == 0
	assert not frappe.db.exists("CRM Customer", {"source_system": "online-retail"})
	assert result(name).status == "Completed"


def test_the_same_file_again_adds_nothing(shop):
	shop(record(), record(invoice="1002"))
	again = shop(record(), record(invoice="1002"))
	assert sales_of(again) == 0 and result(again).customers_created == 0
	assert frappe.db.get_value("CRM Import", again, "records_existing") == 2


def test_a_longer_file_adds_only_what_is_new(shop):
	shop(record())
	longer = shop(record(), record(invoice="1002"), record(invoice="1003", customer="C-2"))
	assert sales_of(longer) == 2 and result(longer).customers_created == 1


def test_an_existing_customer_with_the_outside_id_gets_the_sales(shop):
	known = make_customer(source_system="online-retail", external_id="C-1")
	shop(record())
	assert sale("1001").customer == known.name


def test_an_id_in_another_case_is_no_new_record(shop):
	shop(record(invoice="ab1", customer="x1"))
	name = shop(record(invoice="AB2", customer="X1"), record(invoice="ab2", customer="x1", item="B2"))
	assert sales_of(name) == 1 and result(name).lines_created == 2


def test_two_systems_may_use_the_same_numbers(shop):
	shop(record())
	shop(record(), source_system="second-shop")
	assert frappe.db.count("CRM Transaction", {"external_id": "1001"}) == 2


def test_an_explicit_mapping_reads_any_header(tmp_path):
	header = ["Beleg", "Artikel", "Menge", "Tag", "Preis", "Kunde"]
	path = write_csv(tmp_path / "x.csv", [["7", "A1", "2", "3.2.2024", "1.5", "K1"]], header=header)
	mapping = dict(zip(["invoice", "item_code", "qty", "posted_on", "rate", "customer"], header, strict=True))
	name = run_file(path, mapping=mapping, date_format="%d.%m.%Y", source_system="beleg")
	found = frappe.get_doc("CRM Transaction", {"external_key": "beleg:7"})
	assert (str(found.posting_date), found.amount, found.import_batch) == ("2024-02-03", 3, name)


def test_a_chinese_file_in_gb18030_comes_in_as_it_is(tmp_path):
	path = write_csv(
		tmp_path / "销售.csv",
		[["S1", "货1", "青花瓷杯", "2", "2024年3月1日", "12.5", "客1", "王芳"]],
		header=["单号", "货号", "品名", "数量", "日期", "单价", "客户编号", "客户名称"],
		encoding="gb18030",
	)
	name = run_file(path, source_system="till")
	found = frappe.get_doc("CRM Transaction", {"external_key": "till:S1"})
	assert (found.customer_name, found.items[0].item_name, found.amount) == ("王芳", "青花瓷杯", 25)
	assert frappe.db.get_value("CRM Import", name, "encoding") == "gb18030"


def test_stores_are_made_on_the_way_and_unknown_channels_refused(tmp_path):
	header = ["invoice", "item_code", "qty", "date", "price", "customer", "store", "channel"]
	good = ["1", "A", "1", "2024-03-01", "5", "K1", "Bund Shop", "Web"]
	path = write_csv(tmp_path / "x.csv", [good, ["2", *good[1:7], "Pigeon"]], header=header)
	name = run_file(path, source_system="till")
	found = frappe.get_doc("CRM Transaction", {"external_key": "till:1"})
	assert (found.store, found.channel) == ("Bund Shop", "Web") and frappe.db.exists("CRM Store", "Bund Shop")
	((row_no, column, message),) = complaints(name)
	assert (row_no, column) == (3, "channel") and "is none of" in message


@pytest.mark.parametrize(
	"records, header, complaint",
	[
		([], HEADER[:6], "Missing columns: Customer"),
		([['1,"2']], ["a"], "Missing columns"),
	],
)
def test_a_file_without_the_columns_is_refused_and_leaves_a_failed_record(
	tmp_path, records, header, complaint
):
	path = write_csv(tmp_path / "x.csv", records, header=header)
	with pytest.raises(frappe.ValidationError, match=complaint):
		run_file(path)
	(failed,) = frappe.get_all("CRM Import", filters={"file_name": "x.csv"}, fields=["status", "message"])
	assert failed.status == "Failed" and complaint in failed.message


def test_a_broken_file_is_refused_before_anything_is_written(tmp_path):
	path = tmp_path / "x.csv"
	write_csv(path, many_records(5))
	path.write_text(path.read_text() + '9,"open\n' + "1,2\n" * 100_000)
	with pytest.raises(frappe.ValidationError, match="broken near line"):
		run_file(str(path), preset=RETAIL)
	assert not frappe.db.exists("CRM Customer", {"source_system": "online-retail"})


def test_a_gigabyte_is_refused_at_once_and_leaves_no_record(tmp_path):
	path = tmp_path / "huge.csv"
	with path.open("wb") as handle:
		handle.truncate(1 << 30)
	with pytest.raises(frappe.ValidationError, match="larger than 200 MB"):
		run_file(str(path))
	assert not frappe.db.exists("CRM Import", {"file_name": "huge.csv"})


def test_the_limit_of_the_settings_counts(tmp_path):
	frappe.db.set_single_value("CRM Settings", "import_max_mb", 1)
	frappe.clear_document_cache("CRM Settings", "CRM Settings")
	path = write_csv(tmp_path / "x.csv", many_records(12_000))
	with pytest.raises(frappe.ValidationError, match="larger than 1 MB"):
		run_file(path)


def test_a_user_without_the_rights_imports_nothing(shop, as_user):
	make_user("nobody@import.test", "CRM Service User")
	with as_user("nobody@import.test"), pytest.raises(frappe.PermissionError):
		shop(record())
	assert not frappe.db.exists("CRM Transaction", {"external_key": "online-retail:1001"})


def test_a_sales_user_imports(shop, as_user):
	make_user("sales@import.test", "CRM Sales User")
	with as_user("sales@import.test"):
		shop(record())
	assert sale("1001").owner == "sales@import.test"


def test_progress_is_told_and_kept(shop):
	seen = []
	name = shop(*many_records(30), progress=lambda *step: seen.append(step))
	assert seen[-1] == ("Transactions", 30, 30) and ("Customers", 10, 10) in seen
	assert frappe.db.get_value("CRM Import", name, ["progress", "phase"]) == (100, "Done")


@pytest.fixture
def small_steps(monkeypatch):
	monkeypatch.setattr(transactions, "INVOICES_A_STEP", 7)
	monkeypatch.setattr(transactions, "CUSTOMERS_A_STEP", 4)


def test_stop_keeps_what_is_in_and_start_goes_on(shop, small_steps):
	def press_stop(phase, done, total):
		if (phase, done) == ("Transactions", 14):
			(running,) = frappe.get_all("CRM Import", filters={"status": "Running"}, pluck="name")
			actions.stop({"name": running})

	records = list(many_records(30))
	name = shop(*records, progress=press_stop)
	assert result(name).status == "Stopped" and sales_of(name) == 14
	assert shop(*records) == name
	assert result(name).status == "Completed" and sales_of(name) == 30


def test_a_failure_in_the_middle_rolls_its_chunk_back_and_can_go_on(shop, small_steps, monkeypatch):
	records, insert = list(many_records(30)), transactions.BulkTable.insert

	def failing(table):
		if table.doctype == "CRM Transaction Item" and any(
			row["parent"].endswith("62") for row in table.rows
		):
			raise RuntimeError("disk full")
		return insert(table)

	monkeypatch.setattr(transactions.BulkTable, "insert", failing)
	with pytest.raises(RuntimeError):
		shop(*records)
	monkeypatch.undo()
	(broken,) = frappe.get_all("CRM Import", filters={"status": "Failed"}, fields=["name", "message"])
	assert broken.message == "disk full" and 0 < sales_of(broken.name) < 30
	assert frappe.db.count("CRM Transaction Item", {"name": ["like", f"{broken.name}-%"]}) == 3 * sales_of(
		broken.name
	)
	assert shop(*records) == broken.name and sales_of(broken.name) == 30


def test_two_processes_do_not_carry_on_the_same_import(shop, small_steps):
	def another_process(phase, done, total):
		if (phase, done) == ("Transactions", 14):
			(running,) = frappe.get_all("CRM Import", filters={"status": "Running"}, pluck="name")
			frappe.db.set_value("CRM Import", running, "position", 21)

	with pytest.raises(checkpoint.ImportBusy):
		shop(*many_records(30), progress=another_process)


def test_the_record_cannot_be_dressed_up_by_hand(shop):
	record_ = frappe.get_doc("CRM Import", shop(record()))
	record_.update({"status": "Draft", "position": 0, "lines_created": 99})
	record_.save()
	assert (record_.status, record_.lines_created) == ("Completed", 1)


@pytest.mark.parametrize("mapping", ["[1]", "{", '{"invoice": 3}'])
def test_a_mapping_that_is_none_is_refused_on_the_form(mapping):
	with pytest.raises(frappe.ValidationError, match="Mapping"):
		frappe.get_doc({"doctype": "CRM Import", "mapping": mapping}).insert()


def attached(content: str, **values):
	file = frappe.get_doc(
		{"doctype": "File", "file_name": "attached.csv", "content": content, "is_private": 1}
	).insert()
	return frappe.get_doc({"doctype": "CRM Import", "source_file": file.file_url, **values}).insert()


def test_an_uploaded_file_is_imported_from_the_form(tmp_path, monkeypatch):
	path = write_csv(tmp_path / "up.csv", [record()])
	started = attached(open(path).read(), preset=RETAIL)
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	actions.start(json.dumps({"name": started.name}))
	assert result(started.name).status == "Queued"
	((method, values),) = queued
	frappe.get_attr(method)(values["import_name"])
	assert result(started.name).status == "Completed" and sales_of(started.name) == 1


def test_a_refused_upload_is_told_on_its_record():
	started = attached("a,b\n1,2\n", preset=RETAIL)
	actions.work(started.name)
	assert result(started.name).status == "Failed"
	assert "Missing columns" in frappe.db.get_value("CRM Import", started.name, "message")


def test_start_and_stop_need_the_right_to_the_record(shop, as_user):
	name = shop(record())
	make_user("nobody@import.test", "CRM Service User")
	with as_user("nobody@import.test"):
		for action in (actions.start, actions.stop):
			with pytest.raises(frappe.PermissionError):
				action({"name": name})


def test_a_private_file_of_somebody_else_is_not_read(as_user):
	theirs = attached("InvoiceNo\nsecret\n", preset=RETAIL)
	make_user("sales@import.test", "CRM Sales User")
	with as_user("sales@import.test"):
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc({"doctype": "CRM Import", "source_file": theirs.source_file}).insert()


def test_only_an_import_that_is_not_under_way_is_deleted_with_its_errors(shop):
	name = shop(record(customer=""))
	frappe.db.set_value("CRM Import", name, "status", "Running")
	with pytest.raises(frappe.ValidationError, match="Stop the import"):
		frappe.delete_doc("CRM Import", name)
	frappe.db.set_value("CRM Import", name, "modified", "2024-01-01 00:00:00", update_modified=False)
	frappe.delete_doc("CRM Import", name)
	assert not frappe.db.count("CRM Import Error", {"crm_import": name})


def test_a_complete_import_is_not_started_again(shop):
	name = shop(record())
	with pytest.raises(frappe.ValidationError):
		runs.run_import(name, path="nowhere.csv")


def test_customers_come_in_with_all_their_rules(tmp_path):
	header = ["编号", "姓名", "手机", "生日", "邮箱", "城市"]
	path = write_csv(
		tmp_path / "members.csv",
		[
			["1", "王芳", "138 0013 8000", "1990/1/2", "wang@example.com", "上海"],
			["2", "Li", "not a number", "", "", ""],
			["1", "Twice", "", "", "", ""],
			["3", "Zhao", "", "2999-01-01", "", ""],
			["4", "", "", "", "", ""],
			["5", "Chen"],
			["6", "Sun", "", "", "", "Xi'an"],
		],
		header=header,
	)
	name = run_file(path, import_type="Customers", source_system="crm-old")
	first = frappe.get_doc("CRM Customer", {"external_key": "crm-old:1"})
	assert (first.customer_name, first.mobile_no, str(first.birthday)) == (
		"王芳",
		"+8613800138000",
		"1990-01-02",
	)
	assert [row_no for row_no, _column, _text in complaints(name)] == [3, 4, 5, 6, 7]
	assert result(name).customers_created == 2 and result(name).rows_bad == 5


def test_a_dry_run_of_customers_leaves_none(tmp_path):
	path = write_csv(tmp_path / "m.csv", [["1", "Li"]], header=["id", "name"])
	name = run_file(path, import_type="Customers", source_system="dry", dry_run=True)
	assert result(name).customers_created == 1
	assert not frappe.db.exists("CRM Customer", {"source_system": "dry"})


def test_a_slice_of_the_real_shop_comes_in_exactly(tmp_path):
	name = run_file(real_slice(tmp_path, 3_000), preset=RETAIL)
	told = result(name)
	assert told.rows_total == 3_000
	assert told.rows_bad + told.lines_created == 3_000
	assert len({row_no for row_no, _column, _text in complaints(name)}) == told.rows_bad
	total = sum(frappe.get_all("CRM Transaction", filters={"import_batch": name}, pluck="amount"))
	lines = frappe.get_all(
		"CRM Transaction Item",
		filters={"name": ["like", f"{name}-%"]},
		fields=["qty", "rate", "amount"],
		limit_page_length=0,
	)
	assert len(lines) == told.lines_created
	assert round(sum(row.qty * row.rate for row in lines), 3) == round(total, 3)


def test_sales_of_customers_that_the_user_does_not_see_stay_out(shop, as_user):
	values = {"source_system": "online-retail", "external_id": "C-9", "account_manager": "Administrator"}
	foreign = make_customer(**values)
	user = make_user("importing.sales@import.test", "CRM Sales User")
	with as_user(user):
		name = shop(record(customer="C-9", invoice="3001"), record(customer="C-8", invoice="3002"))
	assert frappe.db.count("CRM Transaction", {"customer": foreign.name}) == 0
	assert sales_of(name) == 1
	assert result(name).rows_bad == 1
	assert [row[0] for row in complaints(name)] == [2]


def test_an_import_and_its_errors_are_seen_by_who_made_it_and_by_managers(shop, as_user):
	first, second = (make_user(f"{name}.own@import.test", "CRM Sales User") for name in ("a", "b"))
	manager = make_user("manager.own@import.test", "CRM Manager")
	with as_user(first):
		name = shop(record(), record(invoice="1002", price="x"))
	error = frappe.db.get_value("CRM Import Error", {"crm_import": name})
	for user, sees in ((first, True), (second, False), (manager, True)):
		with as_user(user):
			for doctype, record_name in (("CRM Import", name), ("CRM Import Error", error)):
				assert (record_name in frappe.get_list(doctype, pluck="name", limit_page_length=0)) == sees
				assert frappe.has_permission(doctype, "read", doc=record_name) == sees


def test_errors_belong_to_who_made_the_import_whoever_carries_it_on(tmp_path, as_user):
	path = write_csv(tmp_path / "shop.csv", [record(price="x")])
	owner = make_user("a.own@import.test", "CRM Sales User")
	with as_user(owner):
		name = frappe.get_doc({"doctype": "CRM Import", "preset": RETAIL}).insert().name
	runs.run_import(name, path=path)
	assert frappe.get_all("CRM Import Error", filters={"crm_import": name}, pluck="owner") == [owner]


def test_two_sales_users_with_the_same_file_have_an_import_each(shop, as_user):
	names = []
	for name in ("a", "b"):
		with as_user(make_user(f"{name}.own@import.test", "CRM Sales User")):
			names.append(shop(record(), dry_run=True))
	assert names[0] != names[1]


def test_sales_staff_stop_their_own_import_and_no_other(as_user):
	first, second = (make_user(f"{name}.own@import.test", "CRM Sales User") for name in ("a", "b"))
	with as_user(first):
		made = frappe.get_doc({"doctype": "CRM Import", "preset": RETAIL}).insert()
	frappe.db.set_value("CRM Import", made.name, "status", "Running")
	doc = json.dumps({"name": made.name})
	with as_user(second), pytest.raises(frappe.PermissionError):
		actions.stop(doc)
	with as_user(first):
		assert actions.stop(doc)["stop_requested"] == 1
