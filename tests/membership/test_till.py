"""Who may call, how often, and an effect exactly once; registering a member."""

from datetime import timedelta

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.membership import make_card, make_programme
from crm_testing.tills import call, issue_token, make_till, new_key
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.utils import now_datetime

from crm_app.crm_membership import tills
from crm_app.crm_membership.till import attention

WALK_IN = {"customer_name": "Zhang San", "phone": "138 0013 8001"}


@pytest.fixture
def till(site):
	return make_till(programme=make_programme().name)


def code(answer: dict) -> str:
	assert answer["ok"] == (answer["code"] == "OK"), answer
	return answer["code"]


# who calls


def test_a_token_opens_the_till_it_was_issued_for(till, token):
	answer = call("status", token)
	assert (code(answer), answer["data"]["till"], answer["data"]["store"]) == ("OK", till.name, till.store)


def test_a_new_token_ends_the_old_one_and_a_revoked_one_is_dead(till, token):
	new = issue_token(till)
	assert (code(call("status", token)), code(call("status", new))) == ("TOKEN_WRONG", "OK")
	tills.revoke_token(till.as_dict())
	assert code(call("status", new)) == "TOKEN_WRONG"


@pytest.mark.parametrize("wrong", ["", "abc", ":", "a:b", "' or 1=1 --:x"])
def test_a_wrong_token_opens_nothing(till, token, wrong):
	assert code(call("status", wrong or None)) in ("TOKEN_WRONG", "TILL_UNKNOWN")
	half = token.split(":")[0] + ":" + wrong
	assert code(call("status", half)) == "TOKEN_WRONG"


def test_the_secret_is_nowhere_in_the_database(till, token):
	stored = frappe.db.sql("select * from `tabCRM Till` where name = %s", [till.name])
	assert token.split(":")[1] not in str(stored)
	with pytest.raises(AssertionError):
		assert token.split(":")[0] not in str(stored)


def test_a_switched_off_till_is_refused(till, token):
	till.reload()
	till.update({"active": 0}).save()
	assert code(call("status", token)) == "TILL_INACTIVE"


def test_a_token_cannot_be_written_by_the_form(till):
	till.reload()
	till.update({"token_key": "mine", "token_hash": "0" * 64, "acts_as": "Administrator"}).save()
	row = frappe.db.get_value("CRM Till", till.name, ["token_key", "token_hash", "acts_as"])
	assert row == (None, None, f"till-{till.name.lower()}@tills.invalid")


def test_cashiers_call_for_a_till_by_name_and_nobody_else_does(till, as_user, people):
	from crm_testing.workforce import make_user

	make_user("cashier@shop.test", "CRM Cashier")
	with as_user("cashier@shop.test"):
		assert code(call("status", till=till.name)) == "OK"
		assert code(call("status", till="NO-SUCH")) == "TILL_UNKNOWN"
		assert code(call("status")) == "TILL_UNKNOWN"
	with as_user("staff@example.com"):
		assert code(call("status", till=till.name)) == "TOKEN_WRONG"
	with as_user("Guest"):
		assert code(call("status", till=till.name)) == "TOKEN_WRONG"


def test_a_till_calls_as_often_as_it_may(till, token, monkeypatch):
	now = now_datetime().replace(second=10)
	monkeypatch.setattr(tills, "now_datetime", lambda: now)
	frappe.db.set_value("CRM Till", till.name, "calls_per_minute", 3)
	assert [code(call("status", token)) for _ in range(4)] == ["OK"] * 3 + ["TOO_MANY_CALLS"]
	monkeypatch.setattr(tills, "now_datetime", lambda: now + timedelta(minutes=1))
	assert code(call("status", token)) == "OK"


def test_the_actor_of_a_till_cannot_log_in(till):
	actor = frappe.get_doc("User", frappe.db.get_value("CRM Till", till.name, "acts_as"))
	assert (actor.enabled, actor.user_type, actor.roles) == (0, "Website User", [])


# registering


def test_a_walk_in_becomes_a_member_in_one_call(till, token):
	answer = call("register", token, **WALK_IN, consent={"SMS": True, "Phone": False})
	data = answer["data"]
	assert (code(answer), data["new_customer"], data["phone"]) == ("OK", True, "138****8001")
	card = frappe.get_doc("Member Card", data["card"])
	customer = frappe.get_doc("CRM Customer", card.customer)
	assert (card.status_category, card.programme, card.store) == ("Active", till.programme, till.store)
	assert (customer.mobile_no, customer.source) == ("+8613800138001", "Walk-in")
	assert {row.channel: row.status for row in customer.consents} == {"SMS": "Granted", "Phone": "Refused"}
	assert customer.owner == card.owner == frappe.db.get_value("CRM Till", till.name, "acts_as")
	assert frappe.session.user == "Administrator"


