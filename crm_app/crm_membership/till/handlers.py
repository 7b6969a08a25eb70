"""Which function serves which call: (till, call, moment) -> Outcome; none of them commits."""

from crm_app.crm_membership.till import members, registering

HANDLERS = {
	"status": members.status,
	"identify": members.identify,
	"register": registering.register,
}
