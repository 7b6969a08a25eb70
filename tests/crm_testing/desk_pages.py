"""What people do again and again at the embedded desk, in English or Chinese."""

from crm_testing.e2e_people import CATEGORY

CHINESE = {
	"Actions": "操作",
	"Add row": "添加行",
	"Below Field": "位于此字段之下",
	"Condition": "条件",
	"Customize": "自定义",
	"Edit": "编辑",
}


class Pages:
	"""A Desk whose texts are in `language`."""

	def __init__(self, desk, language: str = "en"):
		self.desk, self.page, self.language = desk, desk.page, language

	def word(self, english: str) -> str:
		return CHINESE[english] if self.language == "zh" else english

	def save(self):
		with self.page.expect_navigation():
			self.page.keyboard.press("Control+s")
		self.page.wait_for_selector("#f-form")

	def menu(self, label: str):
		"""An entry of the form's action menu; the page comes back."""
		self.page.click(f"summary:has-text('{self.word('Actions')}')")
		with self.page.expect_navigation():
			self.page.click(f".d-menu[open] button:has-text('{label}')")
		self.page.wait_for_selector("#f-form")

	def add_row(self, table: str, **cells: str) -> int:
		"""Adds a row and fills the cells that the grid shows; the number of the row."""
		self.page.click(f"[data-field='{table}'] button:has-text('{self.word('Add row')}')")
		number = self.page.locator(f"[data-field='{table}'] tbody tr").count()
		for name, text in cells.items():
			self.fill_cell(f"{table}.{number}.{name}", text)
		return number

	def fill_cell(self, address: str, text: str):
		cell = self.page.locator(f"[data-cell='{address}']")
		if cell.locator("select").count():
			cell.locator("select").select_option(text)
		elif cell.locator("input[type=checkbox]").count():
			cell.locator("input").check()
		elif cell.locator("input[role=combobox]").count():
			self.desk.pick(f"[data-cell='{address}']", text)
		else:
			cell.locator("input, textarea").fill(text)

	def in_row(self, table: str, number: int, label: str, text: str):
		"""In the row's dialog, for what the grid does not show."""
		row = self.page.locator(f"[data-field='{table}'] tbody tr").nth(number - 1)
		row.locator(f"button[title='{self.word('Edit')}']").click()
		field = self.page.locator(f"#f-row .f-field:has(label:text-is('{self.word(label)}'))")
		field.locator("input, textarea").first.fill(text)
		self.page.click("#f-row footer button")

	def column(self, table: str, name: str) -> list[str]:
		"""What stands in one column of a table, row by row."""
		self.page.wait_for_selector(f"[data-field='{table}'] tbody tr")
		cells = self.page.locator(f"[data-field='{table}'] tbody td[data-cell$='.{name}']")
		return [cell.locator("input, textarea, select").first.input_value() for cell in cells.all()]

	def ask_for_money(self, purpose: str, amount: str, customer: str = "") -> str:
		"""A new expense request, sent to approval; its name."""
		self.desk.open("/app/expense-request/new").fill("purpose", purpose)
		if customer:
			self.desk.pick("[data-field='customer']", customer)
		if not self.page.locator("[data-cell='lines.1.category']").count():
			self.page.click("[data-field='lines'] button:has-text('Add row')")
		self.desk.pick("[data-cell='lines.1.category']", CATEGORY)
		self.page.locator("[data-cell='lines.1.amount'] input").fill(amount)
		self.desk.act("Save")
		self.page.wait_for_url("**/app/expense-request/EXP-*")
		self.desk.act("Submit for Approval")
		self.page.wait_for_selector("text=Pending Department Head")
		return self.page.url.rsplit("/", 1)[1]

	def approve(self, request: str, then: str):
		"""Approves, after which the request stands in the state `then`."""
		self.desk.open(f"/app/expense-request/{request}")
		self.desk.act("Approve")
		self.page.wait_for_selector(f".d-pill:text-is('{then}')")