def test_the_same_call_again_gets_the_first_answer_and_does_nothing(till, token):
	again = {**WALK_IN, "key": new_key()}
	first, second = call("register", token, **again), call("register", token, **again)
	assert first == second and first["ok"]
	assert frappe.db.count("CRM Customer", {"mobile_no": "+8613800138001"}) == 1
	assert frappe.db.count("Till Call", {"till": till.name}) == 1


def test_a_key_is_not_used_for_another_call(till, token):
	key = new_key()
	call("register", token, **WALK_IN, key=key)
	assert code(call("register", token, **WALK_IN | {"customer_name": "Other"}, key=key)) == "KEY_REUSED"
	assert frappe.db.count("Member Card", {"programme": till.programme}) == 1


def test_two_tills_may_use_the_same_key(till, token):
	other = make_till(programme=till.programme)
	key = new_key()
	assert call("register", token, **WALK_IN, key=key)["ok"]
	assert call("register", issue_token(other), **WALK_IN | {"phone": "13800138002"}, key=key)["ok"]


def test_a_known_number_is_found_and_never_doubled(till, token):
	known = make_customer(mobile_no="13800138001")
	answer = call("register", token, **WALK_IN, consent={"SMS": True})
	assert (answer["ok"], answer["data"]["new_customer"]) == (True, False)
	assert frappe.db.get_value("Member Card", answer["data"]["card"], "customer") == known.name
	assert code(call("register", token, **WALK_IN)) == "MEMBER_EXISTS"
	make_customer(mobile_no="13800138001")
	assert code(call("register", token, **WALK_IN)) == "MEMBER_AMBIGUOUS"


def test_a_field_that_was_made_mandatory_is_pointed_out_by_its_label_and_stops_nobody(till, token):
	make_property_setter(
		"CRM Customer", "occupation", "reqd", "1", "Check", validate_fields_for_doctype=False
	)
	frappe.clear_cache(doctype="CRM Customer")
	try:
		answer = call("register", token, **WALK_IN)
		assert (code(answer), answer["data"]["missing"]) == ("OK", ["Occupation"])
		frappe.db.set_value("CRM Customer", {"mobile_no": ["like", "%13800138001"]}, "occupation", "Baker")
		assert call("register", token, **{**WALK_IN, "phone": "13800138002"}, lang="zh")["data"][
			"missing"
		] == ["职业"]
	finally:
		frappe.clear_cache(doctype="CRM Customer")


@pytest.mark.parametrize(
	("change", "expected"),
	[
		({"phone": "12"}, "BAD_PHONE"),
		({"customer_name": " "}, "FIELD_MISSING"),
		({"nickname": "San"}, "FIELD_UNKNOWN"),
		({"key": ...}, "KEY_MISSING"),
		({"moment": "2020-01-01T00:00:00"}, "CLOCK_SKEW"),
	],
)
def test_a_refused_registration_writes_nothing(till, token, change, expected):
	before = frappe.db.count("CRM Customer")
	assert code(call("register", token, **WALK_IN | change)) == expected
	assert frappe.db.count("CRM Customer") == before
	assert frappe.db.count("Till Call", {"till": till.name}) == 0


def test_what_fails_half_way_leaves_nothing(till, token):
	frappe.db.set_value("Membership Programme", till.programme, "status_category", "Closed")
	answer = call("register", token, **WALK_IN)
	assert (answer["ok"], answer["code"]) == (False, "NOT_VALID")
	assert not frappe.db.exists("CRM Customer", {"mobile_no": "+8613800138001"})


def test_refusals_speak_the_language_that_was_asked_for(till, token):
	assert (
		call("register", token, **WALK_IN | {"phone": "12"}, lang="zh")["message"]
		== "12 不是有效的电话号码。"
	)
	assert call("register", token, **WALK_IN | {"phone": "12"}, lang="en")["message"].startswith("12 is no")


# identifying


@pytest.fixture
def card(till):
	customer = make_customer(mobile_no="13900139001")
	made = make_card(customer.name, till.programme)
	made.activate()
	return made


def test_a_member_is_found_by_card_qr_and_phone(card, token):
	found = {"card": card.name, "qr": f"MC:{card.name}", "phone": "139 0013 9001"}
	for field, value in found.items():
		answer = call("identify", token, **{field: value})
		assert (code(answer), answer["data"]["card"]) == ("OK", card.name), field
	assert "13900139001" not in str(call("identify", token, card=card.name))


