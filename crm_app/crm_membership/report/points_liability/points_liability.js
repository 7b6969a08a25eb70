{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Points Liability"] = {
	formatter: frappe.crm_report.linked,
};
