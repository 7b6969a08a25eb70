frappe.listview_settings["CRM Customer"] = {
	add_fields: ["status_category", "lifecycle_stage"],
	get_indicator(doc) {
		const colours = { Active: "green", Inactive: "gray", Merged: "orange", Erased: "red" };
		const status = doc.status_category;
		return [__(status), colours[status], `status_category,=,${status}`];
	},
};
