"""The app's settings, whose shipped values are stored from the start."""

from crm_app.shipped import memory, settings

SINGLES = ("CRM Settings", "CRM Customer Rules", "Analytics Settings")


def seed() -> None:
	settings.seed(*SINGLES)


def unseed() -> None:
	for doctype in SINGLES:
		memory.forget(doctype)
