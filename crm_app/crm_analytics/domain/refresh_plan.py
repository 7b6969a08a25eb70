"""Which kind of refresh is due, and why, in words."""

from dataclasses import dataclass
from datetime import date

from crm_app.utils.rules import _

FULL, RESCORE, INCREMENTAL = "Full", "Rescore", "Incremental"
MOST_CHANGED = 0.2  # share of changed customers above which scoring everybody is as quick


@dataclass(frozen=True)
class Standing:
	"""The latest complete scores: the day they are of, and the models they were made with."""

	as_of: date
	version: int
	fitted_on: date
	fingerprint: str
	customers: int


@dataclass(frozen=True)
class Plan:
	"""`reason` is a source string with places for `values`."""

	kind: str
	reason: str
	values: tuple = ()


def plan(
	standing: Standing | None,
	as_of: date,
	today: date,
	fingerprint: str,
	refit_days: int,
	changed: int = 0,
	wanted: str | None = None,
) -> Plan:
	"""What to do so that the scores are right at `as_of`.

	Parameters
	----------
	standing : Standing, optional
		None where there are no complete scores.
	changed : int
		Customers whose sales or standing changed since.
	wanted : str, optional
		A kind somebody asked for; a smaller one is given only where it is enough.
	"""
	if standing is None:
		return Plan(FULL, _("There are no complete scores yet."))
	if wanted == FULL:
		return Plan(FULL, _("New models were asked for."))
	if fingerprint != standing.fingerprint:
		return Plan(FULL, _("Settings or segments changed since the models were fitted."))
	age = (today - standing.fitted_on).days
	if age >= refit_days:
		return Plan(FULL, _("The models are {0} days old."), (age,))
	if as_of != standing.as_of:
		reason = _("The day moved from {0} to {1}, which changes every customer's score.")
		return Plan(RESCORE, reason, (standing.as_of, as_of))
	if wanted == RESCORE:
		return Plan(RESCORE, _("Scoring everybody again was asked for."))
	if changed > MOST_CHANGED * max(standing.customers, 1):
		return Plan(RESCORE, _("{0} customers changed, so everybody is scored again."), (changed,))
	return Plan(INCREMENTAL, _("Same day and models: only the {0} customers that changed."), (changed,))
