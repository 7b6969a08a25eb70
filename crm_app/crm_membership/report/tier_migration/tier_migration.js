// Makes numbers lead to what is behind them.
frappe.query_reports["Tier Migration"] = {
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const route = data && data[`${column.fieldname}_route`];
		return route && value ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
	},
};
