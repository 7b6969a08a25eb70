"""Headers to fields, cells to values, records to lines and problems."""

from decimal import Decimal

import pytest
from crm_testing.shop_data import HEADER, record
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_platform.importer.domain import values
from crm_app.crm_platform.importer.domain.errors import FileRefused, Problem
from crm_app.crm_platform.importer.domain.lines import Line, LineReader
from crm_app.crm_platform.importer.domain.mapping import (
	CUSTOMERS,
	PRESETS,
	TRANSACTIONS,
	preset_for,
	resolve,
)
from crm_app.crm_platform.importer.domain.staging import Stage

RETAIL = PRESETS["Online Retail"]


@pytest.fixture
def reader():
	places = resolve(HEADER, TRANSACTIONS, RETAIL.columns)
	return LineReader(places, len(HEADER), RETAIL, "2024-06-30", frozenset({"Web"}))


def problems_of(reader, **changed):
	found = reader.read(2, record(**changed))
	return [(problem.column, str(problem)) for problem in found]


def test_headers_are_found_whatever_their_case_signs_and_language():
	header = ["单号", "货号", "数量", "交易日期", "单价", "CUSTOMER-ID", "invoice"]
	places = resolve(header[:6], TRANSACTIONS, {})
	assert places == {"invoice": 0, "customer": 5, "posted_on": 3, "qty": 2, "rate": 4, "item_code": 1}


@pytest.mark.parametrize("code", ["货号", "商品编码", "商品编号", "SKU"])
def test_the_item_code_has_many_names_and_goes_before_the_item_name(code):
	places = resolve(["单号", "客户", "日期", "数量", "单价", "商品", code], TRANSACTIONS, {})
	assert (places["item_name"], places["item_code"]) == (5, 6)


def test_without_a_code_the_item_name_stands_in():
	places = resolve(["单号", "客户", "日期", "数量", "单价", "商品"], TRANSACTIONS, {})
	assert places["item_code"] == places["item_name"] == 5


def test_an_explicit_mapping_goes_before_the_aliases():
	header = ["InvoiceNo", "Bill No", "sku", "qty", "date", "price", "customer"]
	assert resolve(header, TRANSACTIONS, {"invoice": "bill no"})["invoice"] == 1


def test_missing_columns_are_named_together_with_what_is_there():
	with pytest.raises(FileRefused, match=r"Missing columns: Customer, Price\. The file has: InvoiceNo, sku"):
		resolve(["InvoiceNo", "sku", "qty", "date"], TRANSACTIONS, {})


@pytest.mark.parametrize(
	"mapping, complaint",
	[({"nonsense": "qty"}, "no field nonsense"), ({"invoice": "Nowhere"}, "Missing columns: Nowhere")],
)
def test_a_mapping_to_nowhere_is_refused(mapping, complaint):
	with pytest.raises(FileRefused, match=complaint):
		resolve(HEADER, TRANSACTIONS, mapping)


def test_a_mapped_header_that_stands_twice_is_refused():
	with pytest.raises(FileRefused, match="stands twice"):
		resolve([*HEADER, "quantity"], TRANSACTIONS, {})


def test_an_unknown_preset_is_refused():
	with pytest.raises(FileRefused, match="no preset"):
		preset_for("Nonsense", CUSTOMERS)


@pytest.mark.parametrize(
	"text, value", [("1,234.50", "1234.50"), (" ２.５ ", "2.5"), ("-3", "-3"), ("1e2", "100")]
)
def test_numbers_are_read_as_people_write_them(text, value):
	assert values.number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "x", "1,23", "NaN", "Infinity", "1e15", "1_000", "12 3"])
def test_what_is_no_number_is_refused(text):
	with pytest.raises(ValueError):
		values.number(text)


@pytest.mark.parametrize(
	"text, date, time",
	[
		("2010-12-01 08:26:00", "2010-12-01", "08:26:00"),
		("2010/2/3 8:26", "2010-02-03", "08:26:00"),
		("2010年2月3日", "2010-02-03", "00:00:00"),
		("20101201", "2010-12-01", "00:00:00"),
		("2010-12-01T08:26:00.5", "2010-12-01", "08:26:00"),
	],
)
def test_dates_are_read_with_the_year_first(text, date, time):
	assert values.moment(text) == (date, time)


@pytest.mark.parametrize(
	"text", ["", "01/02/2010", "2010-13-01", "2010-02-30", "yesterday", "2010-01-01 25:00"]
)
def test_doubtful_dates_are_refused(text):
	with pytest.raises(ValueError):
		values.moment(text)


def test_other_dates_are_read_when_their_format_is_given():
	assert values.moment("3/2/2010 8:26", "%d/%m/%Y %H:%M") == ("2010-02-03", "08:26:00")


def test_ids_that_a_spreadsheet_turned_into_numbers_are_turned_back():
	assert [values.identifier(text) for text in ("17850.0", " 17850 ", "A.0", "1.50", "")] == [
		"17850",
		"17850",
		"A.0",
		"1.50",
		"",
	]


