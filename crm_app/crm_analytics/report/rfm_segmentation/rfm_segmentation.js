{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["RFM Segmentation"] = {
	onload: (report) => frappe.crm_report.offer_actions(report, "RFM Segmentation"),
	formatter: frappe.crm_report.cell,
};
