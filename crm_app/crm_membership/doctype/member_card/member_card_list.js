frappe.listview_settings["Member Card"] = {
	hide_name_column: true, // the card number, which has a column of its own
	add_fields: ["status_category"],
	get_indicator(doc) {
		const colours = {
			Issued: "blue",
			Active: "green",
			Suspended: "orange",
			Lost: "red",
			Replaced: "gray",
			Expired: "gray",
		};
		const status = doc.status_category;
		return [__(status), colours[status], `status_category,=,${status}`];
	},
};
