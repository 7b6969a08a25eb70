"""Which column of a file means which field: exact names, names people use, then a guess by likeness.

A header is the field's name, its label in any language, or one of the names below. For a child table it is
"Contacts: Name" or "Name (Contacts)" (each row of the file adds one child row), or "Contacts 2: Name" (the
second child row of the same record).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from crm_app.crm_platform.importer.domain.errors import FileRefused
from crm_app.crm_platform.importer.domain.mapping import CUSTOMERS, TARGETS, spelling
from crm_app.utils.rules import _

EXACT, GUESS = "Exact", "Guess"
LIKE_ENOUGH = 0.84
SHORTEST_GUESS = 4
REASON = "Import Problem"  # the column that a file of failed rows carries; never imported
REASON_NAMES = (REASON, "导入问题")
NUMBERED = re.compile(r"(.+?)\s*(\d{1,2})\s*[:：.\-_/]\s*(.+)")
PREFIXED = re.compile(r"(.+?)\s*[:：/]\s*(.+)")
SUFFIXED = re.compile(r"(.+?)\s*[(（](.+)[)）]")
TARGET = re.compile(r"(?:(?P<table>\w+)(?:#(?P<number>\d{1,2}))?\.)?(?P<field>\w+)")

# Field name → what people call it; used for every DocType that has a field of that name.
NAMES = {
	**{name: target.aliases for name, target in TARGETS[CUSTOMERS].items()},
	"mobile_no": (
		"mobile no",
		"mobile number",
		"cell",
		"cellphone",
		"手机",
		"手机号",
		"手机号码",
		"联系电话",
	),
	"customer_name": ("name", "full name", "member name", "客户名称", "客户姓名", "会员姓名", "姓名", "名称"),
	"employee_name": ("name", "full name", "staff name", "员工姓名", "姓名"),
	"store_name": ("store", "shop", "门店", "门店名称"),
	"department_name": ("department", "部门", "部门名称"),
	"contact_name": ("name", "联系人", "联系人姓名", "姓名"),
	"email_id": ("e-mail", "mail", "email", "email address", "邮箱", "电子邮件", "电子邮箱"),
	"id_number": ("id card", "identity card", "passport", "身份证", "身份证号", "证件号码"),
	"account_manager": ("owner", "sales person", "客户经理", "负责人"),
	"posting_date": ("date", "日期", "交易日期"),
	"external_id": (
		"id",
		"编号",
		"customerid",
		"customer id",
		"member id",
		"member no",
		"member number",
		"customer no",
		"customer number",
		"external id",
		"客户编号",
		"会员编号",
		"外部编号",
	),
	"address": ("street", "地址", "详细地址", "联系地址"),
	"notes": ("remark", "remarks", "note", "备注"),
	"credit_limit": ("credit", "授信额度", "信用额度", "赊账额度"),
	"tags": ("labels", "标签"),
	"item_code": ("sku", "stockcode", "货号", "商品编码"),
	"qty": ("quantity", "数量"),
	"rate": ("price", "unit price", "单价"),
	"amount": ("total", "金额"),
}


@dataclass(frozen=True)
class FieldChoice:
	"""A field that a column may fill. `target` is `field`, or `table.field` for a child row.

	`names`: labels and names it goes by; `tables`: the same for its table.
	"""

	target: str
	names: tuple[str, ...]
	tables: tuple[str, ...] = ()
	required: bool = False


@dataclass
class Found:
	"""The proposal for one column: target ("" for none) and how sure it is."""

	target: str = ""
	match: str = ""


@dataclass(frozen=True)
class Target:
	"""A parsed target; `number` 0 means a child row for each row of the file."""

	field: str
	table: str = ""
	number: int = 0


def parse_target(text: str) -> Target:
	"""`field`, `table.field` or `table#2.field`. Raises FileRefused."""
	if not (match := TARGET.fullmatch(text)):
		raise FileRefused(_("{0} is no field to import into"), text)
	return Target(match["field"], match["table"] or "", int(match["number"] or 0))


@dataclass
class Matcher:
	"""Proposes targets for headers; each plain field is given once."""

	choices: Iterable[FieldChoice]
	by_name: dict[str, str] = field(default_factory=dict)
	by_table: dict[str, dict[str, str]] = field(default_factory=dict)

	def __post_init__(self):
		for rank in (0, 1):  # a field's own names go before the names people use
			for choice in self.choices:
				self._learn(choice, rank)

	def _learn(self, choice: FieldChoice, rank: int) -> None:
		bare = choice.target.rpartition(".")[2]
		own = choice.names if bare == "name" else (bare, *choice.names)  # "name" is what people call a title
		names = own if rank == 0 else NAMES.get(bare, ())
		spelled = {spelling(name) for name in names} - {""}
		if not choice.tables:
			for name in spelled:
				self.by_name.setdefault(name, choice.target)
		for table in {spelling(name) for name in choice.tables}:
			fields = self.by_table.setdefault(table, {})
			for name in spelled:
				fields.setdefault(name, choice.target)

	def propose(self, header: list[str]) -> list[Found]:
		"""One proposal a column, in the file's order."""
		found = [Found(target, EXACT) if (target := self._exact(name)) else Found() for name in header]
		_only_first(found)
		taken = {one.target for one in found}
		for place, name in enumerate(header):
			if not found[place].target and (guess := self._guess(name, taken)):
				found[place] = Found(guess, GUESS)
				taken.add(guess)
		return found

	def _exact(self, name: str) -> str:
		if not spelling(name) or spelling(name) in map(spelling, REASON_NAMES):
			return ""
		return self.by_name.get(spelling(name)) or self._of_table(name)

	def _of_table(self, name: str) -> str:
		if match := NUMBERED.fullmatch(name.strip()):
			target = self.by_table.get(spelling(match[1]), {}).get(spelling(match[3]))
			if target:
				return target.replace(".", f"#{int(match[2])}.", 1)
		if match := PREFIXED.fullmatch(name.strip()):
			return self.by_table.get(spelling(match[1]), {}).get(spelling(match[2]), "")
		if match := SUFFIXED.fullmatch(name.strip()):
			return self.by_table.get(spelling(match[2]), {}).get(spelling(match[1]), "")
		return ""

	def _guess(self, name: str, taken: set[str]) -> str:
		wanted = spelling(name)
		if wanted in map(spelling, REASON_NAMES):
			return ""
		scored = (
			(likeness(wanted, known), target) for known, target in self.by_name.items() if target not in taken
		)
		score, target = max(scored, default=(0, ""))
		return target if score >= LIKE_ENOUGH else ""


