app_name = "crm_app"
app_title = "CRM"
app_publisher = "CRM App contributors"
app_description = "Customers, members, complaints, campaigns, budgets and their analytics"
app_email = "crm_app@example.com"
app_license = "mit"

add_to_apps_screen = [
	{
		"name": "crm_app",
		"logo": "/assets/crm_app/logo.svg",
		"title": "CRM",
		"route": "/app/crm-customers",
		"has_permission": "crm_app.install.may_open_app",
	}
]

before_install = "crm_app.shipped.roles.note_own"
after_sync = "crm_app.install.after_sync"
before_migrate = ["crm_app.shipped.roles.note_own"]
after_migrate = ["crm_app.install.after_migrate"]
before_uninstall = "crm_app.install.before_uninstall"

# The embedded host's `demo` and `import` commands call these.
demo_data = "crm_app.demo.install"
import_file = "crm_app.crm_platform.importer.run_file"
import_record = "CRM Import"

# Seeded on install and migrate, kept where an administrator changed it.
crm_seed = [
	"crm_app.shipped.roles.seed",
	"crm_app.utils.singles.seed",
	"crm_app.shipped.permissions.seed",
	"crm_app.shipped.options.seed",
	"crm_app.shipped.clashes.seed",
	"crm_app.shipped.refused.seed",
	"crm_app.workflows.sync.seed",
	"crm_app.shipped.desk.seed",
	"crm_app.crm_service.setup.seed",
	"crm_app.crm_marketing.setup.seed",
	"crm_app.crm_analytics.setup.seed",
]
crm_unseed = [
	"crm_app.shipped.desk.unseed",
	"crm_app.workflows.sync.unseed",
	"crm_app.shipped.permissions.unseed",
	"crm_app.shipped.options.unseed",
	"crm_app.shipped.clashes.unseed",
	"crm_app.shipped.refused.unseed",
	"crm_app.utils.singles.unseed",
	"crm_app.crm_service.setup.unseed",
	"crm_app.crm_marketing.setup.unseed",
	"crm_app.crm_analytics.setup.unseed",
]

# Row rules: the same answer on form, list, report and REST.
_LINKED_TO_CUSTOMER = [
	"CRM Transaction",
	"CRM Interaction",
	"Member Card",
	"Member Account",
	"Member Adjustment",
	"Member Earning",
	"Member Ledger Entry",
	"Member Lot",
	"Member Refund",
	"Member Tier Change",
	"Member Top-up",
	"Membership Fee",
	"Tier Review Line",
	"Complaint",
	"Complaint Alert",
	"Customer Segment Member",
	"Customer Score",
	"Customer Score History",
	"Retention Task",
]
_COUPONS = ["Coupon", "Coupon Count", "Coupon Entry"]
_BUDGETS = ["CRM Budget", "CRM Budget Balance", "CRM Budget Entry"]
permission_query_conditions = {
	"Expense Request": "crm_app.crm_finance.permissions.request_condition",
	**dict.fromkeys(_BUDGETS, "crm_app.crm_finance.permissions.department_condition"),
	**dict.fromkeys(_COUPONS, "crm_app.crm_membership.permissions.coupon_condition"),
	"CRM Customer": "crm_app.crm_customers.permissions.customer_condition",
	**dict.fromkeys(_LINKED_TO_CUSTOMER, "crm_app.crm_customers.permissions.linked_condition"),
}
has_permission = {
	"Expense Request": "crm_app.crm_finance.permissions.request_permission",
	**dict.fromkeys(_BUDGETS, "crm_app.crm_finance.permissions.department_permission"),
	**dict.fromkeys(_COUPONS, "crm_app.crm_membership.permissions.coupon_permission"),
	"CRM Customer": "crm_app.crm_customers.permissions.has_permission",
	**dict.fromkeys(_LINKED_TO_CUSTOMER, "crm_app.crm_customers.permissions.linked_has_permission"),
}

