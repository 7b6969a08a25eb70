{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Complaints by Cause"] = {
	onload: frappe.crm_report.translate_selects,
	formatter: frappe.crm_report.count,
};
