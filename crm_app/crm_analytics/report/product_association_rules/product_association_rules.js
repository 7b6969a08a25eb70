{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Product Association Rules"] = {
	formatter: frappe.crm_report.cell,
};
