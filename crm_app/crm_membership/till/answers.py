"""What the till is told, as plain JSON values; money is decimal text, for JSON has no decimals."""

from crm_app.crm_customers.domain.masks import mask
from crm_app.crm_membership.domain.errors import Refused
from crm_app.utils.money import ZERO, round_money
from crm_app.utils.telling import tell


def shown(member) -> dict:
	"""What the till may see of a member: nothing that identifies them beyond what it needs."""
	return {
		"card": member.card,
		"name": member.customer_name,
		"phone": mask("mobile_no", member.mobile_no),
		"programme": member.programme,
		"tier": member.tier,
		"valid_until": str(member.valid_until) if member.valid_until else None,
	}


def balances(balance) -> dict:
	"""Of a ledger.Balance."""
	return {
		"points": plain(balance.points),
		"stored_value": text(balance.value),
		"principal": text(balance.principal),
		"bonus": text(balance.bonus),
		"tier_credit": plain(balance.tier_credit),
	}


def text(amount) -> str:
	"""Money as decimal text, for JSON has no decimals."""
	return f"{round_money(amount):.2f}"


def plain(number) -> str:
	return f"{number.normalize():f}" if number else "0"


def quoted(found) -> dict:
	earned = found.earned
	return {
		"gross": text(found.gross),
		"tier_discount": text(found.tier_discount),
		"coupon_discount": text(found.coupon_discount),
		"total": text(found.total),
		"to_pay": text(found.to_pay),
		"points": {
			"max": plain(found.points_max),
			"used": plain(found.points_used),
			"money": text(found.points_money),
		},
		"stored_value": {"max": text(found.value_max), "used": text(found.value_used)},
		"coupons": [{"code": applied.code, "discount": text(applied.discount)} for applied in found.applied],
		"refused_coupons": [refusal(code, why) for code, why in found.refused],
		"problems": [refusal("", why) for why in found.problems],
		"earns": {
			"points": plain(earned.points if earned else ZERO),
			"tier_credit": plain(earned.tier_credit if earned else ZERO),
		},
		"lines": [
			{
				"gross": text(line.gross),
				"discount": text(line.gross - line.net),
				"net": text(line.net),
			}
			for line in found.lines
		],
	}


def refusal(code: str, why: Refused) -> dict:
	return {"code": code, "reason": why.code, "message": tell(why.template, *why.values)}


def refunded(refund, paid) -> dict:
	"""How the refund goes back, from a paying_back.PaidBack: to the card, and the rest in money."""
	return {
		"total": text(refund),
		"points": plain(paid.points),
		"stored_value": text(paid.value),
		"money": text(paid.money),
	}


def line_back(item: str, moved) -> dict:
	return {"item_code": item, "qty": plain(moved.qty), "amount": text(moved.amount)}
