"""A shop small enough to reckon with by hand, and the rows of a report that belong to it."""

from dataclasses import dataclass

import frappe
from crm_testing.customers import make_customer, make_user
from crm_testing.sales import make_return, make_store, make_transaction

LAST_DAY = "2024-06-30"


@dataclass(frozen=True)
class Shop:
	big: str
	middle: str
	small: str
	store: str

	@property
	def customers(self) -> tuple[str, str, str]:
		return self.big, self.middle, self.small


def line(item: str, rate: float, qty: float = 1, category: str | None = None) -> dict:
	return {"item_code": item, "item_name": item.title(), "category": category, "qty": qty, "rate": rate}


def make_shop() -> Shop:
	"""Three customers: 800 in three months, 150 on two days (50 came back), 50 on one day."""
	big, middle, small = (make_customer(customer_name=name).name for name in ("Big", "Middle", "Small"))
	store = make_store("Shop Street").name
	both = [line("TEA", 200, category="Drinks"), line("CUP", 100, category="Ware")]
	make_transaction(big, posting_date="2024-01-10", store=store, items=both)
	make_transaction(big, posting_date="2024-02-09", items=both)
	make_transaction(big, posting_date="2024-04-09", items=[line("TEA", 200, category="Drinks")])
	make_transaction(middle, posting_date="2024-01-20", items=[line("TEA", 100, category="Drinks")])
	sale = make_transaction(middle, posting_date="2024-02-10", items=[line("CUP", 50, category="Ware")])
	make_return(sale, 1, posting_date="2024-03-01")
	make_transaction(small, posting_date="2024-02-20", items=[line("POT", 50)])
	return Shop(big, middle, small, store)


def sales_people(shop: Shop) -> tuple[str, str]:
	"""Two of the sales staff; the first looks after the big customer, who the second does not see."""
	mine, other = (make_user(f"{name}@shop.test", "CRM Sales User") for name in ("mine", "other"))
	frappe.db.set_value("CRM Customer", shop.big, "account_manager", mine)
	return mine, other
