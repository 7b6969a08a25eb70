"""What can go wrong at the till and in the members' ledgers: a code for programs, a sentence for people.

A code never changes once it is out; tills branch on it. The sentence is the English source of a translation.
"""

from crm_app.utils.rules import RuleError, _

# The caller
TILL_UNKNOWN = "TILL_UNKNOWN"
TILL_INACTIVE = "TILL_INACTIVE"
NOT_ALLOWED = "NOT_ALLOWED"
TOO_MANY_CALLS = "TOO_MANY_CALLS"
CLOCK_SKEW = "CLOCK_SKEW"
BAD_INPUT = "BAD_INPUT"
FIELD_UNKNOWN = "FIELD_UNKNOWN"
FIELD_MISSING = "FIELD_MISSING"
FIELD_TYPE = "FIELD_TYPE"
TOKEN_WRONG = "TOKEN_WRONG"
CALL_TOO_OLD = "CALL_TOO_OLD"
KEY_MISSING = "KEY_MISSING"
KEY_REUSED = "KEY_REUSED"
CALL_SETTLED = "CALL_SETTLED"
BUSY = "BUSY"
# Who is at the till
MEMBER_UNKNOWN = "MEMBER_UNKNOWN"
MEMBER_AMBIGUOUS = "MEMBER_AMBIGUOUS"
MEMBER_CLOSED = "MEMBER_CLOSED"
MEMBER_EXISTS = "MEMBER_EXISTS"
BAD_PHONE = "BAD_PHONE"
CARD_UNKNOWN = "CARD_UNKNOWN"
CARD_CHECK_DIGIT = "CARD_CHECK_DIGIT"
CARD_INACTIVE = "CARD_INACTIVE"
CARD_SUSPENDED = "CARD_SUSPENDED"
CARD_LOST = "CARD_LOST"
CARD_REPLACED = "CARD_REPLACED"
CARD_EXPIRED = "CARD_EXPIRED"
FEE_DUE = "FEE_DUE"
PROGRAMME_CLOSED = "PROGRAMME_CLOSED"
# The basket
BASKET_EMPTY = "BASKET_EMPTY"
AMOUNT_NOT_POSITIVE = "AMOUNT_NOT_POSITIVE"
AMOUNT_TOO_LARGE = "AMOUNT_TOO_LARGE"
TOTAL_MISMATCH = "TOTAL_MISMATCH"
PAYMENT_MISMATCH = "PAYMENT_MISMATCH"
# Coupons and vouchers
COUPON_UNKNOWN = "COUPON_UNKNOWN"
COUPON_CHECK = "COUPON_CHECK"
COUPON_NOT_ISSUED = "COUPON_NOT_ISSUED"
COUPON_NOT_STARTED = "COUPON_NOT_STARTED"
COUPON_EXPIRED = "COUPON_EXPIRED"
COUPON_USED = "COUPON_USED"
COUPON_VOID = "COUPON_VOID"
COUPON_REFUNDED = "COUPON_REFUNDED"
COUPON_LIMIT = "COUPON_LIMIT"
COUPON_CUSTOMER_LIMIT = "COUPON_CUSTOMER_LIMIT"
COUPON_OTHER_CUSTOMER = "COUPON_OTHER_CUSTOMER"
COUPON_NEEDS_MEMBER = "COUPON_NEEDS_MEMBER"
COUPON_MIN_SPEND = "COUPON_MIN_SPEND"
COUPON_WRONG_STORE = "COUPON_WRONG_STORE"
COUPON_WRONG_CHANNEL = "COUPON_WRONG_CHANNEL"
COUPON_WRONG_TIER = "COUPON_WRONG_TIER"
COUPON_WRONG_DAY = "COUPON_WRONG_DAY"
COUPON_WRONG_TIME = "COUPON_WRONG_TIME"
COUPON_NO_MATCH = "COUPON_NO_MATCH"
COUPON_NO_EFFECT = "COUPON_NO_EFFECT"
COUPON_NOT_STACKABLE = "COUPON_NOT_STACKABLE"
COUPON_TWICE = "COUPON_TWICE"
COUPON_PER_SALE = "COUPON_PER_SALE"
COUPON_DISABLED = "COUPON_DISABLED"
COUPON_NO_VOUCHER = "COUPON_NO_VOUCHER"
COUPON_NOT_REDEEMED = "COUPON_NOT_REDEEMED"
# Points and stored value
POINTS_SHORT = "POINTS_SHORT"
POINTS_MINIMUM = "POINTS_MINIMUM"
POINTS_SHARE = "POINTS_SHARE"
POINTS_STEP = "POINTS_STEP"
POINTS_NOT_TAKEN = "POINTS_NOT_TAKEN"
VALUE_SHORT = "VALUE_SHORT"
VALUE_TOO_MUCH = "VALUE_TOO_MUCH"
ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
ALREADY_REVERSED = "ALREADY_REVERSED"
POINTS_SPENT = "POINTS_SPENT"
VALUE_SPENT = "VALUE_SPENT"
GIVEN_BACK_TOO_MUCH = "GIVEN_BACK_TOO_MUCH"
TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
TOP_UP_UNKNOWN = "TOP_UP_UNKNOWN"
# The sale
SALE_UNKNOWN = "SALE_UNKNOWN"
SALE_CANCELLED = "SALE_CANCELLED"
SALE_HAS_RETURNS = "SALE_HAS_RETURNS"
SALE_OTHER_TILL = "SALE_OTHER_TILL"
ITEM_NOT_SOLD = "ITEM_NOT_SOLD"
RETURN_TOO_MUCH = "RETURN_TOO_MUCH"

