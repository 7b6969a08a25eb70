"""A list that was exported as CSV and comes back unchanged changes nothing."""

import csv
import io

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.sheets import bring_in
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_platform.importer.domain.cells import unguarded

pytestmark = pytest.mark.embedded  # the real desk exports with Frappe's own code

TEXTS = ["-call back", "+1 Club", "=1+1", "@home", "'=quoted", "''+x", "'plain'", "a<b", "-5", "+86 138"]


def exported(path) -> str:
	from desk import csv_export

	rows = [["ID", "Customer Name", "Notes", "Occupation"]]
	rows += frappe.get_all(
		"CRM Customer",
		fields=["name", "customer_name", "notes", "occupation"],
		as_list=True,
		limit_page_length=0,
	)
	text = io.StringIO()
	csv.writer(text).writerows([csv_export.cell(value) for value in row] for row in rows)
	path.write_text(text.getvalue())
	return str(path)


def test_texts_that_look_like_formulas_come_back_as_they_were(tmp_path):
	for text in TEXTS:
		make_customer(customer_name=f"{text}!", notes=text, occupation=text)
	path = exported(tmp_path / "list.csv")
	done = bring_in(path, mode="Update Existing", key_field="name")
	assert (done.records_updated, done.rows_bad, done.records_existing) == (
		0,
		0,
		len(open(path).readlines()) - 1,
	)


@given(st.text("'=+-@ \t1a<", max_size=6))
def test_what_the_export_guards_the_import_unguards(text):
	from desk.csv_export import cell

	assert unguarded(cell(text)) == text


def test_a_list_is_exported_as_it_is_stored(as_user):
	from crm_testing.desk import client_of

	held = make_customer(customer_name="Tags")
	frappe.db.set_value("CRM Customer", held.name, "customer_name", "<=cmd> <b>bold</b>")
	frappe.db.commit()
	answer = client_of("Administrator").get("/app/crm-customer/export.csv", {"name": held.name})
	assert "<=cmd> <b>bold</b>" in b"".join(answer.streaming_content).decode()
