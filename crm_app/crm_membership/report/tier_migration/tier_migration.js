{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Tier Migration"] = {
	formatter: frappe.crm_report.linked,
};
