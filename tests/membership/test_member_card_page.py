"""The card to print with its QR code, and one timeline on card and customer."""

import re

import frappe
import pytest
from crm_testing.coupons import make_coupon, redeem
from crm_testing.customers import make_customer, make_user
from crm_testing.hosts import counted_queries
from crm_testing.ledger import grant, make_member
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_return, make_transaction
from frappe.utils import nowdate

from crm_app.crm_membership import api, history
from crm_app.crm_membership.domain.kinds import PRINCIPAL
from crm_app.www import customer_360, member_card


def page(name):
	frappe.local.form_dict = frappe._dict(name=name)
	return member_card.get_context(frappe._dict())


def rendered(name):
	context = page(name)
	with open(frappe.get_app_path("crm_app", "www", "member_card.html"), encoding="utf-8") as handle:
		body = handle.read().split("{% block page_content %}")[1].rsplit("{% endblock %}", 1)[0]
	return frappe.render_template(body, context)


@pytest.fixture
def busy():
	"""A card with a sale, a return, points by hand, stored value, a coupon and a tier change."""
	card = frappe.get_doc("Member Card", make_member())
	sale = make_transaction(card.customer, member_card=card.name, posting_date=nowdate())
	make_return(sale, 1, member_card=card.name)
	grant(card.name, 30)
	grant(card.name, 200, PRINCIPAL, "Top-up")
	redeem(make_coupon(customer=card.customer), card.customer, name=sale.name)
	card.reload()
	card.tier = "Gold"
	card.save()
	return card


def test_everything_that_happened_is_in_one_list(busy):
	found = history.events(busy.customer)
	kinds = [event.kind for event in found]
	assert {"Sale", "Return", "Ledger", "Coupon", "Tier"} == set(kinds)
	assert [event.moment for event in found] == sorted((event.moment for event in found), reverse=True)
	sale = next(event for event in found if event.kind == "Sale")
	assert dict(sale.changes) == {"Points": 100} and float(sale.amount) == 100
	assert "Silver → Gold" in [event.title for event in found]
	assert history.events(busy.customer, rows=2) == found[:2]


def test_the_number_of_queries_does_not_grow(busy):
	def count():
		with counted_queries() as queries:
			history.events(busy.customer)
			history.balances(busy.customer)
		return len(queries)

	before = count()
	for _n in range(5):
		make_transaction(busy.customer, member_card=busy.name, posting_date=nowdate())
		grant(busy.name, 1)
	assert count() == before


def test_the_card_carries_its_number_and_its_code(busy):
	text = rendered(busy.name)
	assert member_card.grouped(busy.name) in text
	assert re.search(r"<svg[^>]+viewBox", text) and "&lt;svg" not in text
	assert "+100" in text and "200.00" in text


def test_the_code_is_what_the_till_reads(monkeypatch):
	said = []
	monkeypatch.setattr(member_card.segno, "make", lambda text, **kw: said.append(text) or frappe.throw("x"))
	with pytest.raises(frappe.ValidationError):
		member_card.qr_code("88010000000012")
	assert said == ["MC:88010000000012"]


def test_the_form_shows_the_balances(busy):
	card = frappe.get_doc("Member Card", busy.name)
	assert (card.points_balance, card.value_balance, card.credit_balance) == (80, 200, 50)
	assert card.as_dict().points_balance == 80


def test_the_customers_page_has_the_timeline(busy):
	frappe.local.form_dict = frappe._dict(name=busy.customer)
	context = customer_360.get_context(frappe._dict())
	assert context.accounts[0]["card"] == busy.name and context.events


def test_what_people_write_is_not_markup():
	customer = make_customer(customer_name="<b>Li</b>").name
	card = make_card(customer, make_programme().name)
	text = rendered(card.name)
	assert "<b>Li" not in text and "&lt;b&gt;Li" in text
	assert frappe._("Issued") in text


def test_only_readers_of_the_card_see_the_page(as_user):
	card = make_card(make_customer(account_manager="Administrator").name)
	seller = make_user("seller@card-page.test", "CRM Sales User")
	with as_user(seller), pytest.raises(frappe.PermissionError):
		page(card.name)
	with as_user("Guest"), pytest.raises(frappe.PermissionError):
		page(card.name)
	with pytest.raises(frappe.DoesNotExistError):
		page("")


def test_the_merge_button_asks_for_card_and_reason():
	card = frappe.get_doc("Member Card", make_member())
	other = make_card(card.customer, card.programme)
	other.activate()
	grant(card.name, 70)
	with pytest.raises(frappe.ValidationError, match="why"):
		api.merge({"name": card.name})
	card.reload()
	card.merge_into, card.merge_reason = other.name, "Two cards by mistake"
	card.save()
	api.merge({"name": card.name})
	card.reload()
	assert (card.status_category, card.replaced_by) == ("Replaced", other.name)
	assert card.history[-1].reason == "Two cards by mistake"
	assert frappe.get_doc("Member Card", other.name).points_balance == 70
