"""What `migrate` prints about records that it left alone."""


def say(outcomes: dict[str, str]) -> None:
	for name, outcome in outcomes.items():
		if outcome in ("kept", "deleted"):
			print(f"{name}: {outcome} as the administrator left it; compare in CRM Shipped Default.")
