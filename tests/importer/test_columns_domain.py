"""Headers to fields, and cells to values, without a site."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_platform.importer.domain import cells, places
from crm_app.crm_platform.importer.domain.cells import BadCell
from crm_app.crm_platform.importer.domain.columns import FieldChoice, Matcher, clean_header, parse_target
from crm_app.crm_platform.importer.domain.errors import FileRefused

CHOICES = [
	FieldChoice("customer_name", ("Customer Name", "客户名称")),
	FieldChoice("mobile_no", ("Mobile Number", "手机号码")),
	FieldChoice("birthday", ("Birthday", "生日")),
	FieldChoice("contacts.contact_name", ("Name", "姓名"), ("contacts", "Contacts", "联系人")),
	FieldChoice("contacts.mobile_no", ("Mobile Number", "手机号码"), ("contacts", "Contacts", "联系人")),
]


def proposed(*header):
	return [found.target for found in Matcher(CHOICES).propose(list(header))]


@pytest.mark.parametrize(
	"header, target",
	[
		("Customer Name", "customer_name"),
		("customer_name", "customer_name"),
		("客户 名称", "customer_name"),
		("会员姓名", "customer_name"),
		("Cell", "mobile_no"),
		("手机号", "mobile_no"),
		("Mobile Nummber", "mobile_no"),
		("Customer's birthday", "birthday"),
		("Contacts: Name", "contacts.contact_name"),
		("联系人 2：手机", "contacts#2.mobile_no"),
		("Name (Contacts)", "contacts.contact_name"),
		("Shoe size", ""),
		("Import Problem", ""),
		("导入问题", ""),
	],
)
def test_a_header_finds_its_field(header, target):
	assert proposed(header) == [target]


def test_a_field_is_given_to_one_column_only():
	assert proposed("name", "Customer Name", "姓名") == ["customer_name", "", ""]


def test_a_likeness_is_marked_as_a_guess():
	(found,) = Matcher(CHOICES).propose(["Mobile Nummber"])
	assert found.match == "Guess"


@given(st.lists(st.text(max_size=12), max_size=8))
def test_no_header_breaks_the_matcher_and_no_plain_field_is_filled_twice(header):
	plain = [found for found in proposed(*header) if found and "." not in found]
	assert len(plain) == len(set(plain))


def test_the_header_is_the_first_filled_row():
	assert clean_header([[], [" ", ""], ["a ", " b  c", ""]]) == (["a", "b c"], 3)


@pytest.mark.parametrize("text", ["a b", "a.b.c", "x#1", "a#123.b", ""])
def test_a_target_that_is_none_is_refused(text):
	with pytest.raises(FileRefused):
		parse_target(text)


@pytest.mark.parametrize(
	"fieldtype, text, value",
	[
		("Currency", "１，２３４.50", 1234.5),
		("Currency", "¥1,234,567.89", 1234567.89),
		("Currency", "(12.5)", -12.5),
		("Currency", "12元", 12.0),
		("Currency", "-¥1,234.00", -1234.0),
		("Currency", "¥-1,234.00", -1234.0),
		("Currency", "(¥1,234.00)", -1234.0),
		("Currency", "¥(1,234.00)", -1234.0),
		("Currency", "（￥１，２３４．００）", -1234.0),
		("Currency", "－￥１，２３４．００", -1234.0),
		("Currency", "− 5 元", -5.0),
		("Currency", "-CNY 5", -5.0),
		("Currency", "+5", 5.0),
		("Percent", "（５％）", -5.0),
		("Float", "-5%", -0.05),
		("Float", "1e-05", 0.00001),
		("Float", "5%", 0.05),
		("Percent", "5%", 5.0),
		("Percent", "5", 5.0),
		("Int", "12.0", 12),
		("Check", "是", 1),
		("Check", "No", 0),
		("Date", "2024年3月1日", "2024-03-01"),
		("Date", "45352", "2024-03-01"),
		("Date", "25/02/2024", "2024-02-25"),
		("Date", "2/25/2024", "2024-02-25"),
		("Date", "1 Mar 2024", "2024-03-01"),
		("Date", "２０２４/３/１", "2024-03-01"),
		("Datetime", "2024-03-01 08:30", "2024-03-01 08:30:00"),
		("Datetime", "45352.5", "2024-03-01 12:00:00"),
		("Time", "8:05", "08:05:00"),
		("Time", "0.5", "12:00:00"),
		("Data", " ＡＢ１（x） ", "AB1（x）"),
		("Text", "Ａ\n b", "Ａ\n b"),
	],
)
def test_a_cell_is_read_by_its_type(fieldtype, text, value):
	assert cells.read(text, fieldtype) == value


@pytest.mark.parametrize(
	"fieldtype, text",
	[
		("Currency", "1,23"),
		("Currency", "abc"),
		("Currency", "--5"),
		("Currency", "-¥-5"),
		("Currency", "(-5)"),
		("Currency", "-(5)"),
		("Currency", "((5))"),
		("Currency", "¥(-5)"),
		("Currency", "(5"),
		("Currency", "¥"),
		("Currency", "-"),
		("Date", "0001-01-01"),
		("Date", "31/12/1899"),
		("Datetime", "1899-12-31 08:00"),
		("Float", "nan"),
		("Int", "1.5"),
		("Check", "maybe"),
		("Date", "03/04/2024"),
		("Date", "2024-02-30"),
		("Date", "12345678901"),
		("Time", "25:00"),
	],
)
def test_a_cell_that_could_mean_anything_is_refused(fieldtype, text):
	with pytest.raises(BadCell):
		cells.read(text, fieldtype)


def test_a_date_before_1900_is_refused_as_such():
	with pytest.raises(BadCell, match="0001-01-01 lies before the year 1900"):
		cells.read("0001-01-01", "Date")
	assert cells.read("1900-01-01", "Date") == "1900-01-01"


@pytest.mark.parametrize(
	"text, bare",
	[
		("'=1+1", "=1+1"),
		("'-call", "-call"),
		("'+1 Club", "+1 Club"),
		("'@home", "@home"),
		("''=1", "'=1"),
		("'quoted'", "'quoted'"),
		("'", "'"),
		("'' ", "'' "),
		("=1", "=1"),
	],
)
def test_the_apostrophe_of_an_export_is_taken_off_and_no_other(text, bare):
	assert cells.unguarded(text) == bare


def test_a_number_that_lost_its_digits_is_not_taken_for_a_name():
	assert cells.read("13800138000.0", "Data", "mobile_no") == "13800138000"
	with pytest.raises(BadCell, match="lost its digits"):
		cells.read("1.38E+10", "Data", "mobile_no")


@given(st.dates(date(1930, 1, 1), date(2100, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day):
	serial = str((day - date(1899, 12, 30)).days)
	spelled = [day.isoformat(), day.strftime("%Y/%m/%d"), day.strftime("%Y%m%d"), serial]
	spelled += [f"{day.year}年{day.month}月{day.day}日", day.strftime("%d %b %Y")]
	assert {cells.day(text) for text in spelled} == {day.isoformat()}
	assert cells.day(day.strftime("%d/%m/%Y"), "day first") == day.isoformat()
	assert cells.day(day.strftime("%m/%d/%Y"), "month first") == day.isoformat()
	assert cells.day((day + timedelta(0)).strftime("%d.%m.%Y"), "%d.%m.%Y") == day.isoformat()


@given(st.decimals(-(10**9), 10**9, places=2))
def test_thousand_separators_and_full_width_digits_change_no_number(number):
	wide = str(number).translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
	assert {cells.decimal(f"{number:,}"), cells.decimal(cells.plain(wide))} == {float(number)}


@pytest.mark.parametrize(
	"text, province",
	[
		("广东", "广东省"),
		("廣東省", "广东省"),
		("Guangdong", "广东省"),
		("Inner Mongolia", "内蒙古自治区"),
		("上海市", "上海市"),
		("新疆", "新疆维吾尔自治区"),
		("Bavaria", "Bavaria"),
	],
)
def test_a_province_has_one_spelling(text, province):
	assert places.province(text) == province and places.province(province) == province


def test_the_thirty_four_provinces_are_known():
	assert len(set(places.PROVINCES.values())) == 34
