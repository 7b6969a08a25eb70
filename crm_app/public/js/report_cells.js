// Shared by the reports, whose own scripts include this file; Frappe puts it in when it sends them.
frappe.crm_report = {
	// Frappe leaves the label of an empty Select untranslated.
	translate_selects(report) {
		for (const { df, $wrapper } of report.filters) {
			if (df.fieldtype === "Select") $wrapper.find(".placeholder span").text(__(df.label));
		}
	},
	// The way to segments and tasks as a button.
	offer_actions(report, name) {
		frappe.crm_report.translate_selects(report);
		report.page.add_inner_button(__("Save as segment or make tasks"), () => {
			const query = new URLSearchParams({ report: name, ...report.get_filter_values() });
			window.open(`/score_actions?${query}`);
		});
	},
	// The text of a cell leads to what is behind its number.
	link(text, column, data) {
		const route = data && data[`${column.fieldname}_route`];
		return route ? `<a href="${frappe.utils.escape_html(route)}">${text}</a>` : text;
	},
	// Nothing where there is no value, a link behind any other, and the shade of a heat map.
	cell(value, row, column, data, default_formatter) {
		const missing = value === null || value === undefined;
		const { link } = frappe.crm_report;
		const text = missing ? "" : link(default_formatter(value, row, column, data), column, data);
		const tint = data && data[`${column.fieldname}_tint`];
		return tint ? `<div class="px-1" style="background:${tint};color:#111">${text}</div>` : text;
	},
	// The same without a shade; behind 0 there is nothing to see.
	count(value, row, column, data, default_formatter) {
		const missing = value === null || value === undefined;
		const text = missing ? "" : default_formatter(value, row, column, data);
		return value ? frappe.crm_report.link(text, column, data) : text;
	},
	// As Frappe shows it, with a link behind what is not 0.
	linked(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		return value ? frappe.crm_report.link(text, column, data) : text;
	},
};
