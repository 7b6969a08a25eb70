import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_customers.domain import masks


@pytest.mark.parametrize(
	"kind, text, shown",
	[
		("mobile_no", "+8613800138000", "138****8000"),
		("phone", "021-12345678", "021****5678"),
		("phone", "+447911123456", "+44****3456"),
		("phone", "12345", "****"),
		("phone", None, ""),
		("email_id", "wang@example.com", "w***@example.com"),
		("email_id", "w@example.com", "***@example.com"),
		("email_id", "no mail", "****"),
		("id_number", "110101199003071234", "110****1234"),
		("id_number", "E1234567", "E****"),
	],
)
def test_a_mask_keeps_enough_to_recognise(kind, text, shown):
	assert masks.mask(kind, text) == shown


@given(st.sampled_from(sorted(masks.MASKS)), st.text("+0123456789abc@.- ", max_size=24))
def test_no_mask_gives_the_value_away(kind, text):
	shown = masks.mask(kind, text)
	assert bool(shown) == bool(text.strip()) or not shown
	if len(text.strip()) >= 5 and shown:
		assert text not in shown
		assert "*" in shown


@given(st.text("0123456789", min_size=5, max_size=18))
def test_four_digits_of_a_number_at_least_stay_hidden(digits):
	assert len(masks.phone(digits).replace("*", "")) <= max(len(digits) - 4, 0)


def test_a_stored_change_holds_no_private_value():
	data = {
		"changed": [["mobile_no", "+8613800138000", "+8613800138001"], ["city", "A", "B"]],
		"added": [
			["contacts", {"contact_name": "Ann", "mobile_no": "+8613900139000"}],
			["tags", {"tag": "x"}],
		],
		"removed": [],
		"row_changed": [["contacts", 0, "r1", [["email_id", "ann@x.cn", "bob@x.cn"]]]],
	}
	shown = str(masks.masked_diff(data, {"contacts"}))
	assert "13800138000" not in shown and "13900139000" not in shown and "ann@" not in shown
	assert "138****8001" in shown and "['city', 'A', 'B']" in shown and "Ann" in shown
