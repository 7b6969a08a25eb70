// Makes numbers lead to what is behind them.
frappe.query_reports["Model Quality"] = {
	onload(report) {
		// Frappe leaves the label of an empty Select untranslated.
		for (const { df, $wrapper } of report.filters) {
			if (df.fieldtype === "Select") $wrapper.find(".placeholder span").text(__(df.label));
		}
	},
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const route = data && data[`${column.fieldname}_route`];
		return route && value ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
	},
};
