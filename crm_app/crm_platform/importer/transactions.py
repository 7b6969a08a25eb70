"""Staged lines become customers, transactions and items, in chunks that are each one transaction."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.naming import make_autoname

from crm_app.crm_customers.domain.profile import external_key
from crm_app.crm_customers.permissions import sees_all, visible_managers
from crm_app.crm_platform.importer.bulk import BulkTable, existing
from crm_app.crm_platform.importer.checkpoint import Checkpoint
from crm_app.crm_platform.importer.domain.errors import FileRefused, Problem
from crm_app.crm_platform.importer.domain.lines import Line
from crm_app.crm_platform.importer.domain.staging import Stage
from crm_app.crm_platform.importer.errors import ErrorWriter
from crm_app.crm_sales.sale_rows import SaleRows
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.rules import _ as marked

CUSTOMERS_A_STEP = 1_000
INVOICES_A_STEP = 1_000
SERIES = "CUST-.#####"
FILLED = {
	"CRM Customer": ("customer_name", "external_id"),
	"CRM Transaction": (
		"customer",
		"transaction_type",
		"posting_date",
		"posting_time",
		"amount",
		"total_qty",
	),
	"CRM Transaction Item": ("item_code", "item_name", "qty", "rate", "amount"),
}
MANDATORY = marked("{0}: {1} is mandatory; give it a default, for a file of sales cannot fill it")
FOREIGN = marked("The customer belongs to somebody else")


class TransactionWriter:
	"""Writes one staged file. Invoices and customers that are there already stay as they are."""

	def __init__(self, record, stage: Stage, checkpoint: Checkpoint, errors: ErrorWriter):
		self.record, self.stage, self.checkpoint, self.errors = record, stage, checkpoint, errors
		common = {"source_system": record.source_system, "import_batch": record.name}
		self.customers = BulkTable("CRM Customer", **common, source="Import")
		self.sales = SaleRows(**common, currency=record.currency)
		self._check_mandatory()
		self.stores: set[str] = set()
		self.managers = None if sees_all() else {"", *visible_managers()}
		self.has_country = frappe.get_meta("CRM Customer").has_field("country")

	def _check_mandatory(self) -> None:
		"""Rows are written past the Document: a mandatory field that no column fills must have a default."""
		for table in (self.customers, self.sales.heads, self.sales.items):
			filled = {*table.defaults, *FILLED.get(table.doctype, ())}
			for df in frappe.get_meta(table.doctype).fields:
				if df.reqd and df.fieldname not in filled and df.fieldtype not in table_fields:
					raise FileRefused(MANDATORY, _(table.doctype), _(df.label))

	def totals(self) -> dict[str, int]:
		return {
			"Errors": self.stage.count("problem"),
			"Customers": self.stage.count("customer"),
			"Transactions": self.stage.count("invoice"),
		}

	def write(self) -> None:
		checkpoint = self.checkpoint
		self.errors.write(self.stage)
		if checkpoint.enter("Customers"):
			for lines in self.stage.customers(checkpoint.position, CUSTOMERS_A_STEP):
				with checkpoint.step(len(lines)) as counted:
					counted["customers_created"] = self._add_customers(lines)
		if checkpoint.enter("Transactions"):
			for invoices in self.stage.invoices(checkpoint.position, INVOICES_A_STEP):
				with checkpoint.step(len(invoices)) as counted:
					self._add_invoices(invoices, counted)

	def _key(self, identifier: str) -> str:
		return external_key(self.record.source_system, identifier)

	def _name(self, line: Line) -> str:
		"""From import and row: ascending for the index, and the same again after a kill."""
		return f"{self.record.name}-{line.row_no:07d}"

	def _add_customers(self, lines: list[Line]) -> int:
		known = existing("CRM Customer", "external_key", [self._key(line.customer) for line in lines])
		for line in lines:
			key = self._key(line.customer)
			if key.casefold() not in known:
				country = {"country": line.country} if self.has_country else {}
				self.customers.add(
					name=make_autoname(SERIES),
					customer_name=line.customer_name or _("Customer {0}").format(line.customer),
					external_id=line.customer,
					external_key=key,
					**country,
				)
		return self.customers.insert()

	def _add_invoices(self, invoices: list[list[Line]], counted: dict[str, int]) -> None:
		keys = [self._key(lines[0].invoice) for lines in invoices]
		known = existing("CRM Transaction", "external_key", keys)
		owners = self._owners({lines[0].customer for lines in invoices})
		self._add_stores({lines[0].store for lines in invoices} - {""})
		for key, lines in zip(keys, invoices, strict=True):
			if key.casefold() in known:
				counted["records_existing"] += 1
			elif owner := owners.get(self._key(lines[0].customer).casefold()):
				self._add_invoice(key, lines, owner)
			else:
				self._refuse(lines, counted)
		self.errors.table.insert()
		counted["transactions_created"], counted["lines_created"] = self.sales.insert()

	def _refuse(self, lines: list[Line], counted: dict[str, int]) -> None:
		for line in lines:
			self.errors.add(line.row_no, Problem("customer", line.customer, FOREIGN))
		counted["rows_bad"] += len(lines)

	def _owners(self, customers: set[str]) -> dict:
		"""external key in lower case → (name, customer name) of the customers that the user sees."""
		found = frappe.get_all(
			"CRM Customer",
			filters={"external_key": ["in", [self._key(customer) for customer in customers]]},
			fields=["external_key", "name", "customer_name", "account_manager"],
		)
		if self.managers is not None:
			found = [row for row in found if (row.account_manager or "") in self.managers]
		return {row.external_key.casefold(): (row.name, row.customer_name) for row in found}

	def _add_stores(self, stores: set[str]) -> None:
		for store in sorted(stores - self.stores):
			if not frappe.db.exists("CRM Store", store):
				new = frappe.get_doc({"doctype": "CRM Store", "store_name": store})
				forgive_custom(new)
				new.insert(ignore_permissions=True)  # part of an import that the user may run
		self.stores |= stores

	def _add_invoice(self, key: str, lines: list[Line], owner: tuple[str, str]) -> None:
		head = lines[0]
		self.sales.add(
			list(map(self._item, lines)),
			name=self._name(head),
			customer=owner[0],
			customer_name=owner[1],
			transaction_type="Return" if head.is_return else "Sale",
			posting_date=head.posting_date,
			posting_time=head.posting_time,
			store=head.store or None,
			channel=head.channel or None,
			external_id=head.invoice,
			external_key=key,
		)

	def _item(self, line: Line) -> dict:
		return {
			"name": self._name(line),
			"item_code": line.item_code,
			"item_name": line.item_name or line.item_code,
			"category": line.category or None,
			"qty": Decimal(line.qty),
			"rate": Decimal(line.rate),
			"amount": Decimal(line.amount),
		}
