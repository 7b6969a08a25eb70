"""What a save does and in which order."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction
from crm_testing.sales import make_store, make_transaction
from frappe.model.document import Document

EVENTS = frozenset(
	"before_insert before_validate validate before_save after_insert on_update before_submit on_submit "
	"before_cancel on_cancel before_update_after_submit on_update_after_submit on_trash after_delete "
	"on_change".split()
)


@pytest.fixture
def seen(monkeypatch):
	"""Life-cycle events of the documents of one DocType, as they happen."""
	calls, plain = [], Document.run_method

	def run_method(self, method, *args, **kwargs):
		if self.doctype in ("CRM Store", "ToDo") and method in EVENTS:
			calls.append(method)
		return plain(self, method, *args, **kwargs)

	monkeypatch.setattr(Document, "run_method", run_method)
	return calls


def test_an_insert_runs_its_events_in_this_order(seen):
	make_store("Order Road")
	inserted = "before_insert before_validate validate before_save after_insert on_update on_change"
	assert seen == inserted.split()


def test_a_save_runs_its_events_in_this_order(seen):
	store = make_store("Order Road")
	seen.clear()
	store.save()
	assert seen == ["before_validate", "validate", "before_save", "on_update", "on_change"]


def test_a_delete_runs_its_events_in_this_order(seen):
	store = make_store("Order Road")
	seen.clear()
	store.delete()
	assert [event for event in seen if event != "on_change"] == ["on_trash", "after_delete"]


def test_submit_and_cancel_run_their_events_in_this_order(monkeypatch):
	calls, plain = [], Document.run_method

	def run_method(self, method, *args, **kwargs):
		if self.doctype == "CRM Transaction" and method in EVENTS:
			calls.append(method)
		return plain(self, method, *args, **kwargs)

	sale = make_transaction(make_customer().name, submit=False)
	monkeypatch.setattr(Document, "run_method", run_method)
	sale.submit()
	submitted = "before_validate validate before_submit on_update on_submit on_change"
	assert calls == submitted.split()
	calls.clear()
	sale.cancel()
	assert calls == ["before_cancel", "on_cancel", "on_change"]


def test_a_hook_of_the_controller_sees_the_name_only_after_before_insert():
	seen_names = []

	class Spy(type(make_store("Spy Road"))):
		def before_insert(self):
			seen_names.append(self.name)

		def validate(self):
			seen_names.append(self.name)

	Spy({"doctype": "CRM Store", "store_name": "Spy Lane"}).insert()
	assert seen_names == [None, "Spy Lane"]


def test_docstatus_moves_only_forward():
	sale = make_transaction(make_customer().name, submit=False)
	sale.docstatus = 2
	with pytest.raises(frappe.DocstatusTransitionError):
		sale.save()
	sale.reload()
	sale.submit()
	sale.docstatus = 0
	with pytest.raises(frappe.DocstatusTransitionError):
		sale.save()
	sale.reload()
	sale.cancel()
	with pytest.raises(frappe.ValidationError, match="cancelled"):
		sale.save()


def test_a_submitted_record_keeps_its_fields():
	sale = make_transaction(make_customer().name)
	sale.channel = "Web" if sale.channel != "Web" else "Store"
	with pytest.raises(frappe.UpdateAfterSubmitError):
		sale.save()


def test_a_submitted_record_is_not_deleted():
	sale = make_transaction(make_customer().name)
	with pytest.raises(frappe.ValidationError, match="Submitted Record cannot be deleted"):
		sale.delete()


def test_an_amended_record_gets_a_numbered_name():
	sale = make_transaction(make_customer().name)
	sale.cancel()
	amended = frappe.copy_doc(sale)
	amended.amended_from, amended.docstatus = sale.name, 0
	amended.insert()
	assert amended.name == f"{sale.name}-1"
	assert amended.docstatus == 0


def test_a_stale_write_is_refused():
	store = make_store("Stale Road")
	other = frappe.get_doc("CRM Store", store.name)
	other.city = "Shanghai"
	other.save()
	store.city = "Beijing"
	with pytest.raises(frappe.TimestampMismatchError):
		store.save()


def test_the_stored_document_is_at_hand_while_saving():
	store = make_store("Before Road", city="Shanghai")
	assert store.get_doc_before_save() is None
	assert store.has_value_changed("city")
	store.city = "Beijing"
	store.save()
	assert store.get_doc_before_save().city == "Shanghai"
	assert store.has_value_changed("city")
	assert not store.has_value_changed("province")


def test_numbers_and_dates_count_as_unchanged_in_any_notation():
	call = make_interaction(make_customer().name, duration_minutes=5, follow_up_on="2036-05-01")
	call.reload()
	call.follow_up_on = "2036-05-01"
	call.duration_minutes = 5
	call.save()
	assert not call.has_value_changed("follow_up_on")
	assert not call.has_value_changed("duration_minutes")


def test_reload_returns_the_stored_state_and_the_document_itself():
	store = make_store("Reload Road", city="Shanghai")
	store.city = "Beijing"
	assert store.reload() is store
	assert store.city == "Shanghai"


def test_db_set_writes_at_once_and_skips_validation():
	store = make_store("Direct Road")
	store.db_set("city", "Xi'an")
	assert frappe.db.get_value("CRM Store", store.name, "city") == "Xi'an"
	assert store.city == "Xi'an"


def test_what_is_linked_cannot_be_deleted():
	customer = make_customer()
	make_interaction(customer.name)
	with pytest.raises(frappe.LinkExistsError):
		customer.delete()


def test_a_rename_follows_the_links():
	store = make_store("Old Road")
	sale = make_transaction(make_customer().name, submit=False, store=store.name)
	frappe.rename_doc("CRM Store", "Old Road", "New Road")
	assert frappe.db.get_value("CRM Transaction", sale.name, "store") == "New Road"
	assert frappe.db.get_value("CRM Store", "New Road", "store_name") == "New Road"


def test_a_savepoint_takes_back_a_part():
	make_store("Kept Road")
	frappe.db.savepoint("contract")
	make_store("Lost Road")
	frappe.db.rollback(save_point="contract")
	assert frappe.db.exists("CRM Store", "Kept Road")
	assert not frappe.db.exists("CRM Store", "Lost Road")
