// Makes numbers lead to what is behind them.
frappe.query_reports["Ledger Reconciliation"] = {
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const route = data && data[`${column.fieldname}_route`];
		return route && value ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
	},
};