# DocTypes with a field that is fetched from a Link, see crm_app.utils.links.
_FETCHING = [
	"CRM Customer",
	"CRM Interaction",
	"CRM Transaction",
	"Member Adjustment",
	"Member Card",
	"Member Refund",
	"Member Top-up",
	"Membership Fee",
	"Top-up Offer",
	"Complaint",
	"Customer Score",
	"Customer Segment Member",
	"Expense Request",
	"CRM Department",
	"CRM Employee",
	"Retention Task",
]
doc_events = {doctype: {"validate": "crm_app.utils.links.check_fetched_links"} for doctype in _FETCHING}
# Child DocTypes: a row saved alone would go past approval, totals and ledgers of its record.
_ROWS = [
	"CRM Budget Line",
	"CRM Shipped Difference",
	"CRM Campaign Channel",
	"CRM Customer Consent",
	"CRM Customer Contact",
	"CRM Customer Grade History",
	"CRM Customer Lifecycle History",
	"CRM Customer Preference",
	"CRM Customer Relation",
	"CRM Customer Tag",
	"CRM Employee Assignment",
	"CRM Employee Certificate",
	"CRM Employee Skill",
	"CRM Employee Training",
	"CRM Import Column",
	"CRM Transaction Item",
	"Complaint Action",
	"Complaint Hold",
	"Customer Segment Rule",
	"Expense Request Line",
	"Member Card History",
	"Membership Benefit",
	"Membership Condition",
	"Membership Tier",
	"Service Level Target",
	"Voucher Settlement Line",
	"Working Calendar Holiday",
	"Working Calendar Hours",
]
doc_events |= {
	row: dict.fromkeys(
		("before_validate", "before_update_after_submit", "before_cancel", "on_trash"),
		"crm_app.utils.rows.refuse_alone",
	)
	for row in _ROWS
}
# DocTypes into which people and programs write amounts, see crm_app.utils.numbers.
for _doctype in [
	"Analytics Settings",
	"CRM Budget",
	"CRM Campaign",
	"CRM Campaign Template",
	"CRM Customer",
	"CRM Customer Rules",
	"CRM Settings",
	"CRM Transaction",
	"Complaint",
	"Coupon Batch",
	"Coupon Template",
	"Earn Rule",
	"Expense Request",
	"Member Adjustment",
	"Member Refund",
	"Member Top-up",
	"Membership Fee",
	"Membership Programme",
	"Voucher Platform",
	"Voucher Settlement",
	"Top-up Offer",
]:
	_events = doc_events.setdefault(_doctype, {})
	_events["before_validate"] = "crm_app.utils.numbers.check_numbers"
	_events["before_update_after_submit"] = "crm_app.utils.numbers.check_numbers"
# What an administrator may change about the app's DocTypes, see crm_app.customising.
doc_events |= {
	"Workflow": {
		"before_validate": "crm_app.customising.states.prepare",
		"validate": "crm_app.customising.workflows.check",
		"on_update": "crm_app.customising.states.move_records",
	},
	"Property Setter": {"validate": "crm_app.customising.fields.check_property"},
	"Custom Field": {
		"validate": "crm_app.customising.fields.check_custom_field",
		"on_trash": "crm_app.customising.field_use.check_deletion",
	},
}
# Not under the row rule by themselves, but they name customers.
for _doctype in ("CRM Customer", "Expense Request"):
	doc_events[_doctype]["validate"] = [
		"crm_app.crm_customers.permissions.check_named_customers",
		"crm_app.utils.links.check_fetched_links",
	]
# Points first: the accounts are locked before the coupons.
doc_events["CRM Transaction"]["on_submit"] = [
	"crm_app.crm_membership.sales_ledger.on_submit",
	"crm_app.crm_membership.coupon_returns.on_submit",
]
doc_events["CRM Transaction"]["on_cancel"] = [
	"crm_app.crm_membership.sales_ledger.on_cancel",
	"crm_app.crm_membership.coupon_returns.on_cancel",
]
doc_events["CRM Interaction"]["after_insert"] = "crm_app.crm_service.first_answer.from_interaction"
# Private values and what is shown instead.
for _doctype in ("CRM Customer", "Complaint", "Member Card", "CRM Employee"):
	_validate = doc_events[_doctype]["validate"]
	doc_events[_doctype]["validate"] = [
		*([_validate] if isinstance(_validate, str) else _validate),
		"crm_app.crm_customers.privacy.derive",
	]
