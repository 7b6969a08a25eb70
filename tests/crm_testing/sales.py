"""Sales and returns for tests."""

import frappe

LINE = {"item_code": "TEA", "item_name": "Green tea", "category": "Drinks", "qty": 2, "rate": 50}


def make_transaction(customer: str, submit: bool = True, **values):
	values.setdefault("items", [dict(LINE)])
	values.setdefault("posting_date", "2026-03-01")
	doc = frappe.get_doc({"doctype": "CRM Transaction", "customer": customer, **values}).insert()
	return doc.submit() or doc if submit else doc


def make_return(sale, qty: float, submit: bool = True, **values):
	first = sale.items[0]
	line = {"item_code": first.item_code, "qty": qty, "rate": first.rate}
	values = {"transaction_type": "Return", "return_against": sale.name, "items": [line]} | values
	values.setdefault("posting_date", sale.posting_date)
	return make_transaction(sale.customer, submit, **values)


def make_store(store_name: str = "Nanjing Road", **values):
	return frappe.get_doc({"doctype": "CRM Store", "store_name": store_name, **values}).insert()
