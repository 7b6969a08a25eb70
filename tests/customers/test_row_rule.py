"""Sales staff see their own customers, their team's and nobody's: on every path."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_employee, make_interaction, make_user
from crm_testing.sales import make_transaction

from crm_app.crm_customers.permissions import apply_row_rule, visible_managers

ANNA, BO, CHEN = "anna@rows.test", "bo@rows.test", "chen@rows.test"


@pytest.fixture
def team():
	"""Anna leads Bo; Chen is somebody else's."""
	for email in (ANNA, BO, CHEN):
		make_user(email, "CRM Sales User")
	lead = make_employee("Anna", ANNA)
	make_employee("Bo", BO, reports_to=lead)
	owners = {"anna": ANNA, "bo": BO, "chen": CHEN, "nobody": None}
	return {
		key: make_customer(customer_name=f"Row rule {key}", account_manager=user).name
		for key, user in owners.items()
	}


def listed(doctype="CRM Customer", column="name"):
	return set(frappe.get_list(doctype, pluck=column, limit_page_length=0))


def test_a_leader_sees_the_team_and_a_member_does_not_see_the_leader(team, as_user):
	with as_user(ANNA):
		assert listed() & set(team.values()) == {team["anna"], team["bo"], team["nobody"]}
	with as_user(BO):
		assert listed() & set(team.values()) == {team["bo"], team["nobody"]}


def test_the_form_answers_as_the_list(team, as_user):
	with as_user(BO):
		frappe.get_doc("CRM Customer", team["bo"]).check_permission("read")
		for key in ("anna", "chen"):
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc("CRM Customer", team[key]).check_permission("read")


def test_nobody_takes_a_customer_over_by_editing_it(team, as_user):
	with as_user(BO), pytest.raises(frappe.PermissionError):
		customer = frappe.get_doc("CRM Customer", team["chen"])
		customer.account_manager = BO
		customer.save()


def test_who_adds_a_customer_looks_after_them(team, as_user):
	with as_user(BO):
		added = make_customer(customer_name="New at the counter")
		given = make_customer(customer_name="For Anna", account_manager=ANNA)
	assert (added.account_manager, given.account_manager) == (BO, ANNA)
	with as_user(CHEN):
		assert added.name not in listed()


def test_a_manager_and_an_import_may_leave_a_customer_to_nobody(as_user):
	make_user("wide@rows.test", "CRM Sales User", "CRM Manager")
	with as_user("wide@rows.test"):
		assert not make_customer(customer_name="For whoever is free").account_manager
	batch = frappe.get_doc({"doctype": "CRM Import", "import_type": "Customers"}).insert().name
	make_user(BO, "CRM Sales User")
	with as_user(BO):
		assert not make_customer(customer_name="From a file", import_batch=batch).account_manager


@pytest.mark.parametrize("make", [make_interaction, make_transaction])
def test_linked_records_follow_their_customer(team, as_user, make):
	records = {key: make(customer) for key, customer in team.items()}
	doctype = records["bo"].doctype
	with as_user(BO):
		assert listed(doctype) & {doc.name for doc in records.values()} == {
			records["bo"].name,
			records["nobody"].name,
		}
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(doctype, records["chen"].name).check_permission("read")


def test_no_record_is_made_for_a_customer_out_of_sight(team, as_user):
	with as_user(BO), pytest.raises(frappe.PermissionError):
		make_interaction(team["chen"])


def test_no_record_is_moved_away_from_a_customer_out_of_sight(team, as_user):
	interaction = make_interaction(team["chen"])
	with as_user(BO), pytest.raises(frappe.PermissionError):
		taken = frappe.get_doc("CRM Interaction", interaction.name)
		taken.customer = team["bo"]
		taken.save()


def test_reports_apply_the_same_rule(team, as_user):
	customer = frappe.qb.DocType("CRM Customer")
	query = frappe.qb.from_(customer).select(customer.name).where(customer.name.isin(list(team.values())))
	with as_user(BO):
		rows = apply_row_rule(query, customer.name).run()
	assert {row[0] for row in rows} == {team["bo"], team["nobody"]}


def test_a_manager_sees_all(team, as_user):
	boss = make_user("boss@rows.test", "CRM Sales User", "CRM Manager")
	with as_user(boss):
		assert set(team.values()) <= listed()


def test_the_rule_can_be_switched_off(team, as_user):
	frappe.db.set_single_value("CRM Settings", "sales_row_rule", 0)
	frappe.clear_cache(doctype="CRM Settings")
	with as_user(BO):
		assert set(team.values()) <= listed()


def test_a_name_with_quotes_breaks_nothing(team, as_user):
	odd = make_user("o'neil@rows.test", "CRM Sales User")
	with as_user(odd):
		assert team["nobody"] in listed()
	assert visible_managers(odd) == [odd]


def test_the_id_number_is_for_managers(team, as_user):
	frappe.db.set_value("CRM Customer", team["bo"], "id_number", "110101199003070011")
	with as_user(BO):
		customer = frappe.get_doc("CRM Customer", team["bo"])
		customer.apply_fieldlevel_read_permissions()
		assert not customer.get("id_number")
		customer.reload()
		customer.id_number = "stolen"
		customer.save()
	assert frappe.db.get_value("CRM Customer", team["bo"], "id_number") == "110101199003070011"


def test_a_customer_that_one_does_not_see_cannot_be_named(team, as_user):
	with as_user(BO):
		customer = frappe.get_doc("CRM Customer", team["bo"])
		customer.append("relations", {"related_customer": team["chen"], "relation": "Family"})
		with pytest.raises(frappe.PermissionError, match="do not see"):
			customer.save()


def test_a_customer_named_before_by_somebody_else_may_stay(team, as_user):
	customer = frappe.get_doc("CRM Customer", team["bo"])
	customer.append("relations", {"related_customer": team["chen"], "relation": "Family"})
	customer.save()
	with as_user(BO):
		customer = frappe.get_doc("CRM Customer", team["bo"])
		customer.occupation = "Baker"
		customer.save()
	assert [row.related_customer for row in customer.reload().relations] == [team["chen"]]
	assert customer.occupation == "Baker"
