{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Budget Position"] = {
	formatter: frappe.crm_report.count,
};
