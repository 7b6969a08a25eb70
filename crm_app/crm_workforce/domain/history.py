"""Posts that a person held, as dated rows; a re-organisation closes one and opens the next."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Post:
	department: str | None
	reports_to: str | None
	job_title: str | None


def open_post(rows: list[dict]) -> dict | None:
	"""The row that still runs: the last one without a `to_date`."""
	return next((row for row in reversed(rows) if not row.get("to_date")), None)


def close_on(row_from: date, today: date) -> date:
	"""A post ends the day before the next begins, but not before its own first day."""
	return max(row_from, today - timedelta(days=1))


def is_same(row: dict, post: Post) -> bool:
	return all((row.get(key) or None) == (value or None) for key, value in vars(post).items())
