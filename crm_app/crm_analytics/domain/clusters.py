"""Groups of customers who buy alike: k-means with a suggested number of groups, and what they are in words.

References
----------
Lloyd, S. P. (1982). Least squares quantization in PCM. IEEE Transactions on Information Theory 28(2),
129-137.
Arthur, D., Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. SODA, 1027-1035.
Caliński, T., Harabasz, J. (1974). A dendrite method for cluster analysis. Communications in Statistics 3(1),
1-27. (the number of groups)
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.utils.rules import _

FEWEST, MOST = 3, 8  # groups to choose from; two would only part good from bad
STARTS = 10
STEPS = 300
WORDS = 0.5  # standard deviations from the mean that make a trait worth a word


class KMeans:
	"""k groups with the least sum of squared distances to their centres, best of several seeded starts.

	Attributes
	----------
	centres_ : ndarray (k, features)
		In the order of their first feature, then the second …: the same groups have the same numbers.
	inertia_ : float
		Sum of squared distances.
	"""

	def __init__(self, k: int, seed: int = 0, starts: int = STARTS):
		self.k, self.seed, self.starts = k, seed, starts

	def fit(self, points: np.ndarray):
		"""Estimate from shape (cases, features). Returns self.

		Raises
		------
		ValueError
			Fewer different points than groups.
		"""
		points = np.asarray(points, dtype="float64")
		if len(np.unique(points, axis=0)) < self.k:
			raise ValueError("there are fewer different points than groups")
		random = np.random.default_rng(self.seed)
		runs = [_lloyd(points, _seeds(points, self.k, random)) for _again in range(self.starts)]
		self.inertia_, centres = min(runs, key=lambda run: run[0])
		self.centres_ = centres[np.lexsort(centres.T[::-1])]
		return self

	def predict(self, points) -> np.ndarray:
		"""Number of the nearest centre, from 0."""
		return nearest(points, self.centres_)[0]


def nearest(points, centres) -> tuple[np.ndarray, np.ndarray]:
	"""Number of the nearest centre and the squared distance to it; each point by itself."""
	points, centres = np.asarray(points, dtype="float64"), np.asarray(centres, dtype="float64")
	distances = np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres])
	return distances.argmin(axis=0), distances.min(axis=0)


def _seeds(points: np.ndarray, k: int, random: np.random.Generator) -> np.ndarray:
	"""k-means++: each further seed with a chance that grows with the squared distance to those before."""
	seeds = [points[random.integers(len(points))]]
	away = ((points - seeds[0]) ** 2).sum(axis=1)
	for _more in range(k - 1):
		seeds.append(points[random.choice(len(points), p=away / away.sum())])
		away = np.minimum(away, ((points - seeds[-1]) ** 2).sum(axis=1))
	return np.array(seeds)


def _lloyd(points: np.ndarray, centres: np.ndarray) -> tuple[float, np.ndarray]:
	"""Assign, average, repeat until nothing moves; a group that ran empty takes the farthest point."""
	for _step in range(STEPS):
		owners, away = nearest(points, centres)
		sizes = np.bincount(owners, minlength=len(centres))
		sums = np.column_stack(
			[np.bincount(owners, weights=column, minlength=len(centres)) for column in points.T]
		)
		moved = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], points[away.argmax()])
		if np.allclose(moved, centres, rtol=0, atol=1e-9):
			break
		centres = moved
	return float(nearest(points, centres)[1].sum()), centres


def variance_ratio(points: np.ndarray, model: KMeans) -> float:
	"""Caliński-Harabasz index: variance between the groups per degree of freedom, over that within them."""
	points = np.asarray(points, dtype="float64")
	whole = ((points - points.mean(axis=0)) ** 2).sum()
	n, k = len(points), model.k
	if n <= k or model.inertia_ <= 1e-12 * max(whole, 1.0):
		return float("inf")
	return float((whole - model.inertia_) / (k - 1) / (model.inertia_ / (n - k)))


def suggest(points: np.ndarray, numbers: Sequence[int] = range(FEWEST, MOST + 1), seed: int = 0):
	"""The model with the highest Caliński-Harabasz index, and the index by number of groups.

	Raises
	------
	NotEnoughHistory
		The customers do not differ enough for the smallest number of groups.
	"""
	different = len(np.unique(np.asarray(points, dtype="float64"), axis=0))
	models = [KMeans(k, seed).fit(points) for k in numbers if k <= different]
	if not models:
		raise NotEnoughHistory(_("Too few different customers to tell groups apart."))
	indices = {model.k: variance_ratio(points, model) for model in models}
	return max(models, key=lambda model: (indices[model.k], -model.k)), indices


class Scaler:
	"""Centres and spreads, so that every trait weighs the same; constant traits weigh nothing."""

	def __init__(self, centre: dict[str, float], spread: dict[str, float]):
		self.centre, self.spread = centre, spread

	@classmethod
	def of(cls, traits: pd.DataFrame) -> "Scaler":
		spread = traits.std(ddof=0)
		return cls(traits.mean().to_dict(), spread.where(spread > 1e-12, 1.0).to_dict())

	def scale(self, traits: pd.DataFrame) -> np.ndarray:
		names = list(self.centre)
		centre, spread = (pd.Series(values)[names] for values in (self.centre, self.spread))
		return ((traits[names] - centre) / spread).to_numpy(dtype="float64")


# Trait -> (word for well below the mean, word for well above it).
TRAIT_WORDS = {
	"recency": (_("Bought lately"), _("Silent for long")),
	"frequency": (_("Buys rarely"), _("Buys often")),
	"spend": (_("Small baskets"), _("Large baskets")),
}
PLAIN = _("Middling in everything")


def in_words(centre: Sequence[float], names: Sequence[str]) -> tuple[str, ...]:
	"""What sets a group apart, strongest first: the words for traits far enough from the mean."""
	far = sorted(((abs(z), name, z) for z, name in zip(centre, names, strict=True)), reverse=True)
	words = tuple(TRAIT_WORDS[name][int(z > 0)] for size, name, z in far if size >= WORDS)
	return words or (PLAIN,)


def adjusted_rand(one, other) -> float:
	"""How far two groupings agree: 1 the same, about 0 by chance (Hubert, Arabie 1985)."""
	table = pd.crosstab(np.asarray(one), np.asarray(other)).to_numpy(dtype="float64")

	def pairs(counts):
		return (counts * (counts - 1) / 2).sum()

	both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
	chance = rows * columns / max(pairs(np.array([table.sum()])), 1.0)
	top = (rows + columns) / 2
	return 1.0 if top == chance else float((both - chance) / (top - chance))
