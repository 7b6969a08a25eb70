{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Churn Risk"] = {
	onload: (report) => frappe.crm_report.offer_actions(report, "Churn Risk"),
	formatter: frappe.crm_report.cell,
};