for _doctype in ("CRM Customer", "Member Card"):
	doc_events[_doctype]["validate"].append("crm_app.utils.by_rule.note")
doc_events["Version"] = {"before_insert": "crm_app.crm_customers.privacy.mask_version"}
# Not before_request: there a caller with an API key is still a guest.
auth_hooks = ["crm_app.crm_customers.request_guard.check"]
after_request = ["crm_app.crm_customers.answers.strip"]
standard_queries = dict.fromkeys(
	("CRM Customer", "Complaint", "Member Card", "CRM Employee"), "crm_app.crm_customers.privacy.search"
)
# The operation log.
override_whitelisted_methods = {
	"frappe.desk.reportview.export_query": "crm_app.crm_platform.exports.export_list",
	"frappe.desk.query_report.export_query": "crm_app.crm_platform.exports.export_report",
	# Not the log, but numbers under the row rule.
	"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": "crm_app.crm_platform.charts.get",
	# Nor these: a condition that cannot be evaluated says why.
	"frappe.model.workflow.get_transitions": "crm_app.workflows.desk_calls.get_transitions",
	"frappe.model.workflow.apply_workflow": "crm_app.workflows.desk_calls.apply_workflow",
	"frappe.model.workflow.get_common_transition_actions": (
		"crm_app.workflows.desk_calls.get_common_transition_actions"
	),
	"frappe.custom.doctype.custom_field.custom_field.rename_fieldname": (
		"crm_app.customising.field_use.rename_fieldname"
	),
}
on_export = "crm_app.crm_platform.operation_log.exported"
doc_events["Role"] = {
	"before_rename": "crm_app.shipped.renames.refuse",
	"after_insert": "crm_app.shipped.roles.made_again",
	"after_delete": "crm_app.shipped.roles.deleted",
}
for _doctype in [
	"Workflow",
	"Number Card",
	"Dashboard Chart",
	"Workspace",
	"Complaint Cause",
	"Service Level",
	"Working Calendar",
	"CRM Campaign Template",
	"RFM Segment",
]:
	doc_events.setdefault(_doctype, {})["after_rename"] = "crm_app.shipped.renames.note"
doc_events["User"] = {"on_update": "crm_app.crm_platform.operation_log.roles_changed"}
doc_events["Comment"] = {"after_insert": "crm_app.crm_platform.operation_log.decided"}
for _doctype in ("Custom DocPerm", "User Permission", "DocShare"):
	doc_events[_doctype] = dict.fromkeys(
		("on_update", "on_trash"), "crm_app.crm_platform.operation_log.rule_changed"
	)

scheduler_events = {
	"hourly": ["crm_app.crm_membership.catching_up.post_missing"],
	"daily_long": ["crm_app.crm_membership.expiry.expire_lots"],
	"daily": [
		"crm_app.crm_customers.review.review_all",
		"crm_app.crm_membership.cards.expire_cards",
		"crm_app.crm_membership.fees.end_unpaid",
		"crm_app.crm_membership.fees.remind",
		"crm_app.crm_membership.birthdays.give",
		"crm_app.crm_membership.tier_reviews.nightly",
		"crm_app.crm_membership.coupon_states.expire_coupons",
		"crm_app.crm_membership.coupon_batches.resume_batches",
		"crm_app.crm_marketing.segments.refresh_dynamic_segments",
	],
	"hourly_long": ["crm_app.crm_analytics.scores.jobs.hourly"],
	"cron": {"*/5 * * * *": ["crm_app.crm_service.alerts.raise_alerts"]},
}
