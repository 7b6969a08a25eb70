"""Files before anything is believed about them."""

import gzip
import zipfile

import pytest
from crm_testing.shop_data import HEADER, record, write_csv
from openpyxl import Workbook

from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.errors import FileRefused

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


def test_a_wrong_byte_late_in_the_file_is_found(tmp_path):
	path = tmp_path / "shop.csv"
	path.write_bytes(b"a,b\n" + b"1,2\n" * 600_000 + b"\xff\xff,2\n")
	with pytest.raises(FileRefused, match="neither UTF-8"):
		read(path)


def test_zero_bytes_are_no_text(tmp_path):
	path = tmp_path / "shop.csv"
	path.write_bytes(b"MZ\x90\x00\x03\x00\x00\x00")
	with pytest.raises(FileRefused, match="no text file"):
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
	with pytest.raises(FileRefused, match=r"damaged|larger"):
		read(path, max_mb=4096)


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


def test_a_missing_file_says_so(tmp_path):
	with pytest.raises(FileNotFoundError):
		read(tmp_path / "nothing.csv")
