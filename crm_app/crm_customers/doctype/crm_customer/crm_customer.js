// Comfort only: the action answers with a link, here it opens the page at once.
frappe.ui.form.on("CRM Customer", {
	setup(frm) {
		const execute = frm.execute_action.bind(frm);
		frm.execute_action = (action) => {
			if (action.label !== "360° View") return execute(action);
			window.open(`/customer_360?name=${encodeURIComponent(frm.doc.name)}`);
		};
	},
});
