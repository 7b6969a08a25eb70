frappe.listview_settings["Coupon Batch"] = {
	add_fields: ["status_category"],
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Queued: "blue",
			Running: "blue",
			Stopped: "orange",
			Failed: "red",
			Completed: "green",
		};
		const status = doc.status_category;
		return [__(status), colours[status], `status_category,=,${status}`];
	},
};
