{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Customer Value"] = {
	onload: (report) => frappe.crm_report.offer_actions(report, "Customer Value"),
	formatter: frappe.crm_report.cell,
};
