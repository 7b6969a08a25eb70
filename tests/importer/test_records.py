"""Records of any DocType from CSV and XLSX: mapping, modes, child rows, errors and their correction."""

from datetime import date, datetime

import frappe
import pytest
from crm_testing.customers import make_customer, make_tag, make_user
from crm_testing.sheets import (
	SYSTEM,
	bring_in,
	customers,
	errors,
	read_xlsx,
	stored_file,
	uploaded,
	write_xlsx,
)
from crm_testing.shop_data import many_records, write_csv

from crm_app.crm_platform.importer import actions, fields, records
from crm_app.crm_platform.importer.runs import run_file, run_import

HEADER = ["会员编号", "姓名", "性别", "生日", "手机", "电子邮箱", "省份", "城市", "授信额度"]


@pytest.fixture
def members(tmp_path):
	def write(*rows, header=HEADER):
		return write_xlsx(tmp_path / "members.xlsx", [header, *rows])

	return write


def test_a_chinese_workbook_comes_in_normalised(members):
	path = members(
		["M1", "王芳", "女", date(1990, 1, 2), 13800138000.0, "A@B.CN", "广东", "深圳市", "１２，０００"],
		["M2", "李雷", "男", 32874, "138-0013-8001", "", "Guangdong Province", "广州", 0.5],
	)
	record = bring_in(path)
	assert (record.records_created, record.rows_bad) == (2, 0), errors(record.name)
	first, second = (frappe.get_doc("CRM Customer", row.name) for row in customers())
	assert (first.gender, str(first.birthday), first.mobile_no) == ("Female", "1990-01-02", "+8613800138000")
	assert (first.province, first.city, first.credit_limit) == ("广东省", "深圳", 12000)
	assert (second.gender, str(second.birthday), second.province) == ("Male", "1990-01-01", "广东省")
	assert first.import_batch == record.name and first.source == "Import"


def test_the_mapping_is_shown_and_can_be_changed_before_the_run(members):
	record = uploaded(members(["M1", "王芳", "先生", "", "", "", "", "", ""], header=[*HEADER[:8], "杂项"]))
	proposed = {row.source_column: row for row in record.columns}
	assert proposed["手机"].target_field == "mobile_no" and proposed["手机"].match_kind == "Exact"
	assert proposed["会员编号"].sample_values == "M1" and proposed["杂项"].target_field == ""
	assert proposed["性别"].value_map == "先生 =" and record.key_field == "external_id"
	proposed["杂项"].target_field = "occupation"
	proposed["性别"].value_map = "先生 = Male"
	record.save()
	run_import(record.name)
	assert frappe.db.get_value("CRM Customer", customers()[0].name, "gender") == "Male"


def test_a_target_that_is_no_field_or_not_writable_is_refused_on_the_form(members, as_user):
	record = uploaded(members(["M1", "王芳", *[""] * 7]))
	record.columns[2].target_field = "docstatus"
	with pytest.raises(frappe.ValidationError, match="has no field"):
		record.save()
	make_user("sales@sheet.test", "CRM Sales User")
	with as_user("sales@sheet.test"):
		choices = {choice.target for choice in fields.choices("CRM Customer")}
	assert "id_number" not in choices and "mobile_no" in choices


def test_wrong_cells_are_told_by_row_and_column_and_the_others_come_in(members):
	path = members(
		["M1", "王芳", "女", "1990-01-02", "13800138000", "a@b.cn", "上海", "上海", "1,000"],
		["M2", "甲", "X", "31/31/1990", "12", "no-mail", "", "", "many"],
		["M3", "", "", "", "", "", "", "", ""],
		["M1", "乙", "", "", "", "", "", "", ""],
		["M5", "丙", "", "03/04/1990", "1.38E+10", "", "", "", ""],
		["M6", "丁", "", "", "", "not-mail", "", "", ""],
		["M7", "戊", "", "2999-01-01", "", "", "", "", ""],
	)
	record = bring_in(path)
	told = {(row_no, column) for row_no, column, _message in errors(record.name)}
	assert told == {
		*((3, column) for column in ("性别", "生日", "授信额度")),
		(4, "姓名"),
		(5, "会员编号"),
		(6, "生日"),
		(6, "手机"),
		(7, "电子邮箱"),
		(8, "生日"),
	}
	assert [row.external_id for row in customers()] == ["M1"] and record.rows_bad == 6


