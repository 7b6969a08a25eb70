"""Files before anything is believed about them."""

import gzip
import zipfile

import pytest
from crm_testing.shop_data import HEADER, record, write_csv
from openpyxl import Workbook

from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.errors import NO_VALUE, FileRefused

CHINESE = record(name="陶瓷马克杯，蓝色", country="中国")


def read(path, max_mb=5):
	return list(source.rows(source.inspect(str(path), max_mb)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_each_encoding_that_people_use(tmp_path, encoding):
	path = write_csv(tmp_path / "shop.csv", [CHINESE], encoding=encoding)
	assert read(path) == [HEADER, [str(cell) for cell in CHINESE]]


def test_gb18030_is_told_from_latin_1(tmp_path):
	path = write_csv(tmp_path / "shop.csv", [record(name="Caféß Müller")], encoding="latin-1")
	with pytest.raises(FileRefused, match="neither UTF-8 nor GB18030"):
		read(path)


@pytest.mark.parametrize(
	"first, second, name",
	[("gb18030", "utf-8", "赵六"), ("gb18030", "utf-8", "欧阳娜娜"), ("utf-8", "gb18030", "赵六")],
)
def test_rows_in_two_encodings_are_refused_with_the_row(tmp_path, first, second, name):
	path = tmp_path / "shop.csv"
	rows = "姓名,备注\n" + "".join(f"李四{number},备注客户\n" for number in range(30))
	path.write_bytes(rows.encode(first) + f"{name},混合\n".encode(second) + "王五,备注\n".encode(first))
	with pytest.raises(FileRefused, match="Row 32 is in another encoding"):
		read(path)


@pytest.mark.parametrize("name", ["联通", "喆垚", "José", "한국", "囍"])
def test_rare_names_do_not_make_a_gb18030_file_two(tmp_path, name):
	path = tmp_path / "shop.csv"
	path.write_bytes(f"姓名,备注\n李四,备注客户\n{name},\n".encode("gb18030"))
	assert read(path)[2] == [name, ""]


def test_a_wrong_byte_late_in_the_file_is_found(tmp_path):
	path = tmp_path / "shop.csv"
	path.write_bytes(b"a,b\n" + b"1,2\n" * 600_000 + b"\xff\xff,2\n")
	with pytest.raises(FileRefused, match="neither UTF-8"):
		read(path)


def test_zero_bytes_are_no_text(tmp_path):
	path = tmp_path / "shop.csv"
	path.write_bytes(b"MZ\x90\x00\x03\x00\x00\x00")
	with pytest.raises(FileRefused, match="Row 1 holds a zero byte"):
		read(path)


def test_zero_bytes_far_down_are_found_with_their_row(tmp_path):
	path = tmp_path / "shop.csv"
	path.write_bytes(b'a,b\n1,"2\n2"\n' + b"1,2\n" * 400_000 + b"x\x00y,2\n")
	with pytest.raises(FileRefused, match="Row 400003 holds a zero byte"):
		read(path)
	path.write_bytes("a,b\n1,2\n3,4\0\n".encode("utf-16"))
	with pytest.raises(FileRefused, match="Row 3 holds a zero byte"):
		read(path)


def test_an_empty_file_is_refused(tmp_path):
	path = tmp_path / "shop.csv"
	path.write_bytes(b" \n")
	with pytest.raises(FileRefused, match="empty"):
		read(path)


def test_a_huge_file_is_refused_from_its_size_alone(tmp_path):
	path = tmp_path / "huge.csv"
	with path.open("wb") as handle:
		handle.truncate(1 << 30)  # sparse: one gigabyte that takes no disk
	with pytest.raises(FileRefused, match="larger than 200 MB"):
		read(path, max_mb=200)


def test_a_gzip_that_swells_is_refused_even_when_it_hides_its_size(tmp_path):
	path = tmp_path / "bomb.csv.gz"
	path.write_bytes(gzip.compress(b"a,b\n" * 2_000_000, mtime=0) + gzip.compress(b"a,b\n", mtime=0))
	with pytest.raises(FileRefused, match="larger than 5 MB"):
		read(path)


def test_a_gzip_cut_short_is_damaged(tmp_path):
	path = tmp_path / "cut.csv.gz"
	path.write_bytes(gzip.compress(b"a,b\n1,2\n" * 5000, mtime=0)[:-20])
	with pytest.raises(FileRefused, match="The file is damaged"):
		read(path)


def test_an_open_quote_does_not_swallow_the_rest_of_the_file(tmp_path):
	path = tmp_path / "quote.csv"
	path.write_text('a,b\n1,"2\n' + "3,4\n" * 100_000)
	with pytest.raises(FileRefused, match="broken near line"):
		read(path)


def test_a_line_without_end_is_refused(tmp_path):
	path = tmp_path / "line.csv"
	path.write_text("a,b\n" + "1," * 400_000)
	with pytest.raises(FileRefused, match="a line of more than"):
		read(path)


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(tmp_path, sign):
	path = tmp_path / "shop.csv"
	path.write_text(sign.join("abc") + "\n" + sign.join("123") + "\n")
	assert read(path) == [list("abc"), list("123")]


def test_quoted_line_breaks_stay_in_their_cell(tmp_path):
	path = write_csv(tmp_path / "shop.csv", [["1", "two\nlines"]], header=["a", "b"])
	assert read(path) == [["a", "b"], ["1", "two\nlines"]]


def test_a_workbook_reads_like_a_csv(tmp_path):
	book = Workbook()
	for row in ([*HEADER], ["536365", "85123A", "Mug", 6, None, 2.55, 17850.0, "中国"]):
		book.active.append(row)
	book.save(tmp_path / "shop.xlsx")
	assert read(tmp_path / "shop.xlsx")[1] == ["536365", "85123A", "Mug", "6", "", "2.55", "17850", "中国"]


def test_a_workbook_that_is_none_is_damaged(tmp_path):
	path = tmp_path / "shop.xlsx"
	path.write_bytes(b"not a zip")
	with pytest.raises(FileRefused, match="damaged"):
		read(path)


def test_a_workbook_that_swells_is_refused(tmp_path):
	path = tmp_path / "shop.xlsx"
	with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
		archive.writestr("xl/sharedStrings.xml", b"0" * (9 << 20))
	with pytest.raises(FileRefused, match="larger than 1 MB"):
		read(path, max_mb=1)


def with_row(tmp_path, number: int, cell: str = "<v>1</v>"):
	"""A workbook of a header and one more row, which says to be row `number`."""
	book, path = Workbook(), tmp_path / "plain.xlsx"
	book.active.append(["a"])
	book.active.append([1])
	book.save(path)
	far = tmp_path / f"row{number}.xlsx"
	with zipfile.ZipFile(path) as old, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as new:
		for entry in old.namelist():
			xml = old.read(entry)
			if entry.endswith("sheet1.xml"):
				xml = xml.replace(b'<row r="2"', b'<row r="%d"' % number)
				xml = xml.replace(b'r="A2"', b'r="A%d"' % number).replace(b"<v>1</v>", cell.encode())
			new.writestr(entry, xml)
	return far


def test_a_row_number_far_away_costs_no_time_and_is_refused(tmp_path):
	with pytest.raises(FileRefused, match=r"Row 1000000 comes after 999998 empty rows"):
		read(with_row(tmp_path, 1_000_000))
	with pytest.raises(FileRefused, match=r"has a row 900000000: no more than 1048576"):
		read(with_row(tmp_path, 900_000_000))


def test_rows_keep_their_numbers_over_a_gap(tmp_path):
	assert read(with_row(tmp_path, 9_000))[8_997:] == [[], [], ["1"]]


def test_empty_rows_at_the_end_are_no_rows(tmp_path):
	assert sum(map(len, read(with_row(tmp_path, 1_000_000, "")))) == 1


def test_the_first_rows_are_read_before_the_others_are_looked_at(tmp_path):
	rows = source.rows(source.inspect(str(with_row(tmp_path, 900_000_000)), 5))
	assert next(rows) == ["a"]


def test_a_formula_without_a_value_is_told_from_an_empty_cell(tmp_path):
	path = with_row(tmp_path, 2, "<f>1+1</f>")
	assert read(path)[1] == [NO_VALUE]
	assert read(with_row(tmp_path, 3, "<f>1+1</f><v>2</v>"))[2] == ["2"]
	assert read(with_row(tmp_path, 4, "<f>A1</f><v></v>"))[3] == [NO_VALUE]  # as openpyxl writes


def test_a_missing_file_says_so(tmp_path):
	with pytest.raises(FileNotFoundError):
		read(tmp_path / "nothing.csv")
