"""What holds for every member account at any time, asked of the domain model and of the real engine alike."""

from collections import defaultdict
from decimal import Decimal

KINDS = ("Points", "Principal", "Bonus", "Tier Credit")


def broken_rules(balances: dict, debt: Decimal, entries: list[tuple], lots: list[tuple]) -> list[str]:
	"""`entries`: (kind, amount, lot or None); `lots`: (name, kind, granted, remaining) of one account."""
	problems = []
	by_kind, by_lot = defaultdict(Decimal), defaultdict(Decimal)
	for kind, amount, lot in entries:
		by_kind[kind] += amount
		by_lot[lot] += amount
	held = defaultdict(Decimal)
	for name, kind, granted, remaining in lots:
		held[kind] += remaining
		if not 0 <= remaining <= granted:
			problems.append(f"lot {name} holds {remaining} of {granted}")
		if by_lot[name] != remaining:
			problems.append(f"lot {name} holds {remaining}, its entries say {by_lot[name]}")
	for kind in KINDS:
		owed = debt if kind == "Points" else 0
		if not balances[kind] == by_kind[kind] == held[kind] - owed:
			problems.append(
				f"{kind}: balance {balances[kind]}, entries {by_kind[kind]}, lots {held[kind]}, owed {owed}"
			)
		if kind != "Points" and balances[kind] < 0:
			problems.append(f"{kind} is negative: {balances[kind]}")
	if debt < 0 or (debt and held["Points"]):
		problems.append(f"{debt} owed while {held['Points']} are there")
	if by_lot[None] != -debt:
		problems.append(f"entries without a lot {by_lot[None]}, owed {debt}")
	return problems
