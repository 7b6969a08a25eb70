"""Names by `format:`, `field:` and autoincrement, on DocTypes that exist for these tests only."""

import frappe
import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.commits]
FORMAT, FIELD, NUMBER, ROW, LINK = "Name Format", "Name Field", "Name Number", "Name Row", "Name Link"
CITY = {"fieldname": "city", "fieldtype": "Data", "label": "City"}
NOTE = {"fieldname": "note", "fieldtype": "Data", "label": "Note"}
ROWS = {"fieldname": "rows", "fieldtype": "Table", "label": "Rows", "options": ROW}
TO_NUMBER = {"fieldname": "number", "fieldtype": "Link", "label": "Number", "options": NUMBER}
FETCHED = {"fieldname": "city", "fieldtype": "Data", "label": "City", "fetch_from": "number.city"}
DOCTYPES = {
	ROW: {"istable": 1, "fields": [NOTE]},
	FORMAT: {"autoname": "format:X-{city}-{YYYY}-{###}", "fields": [CITY]},
	FIELD: {"autoname": "field:city", "fields": [{**CITY, "unique": 1}]},
	NUMBER: {"autoname": "autoincrement", "fields": [CITY, ROWS]},
	LINK: {"autoname": "hash", "fields": [TO_NUMBER, FETCHED]},
}


@pytest.fixture(scope="module", autouse=True)
def doctypes(site):
	from frappe.modules.sync import store_doctype  # the host's own; a real site has no such name

	for name, values in DOCTYPES.items():
		common = {"doctype": "DocType", "name": name, "module": "CRM Platform", "custom": 1}
		store_doctype({**common, "permissions": [], **values}, "crm_app")
	frappe.db.commit()
	yield
	frappe.db.rollback()
	for name in DOCTYPES:
		frappe.db.sql("DELETE FROM `tabDocType` WHERE name = %s", [name])
		frappe.db.sql_ddl(f"DROP TABLE `tab{name}`")
	frappe.db.sql("DELETE FROM `tabSeries` WHERE name LIKE 'X-%%' OR name = %s", ["autoincrement:" + NUMBER])
	if not frappe.db.is_sqlite:
		frappe.db.sql_ddl("DROP SEQUENCE `name_number_id_seq`")
	frappe.db.commit()
	frappe.clear_cache()


def make(doctype: str, **values):
	return frappe.get_doc(doctype=doctype, **values).insert()


def test_a_format_takes_fields_and_dates_and_counts_for_each_beginning():
	year = frappe.utils.nowdate()[:4]
	names = [make(FORMAT, city=city).name for city in ("Xi'an", "Xi'an", "上海")]
	assert names == [f"X-Xi'an-{year}-001", f"X-Xi'an-{year}-002", f"X-上海-{year}-001"]
	assert frappe.db.exists(FORMAT, f"X-上海-{year}-001")


def test_a_field_names_the_record_once_and_must_be_there():
	doc = make(FIELD, city="  Harbin ")
	assert doc.name == "Harbin"
	with pytest.raises(frappe.DuplicateEntryError):
		make(FIELD, city="Harbin")
	with pytest.raises(frappe.ValidationError, match="City is required"):
		make(FIELD, city=" ")
	with pytest.raises(frappe.NameError):
		make(FIELD, city="<b>Harbin</b>")


def test_a_counted_name_is_a_number_that_never_comes_back():
	first, second = make(NUMBER, city="Dalian"), make(NUMBER, city="Wuxi")
	assert isinstance(first.name, int)
	assert second.name == first.name + 1
	second.delete()
	assert make(NUMBER, city="Suzhou").name == second.name + 1
	assert frappe.get_all(NUMBER, {"name": first.name}, pluck="city") == ["Dalian"]


def test_rows_of_a_counted_record_are_kept_changed_and_deleted_with_it():
	doc = make(NUMBER, city="Hefei", rows=[{"note": "one"}, {"note": "two"}])
	loaded = frappe.get_doc(NUMBER, doc.name)
	assert [(row.idx, row.note) for row in loaded.rows] == [(1, "one"), (2, "two")]
	loaded.rows[0].note = "first"
	loaded.remove(loaded.rows[1])
	loaded.append("rows", {"note": "three"})
	loaded.save()
	by_text = frappe.get_doc(NUMBER, str(doc.name))  # as an address or a form gives it
	assert [row.note for row in by_text.rows] == ["first", "three"]
	assert frappe.get_all(NUMBER, [[ROW, "note", "=", "three"]], pluck="name") == [doc.name]
	by_text.delete()
	assert not frappe.db.count(ROW, {"parenttype": NUMBER, "parent": doc.name})


def test_a_link_to_a_counted_record_is_checked_fetched_and_protects_it():
	target = make(NUMBER, city="Ningbo")
	link = make(LINK, number=target.name).reload()
	assert (str(link.number), link.city) == (str(target.name), "Ningbo")
	link.number = str(target.name)
	link.save()
	with pytest.raises(frappe.LinkValidationError):
		make(LINK, number=target.name + 1000)
	with pytest.raises(frappe.LinkExistsError):
		target.delete()
