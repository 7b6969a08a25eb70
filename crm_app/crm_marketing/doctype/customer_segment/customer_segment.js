// Offers the fields by their labels, custom fields included. Without this script the names can be typed.
frappe.ui.form.on("Customer Segment", {
	refresh(frm) {
		frappe.xcall("crm_app.crm_marketing.segment_fields.options").then((fields) => {
			const choices = Object.entries(fields).flatMap(([source, list]) =>
				list.map((field) => ({
					value: field.value,
					label: field.label,
					description: __(source),
				}))
			);
			frm.fields_dict.rules.grid.update_docfield_property("fieldname", "options", choices);
		});
	},
});
