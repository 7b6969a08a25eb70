{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Overdue Complaints"] = {
	onload: frappe.crm_report.translate_selects,
};
