{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Points Movement"] = {
	formatter: frappe.crm_report.linked,
};
