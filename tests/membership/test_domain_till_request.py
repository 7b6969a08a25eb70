"""What a till sends is read strictly, by name and type."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_membership.domain import errors, till_clock
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.scanned import card_number, payload
from crm_app.crm_membership.domain.till_request import digest, read

LINE = {"item_code": "TEA", "qty": 2, "rate": "12.50"}
COMMIT = {
	"key": "till-1-0001",
	"moment": "2026-11-26T12:00:00+08:00",
	"card": "710010000000018",
	"items": [LINE],
	"total": "25.00",
}


def refusal(method, given) -> tuple[str, str | None]:
	with pytest.raises(Refused) as caught:
		read(method, given)
	return caught.value.code, caught.value.field


def test_a_good_call_becomes_clean_values():
	got = read("commit", COMMIT)
	assert got["total"] == Decimal("25.00")
	assert got["items"][0].amount == Decimal("25.00")
	assert got["moment"].isoformat() == "2026-11-26T12:00:00+08:00"


@pytest.mark.parametrize(
	("change", "expected"),
	[
		({"discount_code": "X"}, (errors.FIELD_UNKNOWN, "discount_code")),
		({"items": [LINE | {"price": 3}]}, (errors.FIELD_UNKNOWN, "items.1.price")),
		({"items": [{"item_code": "TEA", "qty": 2}]}, (errors.FIELD_MISSING, "items.1.rate")),
		({"items": "TEA"}, (errors.FIELD_TYPE, "items")),
		({"items": ["TEA"]}, (errors.FIELD_TYPE, "items.1")),
		({"items": []}, (errors.BASKET_EMPTY, "items")),
		({"items": [LINE] * 501}, (errors.BAD_INPUT, "items")),
		({"items": [LINE | {"qty": True}]}, (errors.FIELD_TYPE, "items.1.qty")),
		({"items": [LINE | {"qty": -1}]}, (errors.AMOUNT_NOT_POSITIVE, "items.1.qty")),
		({"items": [LINE | {"qty": 0}]}, (errors.AMOUNT_NOT_POSITIVE, "items.1.qty")),
		({"items": [LINE | {"rate": "1e30"}]}, (errors.AMOUNT_TOO_LARGE, "items.1.rate")),
		({"items": [LINE | {"rate": "NaN"}]}, (errors.BAD_INPUT, "items.1.rate")),
		({"items": [LINE | {"discount": 99}]}, (errors.AMOUNT_NOT_POSITIVE, "items.1")),
		({"items": [LINE | {"item_code": 7}]}, (errors.FIELD_TYPE, "items.1.item_code")),
		({"total": "24.99"}, (errors.TOTAL_MISMATCH, "total")),
		({"total": "25.001"}, (errors.BAD_INPUT, "total")),
		({"total": ["25"]}, (errors.FIELD_TYPE, "total")),
		({"points": "1.5"}, (errors.BAD_INPUT, "points")),
		({"points": -5}, (errors.AMOUNT_NOT_POSITIVE, "points")),
		({"stored_value": "-0.01"}, (errors.AMOUNT_NOT_POSITIVE, "stored_value")),
		({"coupons": "ABC"}, (errors.FIELD_TYPE, "coupons")),
		({"payment_method": "Shells"}, (errors.BAD_INPUT, "payment_method")),
		({"moment": "yesterday"}, (errors.BAD_INPUT, "moment")),
		({"moment": 1764129600}, (errors.BAD_INPUT, "moment")),
		({"key": "short"}, (errors.BAD_INPUT, "key")),
		({"key": "has a blank in it"}, (errors.BAD_INPUT, "key")),
		({"key": ""}, (errors.KEY_MISSING, "key")),
		({"card": None}, (errors.FIELD_MISSING, "card")),
		({"phone": "13800138000"}, (errors.FIELD_MISSING, "card")),
		({"card": "7" * 41}, (errors.BAD_INPUT, "card")),
		({"lang": "klingon"}, (errors.BAD_INPUT, "lang")),
	],
)
def test_everything_else_is_refused_by_name(change, expected):
	assert refusal("commit", COMMIT | change) == expected


def test_a_cancellation_names_the_sale_in_one_way():
	base = {"key": "till-1-0002", "moment": COMMIT["moment"]}
	assert refusal("cancel", base)[0] == errors.FIELD_MISSING
	assert refusal("cancel", base | {"of_key": "till-1-0001", "sale": "x"})[0] == errors.FIELD_MISSING
	assert read("cancel", base | {"of_key": "till-1-0001"})["of_key"] == "till-1-0001"


def test_consent_names_known_channels_only():
	base = {"key": "till-1-0003", "moment": COMMIT["moment"], "customer_name": "Li", "phone": "13800138000"}
	assert read("register", base | {"consent": {"SMS": True}})["consent"] == (("SMS", True),)
	assert refusal("register", base | {"consent": {"Pigeon": True}})[0] == errors.BAD_INPUT
	assert refusal("register", base | {"consent": {"SMS": "yes"}})[0] == errors.BAD_INPUT


def test_the_digest_is_of_the_content():
	same = COMMIT | {"moment": "2026-11-26T13:00:00+08:00", "lang": "zh", "total": 25, "key": "other-key-1"}
	other = COMMIT | {"items": [LINE | {"item_code": "COFFEE"}]}
	assert digest("commit", read("commit", COMMIT)) == digest("commit", read("commit", same))
	assert digest("commit", read("commit", COMMIT)) != digest("commit", read("commit", other))


ANYTHING = st.recursive(
	st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
	lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
	max_leaves=6,
)


@given(st.sampled_from(sorted({*COMMIT, "coupons", "points", "stored_value", "pay", "lang"})), ANYTHING)
def test_no_value_of_any_field_is_worse_than_refused(name, value):
	try:
		read("commit", COMMIT | {name: value})
	except Refused as error:
		assert error.code in errors.CODES


def test_clocks_are_compared_in_the_sites_time():
	moment = till_clock.local(datetime.fromisoformat("2026-11-26T04:00:00+00:00"), "Asia/Shanghai")
	assert moment == datetime(2026, 11, 26, 12)
	till_clock.check_skew(moment, datetime(2026, 11, 26, 12, 4), 300)
	for now in (datetime(2026, 11, 26, 12, 6), datetime(2026, 11, 26, 11, 54)):
		with pytest.raises(Refused, match="clock"):
			till_clock.check_skew(moment, now, 300)


def test_a_call_waits_no_longer_than_the_tills_allowance():
	now = datetime(2026, 11, 26, 12)
	till_clock.check_age(datetime(2026, 11, 23, 12), now, 72, 300)
	with pytest.raises(Refused) as old:
		till_clock.check_age(datetime(2026, 11, 23, 11), now, 72, 300)
	with pytest.raises(Refused) as future:
		till_clock.check_age(datetime(2026, 11, 26, 13), now, 72, 300)
	assert (old.value.code, future.value.code) == (errors.CALL_TOO_OLD, errors.CLOCK_SKEW)


@pytest.mark.parametrize("text", ["MC:7100 1000-0018", "710010000018", "https://x.cn/c?card=710010000018"])
def test_a_scan_gives_the_card_number(text):
	assert card_number(text) == "710010000018"
	assert card_number(payload("710010000018")) == "710010000018"