def test_failed_rows_go_out_as_the_same_file_with_reasons_and_come_back_corrected(members):
	path = members(
		["M1", "王芳", *[""] * 7], ["M2", "甲", "?", *[""] * 6], ["M3", "乙", "", "soon", *[""] * 5]
	)
	record = uploaded(path)
	run_import(record.name)
	record.reload()
	rows = read_xlsx(stored_file(record.error_file))
	assert rows[0] == [*HEADER, "Import Problem"]
	assert [row[:2] for row in rows[1:]] == [["M2", "甲"], ["M3", "乙"]]
	assert "性别" in rows[1][-1] and "生日" in rows[2][-1]
	rows[1][2], rows[2][3] = "男", "1990-05-06"
	again = frappe.get_doc("CRM Import", actions.correct({"name": record.name})["name"])
	corrected = uploaded(write_xlsx(path + "2.xlsx", rows))
	again.source_file = corrected.source_file
	again.save()
	assert again.corrects == record.name and again.columns[2].target_field == "gender"
	run_import(again.name)
	again.reload()
	assert (again.records_created, again.rows_bad) == (2, 0) and not again.error_file
	assert [row.external_id for row in customers()] == ["M1", "M2", "M3"]


def test_failed_rows_of_a_csv_are_a_csv(tmp_path):
	path = write_csv(tmp_path / "m.csv", [["M1", ""], ["M2", "乙"]], header=HEADER[:2], encoding="gb18030")
	record = bring_in(path)
	content = open(stored_file(record.error_file), encoding="utf-8-sig").read().splitlines()
	assert (
		content[0] == "会员编号,姓名,Import Problem" and content[1].startswith("M1,,") and len(content) == 2
	)


def test_existing_records_are_left_updated_or_both_as_the_mode_says(tmp_path):
	make_customer(source_system=SYSTEM, external_id="A", customer_name="Old", city="上海", notes="kept")
	path = write_csv(
		tmp_path / "x.csv", [["a", "New", ""], ["B", "Second", "北京市"]], header=["id", "name", "city"]
	)
	record = bring_in(path, dry_run=1)
	assert (record.records_created, record.records_existing) == (1, 1) and len(customers()) == 1
	record = bring_in(path, mode="Update Existing", key_field="external_id")
	assert (record.records_updated, record.rows_bad) == (1, 1)
	assert [(row.customer_name, row.city) for row in customers()] == [("New", "上海")]
	record = bring_in(path, mode="Insert and Update", key_field="external_id")
	assert (record.records_created, record.records_updated, record.records_existing) == (1, 0, 1)
	assert [(row.external_id, row.city) for row in customers()] == [("A", "上海"), ("B", "北京")]


def test_a_mobile_number_is_a_key_in_any_spelling(tmp_path):
	one = make_customer(source_system=SYSTEM, mobile_no="13800138000", customer_name="Old")
	path = write_csv(tmp_path / "x.csv", [["138 0013-8000", "New"]], header=["手机", "姓名"])
	bring_in(path, mode="Update Existing", key_field="mobile_no")
	assert frappe.db.get_value("CRM Customer", one.name, "customer_name") == "New"
	make_customer(source_system=SYSTEM, mobile_no="13800138000")
	path = write_csv(tmp_path / "y.csv", [["13800138000", "X"]], header=["手机", "姓名"])
	record = bring_in(path, mode="Insert and Update", key_field="mobile_no")
	assert errors(record.name)[0][2] == "手机: 2 records have this key"


