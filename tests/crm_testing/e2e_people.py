"""Run as a program: the people, limits and budget of the browser test, in a new embedded site.

python e2e_people.py SITES_FOLDER SITE [BUDGET]
"""

import sys
from pathlib import Path

PASSWORD = "browser-Test-7"
PEOPLE = {
	"sales@shop.test": ("CRM Sales User", "CRM Staff"),
	"service@shop.test": ("CRM Service User", "CRM Staff"),
	"finance@shop.test": ("CRM Finance User", "CRM Staff"),
	"head@shop.test": ("CRM Department Head", "CRM Staff"),
	"manager@shop.test": ("CRM Manager", "CRM Staff"),
	"general@shop.test": ("CRM General Manager", "CRM Staff"),
	"admin@shop.test": ("System Manager",),
}
CATEGORY = "Test Gifts"


def main(sites: str, site: str, budget: str = "10000") -> None:
	root = Path(__file__).resolve().parents[2]
	sys.path[:0] = [str(root / "embedded"), str(root), str(root / "tests")]
	import frappe
	from frappe.utils.password import update_password

	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	from crm_testing.finance import make_budget, set_limits
	from crm_testing.workforce import make_department, make_employee, make_user

	for email, roles in PEOPLE.items():
		make_user(email, *roles)
		update_password(email, PASSWORD)
	department = "Shop"
	make_department(department)
	head = make_employee("Hana Head", "head@shop.test", department)
	make_employee("Sam Sales", "sales@shop.test", department, reports_to=head.name)
	make_employee("Fiona Finance", "finance@shop.test", department, reports_to=head.name)
	make_department(department, head=head.name)
	set_limits(head=2000, finance=20000)
	make_budget({"amount": int(budget)}, department=department)
	frappe.db.commit()
	frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])