def test_a_good_record_becomes_a_line_with_exact_amount(reader):
	line = reader.read(7, record(qty=3, price="0.001", customer="17850.0"))
	assert line == Line(
		7,
		"1001",
		"17850",
		0,
		"2024-03-01",
		"10:00:00",
		"A1",
		"3",
		"0.001",
		"0.0030",
		"Mug",
		"",
		"",
		"",
		"China",
	)


def test_a_return_leaves_negative(reader):
	line = reader.read(2, record(invoice="C1001", qty=-2))
	assert (line.is_return, line.qty, Decimal(line.amount)) == (1, "-2", Decimal("-5"))


@pytest.mark.parametrize(
	"changed, complaint",
	[
		({"customer": ""}, ("customer", "is empty")),
		({"invoice": " "}, ("invoice", "is empty")),
		({"item": ""}, ("item_code", "is empty")),
		({"price": "0"}, ("rate", "must be above 0")),
		({"price": "-1"}, ("rate", "must be above 0")),
		({"price": "cheap"}, ("rate", "is not a number")),
		({"qty": 0}, ("qty", "is 0")),
		({"qty": "many"}, ("qty", "is not a number")),
		({"qty": -1}, ("qty", "is negative on a sale; a return has an invoice number of its own")),
		({"qty": 1, "invoice": "C7"}, ("qty", "is positive on a return")),
		({"when": "soon"}, ("posted_on", "is not a date; write it as yyyy-mm-dd")),
		({"when": "2024-07-01"}, ("posted_on", "lies in the future")),
		({"customer": "x" * 141}, ("customer", "is longer than 140 signs")),
	],
)
def test_each_wrong_cell_is_named(reader, changed, complaint):
	assert problems_of(reader, **changed) == [complaint]


def test_all_wrong_cells_of_a_row_are_named(reader):
	assert [column for column, _text in problems_of(reader, customer="", price="0", qty=0)] == [
		"customer",
		"rate",
		"qty",
	]


def test_a_rule_of_the_sales_module_speaks_where_the_columns_are_fine(reader):
	((_column, text),) = problems_of(reader, qty=999_999_999, price="999999999")
	assert "too large" in text


def test_a_row_of_another_width_is_a_problem_of_its_own(reader):
	assert str(reader.read(2, ["1", "2"])[0]) == "The row has 2 columns instead of 8"


@given(st.lists(st.text(max_size=30), min_size=8, max_size=8))
def test_no_cell_whatever_breaks_the_reader(cells):
	places = resolve(HEADER, TRANSACTIONS, RETAIL.columns)
	found = LineReader(places, 8, RETAIL, "2024-06-30").read(2, cells)
	assert isinstance(found, Line) or (found and all(isinstance(problem, Problem) for problem in found))


def staged(reader, records):
	stage = Stage()
	for row_no, row in enumerate(records, 2):
		found = reader.read(row_no, row)
		if isinstance(found, Line):
			stage.add_line(found)
		else:
			for problem in found:
				stage.add_problem(row_no, problem)
	stage.close_lines()
	return stage


def test_lines_of_an_invoice_find_each_other_wherever_they_stand(reader):
	stage = staged(reader, [record(invoice=number) for number in ("2", "1", "2", "3", "1", "2")])
	((*invoices,),) = stage.invoices(0, 10)
	assert [[line.row_no for line in lines] for lines in invoices] == [[2, 4, 7], [3, 6], [5]]


def test_reading_goes_on_from_any_position_in_the_same_order(reader):
	stage = staged(
		reader, [record(invoice=str(number % 7), customer=f"C{number % 7}") for number in range(50)]
	)
	whole = [lines[0].invoice for batch in stage.invoices(0, 3) for lines in batch]
	for position in range(8):
		rest = [lines[0].invoice for batch in stage.invoices(position, 2) for lines in batch]
		assert rest == whole[position:]
	assert [line.customer for batch in stage.customers(5, 9) for line in batch] == ["C5", "C6"]


def test_exact_duplicates_are_kept(reader):
	stage = staged(reader, [record(), record()])
	assert stage.count("line") == 2 and stage.count("invoice") == 1


def test_ids_that_differ_in_case_only_are_one_in_their_first_spelling(reader):
	records = [
		record(invoice="Ab", customer="x"),
		record(invoice="aB", customer="X"),
		record(invoice="c9", qty=-1),
	]
	stage = staged(reader, records)
	((*invoices,),) = stage.invoices(0, 10)
	assert [(line.invoice, line.customer) for line in invoices[0]] == [("Ab", "x")] * 2
	assert stage.count("customer") == 2 and invoices[1][0].is_return


def test_an_invoice_of_two_customers_stays_with_the_first(reader):
	stage = staged(reader, [record(), record(customer="C-2"), record()])
	((row_no, problem),) = next(stage.problems(0, 10))
	assert (row_no, str(problem)) == (3, "belongs to customer C-1 in row 2 already")
	assert stage.count("line") == 2 and stage.bad_rows() == 1
