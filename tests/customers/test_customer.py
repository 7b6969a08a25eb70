import frappe
import pytest
from crm_testing.customers import history, make_customer, make_interaction, make_tag
from frappe.utils import add_days, add_to_date, now_datetime, nowdate


def test_numbers_and_names_are_stored_in_one_spelling():
	customer = make_customer(customer_name="  Li   Wei ", mobile_no="138-0013 8000", email_id=" a@b.cn ")
	assert (customer.customer_name, customer.mobile_no, customer.email_id) == (
		"Li Wei",
		"+8613800138000",
		"a@b.cn",
	)
	assert customer.name.startswith("CUST-")


@pytest.mark.parametrize(
	("field", "value", "says"),
	[
		("mobile_no", "12", "Mobile Number"),
		("mobile_no", "call me", "Mobile Number"),
		("email_id", "nobody at home", "E-mail"),
		("birthday", "2999-01-01", "Birthday"),
		("external_id", "42", "Source System"),
		("customer_name", "   ", "Customer Name"),
	],
)
def test_a_bad_profile_is_refused_and_the_field_is_named(field, value, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_customer(**{field: value})


def test_a_bad_number_of_a_contact_names_its_row():
	with pytest.raises(frappe.ValidationError, match="row 2"):
		make_customer(contacts=[{"contact_name": "A"}, {"contact_name": "B", "mobile_no": "x"}])


def test_the_first_contact_becomes_the_main_one():
	customer = make_customer(contacts=[{"contact_name": "Wang"}, {"contact_name": "Zhao"}])
	assert [row.is_main for row in customer.contacts] == [1, 0]


def test_two_main_contacts_are_refused():
	contacts = [{"contact_name": name, "is_main": 1} for name in ("Wang", "Zhao")]
	with pytest.raises(frappe.ValidationError, match="main contact"):
		make_customer(contacts=contacts)


def test_one_consent_per_channel():
	with pytest.raises(frappe.ValidationError, match="Consents"):
		make_customer(consents=[{"channel": "SMS", "status": status} for status in ("Granted", "Refused")])


def test_tags_preferences_and_consents_are_kept():
	customer = make_customer(
		tags=[{"tag": make_tag()}],
		preferences=[{"kind": "Brand", "value": "Huawei", "confidence": 80}],
		consents=[{"channel": "SMS", "status": "Refused"}],
	).reload()
	assert customer.tags[0].tag == "Regular"
	assert (customer.preferences[0].confidence, customer.preferences[0].source) == (80, "Customer")
	assert customer.consents[0].status == "Refused"


def test_the_same_outside_record_comes_in_once():
	first = make_customer(source_system="shop", external_id="42")
	assert first.external_key == "shop:42"
	with pytest.raises(frappe.DuplicateEntryError, match="shop:42"):
		make_customer(source_system="shop", external_id="42")
	make_customer(source_system="till", external_id="42")


def test_customers_without_an_outside_record_do_not_clash():
	assert make_customer().external_key == make_customer().external_key


def test_a_customer_is_not_related_to_itself():
	customer = make_customer()
	customer.append("relations", {"relation": "Partner", "related_customer": customer.name})
	with pytest.raises(frappe.ValidationError, match="itself"):
		customer.save()


def test_a_grade_by_hand_needs_a_reason_and_leaves_a_row():
	customer = make_customer()
	customer.grade = "VIP"
	with pytest.raises(frappe.MandatoryError, match="Grade Reason"):
		customer.save()
	customer.reload().update({"grade": "VIP", "grade_reason": "Friend of the house"})
	customer.save()
	assert customer.grade_source == "Manual"
	assert history(customer.reload(), "grade_history", "from_grade", "to_grade", "reason")[-1] == (
		"Ordinary",
		"VIP",
		"Friend of the house",
	)


def test_an_old_reason_does_not_serve_twice():
	customer = make_customer(grade="VIP", grade_source="Manual", grade_reason="Friend of the house")
	customer.grade = "Ordinary"
	with pytest.raises(frappe.MandatoryError):
		customer.save()


def test_history_cannot_be_edited():
	customer = make_customer()
	customer.grade_history = []
	customer.append("lifecycle_history", {"to_stage": "Mature", "reason": "invented"})
	customer.save()
	customer.reload()
	assert history(customer, "grade_history", "to_grade") == [("Ordinary",)]
	assert history(customer, "lifecycle_history", "to_stage") == [("Potential",)]


def test_the_stage_carries_its_date():
	customer = make_customer()
	assert str(customer.lifecycle_since) == nowdate()
	customer.lifecycle_since = "2001-01-01"
	customer.save()
	assert str(customer.reload().lifecycle_since) == nowdate()


def test_every_option_of_a_tracked_field_fits_its_history():
	meta = frappe.get_meta("CRM Customer")
	for field, table, column in (
		("grade", "CRM Customer Grade History", "to_grade"),
		("lifecycle_stage", "CRM Customer Lifecycle History", "to_stage"),
	):
		assert meta.get_field(field).options == frappe.get_meta(table).get_field(column).options


def test_an_interaction_takes_the_main_contact():
	customer = make_customer(contacts=[{"contact_name": "Wang"}, {"contact_name": "Zhao", "is_main": 1}])
	interaction = make_interaction(customer.name)
	assert (interaction.contact, interaction.customer_name) == ("Zhao", "Li Wei")


def test_an_interaction_does_not_happen_tomorrow_nor_is_followed_up_yesterday():
	customer = make_customer().name
	with pytest.raises(frappe.ValidationError, match="future"):
		make_interaction(customer, occurred_on=add_to_date(now_datetime(), days=1))
	with pytest.raises(frappe.ValidationError, match="Follow Up On"):
		make_interaction(customer, follow_up_on=add_days(nowdate(), -1))


def test_rules_that_contradict_each_other_are_refused():
	rules = frappe.get_doc("CRM Customer Rules")
	rules.update({"potential_amount": 900, "vip_amount": 500})
	with pytest.raises(frappe.ValidationError, match="must not exceed"):
		rules.save()
