"""The main flow of every DocType, cut in two: what there was before, and what then happens to it.

Each is a generator: up to its `yield` records are made, after it they go their way and the end is asserted.
"""

from dataclasses import dataclass
from types import FunctionType

import frappe
from crm_testing.coupons import codes_of, kinds, make_batch, make_deal, make_template, redeem, state
from crm_testing.customers import make_customer, make_interaction, make_tag
from crm_testing.ledger import held, make_member
from crm_testing.marketing import make_segment, members_of, rule
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_return, make_store, make_transaction
from crm_testing.scores import make_shop
from crm_testing.service import bring_to, make_calendar, make_complaint, make_service_level
from crm_testing.sheets import bring_in
from crm_testing.shop_data import many_records, write_csv
from crm_testing.tills import call, issue_token, make_till
from crm_testing.workforce import make_company, make_department, make_employee
from frappe.utils import add_days, add_to_date, getdate, now_datetime, nowdate

TIERS = [
	{"tier_name": "Silver", "tier_level": 1},
	{"tier_name": "Gold", "tier_level": 2, "entry_amount": 1000, "stay_amount": 500},
]
PLAN = {"tiers": TIERS, "points_per_unit": 1, "point_value": 0.01, "points_expiry": "Never"}


@dataclass(frozen=True)
class Flow:
	name: str
	covers: tuple[str, ...]
	steps: FunctionType


FLOWS: list[Flow] = []


def flow(*covers: str):
	def keep(steps):
		FLOWS.append(Flow(steps.__name__, covers, steps))
		return steps

	return keep


def settings(doctype: str, **values):
	"""Saved by somebody who fills in what the form asks for."""
	doc = frappe.get_doc(doctype)
	own = {df.fieldname: "filled in" for df in doc.meta.fields if df.get("is_custom_field") and df.reqd}
	doc.update(values | own).save()


def again(doc):
	return frappe.get_doc(doc.doctype, doc.name)


@flow("CRM Customer", "CRM Interaction", "CRM Tag", "CRM Customer Rules")
def customers_are_graded_by_what_they_bought(tmp_path):
	from crm_app.crm_customers import review

	frappe.get_doc("CRM Customer Rules").update(
		{"grade_by_rule": 1, "potential_amount": 300, "vip_amount": 900}
	).save()
	other = make_customer(customer_name="Friend")
	person = make_customer(
		mobile_no="13900139777",
		contacts=[{"contact_name": "Ann"}],
		preferences=[{"kind": "Brand", "value": "Tea House"}],
		consents=[{"channel": "SMS", "status": "Granted"}],
		tags=[{"tag": make_tag("Survivor")}],
		relations=[{"relation": "Referrer", "related_customer": other.name}],
	)
	buy(person.name, 1000)
	yield
	make_interaction(person.name)
	make_tag("Late Survivor")
	settings("CRM Customer Rules")
	review.review_all()
	person = again(person)
	assert (person.grade, person.status_category) == ("VIP", "Active") and person.grade_history
	person.update({"grade": "Ordinary", "grade_source": "Manual", "grade_reason": "By hand"}).save()
	assert again(person).grade == "Ordinary"


def buy(customer: str, amount: float, **values):
	line = {"item_code": "TEA", "item_name": "Tea", "category": "Drinks", "qty": 10, "rate": amount / 10}
	return make_transaction(customer, items=[line], **{"posting_date": nowdate(), **values})


@flow("CRM Store", "CRM Transaction")
def goods_are_sold_and_come_back(tmp_path):
	store = make_store(f"Shop {frappe.generate_hash(length=6)}").name
	sale = buy(make_customer().name, 200, store=store)
	yield
	make_store(f"Shop {frappe.generate_hash(length=6)}")
	back = make_return(sale, 4, posting_date=nowdate())
	assert back.docstatus == 1 and again(sale).docstatus == 1
	second = buy(sale.customer, 100, store=store)
	second.cancel()
	assert again(second).docstatus == 2


