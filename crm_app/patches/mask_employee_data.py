"""Masked values beside the contact data of employees, which became private later than those of customers."""

from crm_app.crm_customers.privacy import EMPLOYEE, twins_of
from crm_app.patches.mask_private_data import fill


def execute() -> None:
	for fieldname in twins_of(EMPLOYEE):
		fill(EMPLOYEE, fieldname)