MESSAGES = {
	TILL_UNKNOWN: _("The till {0} is not known."),
	TILL_INACTIVE: _("The till {0} is switched off."),
	NOT_ALLOWED: _("This till may not do that."),
	TOO_MANY_CALLS: _("Too many calls; try again in {0} seconds."),
	CLOCK_SKEW: _("The till's clock is wrong: {0}, here it is {1}."),
	BAD_INPUT: _("{0}: {1} cannot be read."),
	FIELD_UNKNOWN: _("The field {0} is not known."),
	FIELD_MISSING: _("The field {0} is missing."),
	FIELD_TYPE: _("{0}: a value of the type {1} is expected."),
	TOKEN_WRONG: _("The till token is wrong or was revoked."),
	CALL_TOO_OLD: _("The call is of {0}; this till may send calls of the last {1} hours."),
	KEY_MISSING: _("The call carries no idempotency key."),
	KEY_REUSED: _("The idempotency key {0} was used for another call."),
	CALL_SETTLED: _("The call {0} was refused and has been settled by hand."),
	BUSY: _("The system is busy; send the same call again."),
	MEMBER_UNKNOWN: _("No member was found for {0}."),
	MEMBER_AMBIGUOUS: _("{0} belongs to several members; use the card."),
	MEMBER_CLOSED: _("The member {0} is no longer active."),
	MEMBER_EXISTS: _("{0} is a member already."),
	BAD_PHONE: _("{0} is no telephone number."),
	CARD_UNKNOWN: _("The card {0} is not known."),
	CARD_CHECK_DIGIT: _("The card number {0} is mistyped, its check digit is wrong."),
	CARD_INACTIVE: _("The card {0} is not activated yet."),
	CARD_SUSPENDED: _("The card {0} is suspended."),
	CARD_LOST: _("The card {0} was reported lost."),
	CARD_REPLACED: _("The card {0} was replaced by {1}."),
	CARD_EXPIRED: _("The card {0} was valid until {1}."),
	FEE_DUE: _("{0} asks for a fee; the card is activated when it is paid."),
	PROGRAMME_CLOSED: _("The programme {0} is closed."),
	BASKET_EMPTY: _("The basket is empty."),
	AMOUNT_NOT_POSITIVE: _("{0}: the amount {1} must be above 0."),
	AMOUNT_TOO_LARGE: _("{0}: the amount {1} is too large."),
	TOTAL_MISMATCH: _("The basket says {0}, its lines add up to {1}."),
	PAYMENT_MISMATCH: _("{0} is to be paid, the payments add up to {1}."),
	COUPON_UNKNOWN: _("The coupon {0} is not known."),
	COUPON_CHECK: _("The coupon code {0} is mistyped."),
	COUPON_NOT_ISSUED: _("The coupon {0} has not been issued yet."),
	COUPON_NOT_STARTED: _("The coupon {0} is valid from {1}."),
	COUPON_EXPIRED: _("The coupon {0} was valid until {1}."),
	COUPON_USED: _("The coupon {0} is used up."),
	COUPON_VOID: _("The coupon {0} was withdrawn."),
	COUPON_REFUNDED: _("The coupon {0} was refunded."),
	COUPON_LIMIT: _("{0}: all {1} are used up."),
	COUPON_CUSTOMER_LIMIT: _("{0}: this customer has used it {1} times, no more is allowed."),
	COUPON_OTHER_CUSTOMER: _("The coupon {0} belongs to another customer."),
	COUPON_NEEDS_MEMBER: _("The coupon {0} is for members only."),
	COUPON_MIN_SPEND: _("The coupon {0} asks for {1}, the basket has {2}."),
	COUPON_WRONG_STORE: _("The coupon {0} is not valid in this store."),
	COUPON_WRONG_CHANNEL: _("The coupon {0} is not valid on this channel."),
	COUPON_WRONG_TIER: _("The coupon {0} is for another tier."),
	COUPON_WRONG_DAY: _("The coupon {0} is not valid on this day of the week."),
	COUPON_WRONG_TIME: _("The coupon {0} is valid from {1} to {2} only."),
	COUPON_NO_MATCH: _("The coupon {0} fits nothing in the basket."),
	COUPON_NO_EFFECT: _("The coupon {0} would take nothing off."),
	COUPON_NOT_STACKABLE: _("The coupon {0} cannot be used together with {1}."),
	COUPON_TWICE: _("The coupon {0} was given twice."),
	COUPON_PER_SALE: _("The coupon {0}: at most {1} of its kind in one sale."),
	COUPON_NO_VOUCHER: _("The coupon {0} is no group-buying voucher."),
	COUPON_DISABLED: _("{0} is switched off."),
	COUPON_NOT_REDEEMED: _("The coupon {0} is not redeemed in this sale."),
	POINTS_SHORT: _("{0} points are asked for, {1} are there."),
	POINTS_MINIMUM: _("At least {0} points must be used at once."),
	POINTS_SHARE: _("At most {0} points can be used for this basket."),
	POINTS_STEP: _("Points are used in steps of {0}."),
	POINTS_NOT_TAKEN: _("{0} takes no points as payment."),
	VALUE_SHORT: _("{0} is asked for, {1} is stored."),
	VALUE_TOO_MUCH: _("{0} is more than the {1} that is to be paid."),
	ACCOUNT_CLOSED: _("The member account is closed."),
	ALREADY_REVERSED: _("This entry was reversed already."),
	POINTS_SPENT: _("{0} points are to be taken back, {1} are left."),
	VALUE_SPENT: _("{0} is to be taken back, {1} of it is left."),
	GIVEN_BACK_TOO_MUCH: _("{0} is to be given back, {1} of what was paid is left."),
	TOO_MANY_DECIMALS: _("{0}: {1} has more than {2} decimals."),
	TOP_UP_UNKNOWN: _("The top-up {0} is not known."),
	SALE_UNKNOWN: _("The sale {0} is not known."),
	SALE_CANCELLED: _("The sale {0} was cancelled."),
	SALE_HAS_RETURNS: _("The sale {0} has returns."),
	SALE_OTHER_TILL: _("The sale {0} was made at another till."),
	ITEM_NOT_SOLD: _("{0} was not part of the sale."),
	RETURN_TOO_MUCH: _("{0}: no more than {1} can come back."),
}
CODES = frozenset(MESSAGES)


class Refused(RuleError):
	"""A call that cannot be served: `code` (one of CODES), message template, its values, the field meant."""

	def __init__(self, code: str, *values, field: str | None = None):
		self.code = code
		super().__init__(MESSAGES[code], *values, field=field)

	def __reduce__(self):
		return (_again, (self.code, self.values, self.field))

	def __eq__(self, other):
		return isinstance(other, Refused) and (self.code, self.values) == (other.code, other.values)

	def __hash__(self):
		return hash((self.code, self.values))


def _again(code: str, values: tuple, field: str | None) -> Refused:
	return Refused(code, *values, field=field)