@flow(
	"Membership Programme", "Earn Rule", "Member Card", "Member Account", "Member Ledger Entry", "Member Lot",
	"Member Earning", "Member Tier Change", "Top-up Offer", "Member Top-up", "Member Refund",
)  # fmt: skip
def a_member_earns_rises_and_tops_up(tmp_path):
	programme = make_programme(**PLAN)
	card = make_member(programme.name)
	offer = {"programme": programme.name, "pay_amount": 500, "bonus_amount": 50}
	frappe.get_doc({"doctype": "Top-up Offer", "offer_name": f"Old {card}", **offer}).insert()
	yield
	again(programme).save()
	make_programme(**PLAN)
	double = {"programme": programme.name, "effect": "Multiplier", "value": 2, "scope": "Whole Basket"}
	frappe.get_doc({"doctype": "Earn Rule", "rule_name": f"Double {card}", **double}).insert()
	frappe.get_doc({"doctype": "Top-up Offer", "offer_name": f"New {card}", **offer}).insert()
	customer = frappe.db.get_value("Member Card", card, "customer")
	buy(customer, 1000, member_card=card)
	assert held(card) == 2000 and frappe.db.get_value("Member Card", card, "tier") == "Gold"
	paid = frappe.get_doc({"doctype": "Member Top-up", "card": card, "amount": 500}).insert()
	paid.submit()
	assert (held(card, "principal"), held(card, "bonus")) == (500, 50)
	values = {"top_up": paid.name, "amount": 500, "reason": "Moved away"}
	frappe.get_doc({"doctype": "Member Refund", **values}).insert().submit()
	assert (held(card, "principal"), held(card, "bonus")) == (0, 0)
	second = again(frappe.get_doc("Member Card", card)).replace("torn")
	assert held(second.name) == 2000
	fresh = make_card(make_customer().name, programme.name)
	fresh.activate()
	fresh.suspend()
	assert again(fresh).status_category == "Suspended"


@flow("Membership Fee")
def a_fee_is_paid_renewed_and_given_back(tmp_path):
	from crm_app.crm_membership import fees
	from crm_app.crm_membership.doctype.membership_fee import actions

	card = make_member(make_programme(**PLAN, annual_fee=299).name, activate=False)
	first = frappe.get_doc({"doctype": "Membership Fee", "card": card}).insert()
	yield
	first = again(first)
	first.submit()
	assert frappe.db.get_value("Member Card", card, "status_category") == "Active"
	actions.renew({"name": first.name})
	frappe.get_last_doc("Membership Fee", {"card": card, "docstatus": 0}).submit()
	fees.end_unpaid()
	fees.remind()
	assert actions.refund_unused({"name": first.name})["status_category"] == "Refunded"


@flow("Tier Review", "Tier Review Line")
def tiers_are_reviewed(tmp_path):
	from crm_app.crm_membership import tier_reviews

	programme = make_programme(**PLAN, tier_review="Automatic").name
	card = make_member(programme)
	values = {"tier": "Gold", "tier_until": add_days(nowdate(), -400)}
	frappe.db.set_value("Member Card", card, values)
	yield
	tier_reviews.nightly()
	assert frappe.db.get_value("Member Card", card, "tier") == "Silver"
	assert frappe.get_last_doc("Tier Review", {"programme": programme}).status_category == "Completed"


@flow("Coupon Template", "Coupon Batch", "Coupon", "Coupon Entry", "Coupon Count")
def coupons_are_issued_redeemed_and_expire(tmp_path):
	from crm_app.crm_membership import coupon_batches, coupon_states
	from crm_app.crm_membership.doctype.coupon_batch import actions

	early = make_batch(make_template(), quantity=2)
	yield
	template = make_template(kind="Percent", value=10, total_limit=50)
	batch = make_batch(template, run=False, quantity=3)
	actions.issue({"name": batch.name})
	coupon_batches.run(batch.name)  # a real site does it in the background
	assert again(batch).status_category == "Completed"
	actions.hand_out({"name": batch.name})
	customer = make_customer().name
	for some in (early, batch):
		code = codes_of(some)[0]
		redeem(code, customer, name=f"SALE-{code}")
		assert state(code) == ("Redeemed", 1) and kinds(code)[-1] == "Redeemed"
	frappe.db.set_value("Coupon", codes_of(batch)[1], "valid_until", add_days(nowdate(), -3))
	coupon_states.expire_coupons()
	assert state(codes_of(batch)[1])[0] == "Expired"
	actions.void({"name": early.name})
	assert state(codes_of(early)[1])[0] == "Void"


