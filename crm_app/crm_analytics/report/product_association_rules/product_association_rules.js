{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Product Association Rules"] = {
	onload: frappe.crm_report.translate_selects,
	formatter: frappe.crm_report.cell,
};
