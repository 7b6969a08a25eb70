// Makes the counts lead to the complaints behind them.
frappe.query_reports["Complaints by Cause"] = {
	onload(report) {
		// Frappe leaves the label of an empty Select untranslated.
		for (const { df, $wrapper } of report.filters) {
			if (df.fieldtype === "Select") $wrapper.find(".placeholder span").text(__(df.label));
		}
	},
	formatter(value, row, column, data, default_formatter) {
		const missing = value === null || value === undefined;
		const text = missing ? "" : default_formatter(value, row, column, data);
		const route = data && data[`${column.fieldname}_route`];
		return route && value ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
	},
};