@flow("Voucher Platform", "Voucher Settlement")
def vouchers_of_a_platform_are_settled(tmp_path):
	from crm_app.crm_membership.doctype.voucher_settlement import actions

	deal = make_deal(settlement_price=80)
	(code,) = codes_of(make_batch(deal, target="Codes of a Platform", platform_codes="A1"))
	yield
	make_deal()
	redeem(code, name=f"SALE-{code}")
	settlement = {"doctype": "Voucher Settlement", "platform": deal.platform, "paid_amount": 75.2}
	settlement = frappe.get_doc(settlement).insert()
	actions.fetch({"name": settlement.name})
	again(settlement).submit()
	assert frappe.db.get_value("Coupon", code, "settlement") == settlement.name


@flow("CRM Till", "Till Call")
def a_till_registers_sells_takes_back_and_tops_up(tmp_path):
	till = make_till(programme=make_programme(**PLAN).name)
	yield
	make_till(programme=till.programme)
	token = issue_token(again(till))
	tea = {"item_code": "TEA", "item_name": "Tea", "category": "Drinks", "qty": 2, "rate": "50.00"}
	new = well(call("register", token, customer_name="Zhang San", phone="13900139778"))
	sold = well(call("commit", token, card=new["card"], items=[tea], total="100.00", payment_method="Cash"))
	assert held(new["card"]) == 100
	lines = [{"item_code": "TEA", "qty": 1}]
	back = call("return_items", token, sale=sold["sale"], items=lines)
	assert well(back) and held(new["card"]) == 50
	assert well(call("top_up", token, card=new["card"], amount="100.00", payment_method="Cash"))
	assert held(new["card"], "principal") == 100


def well(answer: dict) -> dict:
	assert answer["ok"], answer
	return answer["data"]


@flow("CRM Campaign Template", "Customer Segment", "Customer Segment Member", "CRM Settings")
def customers_are_gathered(tmp_path):
	from crm_app.crm_marketing import segments
	from crm_app.crm_marketing.doctype.crm_campaign.actions import create_segment
	from crm_app.crm_marketing.doctype.customer_segment import actions

	city = f"Gatherville {frappe.generate_hash(length=6)}"
	one = make_customer(city=city).name
	segment = make_segment(rule("city", "equals", city))
	yield
	settings("CRM Settings")
	two = make_customer(city=city).name
	segments.refresh_dynamic_segments()
	assert members_of(segment.name) == {one, two}
	actions.make_snapshot({"name": segment.name})
	made = frappe.get_last_doc("Customer Segment", {"kind": "Snapshot"})
	assert members_of(made.name) == {one, two}
	template = {"template_name": f"Offer {city}", "kind": "Festival", "match_rules": "All"}
	rules = [rule("city", "equals", city)]
	template = frappe.get_doc({"doctype": "CRM Campaign Template", **template, "rules": rules}).insert()
	from crm_testing.marketing import make_campaign

	campaign = make_campaign(template=template.name)
	create_segment({"name": campaign.name})
	made = frappe.get_doc("Customer Segment", again(campaign).segment)
	segments.refresh(made)
	assert members_of(made.name) == {one, two}


@flow(
	"Analytics Settings", "Analytics Model", "Analytics Run", "Customer Score", "Customer Score History",
	"RFM Segment", "Product Association", "Retention Task",
)  # fmt: skip
def customers_are_scored(tmp_path):
	from crm_app.crm_analytics.scores import retention, runs

	names = make_shop(60)
	for at, name in enumerate(names[:20]):
		items = [
			{"item_code": code, "qty": 1, "rate": 5} for code in (("TEA", "CUP") if at % 2 else ("POT",))
		]
		make_transaction(name, posting_date=add_days(nowdate(), -2), items=items)
	yield
	settings("Analytics Settings", history_months=2, value_model="BG/NBD")
	again(frappe.get_last_doc("RFM Segment")).save()
	assert frappe.get_doc("Analytics Run", runs.refresh("Full")).status == "Completed"
	assert frappe.db.count("Customer Score", {"customer": ["in", names]}) == len(names)
	assert retention.make_tasks(names[:2])["made"] == 2
	task = frappe.get_last_doc("Retention Task", {"customer": names[0]})
	task.update({"status": "Kept", "outcome": "Came back"}).save()
	assert again(task).closed_on


