"""The life of a member card."""

from datetime import date

from crm_app.utils.rules import RuleError, Term, _

ISSUED, ACTIVE, SUSPENDED, LOST = "Issued", "Active", "Suspended", "Lost"
REPLACED, EXPIRED = "Replaced", "Expired"

# move -> (where it may start, where it leads)
MOVES = {
	"activate": ({ISSUED, SUSPENDED, LOST}, ACTIVE),
	"suspend": ({ISSUED, ACTIVE}, SUSPENDED),
	"report_lost": ({ISSUED, ACTIVE, SUSPENDED}, LOST),
	"replace": ({ISSUED, ACTIVE, LOST}, REPLACED),
	"merge": ({ISSUED, ACTIVE, SUSPENDED, LOST, EXPIRED}, REPLACED),
	"expire": ({ISSUED, ACTIVE, SUSPENDED, LOST}, EXPIRED),
	"renew": ({ACTIVE, EXPIRED}, ACTIVE),
}
LABELS = {
	"activate": "Activate", "suspend": "Suspend", "report_lost": "Report Lost",
	"replace": "Replace", "merge": "Merge", "expire": "Expire", "renew": "Renew",
}  # fmt: skip
OPEN = [ISSUED, ACTIVE, SUSPENDED, LOST]


def after(move: str, status: str, valid_until: date | None, today: date) -> str:
	"""The status after `move`. Raises RuleError where the move is not allowed."""
	starts, end = MOVES[move]
	if status not in starts:
		raise RuleError(_("{0} is not possible while the card is {1}."), Term(LABELS[move]), Term(status))
	past = bool(valid_until and valid_until < today)
	if move == "activate" and past:
		raise RuleError(_("The card was valid until {0}; renew it first."), valid_until)
	if move == "expire" and not past:
		raise RuleError(_("The card is still valid."))
	return end
