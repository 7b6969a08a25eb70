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

SUREST = ["confidence", "count"]

Counts = dict[tuple[int, ...], int]


class Baskets:
	"""Which items lie in which basket, one bit per basket.

	Attributes
	----------
	items : list
		Items, most frequent first.
	counts : list of int
		Baskets with each item.
	size : int
		Number of baskets.
	"""

	def __init__(self, lines: pd.DataFrame, basket="basket", item="item"):
		"""From one row per basket and item; repeated and incomplete rows do no harm."""
		lines = lines[[basket, item]].dropna()
		baskets, known = pd.factorize(lines[basket])
		codes, items = pd.factorize(lines[item], sort=True)
		self.size = len(known)
		pairs = np.unique(codes.astype("int64") * max(self.size, 1) + baskets)
		owners, self._baskets = pairs // max(self.size, 1), pairs % max(self.size, 1)
		counts = np.bincount(owners, minlength=len(items))
		order = np.argsort(-counts, kind="stable")
		self.items, self.counts = [items[place] for place in order], counts[order].tolist()
		self._starts = (np.cumsum(counts) - counts)[order]

	def bits(self, place: int) -> int:
		"""Bit n is set when basket n holds the item; made when asked for, as most items are rare."""
		held = np.zeros(self.size, dtype=bool)
		start = self._starts[place]
		held[self._baskets[start : start + self.counts[place]]] = True
		return int.from_bytes(np.packbits(held).tobytes(), "big")


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
	single = [
		(place, baskets.bits(place), size) for place, size in enumerate(baskets.counts) if size >= least
	]
	# rare items lead, so that few sets start from the many baskets of a common one
	_grow((), single[::-1], least, longest, found)
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
	"""Next items for somebody who has `owned`: each item's surest rule that tells more than chance does."""
	have = set(owned)
	fits = [
		lift > 1 and right not in have and have.issuperset(left)
		for left, right, lift in zip(table["left"], table["right"], table["lift"], strict=True)
	]
	best = table[np.array(fits, dtype=bool)].sort_values(SUREST, ascending=False, kind="stable")
	return best.drop_duplicates("right").head(most).reset_index(drop=True)


def next_items(pairs: pd.DataFrame, owned: pd.DataFrame) -> pd.DataFrame:
	"""The first of `recommend` for many customers at once, from rules with one item on the left.

	On Online Retail, rules of the purchases up to 2011-08-31: by confidence every ninth customer who came
	back bought the item by 2011-12-09, by lift every fifteenth, of the most sold items every eighteenth.

	Parameters
	----------
	pairs : DataFrame
		left, right (items), count, confidence, lift.
	owned : DataFrame
		customer, item; one row for each item a customer ever had.

	Returns
	-------
	DataFrame
		Index customer; left, right, confidence. Customers for whom no rule speaks are left out.
	"""
	useful = pairs[pairs["lift"] > 1][["left", "right", "count", "confidence"]]
	found = owned.merge(useful, left_on="item", right_on="left")
	there = pd.MultiIndex.from_frame(owned[["customer", "item"]])
	new = ~pd.MultiIndex.from_frame(found[["customer", "right"]]).isin(there)
	order = [*SUREST, "right", "left"]
	best = found[new].sort_values(order, ascending=[False, False, True, True], kind="stable")
	return best.drop_duplicates("customer").set_index("customer")[["left", "right", "confidence"]]
