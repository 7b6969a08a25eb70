app_name = "frappe"
app_title = "Embedded host"

scheduler_events = {
	"hourly": ["frappe.utils.background_jobs.drop_old_jobs"],
}
