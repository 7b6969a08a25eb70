"""What a till sends, read strictly: every field by name and type, everything else refused by name.

`read(method, given)` turns the JSON of a call into clean values: Decimal for numbers, `Item` for basket
lines, datetime for the till's clock. Raises Refused with the path of the field that is wrong
("items.2.qty").
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.utils.money import round_money, to_decimal

KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
LARGEST = Decimal("1e9")
LINES, COUPONS, CALLS = 500, 20, 200
PAYMENTS = ("Cash", "Bank Card", "WeChat Pay", "Alipay", "Bank Transfer", "On Account", "Other")
PAID_IN = tuple(method for method in PAYMENTS if method != "On Account")
CHANNELS = ("Phone", "E-mail", "SMS", "WeChat", "Post")


@dataclass(frozen=True, slots=True)
class Item:
	"""A line of the basket; `amount` is what it costs before benefits, to the cent."""

	item_code: str
	item_name: str
	category: str
	qty: Decimal
	rate: Decimal
	discount: Decimal
	amount: Decimal


Reader = Callable[[str, Any], Any]


def text(longest: int) -> Reader:
	def reader(name: str, value) -> str:
		if not isinstance(value, str):
			raise Refused(errors.FIELD_TYPE, name, "text", field=name)
		clean = " ".join(value.split())
		if len(clean) > longest or any(ord(character) < 32 for character in clean):
			raise Refused(errors.BAD_INPUT, name, clean[:40], field=name)
		return clean

	return reader


def one_of(*options: str) -> Reader:
	def reader(name: str, value) -> str:
		if value not in options:
			raise Refused(errors.BAD_INPUT, name, str(value)[:40], field=name)
		return value

	return reader


def number(name: str, value, smallest: Decimal = Decimal(0), places: int = 6) -> Decimal:
	"""A JSON number or decimal text, at least `smallest`, with at most `places` digits after the point."""
	if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
		raise Refused(errors.FIELD_TYPE, name, "number", field=name)
	try:
		found = to_decimal(value)
	except ValueError:
		raise Refused(errors.BAD_INPUT, name, str(value)[:40], field=name) from None
	if found < smallest:
		raise Refused(errors.AMOUNT_NOT_POSITIVE, name, str(value)[:40], field=name)
	if found > LARGEST:
		raise Refused(errors.AMOUNT_TOO_LARGE, name, str(value)[:40], field=name)
	if found.normalize().as_tuple().exponent < -places:
		raise Refused(errors.BAD_INPUT, name, str(value)[:40], field=name)
	return found


def money(name: str, value) -> Decimal:
	return number(name, value, places=2)


def positive(name: str, value) -> Decimal:
	return number(name, value, smallest=Decimal("0.000001"))


def positive_money(name: str, value) -> Decimal:
	return number(name, value, smallest=Decimal("0.01"), places=2)


def whole(name: str, value) -> int:
	return int(number(name, value, places=0))


def key(name: str, value) -> str:
	if not isinstance(value, str) or not KEY.fullmatch(value):
		raise Refused(errors.BAD_INPUT, name, str(value)[:40], field=name)
	return value


def moment(name: str, value) -> datetime:
	"""ISO 8601; without an offset it is the site's own time."""
	try:
		return datetime.fromisoformat(value.replace("Z", "+00:00"))
	except (ValueError, AttributeError):
		raise Refused(errors.BAD_INPUT, name, str(value)[:40], field=name) from None


def list_of(reader: Reader, longest: int) -> Reader:
	def read_list(name: str, value) -> tuple:
		if not isinstance(value, list):
			raise Refused(errors.FIELD_TYPE, name, "list", field=name)
		if len(value) > longest:
			raise Refused(errors.BAD_INPUT, name, f"{len(value)} > {longest}", field=name)
		return tuple(reader(f"{name}.{place}", entry) for place, entry in enumerate(value, 1))

	return read_list


def mapping(name: str, value) -> dict:
	if not isinstance(value, dict):
		raise Refused(errors.FIELD_TYPE, name, "object", field=name)
	return value


def consents(name: str, value) -> tuple:
	"""{"SMS": true} as a sorted tuple of (channel, given)."""
	for channel, given in mapping(name, value).items():
		if channel not in CHANNELS or not isinstance(given, bool):
			raise Refused(errors.BAD_INPUT, f"{name}.{channel}", str(given)[:40], field=name)
	return tuple(sorted(value.items()))


@dataclass(frozen=True, slots=True)
class Field:
	reader: Reader
	needed: bool = False


ITEM = {
	"item_code": Field(text(140), True),
	"item_name": Field(text(140)),
	"category": Field(text(140)),
	"qty": Field(positive, True),
	"rate": Field(number, True),
	"discount": Field(number),
}


