"""Which column of a file feeds which field."""

import re
import unicodedata
from dataclasses import dataclass, field

from crm_app.crm_platform.importer.domain.errors import FileRefused
from crm_app.utils.rules import _

TRANSACTIONS = "Transactions"
CUSTOMERS = "Customers"
RECORDS = "Records"  # of any DocType


@dataclass(frozen=True)
class Target:
	"""A field that a file can fill: its label and the headers that people give it."""

	label: str
	aliases: tuple[str, ...] = ()
	required: bool = False


@dataclass(frozen=True)
class Preset:
	"""What is known about one kind of file; `columns` maps a field to its header."""

	name: str
	import_type: str
	source_system: str
	columns: dict[str, str] = field(default_factory=dict)
	currency: str = ""
	date_format: str = ""
	return_prefix: str = "C"


TARGETS = {
	TRANSACTIONS: {
		"invoice": Target(
			"Invoice", ("invoiceno", "invoice no", "order id", "单号", "订单号", "发票号"), True
		),
		"customer": Target("Customer", ("customerid", "customer id", "客户编号", "客户"), True),
		"posted_on": Target("Date", ("invoicedate", "posting date", "日期", "交易日期", "时间"), True),
		"qty": Target("Quantity", ("qty", "数量"), True),
		"rate": Target("Price", ("unitprice", "unit price", "rate", "单价", "价格"), True),
		"item_code": Target(
			"Item Code", ("stockcode", "sku", "货号", "商品编码", "商品编号", "商品代码"), True
		),
		"item_name": Target("Item Name", ("description", "item", "商品", "商品名称", "品名")),
		"category": Target("Category", ("item group", "类别", "品类")),
		"store": Target("Store", ("shop", "门店")),
		"channel": Target("Channel", ("渠道",)),
		"country": Target("Country", ("国家",)),
		"customer_name": Target("Customer Name", ("name", "客户名称", "姓名")),
	},
	CUSTOMERS: {
		"external_id": Target("External ID", ("customerid", "customer id", "id", "客户编号", "编号"), True),
		"customer_name": Target("Customer Name", ("name", "full name", "客户名称", "姓名", "名称"), True),
		"customer_type": Target("Customer Type", ("type", "客户类型")),
		"gender": Target("Gender", ("sex", "性别")),
		"birthday": Target("Birthday", ("date of birth", "生日", "出生日期")),
		"mobile_no": Target("Mobile", ("mobile no", "mobile number", "手机", "手机号", "手机号码")),
		"phone": Target("Phone", ("telephone", "电话")),
		"email_id": Target("Email", ("e-mail", "mail", "邮箱", "电子邮件")),
		"wechat_id": Target("WeChat ID", ("wechat", "微信", "微信号")),
		"company_name": Target("Company Name", ("company", "公司", "公司名称")),
		"province": Target("Province", ("省", "省份")),
		"city": Target("City", ("市", "城市")),
		"district": Target("District", ("区", "区县")),
		"address": Target("Address", ("地址",)),
		"source": Target("Source", ("来源",)),
		"occupation": Target("Occupation", ("job", "职业")),
		"industry": Target("Industry", ("行业",)),
	},
}

# Field → the field whose column stands in where a file has none of its own.
STAND_INS = {TRANSACTIONS: {"item_code": "item_name"}}

PRESETS = {
	preset.name: preset
	for preset in (
		Preset(
			name="Online Retail",
			import_type=TRANSACTIONS,
			source_system="online-retail",
			currency="GBP",
			columns={
				"invoice": "InvoiceNo",
				"item_code": "StockCode",
				"item_name": "Description",
				"qty": "Quantity",
				"posted_on": "InvoiceDate",
				"rate": "UnitPrice",
				"customer": "CustomerID",
				"country": "Country",
			},
		),
	)
}
PLAIN = {
	import_type: Preset(name="", import_type=import_type, source_system="import")
	for import_type in (*TARGETS, RECORDS)
}


def preset_for(name: str | None, import_type: str) -> Preset:
	"""Raises FileRefused for an unknown name."""
	if not name:
		return PLAIN[import_type]
	if name not in PRESETS:
		raise FileRefused(_("There is no preset {0}"), name)
	return PRESETS[name]


def resolve(header: list[str], import_type: str, columns: dict[str, str]) -> dict[str, int]:
	"""Field → position in a row. `columns` (field → header) goes before the aliases.

	Raises FileRefused for unknown fields, missing columns and a header that stands twice.
	"""
	targets = TARGETS[import_type]
	spelled = [spelling(name) for name in header]
	found = {name: place_given(name, wanted, header, targets) for name, wanted in columns.items()}
	for name, target in targets.items():
		if name not in found and (place := place_by_alias(name, target, spelled)) is not None:
			found[name] = place
	for name, other in STAND_INS.get(import_type, {}).items():
		if name not in found and other in found:
			found[name] = found[other]
	if missing := [t.label for name, t in targets.items() if t.required and name not in found]:
		raise FileRefused(_("Missing columns: {0}. The file has: {1}"), ", ".join(missing), ", ".join(header))
	for place in found.values():
		if spelled.count(spelled[place]) > 1:
			raise FileRefused(_("The column {0} stands twice in the file"), header[place])
	return found


def place_given(name: str, wanted: str, header: list[str], targets: dict) -> int:
	if name not in targets:
		raise FileRefused(
			_("There is no field {0} to import into; choose from {1}"), name, ", ".join(targets)
		)
	spelled = [spelling(column) for column in header]
	if spelling(wanted) not in spelled:
		raise FileRefused(_("Missing columns: {0}. The file has: {1}"), wanted, ", ".join(header))
	return spelled.index(spelling(wanted))


def place_by_alias(name: str, target: Target, spelled: list[str]) -> int | None:
	for alias in (name, target.label, *target.aliases):
		if spelling(alias) in spelled:
			return spelled.index(spelling(alias))
	return None


def spelling(text: str) -> str:
	"""Case, blanks, signs and width do not tell headers apart."""
	return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