def likeness(one: str, other: str) -> float:
	"""0 … 1. Containing counts as like for names that are long enough to mean something."""
	shorter, longer = sorted((one, other), key=len)
	if len(shorter) < (2 if not shorter.isascii() else SHORTEST_GUESS):
		return 0.0
	if longer.startswith(shorter) or longer.endswith(shorter):
		return max(0.9 * (len(shorter) / len(longer)) ** 0.08, 0.0)
	return SequenceMatcher(None, one, other).ratio()


def _only_first(found: list[Found]) -> None:
	seen: set[str] = set()
	for one in found:
		if one.target in seen:
			one.target, one.match = "", ""
		elif one.target:
			seen.add(one.target)


def clean_header(rows: Iterable[list[str]]) -> tuple[list[str], int]:
	"""The header and its row number: the first row that is filled, cells trimmed, empty tail cut off.

	Raises FileRefused where merged or empty cells leave a column without a name, or a name stands twice.
	"""
	rows = iter(rows)
	for number, row in enumerate(rows, 1):
		header = [" ".join(name.split()) for name in row]
		while header and not header[-1]:
			header.pop()
		if header:
			_check_header(header, number, next(rows, []))
			return header, number
		if number >= 20:
			break
	raise FileRefused(_("The file has no header: its first rows are empty"))


def _check_header(header: list[str], number: int, below: list[str]) -> None:
	empty = [str(place) for place, name in enumerate(header, 1) if not name]
	filled = sum(1 for name in below if name.strip())
	if len(header) - len(empty) == 1 and (empty or filled > 1):
		raise FileRefused(
			_("Row {0} looks like a title over merged cells: delete it, so that the header comes first"),
			number,
		)
	if empty:
		raise FileRefused(
			_("Header: columns {0} have no name; undo merged cells and name each column"), ", ".join(empty)
		)
	spelled = [spelling(name) for name in header]
	for name, key in zip(header, spelled, strict=True):
		if spelled.count(key) > 1:
			raise FileRefused(_("The column {0} stands twice in the file"), name)