def item(name: str, value) -> Item:
	got = _fields(mapping(name, value), ITEM, f"{name}.")
	discount = got.get("discount", Decimal(0))
	amount = round_money(got["qty"] * got["rate"] - discount)
	if amount < 0:
		raise Refused(errors.AMOUNT_NOT_POSITIVE, f"{name}.discount", str(amount), field=name)
	names = {place: got.get(place, "") for place in ("item_code", "item_name", "category")}
	return Item(**names, qty=got["qty"], rate=got["rate"], discount=discount, amount=amount)


BACK = {"item_code": Field(text(140), True), "qty": Field(positive, True)}


def back(name: str, value) -> tuple[str, Decimal]:
	got = _fields(mapping(name, value), BACK, f"{name}.")
	return got["item_code"], got["qty"]


COMMON = {
	"till": Field(text(40)),
	"lang": Field(one_of("en", "zh")),
	"cashier": Field(text(140)),
	"moment": Field(moment),
}
ONCE = COMMON | {"key": Field(key, True), "moment": Field(moment, True)}
MEMBER = {"card": Field(text(40)), "phone": Field(text(40)), "qr": Field(text(200))}
BASKET = {
	"items": Field(list_of(item, LINES), True),
	"total": Field(money, True),
	"coupons": Field(list_of(text(40), COUPONS)),
	"points": Field(whole),
	"stored_value": Field(money),
	"pay": Field(money),
}
OF_SALE = {"of_key": Field(key), "sale": Field(text(140)), "reason": Field(text(140))}
METHODS: dict[str, dict[str, Field]] = {
	"status": COMMON,
	"identify": COMMON | MEMBER,
	"quote": COMMON | MEMBER | BASKET,
	"commit": ONCE | MEMBER | BASKET | {"payment_method": Field(one_of(*PAYMENTS))},
	"cancel": ONCE | OF_SALE,
	"return_items": ONCE | OF_SALE | {"items": Field(list_of(back, LINES), True)},
	"register": ONCE
	| {
		"customer_name": Field(text(140), True),
		"phone": Field(text(40), True),
		"source": Field(one_of("Walk-in", "Group Buying")),
		"consent": Field(consents),
		"voucher": Field(text(40)),
	},
	"top_up": ONCE
	| MEMBER
	| {"amount": Field(positive_money, True), "payment_method": Field(one_of(*PAID_IN))},
	"replay": COMMON | {"moment": Field(moment, True), "calls": Field(list_of(mapping, CALLS), True)},
}
KEYED = ("commit", "cancel", "return_items", "register", "top_up")
NOT_CONTENT = ("lang", "moment", "cashier", "till", "key")


def read(method: str, given: Mapping) -> dict:
	"""The clean values of a call; fields that were left out are absent."""
	got = _fields(given, METHODS[method])
	if "card" in METHODS[method] and sum(name in got for name in MEMBER) != 1:
		raise Refused(errors.FIELD_MISSING, "card | phone | qr", field="card")
	if "of_key" in METHODS[method] and ("of_key" in got) == ("sale" in got):
		raise Refused(errors.FIELD_MISSING, "of_key | sale", field="of_key")
	if method == "return_items" and not got["items"]:
		raise Refused(errors.BASKET_EMPTY, field="items")
	if "total" in got:
		check_basket(got["items"], got["total"])
	return got


def check_basket(items: tuple[Item, ...], total: Decimal) -> None:
	"""The till's total is the sum of its lines, or nothing is believed."""
	if not items:
		raise Refused(errors.BASKET_EMPTY, field="items")
	lines = sum((line.amount for line in items), Decimal(0))
	if lines != total:
		raise Refused(errors.TOTAL_MISMATCH, str(total), str(lines), field="total")


def _fields(given: Mapping, known: Mapping[str, Field], path: str = "") -> dict:
	for name in given:
		if name not in known:
			raise Refused(errors.FIELD_UNKNOWN, f"{path}{name}"[:80], field=f"{path}{name}"[:80])
	got = {}
	for name, field in known.items():
		value = given.get(name)
		if value is not None and value != "":
			value = got[name] = field.reader(f"{path}{name}", value)
		if field.needed and (value is None or value == ""):
			code = errors.KEY_MISSING if name == "key" and not path else errors.FIELD_MISSING
			raise Refused(code, f"{path}{name}", field=f"{path}{name}")
	return got


def digest(method: str, call: Mapping) -> str:
	"""The same for two calls that ask for the same; the clock and the language are no content."""
	content = {name: value for name, value in call.items() if name not in NOT_CONTENT}
	shown = json.dumps([method, content], default=_plain, sort_keys=True, ensure_ascii=False)
	return hashlib.sha256(shown.encode()).hexdigest()


def _plain(value):
	if isinstance(value, Item):
		return [
			value.item_code,
			value.item_name,
			value.category,
			*map(_plain, (value.qty, value.rate, value.discount)),
		]
	return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
