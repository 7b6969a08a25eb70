"""The best set of coupons that may stand together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crm_app.crm_membership.domain.coupon_rules import Offer, stackable

WORK = 8000  # coupons that are counted in all sets together; beyond, the best so far is called incomplete


@dataclass
class Best:
	"""`off`: cents taken off. `complete`: whether every set was looked at or ruled out."""

	offers: tuple[Offer, ...] = ()
	off: int = 0
	complete: bool = True


@dataclass
class _Search:
	"""Depth first over sets, dearest coupon first; a branch is left when what it may still add is too little.

	A coupon takes off no more beside others than alone, apart from a cent of rounding on each line.
	"""

	alone: list[int]
	offers: Sequence[Offer]
	discount: Callable[[Sequence[Offer]], int]
	slack: int
	best: Best = field(default_factory=Best)
	work: int = 0

	def walk(self, start: int, chosen: tuple[Offer, ...], off: int) -> None:
		self._note(chosen, off)
		for i in range(start, len(self.offers)):
			if self.work >= WORK:
				self.best.complete = False
				return
			rest = len(self.offers) - i
			if off + sum(self.alone[i:]) + self.slack * (rest + len(chosen)) <= self.best.off:
				return
			offer = self.offers[i]
			if not _twin_before(self.offers, i, chosen) and not stackable(offer, chosen):
				self.work += len(chosen) + 1
				self.walk(i + 1, (*chosen, offer), self.discount((*chosen, offer)))

	def _note(self, chosen: tuple[Offer, ...], off: int) -> None:
		better = off > self.best.off or (off == self.best.off and len(chosen) < len(self.best.offers))
		if better:
			self.best.offers, self.best.off = chosen, off


def _twin_before(offers: Sequence[Offer], i: int, chosen: tuple[Offer, ...]) -> bool:
	"""Of equal coupons the ones that end first are used first: an earlier twin was left out."""
	return any(twin.terms == offers[i].terms and twin not in chosen for twin in offers[:i])


def best_of(offers: Sequence[Offer], discount: Callable[[Sequence[Offer]], int], lines: int) -> Best:
	"""`discount(set)`: cents that the set takes off, 0 for the empty one. Of equal sets the smaller wins."""
	alone = {offer.code: discount((offer,)) for offer in offers}
	useful = [offer for offer in offers if alone[offer.code] > 0]
	useful.sort(key=lambda offer: (-alone[offer.code], _ends(offer), offer.code))
	search = _Search([alone[offer.code] for offer in useful], useful, discount, lines)
	search.walk(0, (), 0)
	return search.best


def _ends(offer: Offer) -> str:
	return str(offer.valid_until or "9999-12-31")
