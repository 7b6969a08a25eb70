"""The fields that segment rules may ask about, read from the DocTypes, so that custom fields count too."""

import frappe
from frappe import _

from crm_app.crm_marketing.domain.segment_rules import (
	CHOICE,
	DATE,
	NUMBER,
	TAGS,
	TEXT,
	YES_NO,
	Field,
	nearest,
)

CUSTOMER, CARD, TRANSACTIONS, SCORES = "Customer", "Member Card", "Transactions", "Scores"
DOCTYPES = {CUSTOMER: "CRM Customer", CARD: "Member Card", SCORES: "Customer Score"}
KINDS = {
	"Data": TEXT, "Small Text": TEXT, "Link": TEXT, "Phone": TEXT, "Autocomplete": TEXT, "Read Only": TEXT,
	"Select": CHOICE, "Check": YES_NO, "Date": DATE, "Datetime": DATE, "Table MultiSelect": TAGS,
	"Int": NUMBER, "Float": NUMBER, "Currency": NUMBER, "Percent": NUMBER,
}  # fmt: skip

# What is summed up over a customer's cards and transactions.
CARD_TOTALS = (Field("active_card_count", "Number of Active Cards", NUMBER),)
# What a card's account holds; see crm_membership.ledger.
CARD_BALANCES = (
	Field("points_balance", "Points", NUMBER),
	Field("value_balance", "Stored Value", NUMBER),
	Field("credit_balance", "Tier Credit", NUMBER),
)
TRANSACTION_TOTALS = (
	Field("purchase_count", "Number of Purchases", NUMBER),
	Field("amount", "Amount", NUMBER),
	Field("average_amount", "Average Amount", NUMBER),
	Field("first_date", "First Purchase", DATE),
	Field("last_date", "Last Purchase", DATE),
	Field("days_since_last", "Days Since Last Purchase", NUMBER),
	Field("days_since_first", "Days Since First Purchase", NUMBER),
)


def fields_of(source: str) -> list[Field]:
	if source == TRANSACTIONS:
		return list(TRANSACTION_TOTALS)
	stored = [_field(df) for df in frappe.get_meta(DOCTYPES[source]).fields if _may_ask(df)]
	created = Field("creation", "Created On", DATE)
	return [*stored, created, *((*CARD_TOTALS, *CARD_BALANCES) if source == CARD else ())]


def _may_ask(df) -> bool:
	"""Fields that need a higher level of rights would leak through the count."""
	return df.fieldtype in KINDS and not df.permlevel and not df.hidden and not df.get("is_virtual")


def _field(df) -> Field:
	options = ()
	if df.fieldtype == "Select":
		options = tuple(option for option in (df.options or "").split("\n") if option)
	aliases = tuple((_(option), option) for option in options)
	return Field(df.fieldname, df.label or df.fieldname, KINDS[df.fieldtype], options, aliases)


def find(source: str, text: str) -> Field:
	"""The field called `text`: its name, its label or its label in the user's language."""
	fields = fields_of(source)
	wanted = (text or "").strip().lower()
	for spelling in (lambda f: f.name, lambda f: f.label, lambda f: _(f.label)):
		for field in fields:
			if spelling(field).lower() == wanted:
				return field
	hint = ", ".join(_(label) for label in nearest(wanted, fields))
	message = _("{0} has no field “{1}”.").format(_(source), text)
	frappe.throw(f"{message} {_('Did you mean: {0}?').format(hint)}" if hint else message)


@frappe.whitelist()
def options() -> dict[str, list[dict]]:
	"""Name and label of every field by source, for the choice on the form."""
	frappe.has_permission("Customer Segment", "write", throw=True)
	return {
		source: [{"value": field.name, "label": _(field.label)} for field in fields_of(source)]
		for source in (CUSTOMER, CARD, TRANSACTIONS, SCORES)
	}
