// Makes the amounts lead to the ledger entries behind them.
frappe.query_reports["Budget Position"] = {
	formatter(value, row, column, data, default_formatter) {
		const missing = value === null || value === undefined;
		const text = missing ? "" : default_formatter(value, row, column, data);
		const route = data && data[`${column.fieldname}_route`];
		return route && value ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
	},
};
