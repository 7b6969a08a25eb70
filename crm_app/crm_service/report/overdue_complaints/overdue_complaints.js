// Frappe leaves the label of an empty Select untranslated.
frappe.query_reports["Overdue Complaints"] = {
	onload(report) {
		for (const { df, $wrapper } of report.filters) {
			if (df.fieldtype === "Select") $wrapper.find(".placeholder span").text(__(df.label));
		}
	},
};