def test_child_rows_come_from_grouped_rows_and_from_numbered_columns(tmp_path):
	header = ["External ID", "Customer Name", "Contacts: Name", "联系人 1: 手机号码", "Name (Contacts)x"]
	rows = [["A", "Firm A", "Ann", ""], ["", "", "Bob", ""], ["B", "Firm B", "Cid", ""]]
	path = write_csv(tmp_path / "x.csv", rows, header=[*header[:3], "Notes"])
	record = bring_in(path)
	assert record.records_created == 2, errors(record.name)
	firms = [frappe.get_doc("CRM Customer", row.name) for row in customers()]
	assert [[row.contact_name for row in firm.contacts] for firm in firms] == [["Ann", "Bob"], ["Cid"]]
	header = [
		"External ID",
		"Customer Name",
		"Contacts 1: Name",
		"Contacts 2: Name",
		"Contacts 2: Mobile Number",
	]
	path = write_csv(tmp_path / "y.csv", [["C", "Firm C", "Dan", "Eve", "13800138009"]], header=header)
	bring_in(path)
	(firm,) = [frappe.get_doc("CRM Customer", row.name) for row in customers(external_id="C")]
	assert [(row.contact_name, row.mobile_no) for row in firm.contacts] == [
		("Dan", ""),
		("Eve", "+8613800138009"),
	]


def test_an_update_adds_child_rows_or_replaces_them(tmp_path):
	one = make_customer(source_system=SYSTEM, external_id="A", contacts=[{"contact_name": "Ann"}])
	path = write_csv(
		tmp_path / "x.csv", [["A", "Ann"], ["A", "Bob"]], header=["External ID", "Contacts: Name"]
	)
	same = {"mode": "Update Existing", "key_field": "external_id"}
	bring_in(path, **same)
	assert [row.contact_name for row in one.reload().contacts] == ["Ann", "Bob"]
	assert bring_in(path, **same).records_existing == 1
	path = write_csv(tmp_path / "y.csv", [["A", "Cid"]], header=["External ID", "Contacts: Name"])
	bring_in(path, child_rows="Replace", **same)
	assert [row.contact_name for row in one.reload().contacts] == ["Cid"]


def test_tags_in_one_cell_become_rows_and_unknown_ones_are_told(tmp_path):
	make_tag("老客户"), make_tag("Gold")
	rows = [["A", "X", "老客户、gold"], ["B", "Y", "nothing"]]
	record = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name", "标签"]))
	(one,) = customers()
	assert {row.tag for row in frappe.get_doc("CRM Customer", one.name).tags} == {"老客户", "Gold"}
	assert "nothing" in errors(record.name)[0][2]


def test_likely_duplicates_are_warned_about_and_still_come_in(tmp_path):
	there = make_customer(source_system=SYSTEM, mobile_no="13800138000", external_id="0")
	rows = [["1", "A", "13800138000", "a@b.cn"], ["2", "B", "", "A@b.cn"]]
	record = bring_in(write_csv(tmp_path / "x.csv", rows, header=["id", "name", "手机", "邮箱"]))
	assert record.records_created == 2 and record.rows_warned == 2
	assert [(row_no, column) for row_no, column, _m in errors(record.name, "Warning")] == [
		(2, "手机"),
		(3, "邮箱"),
	]
	assert there.name in errors(record.name, "Warning")[0][2]


@pytest.fixture
def seller(as_user):
	"""Acts as a sales user who does not see the customer with external id 77 and this number."""
	user = make_user("import.seller@records.test", "CRM Sales User")
	values = {"source_system": SYSTEM, "external_id": "77", "mobile_no": "13812345678"}
	hidden = make_customer(customer_name="Hidden", account_manager="Administrator", **values)
	with as_user(user):
		yield hidden


def test_a_likely_duplicate_of_somebody_elses_customer_is_told_without_its_name(tmp_path, seller):
	path = write_csv(tmp_path / "x.csv", [["1", "Probe", "13812345678"]], header=["id", "name", "手机"])
	assert not errors(bring_in(path, dry_run=1).name, "Warning")  # it could be asked again and again
	record = bring_in(path)
	((_row, column, told),) = errors(record.name, "Warning")
	assert (column, told) == ("手机", "手机: Likely a duplicate of a record that you may not see")
	assert record.records_created == 1


@pytest.mark.parametrize(
	"mode, told",
	[
		("Insert and Update", "id: You may neither add nor change a record with this key"),
		("Update Existing", "id: There is no CRM Customer 77"),
	],
)
def test_a_key_of_somebody_elses_customer_names_nobody(tmp_path, seller, mode, told):
	path = write_csv(tmp_path / "x.csv", [["77", "Probe"]], header=["id", "name"])
	record = bring_in(path, mode=mode, key_field="external_id")
	assert errors(record.name) == [(2, "id", told)]
	assert frappe.db.get_value("CRM Customer", seller.name, "customer_name") == "Hidden"


