"""Which function serves which call: (till, call, moment) -> Outcome; none of them commits."""

from crm_app.crm_membership.till import cancelling, members, registering, returning, sale, topping_up

HANDLERS = {
	"status": members.status,
	"identify": members.identify,
	"quote": sale.quote,
	"commit": sale.commit,
	"cancel": cancelling.cancel,
	"return_items": returning.return_items,
	"register": registering.register,
	"top_up": topping_up.top_up,
}
