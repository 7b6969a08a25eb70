from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_sales.domain.returns import Moved, by_item, check_return, returnable, spread
from crm_app.crm_sales.domain.transaction import check_and_total
from crm_app.utils.rules import RuleError

TODAY = date(2026, 6, 30)
SALE = {"transaction_type": "Sale", "posting_date": TODAY}
RETURN = {"transaction_type": "Return", "posting_date": TODAY}

LINES = st.lists(
	st.fixed_dictionaries(
		{
			"item_code": st.sampled_from("ABC"),
			"qty": st.decimals("0.001", 1000, places=3),
			"rate": st.decimals(0, 10000, places=2),
		}
	),
	min_size=1,
	max_size=8,
)


def line(qty=1, rate="10", **values):
	return {"item_code": "A", "qty": qty, "rate": rate, **values}


def test_amounts_are_summed_exactly():
	totals = check_and_total(SALE, [line(3, "0.1"), line(1, "0.2", discount_amount="0.05")], TODAY)
	assert totals.amount == Decimal("0.45")
	assert (totals.total_qty, totals.discount_amount) == (4, Decimal("0.05"))


def test_a_return_is_negative_whichever_sign_was_typed():
	assert check_and_total(RETURN, [line(2)]).amount == -20
	assert check_and_total(RETURN, [line(-2)]).lines[0].qty == -2


@pytest.mark.parametrize(
	("header", "lines", "says"),
	[
		(SALE, [], "at least one line"),
		(SALE, [line(), line(-1)], "Row 2: a sale cannot have the negative quantity"),
		(SALE, [line(0)], "quantity is 0"),
		(SALE, [line(rate=-1)], "cannot be negative"),
		(SALE, [line(discount_amount=11)], "exceeds"),
		(SALE, [line("two")], "not a number"),
		(SALE, [line(float("nan"))], "not a number"),
		(SALE, [line(1, "1e12")], "too large"),
		(SALE, [{"item_code": " ", "qty": 1, "rate": 1}], "item code is missing"),
		({**SALE, "posting_date": date(2026, 7, 1)}, [line()], "future"),
		({**SALE, "posting_date": None}, [line()], "missing"),
	],
)
def test_a_bad_transaction_is_refused_with_its_row(header, lines, says):
	with pytest.raises(RuleError, match=says):
		check_and_total(header, lines, TODAY)


@given(LINES)
def test_a_full_return_takes_the_sale_to_nothing(lines):
	sale, back = check_and_total(SALE, lines), check_and_total(RETURN, lines)
	assert sale.amount + back.amount == 0
	assert sale.total_qty + back.total_qty == 0
	assert sale.amount == sum(item.amount for item in sale.lines)


def moved(lines, header=SALE):
	totals = check_and_total(header, lines)
	return by_item(
		{"item_code": row["item_code"], "qty": total.qty, "amount": total.amount}
		for row, total in zip(lines, totals.lines, strict=True)
	)


@given(LINES, st.data())
def test_partial_returns_never_exceed_the_sale(lines, data):
	sold, returned = moved(lines), {}
	for _turn in range(4):
		item = data.draw(st.sampled_from(sorted(sold)))
		wanted = {item: Moved(data.draw(st.decimals("0.001", 3000, places=3)), Decimal(0))}
		try:
			check_return(sold, returned, wanted)
		except RuleError:
			continue
		returned[item] = returned.get(item, Moved()) + wanted[item]
	assert all(left.qty >= 0 for left in returnable(sold, returned).values())


def test_what_was_not_sold_cannot_come_back():
	with pytest.raises(RuleError, match="not part of the sale"):
		check_return({"A": Moved(Decimal(1))}, {}, {"B": Moved(Decimal(1))})


def test_no_more_is_refunded_than_was_paid():
	with pytest.raises(RuleError, match="cannot be refunded"):
		check_return(moved([line(2, 10)]), {}, moved([line(1, 25)]))


@given(st.lists(st.decimals(0, 100, places=3), min_size=1), st.data())
def test_what_comes_back_is_spread_over_the_lines_of_the_item(capacities, data):
	total = data.draw(st.decimals(0, sum(capacities), places=3))
	parts = spread(total, capacities)
	assert sum(parts) == total
	assert all(0 <= part <= capacity for part, capacity in zip(parts, capacities, strict=True))