def test_an_outside_id_that_a_hidden_customer_has_names_nobody(tmp_path, seller):
	path = write_csv(tmp_path / "x.csv", [["77", "Probe", "a@b.cn"]], header=["id", "name", "邮箱"])
	((_row, _column, told),) = errors(bring_in(path, key_field="email_id").name)
	assert "is taken" in told and seller.name not in told


def test_a_formula_that_was_never_worked_out_is_told_with_its_column(members):
	path = members(["M1", "王芳", "", "=DATE(1990,1,2)", "", "", "", "", ""], ["M2", "李雷"])
	record = bring_in(path)
	((row, column, told),) = errors(record.name)
	assert (row, column, record.records_created) == (2, "生日", 1) and "formula has no stored value" in told
	failed = read_xlsx(stored_file(record.error_file))
	assert failed[1][3] in (None, "") and "formula" in failed[1][-1]


def test_a_birthday_before_1900_is_an_error_on_its_column(members):
	record = bring_in(members(["M1", "王芳", "", "0001-01-01", "", "", "", "", ""]))
	assert errors(record.name) == [(2, "生日", "生日: 0001-01-01 lies before the year 1900")]


@pytest.mark.parametrize(
	"rows, complaint",
	[
		(
			[["会员导入表", None, None], ["编号", "姓名", "城市"], ["1", "甲", "上海"]],
			"title over merged cells",
		),
		([["编号", None, "城市"], ["1", "甲", "上海"]], "columns 2 have no name"),
		([["编号", "姓名", "姓名"], ["1", "甲", "乙"]], "stands twice"),
		([["编号", "城市"], ["1", "上海"]], "Missing columns: Customer Name"),
		([[None], [None]], "no header"),
		([["foo", "bar"], ["1", "2"]], "No column is mapped"),
	],
)
def test_a_header_that_cannot_be_understood_says_what_to_do(tmp_path, rows, complaint):
	with pytest.raises(frappe.ValidationError, match=complaint):
		bring_in(write_xlsx(tmp_path / "x.xlsx", rows))


def test_a_field_that_an_administrator_made_mandatory_holds(tmp_path, monkeypatch):
	monkeypatch.setattr(frappe.get_meta("CRM Store").get_field("phone"), "reqd", 1)
	path = write_csv(tmp_path / "x.csv", [["Bund", ""], ["Pier", "021-1"]], header=["门店名称", "phone"])
	record = bring_in(path, "CRM Store")
	assert errors(record.name) == [(2, "phone", "phone: is empty")] and record.records_created == 1


def test_sales_in_bulk_are_refused_when_a_mandatory_field_would_stay_empty(tmp_path, monkeypatch):
	monkeypatch.setattr(frappe.get_meta("CRM Customer").get_field("occupation"), "reqd", 1)
	path = write_csv(tmp_path / "s.csv", many_records(2))
	with pytest.raises(frappe.ValidationError, match="CRM Customer: Occupation is mandatory"):
		run_file(path, preset="Online Retail")
	assert not frappe.db.exists("CRM Transaction", {"source_system": "online-retail"})


def test_an_import_that_was_killed_goes_on_and_doubles_nothing(tmp_path, monkeypatch):
	rows = [[str(number), f"Customer {number}" if number % 9 else ""] for number in range(40)]
	path = write_csv(tmp_path / "x.csv", rows, header=["id", "name"])
	monkeypatch.setattr(records, "RECORDS_A_STEP", 7)
	insert, inserted = records.RecordWriter._insert, []

	def failing(writer, entry):
		if len(inserted) == 20:
			raise RuntimeError("killed")
		inserted.append(entry.row_no)
		return insert(writer, entry)

	monkeypatch.setattr(records.RecordWriter, "_insert", failing)
	with pytest.raises(RuntimeError):
		bring_in(path)
	assert len(customers()) == 12  # two whole steps of 7 without rows 0 and 9; the third is taken back
	monkeypatch.setattr(records.RecordWriter, "_insert", insert)
	record = bring_in(path)
	assert (record.status, record.records_created, record.rows_bad) == ("Completed", 35, 5)
	assert len(customers()) == 35 and len(errors(record.name)) == 5
	assert frappe.db.count("CRM Import", {"source_system": SYSTEM}) == 1
	assert frappe.db.count("CRM Import Row", {"crm_import": record.name}) == 35


