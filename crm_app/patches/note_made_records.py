"""States and actions that earlier versions made for the shipped workflows go with the app, too."""

from crm_app.shipped import definitions, made

FRAPPES_OWN = {"Pending", "Approved", "Rejected", "Approve", "Reject", "Review"}


def execute() -> None:
	for definition in definitions.workflows():
		for row in definition["states"]:
			_note("Workflow State", row["state"])
		for row in definition["transitions"]:
			_note("Workflow Action Master", row["action"])


def _note(doctype: str, name: str) -> None:
	if name not in FRAPPES_OWN:
		made.note(doctype, name)
