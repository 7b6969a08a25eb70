"""What the analytics reports are built from: columns, cards, rows, shades and addresses."""

import json
from collections.abc import Sequence
from urllib.parse import quote, urlencode

import pandas as pd

DARKEST = (96, 165, 250)  # red, green, blue of a share of 1; black text stays readable on it


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def money_column(fieldname: str, label: str, width: int = 130) -> dict:
	"""The row's `currency` says which; see crm_analytics.sales_query.Money."""
	return column(fieldname, label, "Currency", width, options="currency")


def card(label: str, value, datatype: str, indicator: str = "Blue", **more) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": indicator, **more}


def records(frame: pd.DataFrame) -> list[dict]:
	"""Rows as dicts of plain values, missing as None. DataFrame.to_dict takes five times as long."""
	names = [str(name) for name in frame.columns]
	values = (_plain(frame.iloc[:, place]) for place in range(len(names)))
	return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _plain(values: pd.Series) -> list:
	missing = values.isna()
	return values.tolist() if not missing.any() else values.astype(object).mask(missing, None).tolist()


def tint(share: float | None) -> str | None:
	"""Background for a share from 0 (white) to 1, as `#rrggbb`."""
	if share is None or pd.isna(share):
		return None
	part = min(max(float(share), 0.0), 1.0)
	return "#" + "".join(f"{round(255 - (255 - end) * part):02x}" for end in DARKEST)


def list_route(doctype: str, **filters) -> str:
	"""Address of a list in the desk; a list as value is an operator and its operand."""
	path = "/app/" + doctype.lower().replace(" ", "-")
	return path + _query(filters)


def form_route(doctype: str, name: str) -> str:
	return f"/app/{doctype.lower().replace(' ', '-')}/{quote(str(name), safe='')}"


def report_route(report: str, **filters) -> str:
	return f"/app/query-report/{quote(report)}" + _query(filters)


def _query(filters: dict) -> str:
	known = {key: value for key, value in filters.items() if value not in (None, "", [])}
	plain = {k: json.dumps(v) if isinstance(v, list) else str(v) for k, v in known.items()}
	return "?" + urlencode(plain) if plain else ""


def shorten(text: str | None, most: int = 28) -> str:
	"""For a label under a bar."""
	text = text or ""
	return text if len(text) <= most else text[: most - 1] + "…"


def joined(parts: Sequence[str | None]) -> str | None:
	"""The messages of a report as one; None when there are none."""
	return "<br>".join(part for part in parts if part) or None
