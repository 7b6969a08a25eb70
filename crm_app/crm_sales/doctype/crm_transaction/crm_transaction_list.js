frappe.listview_settings["CRM Transaction"] = {
	add_fields: ["transaction_type"],
	get_indicator(doc) {
		if (doc.docstatus !== 1) return undefined;
		const colour = doc.transaction_type === "Return" ? "orange" : "green";
		return [__(doc.transaction_type), colour, `transaction_type,=,${doc.transaction_type}`];
	},
};