@flow("Complaint Alert", "Complaint Cause", "Service Level", "Working Calendar")
def complaints_are_overdue(tmp_path):
	from crm_app.crm_service import alerts

	calendar = make_calendar(f"Calendar {frappe.generate_hash(length=6)}").name
	received = add_to_date(now_datetime(), hours=-200)
	late = make_complaint(received_on=received, assigned_to="Administrator")
	yield
	make_calendar(f"Calendar {frappe.generate_hash(length=6)}")
	make_service_level(f"Level {calendar}", working_calendar=calendar)
	frappe.get_doc({"doctype": "Complaint Cause", "cause_name": f"Cause {calendar}"}).insert()
	alerts.raise_alerts()
	assert frappe.db.count("Complaint Alert", {"complaint": late.name}) >= 2
	assert bring_to(again(late), "Resolved").service_level_state == "Missed"


@flow("CRM Department", "CRM Employee")
def an_employee_leaves(tmp_path):
	from crm_app.crm_workforce import org

	department = f"Team {frappe.generate_hash(length=6)}"
	make_department(department)
	head = make_employee("Head Of All", department=department)
	staff = make_employee("Staff Member", department=department, reports_to=head.name)
	yield
	make_department(department, head=head.name)
	new = make_employee("New Hand", department=department, reports_to=head.name)
	staff = again(staff)
	staff.update({"status": "Left", "left_on": nowdate()}).save()
	assert again(staff).status == "Left" and again(new).status == "Active"
	assert org


@flow("CRM Expense Category", "CRM Budget Balance", "CRM Budget Entry")
def money_is_spent(tmp_path):
	from crm_testing.finance import make_budget, make_category, make_request, move

	make_company()
	yield
	category = make_category(f"Flow {frappe.generate_hash(length=6)}").name
	make_budget({"amount": 3000, "category": category})
	lines = [{"category": category, "amount": 100, "expense_date": getdate()}]
	request = make_request(lines=lines)
	move(request, "Submit for Approval", user="staff@example.com")
	assert frappe.db.exists("CRM Budget Entry", {"voucher_no": request.name, "kind": "Reserve"})
	assert frappe.db.count("CRM Budget Balance", {"category": category}) == 1


@flow("CRM Import", "CRM Import Row", "CRM Import Error", "CRM Import Template", "CRM Operation Log")
def files_are_imported_and_taken_back(tmp_path):
	from crm_app.crm_platform.importer import proposing, run_file, undo

	name = run_file(write_csv(tmp_path / "a.csv", many_records(2)), preset="Online Retail")
	yield
	header = ["id", "name", "customer type"]
	rows = [["A", "First", ""], ["B", "", ""], ["C", "Third", ""]]
	record = bring_in(write_csv(tmp_path / "b.csv", rows, header=header))
	assert (record.status, record.records_created, record.rows_bad) == ("Completed", 2, 1)
	proposing.save_template(record, f"Template {record.name}")
	more = run_file(write_csv(tmp_path / "c.csv", many_records(3, prefix="8")), preset="Online Retail")
	for done in (more, name):
		undo.undo(done)
		assert frappe.db.get_value("CRM Import", done, "status") == "Undone"


@flow("CRM Shipped Default")
def an_upgrade_meets_an_edited_workflow(tmp_path):
	from crm_app.shipped import memory
	from crm_app.workflows import sync

	workflow = frappe.get_doc("Workflow", "Complaint Handling")
	workflow.transitions[0].condition = "doc.severity != 'Low'"
	workflow.save()
	yield
	sync.seed()
	assert memory.recall("Workflow", "Complaint Handling").state == memory.EDITED
