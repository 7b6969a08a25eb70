{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["RFM Migration"] = {
	onload: (report) => frappe.crm_report.offer_actions(report, "RFM Migration"),
	formatter: frappe.crm_report.cell,
};
