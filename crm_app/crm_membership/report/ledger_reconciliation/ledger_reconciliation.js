{% include "crm_app/public/js/report_cells.js" %}
frappe.query_reports["Ledger Reconciliation"] = {
	formatter: frappe.crm_report.linked,
};
