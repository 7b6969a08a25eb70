// Makes numbers lead to what is behind them and shades the cells of a heat map.
frappe.query_reports["Next Product"] = {
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
		const tint = data && data[`${column.fieldname}_tint`];
		const linked =
			route && !missing ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
		return tint ? `<div class="px-1" style="background:${tint};color:#111">${linked}</div>` : linked;
	},
};