@pytest.mark.parametrize(
	("move", "expected"),
	[("suspend", "CARD_SUSPENDED"), ("report_lost", "CARD_LOST"), ("replace", "CARD_REPLACED")],
)
def test_a_card_that_is_not_active_is_refused_by_what_it_is(card, token, move, expected):
	getattr(card, move)()
	assert code(call("identify", token, card=card.name)) == expected


def test_unknown_mistyped_expired_and_closed_have_codes_of_their_own(card, token):
	wrong_digit = card.name[:-1] + str((int(card.name[-1]) + 1) % 10)
	assert code(call("identify", token, card=wrong_digit)) == "CARD_CHECK_DIGIT"
	assert code(call("identify", token, card="4111111111111111")) == "CARD_UNKNOWN"
	assert code(call("identify", token, phone="13700000000")) == "MEMBER_UNKNOWN"
	frappe.db.set_value("Member Card", card.name, "valid_until", "2020-01-01")
	assert code(call("identify", token, card=card.name)) == "CARD_EXPIRED"
	frappe.db.set_value("CRM Customer", card.customer, "status_category", "Erased")
	assert code(call("identify", token, card=card.name)) == "MEMBER_CLOSED"


def test_a_new_card_is_not_active_yet(till, token):
	new = make_card(make_customer().name, till.programme)
	assert code(call("identify", token, card=new.name)) == "CARD_INACTIVE"


# replay


def waiting(method="register", hours=1, **fields):
	at = now_datetime() - timedelta(hours=hours)
	return {"method": method, "key": new_key(), "moment": at.isoformat(), **fields}


def replay(token, *calls):
	answer = call("replay", token, moment=now_datetime().isoformat(), calls=list(calls))
	assert answer["ok"], answer
	return answer["data"]["results"]


def test_each_call_of_a_replay_has_its_own_effect_and_answer(till, token):
	good, bad = waiting(**WALK_IN), waiting(**WALK_IN | {"phone": "12"})
	late = waiting(hours=100, **WALK_IN | {"phone": "13800138005"})
	results = replay(token, bad, good, late)
	assert [result["code"] for result in results] == ["BAD_PHONE", "OK", "CALL_TOO_OLD"]
	assert [result["key"] for result in results] == [bad["key"], good["key"], late["key"]]
	assert [r["code"] for r in replay(token, bad, good, late)] == ["BAD_PHONE", "OK", "CALL_TOO_OLD"]
	states = dict(frappe.get_all("Till Call", {"till": till.name}, ["call_key", "status"], as_list=True))
	assert states == {good["key"]: "Done", bad["key"]: "Refused", late["key"]: "Refused"}
	assert frappe.db.get_value("Till Call", f"{till.name}|{good['key']}", "offline") == 1


def test_what_cannot_even_be_read_is_kept_too(till, token):
	odd = waiting(customer_name="Zhang San", phone="13800138001", nickname="San")
	assert replay(token, odd, {"method": "wipe"}, {})[0]["code"] == "FIELD_UNKNOWN"
	kept = frappe.get_doc("Till Call", f"{till.name}|{odd['key']}")
	assert (kept.status, kept.code, "nickname" in kept.request) == ("Refused", "FIELD_UNKNOWN", True)


def test_a_refused_call_is_tried_again_or_settled_in_the_desk(till, token):
	late = waiting(hours=100, **WALK_IN)
	replay(token, late)
	name = f"{till.name}|{late['key']}"
	assert attention.try_again({"name": name})["status"] == "Done"
	assert frappe.db.exists("CRM Customer", {"mobile_no": "+8613800138001"})
	again = waiting(hours=100, **WALK_IN)
	replay(token, again)
	with pytest.raises(frappe.ValidationError, match="member already"):
		attention.try_again({"name": f"{till.name}|{again['key']}"})
	assert attention.settle({"name": f"{till.name}|{again['key']}"})["status"] == "Settled"
	assert replay(token, again)[0]["code"] == "CALL_SETTLED"


def test_a_batch_of_a_wrong_clock_is_refused_whole(till, token):
	answer = call("replay", token, moment="2020-01-01T00:00:00", calls=[waiting(**WALK_IN)])
	assert code(answer) == "CLOCK_SKEW"
	assert frappe.db.count("Till Call", {"till": till.name}) == 0


def test_till_calls_are_written_by_nobody_else(till, token):
	call("register", token, **WALK_IN)
	row = frappe.get_doc("Till Call", {"till": till.name})
	with pytest.raises(frappe.PermissionError):
		row.save()
	with pytest.raises(frappe.PermissionError):
		frappe.delete_doc("Till Call", row.name)
	with pytest.raises(frappe.PermissionError):
		forged = {"doctype": "Till Call", "name": "forged", "till": till.name, "call_key": "forged-key"}
		frappe.get_doc(forged).insert()
