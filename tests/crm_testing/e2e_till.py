"""Run as a program: the till, member and cashier of the browser test, in a new embedded site.

python e2e_till.py SITES_FOLDER SITE; prints the till's token and the card number.
"""

import sys
from decimal import Decimal
from pathlib import Path


def main(sites: str, site: str) -> None:
	root = Path(__file__).resolve().parents[2]
	sys.path[:0] = [str(root / "embedded"), str(root), str(root / "tests")]
	import frappe

	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	from crm_testing.customers import make_customer
	from crm_testing.membership import make_card, make_programme
	from crm_testing.tills import issue_token, make_till

	from crm_app.crm_membership import ledger

	programme = make_programme(points_per_unit=1, point_value="0.01", card_prefix="71001").name
	till = make_till(till_code="SHOP-1", programme=programme)
	offer = {"doctype": "Top-up Offer", "offer_name": "Pay 500 get 50", "programme": programme}
	frappe.get_doc(offer | {"pay_amount": 500, "bonus_amount": 50}).insert()
	card = make_card(make_customer(mobile_no="13900139001").name, programme)
	card.activate()
	with ledger.posting(card.name, "opening", ledger.Voucher("Member Card", card.name)) as book:
		book.grant("Points", Decimal(3600), "Opening")
		book.grant("Principal", Decimal(200), "Opening")
	token = issue_token(till)
	frappe.db.commit()
	frappe.destroy()
	print(token, card.name)


if __name__ == "__main__":
	main(*sys.argv[1:])
