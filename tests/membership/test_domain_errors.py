import pickle
import string

import pytest

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import CODES, MESSAGES, Refused


def test_every_code_is_a_constant_of_its_own_name():
	constants = {name for name, value in vars(errors).items() if name.isupper() and value == name}
	assert constants == CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_refusal_says_its_code_and_its_sentence(code):
	places = [place for _text, place, *_rest in string.Formatter().parse(MESSAGES[code]) if place]
	refused = Refused(code, *places, field="coupons")
	assert refused.code == code and str(refused) == MESSAGES[code].format(*places)


def test_a_refusal_travels_between_processes():
	refused = pickle.loads(pickle.dumps(Refused(errors.COUPON_EXPIRED, "A", "2026-01-01", field="coupons")))
	assert (refused.code, refused.values, refused.field) == ("COUPON_EXPIRED", ("A", "2026-01-01"), "coupons")
	assert refused == Refused(errors.COUPON_EXPIRED, "A", "2026-01-01")
