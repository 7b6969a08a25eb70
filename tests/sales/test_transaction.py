import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.membership import make_card
from crm_testing.sales import LINE, make_return, make_store, make_transaction


@pytest.fixture
def customer():
	return make_customer().name


def test_amounts_are_recomputed_from_the_lines(customer):
	sale = make_transaction(customer, items=[{**LINE, "amount": 1, "discount_amount": 10}], amount=999999)
	sale.reload()
	assert (sale.amount, sale.total_qty, sale.items[0].amount) == (90, 2, 90)
	assert sale.docstatus == 1 and sale.customer_name == "Li Wei"


def test_a_submitted_amount_stays(customer):
	sale = make_transaction(customer)
	sale.items[0].rate = 1
	with pytest.raises(frappe.ValidationError):
		sale.save()


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"posting_date": "2999-01-01"}, "future"),
		({"items": [{**LINE, "qty": -1}]}, "negative quantity"),
		({"items": [{**LINE, "qty": 0}]}, "quantity is 0"),
		({"items": [{**LINE, "discount_amount": 101}]}, "exceeds"),
		({"external_id": "7"}, "Source System"),
		({"transaction_type": "Return"}, "Return Against"),
		({"customer": "CUST-nobody"}, "CUST-nobody"),
	],
)
def test_a_bad_transaction_is_refused_with_the_reason(customer, values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_transaction(**({"customer": customer} | values))


def test_the_same_outside_record_comes_in_once(customer):
	make_transaction(customer, source_system="shop", external_id="536365")
	with pytest.raises(frappe.DuplicateEntryError, match="shop:536365"):
		make_transaction(customer, source_system="shop", external_id="536365")


def test_a_corrected_copy_takes_the_outside_record_over(customer):
	wrong = make_transaction(customer, source_system="shop", external_id="1")
	wrong.cancel()
	copy = frappe.copy_doc(wrong)
	copy.update({"amended_from": wrong.name, "docstatus": 0})
	copy.insert()
	assert copy.external_key == "shop:1"
	assert not frappe.db.get_value("CRM Transaction", wrong.name, "external_key")


def test_a_live_transaction_keeps_its_outside_record(customer):
	live = make_transaction(customer, source_system="shop", external_id="1")
	with pytest.raises(frappe.DuplicateEntryError):
		make_transaction(customer, source_system="shop", external_id="1", amended_from=live.name)
	assert frappe.db.get_value("CRM Transaction", live.name, "external_key") == "shop:1"


def test_the_card_must_be_the_customers(customer):
	other = make_customer(customer_name="Zhang Min").name
	card = make_card(other).name
	with pytest.raises(frappe.ValidationError, match="another customer"):
		make_transaction(customer, member_card=card)
	assert make_transaction(other, member_card=card).member_card == card


def test_a_merged_customer_takes_no_sales(customer):
	frappe.db.set_value("CRM Customer", customer, "status_category", "Merged")
	with pytest.raises(frappe.ValidationError, match="takes no transactions"):
		make_transaction(customer)


def test_the_channel_comes_from_the_store(customer):
	store = make_store(channel="Web").name
	assert make_transaction(customer, store=store).channel == "Web"


def test_a_return_counts_negative(customer):
	back = make_return(make_transaction(customer), 1).reload()
	assert (back.amount, back.total_qty) == (-50, -1)


def test_a_return_belongs_to_the_store_of_its_sale(customer):
	sale = make_transaction(customer, store=make_store(channel="Web").name)
	back = make_return(sale, 1)
	assert (back.store, back.channel, back.currency) == (sale.store, "Web", sale.currency)


def test_no_more_comes_back_than_was_sold(customer):
	sale = make_transaction(customer)
	make_return(sale, 1.5)
	with pytest.raises(frappe.ValidationError, match=r"0\.5 of 2 sold are left"):
		make_return(sale, 1)
	make_return(sale, 0.5)


def test_a_draft_return_reserves_nothing_but_is_checked_again(customer):
	sale = make_transaction(customer)
	draft = make_return(sale, 2, submit=False)
	make_return(sale, 1)
	with pytest.raises(frappe.ValidationError, match="cannot be returned"):
		draft.submit()


def test_a_cancelled_return_frees_its_quantity(customer):
	sale = make_transaction(customer)
	make_return(sale, 2).cancel()
	assert make_return(sale, 2).docstatus == 1


def test_the_sale_shows_what_came_back(customer):
	sale = make_transaction(customer, items=[{**LINE, "qty": 1}, {**LINE, "qty": 2}])
	back = make_return(sale, 2)
	assert [row.returned_qty for row in sale.reload().items] == [1, 1]
	assert [row.returned_amount for row in sale.items] == [50, 50]
	back.cancel()
	assert [row.returned_qty for row in sale.reload().items] == [0, 0]


def test_what_came_back_is_not_typed_in(customer):
	sale = make_transaction(customer, items=[{**LINE, "returned_qty": 2}])
	assert [row.returned_qty for row in sale.reload().items] == [0]
	assert make_return(sale, 2).docstatus == 1


def test_a_return_needs_a_submitted_sale_of_the_same_customer(customer):
	other = make_customer(customer_name="Zhang Min").name
	sale = make_transaction(customer)
	with pytest.raises(frappe.ValidationError, match="another customer"):
		make_transaction(
			other, transaction_type="Return", return_against=sale.name, items=[{**LINE, "qty": 1}]
		)
	with pytest.raises(frappe.ValidationError, match="not a submitted sale"):
		make_return(make_transaction(customer, submit=False), 1)
	with pytest.raises(frappe.ValidationError, match="not a submitted sale"):
		make_return(make_return(sale, 1), 1)


def test_a_return_does_not_precede_its_sale(customer):
	sale = make_transaction(customer, posting_date="2026-03-02")
	with pytest.raises(frappe.ValidationError, match="before its sale"):
		make_return(sale, 1, posting_date="2026-03-01")


def test_another_item_or_a_higher_price_does_not_come_back(customer):
	sale = make_transaction(customer)
	with pytest.raises(frappe.ValidationError, match="not part of the sale"):
		make_return(sale, 1, items=[{"item_code": "GOLD", "qty": 1, "rate": 50}])
	with pytest.raises(frappe.ValidationError, match="cannot be refunded"):
		make_return(sale, 1, items=[{"item_code": "TEA", "qty": 1, "rate": 5000}])


def test_returns_of_another_system_may_come_without_their_sale(customer):
	back = make_transaction(
		customer,
		transaction_type="Return",
		source_system="shop",
		external_id="C1",
		items=[{**LINE, "qty": -1}],
	)
	assert back.amount == -50


def test_a_sale_with_returns_is_not_cancelled(customer):
	sale = make_transaction(customer)
	make_return(sale, 1)
	sale.reload()
	with pytest.raises(frappe.LinkExistsError):
		sale.cancel()


def test_sales_staff_submit_but_do_not_cancel(customer, as_user):
	with as_user(make_user("seller@sales.test", "CRM Sales User")):
		sale = make_transaction(customer)
		with pytest.raises(frappe.PermissionError):
			sale.cancel()


def test_the_sums_have_a_covering_index():
	assert frappe.db.has_index("tabCRM Transaction", "crm_transaction_sums")
	assert frappe.db.has_index("tabCRM Transaction Item", "crm_transaction_lines")
