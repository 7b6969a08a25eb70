"""Association rules between items of a basket, counted and compared in whole numbers.

References
----------
Agrawal, R., Imieliński, T., Swami, A. (1993). Mining association rules between sets of items in large
databases. SIGMOD, 207-216.
Zaki, M. J. (2000). Scalable algorithms for association mining. IEEE TKDE 12(3), 372-390. (Eclat)
"""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pandas as pd

COLUMNS = ["left", "right", "count", "left_count", "right_count", "support", "confidence", "lift"]

Counts = dict[tuple[int, ...], int]


class Baskets:
	"""Which items lie in which basket, one bit per basket.

	Attributes
	----------
	items : list
		Items, most frequent first.
	bits : list of int
		Per item, bit n is set when basket n holds it.
	size : int
		Number of baskets.
	"""

	def __init__(self, lines: pd.DataFrame, basket="basket", item="item"):
		"""From one row per basket and item; repeated and incomplete rows do no harm."""
		lines = lines[[basket, item]].dropna()
		baskets, known = pd.factorize(lines[basket])
		codes, items = pd.factorize(lines[item], sort=True)
		self.size = len(known)
		held = np.zeros((len(items), self.size), dtype=bool)
		held[codes, baskets] = True
		order = np.argsort(-held.sum(axis=1), kind="stable")
		self.items = [items[place] for place in order]
		packed = np.packbits(held, axis=1)
		self.bits = [int.from_bytes(packed[place].tobytes(), "big") for place in order]


def exact(share) -> Fraction:
	"""The share as it is written: 0.1 is a tenth, not the float beside it."""
	value = Fraction(str(share))
	if not 0 <= value <= 1:
		raise ValueError("support and confidence must lie between 0 and 1")
	return value


def frequent_sets(baskets: Baskets, support=0.01, longest: int = 10) -> Counts:
	"""Item sets (ascending places in `baskets.items`) in at least `support` of the baskets -> count.

	Parameters
	----------
	support : float, str or Fraction
		Share of all baskets; at least one basket is asked for.
	longest : int
		Most items in a set.
	"""
	share = exact(support)
	least = max(1, -(-share.numerator * baskets.size // share.denominator))
	found: Counts = {}
	single = [(place, bits, bits.bit_count()) for place, bits in enumerate(baskets.bits)]
	# rare items lead, so that few sets start from the many baskets of a common one
	_grow((), [row for row in reversed(single) if row[2] >= least], least, longest, found)
	return found


def _grow(prefix, rows, least: int, longest: int, found: Counts) -> None:
	"""Depth first: every row is the prefix with one item more, its baskets and their number."""
	for number, (place, bits, count) in enumerate(rows):
		chosen = (place, *prefix)
		found[chosen] = count
		if len(chosen) < longest:
			longer = [
				(other, both, size)
				for other, theirs, _ in rows[number + 1 :]
				if (size := (both := bits & theirs).bit_count()) >= least
			]
			if longer:
				_grow(chosen, longer, least, longest, found)


def rules(baskets: Baskets, support=0.01, confidence=0.5, longest: int = 10) -> pd.DataFrame:
	"""Rules "who takes all of the left takes the right" with one item on the right.

	Parameters
	----------
	support : float, str or Fraction
		Least share of the baskets with both sides.
	confidence : float, str or Fraction
		Least share of the baskets with the left that hold the right too.

	Returns
	-------
	DataFrame
		left (tuple of items), right (item), count (both sides), left_count, right_count (int64), support,
		confidence, lift (1 = no connection); strongest confidence first, then count.
	"""
	wanted = exact(confidence)
	counts = frequent_sets(baskets, support, longest)
	rows = []
	for chosen, count in counts.items():
		if len(chosen) < 2:
			continue
		for place, right in enumerate(chosen):
			left = chosen[:place] + chosen[place + 1 :]
			if count * wanted.denominator >= wanted.numerator * counts[left]:
				rows.append((left, right, count, counts[left], counts[(right,)]))
	return _table(baskets, rows)


def _table(baskets: Baskets, rows: list) -> pd.DataFrame:
	names = baskets.items
	table = pd.DataFrame(
		[(tuple(names[i] for i in left), names[right], *numbers) for left, right, *numbers in rows],
		columns=COLUMNS[:5],
	)
	table = table.astype({"count": "int64", "left_count": "int64", "right_count": "int64"})
	table["support"] = table["count"] / max(baskets.size, 1)
	table["confidence"] = table["count"] / table["left_count"]
	table["lift"] = table["confidence"] * baskets.size / table["right_count"]
	return table.sort_values(["confidence", "count"], ascending=False, kind="stable", ignore_index=True)


def recommend(table: pd.DataFrame, owned: Iterable, most: int = 5) -> pd.DataFrame:
	"""Next items for somebody who has `owned`: each item's best rule, strongest lift first."""
	have = set(owned)
	fits = [
		have.issuperset(left) and right not in have
		for left, right in zip(table["left"], table["right"], strict=True)
	]
	best = table[np.array(fits, dtype=bool)].sort_values(["lift", "count"], ascending=False, kind="stable")
	return best.drop_duplicates("right").head(most).reset_index(drop=True)
