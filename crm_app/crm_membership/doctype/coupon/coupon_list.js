frappe.listview_settings["Coupon"] = {
	add_fields: ["status_category"],
	get_indicator(doc) {
		const colours = {
			Stock: "blue",
			Issued: "green",
			Redeemed: "gray",
			Expired: "orange",
			Refunded: "red",
			Void: "red",
		};
		const status = doc.status_category;
		return [__(status), colours[status], `status_category,=,${status}`];
	},
};
