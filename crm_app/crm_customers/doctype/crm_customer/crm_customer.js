// Comfort only: the button of the DocType's actions shows a link, this one goes there at once.
frappe.ui.form.on("CRM Customer", {
	refresh(frm) {
		if (frm.is_new()) return;
		frm.remove_custom_button(__("360° View"));
		frm.remove_custom_button("360° View");
		frm.add_custom_button(__("360° View"), () =>
			window.open(`/customer_360?name=${encodeURIComponent(frm.doc.name)}`)
		);
	},
});