def test_every_master_has_an_import(as_user):
	offered = set(fields.importable_doctypes())
	assert {"CRM Customer", "CRM Employee", "CRM Store", "CRM Tag", "Complaint", "CRM Transaction"} <= offered
	assert (
		not {"CRM Budget Entry", "CRM Operation Log", "User", "CRM Settings", "CRM Customer Contact"}
		& offered
	)
	make_user("sales@sheet.test", "CRM Sales User")
	with as_user("sales@sheet.test"):
		mine = set(fields.importable_doctypes())
	assert "CRM Customer" in mine and "CRM Employee" not in mine


def test_who_may_not_write_a_doctype_cannot_import_it(tmp_path, as_user):
	path = write_csv(tmp_path / "x.csv", [["Bund"]], header=["store"])
	make_user("sales@sheet.test", "CRM Sales User")
	with as_user("sales@sheet.test"), pytest.raises(frappe.PermissionError):
		bring_in(path, "CRM Employee")
	with pytest.raises(frappe.PermissionError):
		bring_in(path, "User")


def test_transactions_with_their_lines_can_come_in_as_records(tmp_path):
	one = make_customer(source_system=SYSTEM, external_id="A")
	rows = [["S1", one.name, "2024-03-01", "A1", 2, 5], ["S1", "", "", "B1", 1, 3]]
	header = ["External ID", "Customer", "Date", "Items: Item Code", "Items: Quantity", "Items: Rate"]
	path = write_xlsx(tmp_path / "x.xlsx", [header, *rows])
	record = bring_in(path, "CRM Transaction", submit_records=1)
	assert record.records_created == 1, errors(record.name)
	sale = frappe.get_doc("CRM Transaction", {"external_id": "S1"})
	assert (sale.docstatus, sale.amount, len(sale.items)) == (1, 13, 2)


def test_a_dry_run_then_the_real_run_of_the_same_import(members):
	record = uploaded(members(["M1", "王芳", *[""] * 7], ["M2", "", *[""] * 7]), dry_run=1)
	run_import(record.name)
	record.reload()
	assert (record.status, record.records_created, record.rows_bad) == ("Completed", 1, 1) and not customers()
	actions.reset(record, dry_run=0)
	run_import(record.name)
	assert len(customers()) == 1 and len(errors(record.name)) == 1
	with pytest.raises(frappe.ValidationError, match="no dry run"):
		actions.import_for_real({"name": record.name})


def test_a_template_gives_its_mapping_to_the_next_file(members):
	from crm_app.crm_platform.importer import proposing

	record = uploaded(members(["M1", "王芳", "先生", *[""] * 6], header=[*HEADER[:8], "杂项"]))
	record.columns[8].target_field, record.columns[2].value_map = "occupation", "先生 = Male"
	record.save()
	name = proposing.save_template(record, "Monthly members")
	again = uploaded(members(["M2", "x", "先生", *[""] * 6], header=[*HEADER[:8], "杂项"]), template=name)
	assert again.columns[8].target_field == "occupation" and again.columns[2].value_map == "先生 = Male"
	assert again.key_field == "external_id"


def test_a_list_that_was_exported_comes_back_as_an_update(tmp_path):
	one = make_customer(source_system=SYSTEM, external_id="A", city="上海")
	path = write_csv(tmp_path / "x.csv", [[one.name, "北京"]], header=["ID", "City"])
	record = bring_in(path, mode="Update Existing", key_field="name")
	assert record.records_updated == 1 and frappe.db.get_value("CRM Customer", one.name, "city") == "北京"


def test_dates_with_the_day_first_need_the_date_format(tmp_path):
	rows = [["A", "X", "03/04/1990"], ["B", "Y", datetime(1990, 4, 3)]]
	path = write_xlsx(tmp_path / "x.xlsx", [["id", "name", "birthday"], *rows])
	assert bring_in(path, dry_run=1).rows_bad == 1
	bring_in(path, date_format="day first")
	dates = {str(frappe.db.get_value("CRM Customer", row.name, "birthday")) for row in customers()}
	assert dates == {"1990-04-03"}
