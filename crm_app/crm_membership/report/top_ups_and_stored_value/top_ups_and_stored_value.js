{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Top-ups and Stored Value"] = {
	formatter: frappe.crm_report.linked,
};
