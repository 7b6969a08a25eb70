"""The till's clock against the server's."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused


def local(moment: datetime, time_zone: str) -> datetime:
	"""`moment` in the site's time zone, without offset; one without offset is the site's already."""
	if moment.tzinfo:
		moment = moment.astimezone(ZoneInfo(time_zone))
	return moment.replace(tzinfo=None, microsecond=0)


def check_skew(moment: datetime, now: datetime, seconds: int) -> None:
	"""Raises Refused where the clocks differ by more than `seconds`."""
	if abs((now - moment).total_seconds()) > seconds:
		raise Refused(errors.CLOCK_SKEW, str(moment), str(now.replace(microsecond=0)), field="moment")


def check_age(moment: datetime, now: datetime, hours: int, skew_seconds: int) -> None:
	"""A call that waited: not of the future, and not older than the till's offline allowance."""
	if moment > now + timedelta(seconds=skew_seconds):
		raise Refused(errors.CLOCK_SKEW, str(moment), str(now.replace(microsecond=0)), field="moment")
	if moment < now - timedelta(hours=hours, seconds=skew_seconds):
		raise Refused(errors.CALL_TOO_OLD, str(moment), hours, field="moment")
