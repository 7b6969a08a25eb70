"""Who reports to whom."""

from collections import defaultdict
from collections.abc import Iterable


def below(roots: Iterable[str], edges: Iterable[tuple[str, str | None]]) -> set[str]:
	"""Everybody under `roots`, themselves included; `edges` are (person, superior). A circle does no harm."""
	reports = defaultdict(list)
	for person, superior in edges:
		if superior:
			reports[superior].append(person)
	found, waiting = set(), list(roots)
	while waiting:
		person = waiting.pop()
		if person not in found:
			found.add(person)
			waiting += reports[person]
	return found
