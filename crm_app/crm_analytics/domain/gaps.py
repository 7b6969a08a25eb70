"""Days from one purchase day to the next within pairs of a key (an item, a category) and a customer."""

import numpy as np
import pandas as pd


def within(keys, owners, days) -> tuple[pd.DataFrame, np.ndarray]:
	"""Gaps of each key, counted, and how many owners each key has.

	Parameters
	----------
	keys, owners : array of int
		Codes from 0, one pair a purchase, any order.
	days : array of int
		Day numbers; several purchases of a pair on one day are one.

	Returns
	-------
	DataFrame
		key, gap (days) and number of such gaps, ascending.
	ndarray
		Owners of key 0, 1, … up to the highest one.
	"""
	keys, owners, days = (np.asarray(column, dtype="int64") for column in (keys, owners, days))
	if not len(keys):
		return pd.DataFrame({"key": keys, "gap": keys, "number": keys}), keys
	people, first, length = owners.max() + 1, days.min(), days.max() - days.min() + 1
	# sorted first: numpy's unique hashes, which takes ten times as long
	purchases = np.sort((keys * people + owners) * length + days - first)
	pairs, day = np.divmod(purchases[np.r_[True, np.diff(purchases) > 0]], length)
	new = np.r_[True, pairs[1:] != pairs[:-1]]
	steps = pairs[~new] // people * length + np.diff(day)[~new[1:]]
	steps, number = np.unique(steps, return_counts=True)
	key, gap = np.divmod(steps, length)
	return pd.DataFrame({"key": key, "gap": gap, "number": number}), np.bincount(pairs[new] // people)
