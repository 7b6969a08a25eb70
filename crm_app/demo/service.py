"""Complaints at every stage, taken there by those who would do it, and the log of talks with customers."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_days

from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_service import service_level
from crm_app.demo import cases
from crm_app.demo.world import Buyer, World, acting_as, backdate, ensure, make, move
from crm_app.utils.settings import setting

AGENTS = ("service", "service2")
COMPENSATION_STATES = ("Compensation Approval", "Compensation Approved")
# Where in the time between receipt and resolution (or now) the dates of a case lie.
STAMP_SHARES = {
	"classified_on": 0.1,
	"investigated_on": 0.3,
	"compensation_approved_on": 0.8,
	"resolved_on": 1.0,
}


def create(world: World) -> None:
	create_member_level()
	customers = [buyer for buyer in world.buyers if len(buyer.sales) > 2 and buyer.pattern != "gone"]
	world.rng.shuffle(customers)
	for number, row in enumerate(cases.OPEN):
		add_open(world, number, customers.pop(), *row)
		world.progress(_("Complaints"))
	for number in range(cases.ARCHIVED):
		add_archived(world, number, customers.pop())
		world.progress(_("Complaints"))
	log_talks(world)
	answer_complaints(world)


def create_member_level() -> None:
	"""Diamond members are promised more than the others."""
	ensure(
		"Service Level",
		"Diamond Members",
		service_level_name="Diamond Members",
		membership_tier="Diamond",
		first_response_hours=4,
		resolution_hours=24,
	)


def add_open(world: World, number: int, buyer: Buyer, state: str, severity: str, used: float, answered: bool):
	level = setting("default_service_level")
	first, whole = service_level.promised_hours(
		frappe.get_doc("Service Level", level) if level else None, severity
	)
	received = world.ago(hours=used * whole)
	values = {"severity": severity, "service_level": level, "received_on": received}
	if answered:
		values["first_responded_on"] = received + (world.now - received) * min(
			0.5, 0.5 * first / (used * whole)
		)
	if state in COMPENSATION_STATES:
		values |= {"compensation_type": "Refund", "compensation_amount": 260 + 90 * (number % 7)}
	if state == "On Hold":
		values["hold_reason"] = cases.HOLD_REASON
	is_over = state in ("Resolved", "Feedback")
	doc = bring_to(world, buyer, number, cases.ROADS[state], values, solved=is_over)
	stamp(world, doc, received, used * whole * (0.6 if is_over else 1))


def add_archived(world: World, number: int, buyer: Buyer) -> None:
	rng = world.rng
	days = rng.randint(8, 560) if buyer.sales[0]["day"] < add_days(world.today, -600) else rng.randint(8, 90)
	severity = rng.choice(("Low", "Medium", "Medium", "High", "Critical"))
	received = world.ago(days=days, hours=rng.randint(0, 8))
	values = {"severity": severity, "received_on": received}
	values |= {"satisfaction": rng.choice((2, 3, 4, 4, 5, 5)), "feedback": rng.choice(cases.FEEDBACK)}
	values["feedback_channel"] = "Phone"
	road = cases.ROADS["Archived"]
	if number % 5 == 0:
		values |= {"compensation_type": "Refund", "compensation_amount": 220 + 35 * (number % 9)}
		road = (*cases.GRANTED, *cases.AFTERWARDS)
	elif number % 5 == 1:
		values |= {"compensation_type": "Voucher", "compensation_amount": 50}
	doc = bring_to(world, buyer, number, road, values, solved=True)
	stamp(world, doc, received, doc.resolution_hours * rng.choice((0.2, 0.4, 0.6, 0.8, 0.9, 1.3)))


def bring_to(world: World, buyer: Buyer, number: int, road, values: dict, solved: bool):
	agent = world.users[AGENTS[number % len(AGENTS)]]
	people = {"agent": agent, "manager": world.users["manager"]}
	with acting_as(agent):
		doc = make("Complaint", **story(world, buyer, number, solved), assigned_to=agent, **values)
	for who, action in road:
		doc = move(doc, people[who], action)
	return doc


def story(world: World, buyer: Buyer, number: int, solved: bool) -> dict:
	subject, category, cause, text, resolution, corrective = cases.COMPLAINTS[number % len(cases.COMPLAINTS)]
	sale = buyer.sales[0]
	values = {
		"customer": buyer.name,
		"subject": subject,
		"channel": world.rng.choice(cases.CHANNELS),
		"description": f"<p>{text}</p>",
		"category": category,
		"cause": cause,
		"transaction": sale["name"],
		"member_card": buyer.card,
		"store": sale["store"],
	}
	if solved:
		values |= {"resolution": f"<p>{resolution}</p>", "corrective_action": corrective}
		values["preventive_action"] = "Part of the weekly quality meeting"
	return values


def stamp(world: World, doc, received, hours: float) -> None:
	"""Spreads the dates of what was done over the time that it took, and judges the promises anew."""
	values = {"creation": received}
	for fieldname, share in STAMP_SHARES.items():
		if doc.get(fieldname):
			values[fieldname] = min(received + timedelta(hours=hours * share), world.now)
	for days, fieldname in enumerate(("feedback_on", "archived_on"), 1):
		if doc.get(fieldname):
			values[fieldname] = min(values["resolved_on"] + timedelta(days=days), world.now)
	if doc.resolved_on and not 0 < (doc.first_responded_on - received).total_seconds() < hours * 3600:
		values["first_responded_on"] = received + timedelta(hours=min(hours, doc.first_response_hours) * 0.7)
	doc.update(values)
	service_level.set_state(doc)
	backdate("Complaint", doc.name, **values, service_level_state=doc.service_level_state)
	if doc.holds:
		since = received + timedelta(hours=hours * 0.7)
		frappe.db.set_value("Complaint Hold", {"parent": doc.name}, "held_from", since, update_modified=False)


def log_talks(world: World) -> None:
	table = BulkTable("CRM Interaction")
	staff = {world.users[key]: world.staff[key] for key in world.users if key in world.staff}
	for buyer in world.buyers:
		for _number in range(world.rng.choice((0, 1, 1, 2, 3))):
			table.add(**talk(world, buyer, staff))
	world.progress(_("Interactions"), table.insert())


def talk(world: World, buyer: Buyer, staff: dict[str, str]) -> dict:
	rng = world.rng
	channel, direction, subject, content, outcome = rng.choice(cases.TALKS)
	moment = buyer.created + (world.now - buyer.created) * rng.random()
	by = buyer.manager or world.users[rng.choice(AGENTS)]
	due = add_days(world.today, rng.randint(-5, 14)) if rng.random() < 0.12 else None
	return {
		"name": frappe.generate_hash(length=10),
		"creation": moment,
		"modified": moment,
		"owner": by,
		"customer": buyer.name,
		"customer_name": buyer.customer_name,
		"channel": channel,
		"direction": direction,
		"occurred_on": moment,
		"employee": staff[by],
		"duration_minutes": rng.randint(2, 30) if channel in ("Phone", "Visit") else 0,
		"subject": subject,
		"content": f"<p>{content}</p>",
		"outcome": outcome or None,
		"follow_up_on": due,
	}


def answer_complaints(world: World) -> None:
	"""Calls about cases under way, which the form of the complaint shows."""
	cases_now = frappe.get_all(
		"Complaint", {"stage": ["in", ["Investigating", "Escalated", "On Hold"]]}, ["name", "customer"]
	)
	with acting_as(world.users["service"]):
		for number, case in enumerate(cases_now):
			make(
				"CRM Interaction",
				customer=case.customer,
				channel="Phone",
				direction="Outgoing",
				occurred_on=world.ago(hours=1 + number),
				employee=world.staff["service"],
				subject="电话告知处理进展",
				outcome="Customer agrees to wait",
				reference_doctype="Complaint",
				reference_name=case.name,
			)
	world.progress(_("Interactions"), len(cases_now))
