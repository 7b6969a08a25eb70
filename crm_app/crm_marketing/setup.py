"""Campaign templates that a new site starts with."""

from crm_app.utils.seed import forget_seeded, seed_once

TEMPLATES = (
	{
		"template_name": "Festival Promotion",
		"kind": "Festival",
		"duration_days": 10,
		"expected_response_rate": 5,
		"objective": "Bring active customers into the shops during a festival.",
		"channels": [
			{"channel": "WeChat", "send_at": "10:00:00", "note": "Festival greeting with offer"},
			{"channel": "SMS", "send_at": "10:00:00", "note": "Reminder on the last weekend"},
		],
		"rules": [
			{"source": "Transactions", "fieldname": "last_date", "operator": "in last days", "value": "365"}
		],
	},
	{
		"template_name": "Birthday Greeting",
		"kind": "Birthday",
		"duration_days": 30,
		"expected_response_rate": 15,
		"objective": "Greet customers whose birthday is near and give them a reason to come.",
		"channels": [{"channel": "WeChat", "send_at": "09:00:00", "note": "Greeting with birthday gift"}],
		"rules": [
			{"fieldname": "birthday", "operator": "anniversary in next days", "value": "30"},
		],
	},
	{
		"template_name": "Off-peak Hours",
		"kind": "Off-peak",
		"duration_days": 60,
		"expected_response_rate": 3,
		"objective": "Move visits to quiet hours and weekdays.",
		"channels": [{"channel": "WeChat", "send_at": "11:00:00", "note": "Weekday offer"}],
		"rules": [
			{"source": "Transactions", "fieldname": "purchase_count", "operator": "at least", "value": "2"},
		],
	},
	{
		"template_name": "Win-back",
		"kind": "Win-back",
		"duration_days": 45,
		"expected_response_rate": 4,
		"objective": "Win back good customers who have stayed away.",
		"channels": [
			{"channel": "Phone", "send_at": "14:00:00", "note": "Call by the account manager"},
			{"channel": "SMS", "send_at": "10:00:00", "note": "Voucher for the next purchase"},
		],
		"rules": [
			{
				"source": "Transactions",
				"fieldname": "last_date",
				"operator": "not in last days",
				"value": "180",
			},
			{"source": "Transactions", "fieldname": "purchase_count", "operator": "at least", "value": "3"},
		],
	},
)


def seed() -> None:
	seed_once(({"doctype": "CRM Campaign Template", **values} for values in TEMPLATES), "template_name")


def unseed() -> None:
	forget_seeded("CRM Campaign Template")
