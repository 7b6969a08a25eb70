/* A child table: its grid columns edited in place, all its fields in the row's dialog. */
function makeTable(df, rows, readOnly, changed) {
	const {el, icon, t, mount, NUMBERS} = controls;
	const byName = Object.fromEntries(df.fields.map((field) => [field.fieldname, field]));
	const numeric = (field) => (field.fieldtype in NUMBERS ? "num" : "");
	const PAGE = 50, MANY = 15;
	let limit = PAGE;

	const body = el("tbody");
	const headings = df.grid.map((name) => el("th", {className: numeric(byName[name]), textContent: byName[name].label + (byName[name].reqd ? " *" : "")}));
	const head = el("thead", {}, el("tr", {}, el("th", {className: "idx", textContent: "#"}), ...headings, el("th")));
	const add = el("button", {type: "button", className: "d-btn sm", hidden: readOnly || df.cannot_add}, icon("add"), t("Add row"));
	const more = el("button", {type: "button", className: "d-btn sm ghost"});
	const find = el("input", {type: "search", className: "d-input", placeholder: t("Find in rows"), ariaLabel: t("Find in rows")});
	const node = el("div", {className: "f-grid"}, find, el("div", {className: "d-table-wrap"}, el("table", {className: "d-table"}, head, body)), el("div", {className: "row"}, add, more));
	add.addEventListener("click", () => { find.value = ""; rows.push(fresh()); limit = Math.max(limit, rows.length); draw(); touch(); body.lastChild.querySelector("input, select, textarea")?.focus(); });
	more.addEventListener("click", () => { limit += 500; draw(); });
	find.addEventListener("input", () => draw());
	find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });

	function fresh() {
		const today = new Date().toLocaleDateString("sv"), special = {Today: today, Now: `${today} 00:00:00`, __user: form.data.user, user: form.data.user};
		const row = {doctype: df.options};
		for (const [name, value] of Object.entries(df.defaults)) if (!String(value).startsWith(":")) row[name] = special[value] ?? (byName[name]?.fieldtype in NUMBERS || byName[name]?.fieldtype === "Check" ? Number(value) : value);
		return row;
	}
	const touch = () => changed(df);

	function line(row, index) {
		const tr = el("tr", {}, el("td", {className: "idx", textContent: index + 1}));
		const cells = df.grid.map((name) => {
			const td = el("td", {className: byName[name].fieldtype === "Check" ? "check" : numeric(byName[name])});
			td.dataset.label = byName[name].label;
			td.dataset.cell = `${df.fieldname}.${index + 1}.${name}`;
			tr.append(td);
			return mount(byName[name], row, td, {readOnly, siblings: df.fields, changed: () => { show(); touch(); }});
		});
		const show = () => cells.forEach((cell) => { cell.refresh(); cell.host.classList.toggle("off", !cell.shown); });
		show();
		const edit = el("button", {type: "button", className: "d-btn sm ghost", title: t("Edit"), ariaLabel: t("Edit")}, icon(readOnly ? "visibility" : "edit"));
		edit.addEventListener("click", () => dialog(rows.indexOf(row)));
		const remove = el("button", {type: "button", className: "d-btn sm ghost", title: t("Remove"), ariaLabel: t("Remove"), hidden: readOnly || df.cannot_delete}, icon("close"));
		remove.addEventListener("click", () => { rows.splice(rows.indexOf(row), 1); draw(); touch(); });
		tr.append(el("td", {className: "tools"}, edit, remove));
		return tr;
	}
	/** What a reader may look for in a row: its grid columns, links by their titles too. */
	const text = (row) => df.grid.map((name) => `${row[name] ?? ""} ${byName[name].fieldtype === "Link" ? form.title(byName[name].options, row[name]) : t(String(row[name] ?? ""))}`).join(" ").toLowerCase();

	function draw() {
		const term = find.value.trim().toLowerCase();
		const found = rows.map((row, index) => [row, index]).filter(([row]) => !term || text(row).includes(term));
		body.replaceChildren(...found.slice(0, limit).map(([row, index]) => line(row, index)));
		find.hidden = rows.length <= MANY && !term;
		if (!rows.length) body.append(el("tr", {}, el("td", {className: "muted", colSpan: df.grid.length + 2, textContent: t("No rows")})));
		more.hidden = found.length <= limit;
		more.textContent = `+ ${found.length - limit}`;
	}

	/** The row with all its fields; it can be moved and removed from here. */
	function dialog(index) {
		const box = document.getElementById("f-row"), row = rows[index];
		const wraps = df.fields.filter((field) => !field.hidden).map((field) => {
			const wrap = el("div", {className: "f-field"}), host = el("div");
			const required = el("i", {className: "f-req", textContent: " *"});
			wrap.append(el("label", {className: "f-label"}, field.label, required), host);
			if (field.description) wrap.append(el("div", {className: "d-help", innerHTML: field.description}));
			const mounted = mount(field, row, host, {readOnly, siblings: df.fields, changed: () => { refresh(); touch(); }});
			return {wrap, mounted, required};
		});
		const refresh = () => wraps.forEach(({wrap, mounted, required}) => { mounted.refresh(); wrap.hidden = !mounted.shown; required.hidden = !mounted.required; });
		const move = (step) => { const to = index + step; if (to < 0 || to >= rows.length) return; rows.splice(to, 0, rows.splice(index, 1)[0]); touch(); draw(); dialog(to); };
		const button = (name, title, run) => { const node = el("button", {type: "button", className: "d-btn sm ghost", title, ariaLabel: title}, icon(name)); node.addEventListener("click", run); return node; };
		const moves = () => [button("arrow_upward", t("Move up"), () => move(-1)), button("arrow_downward", t("Move down"), () => move(1))];
		const bin = () => button("delete", t("Remove"), () => { rows.splice(index, 1); touch(); box.close(); });
		const tools = readOnly ? [] : df.cannot_delete ? moves() : [...moves(), bin()];
		const close = el("button", {type: "button", className: "d-btn primary", textContent: t("Close")});
		close.addEventListener("click", () => box.close());
		box.replaceChildren(el("header", {className: "row"}, el("h3", {className: "grow", textContent: `${df.label} · ${t("Row {0}", index + 1)}`}), ...tools), el("div", {className: "f-dialog-body"}, ...wraps.map((item) => item.wrap)), el("footer", {className: "row"}, close));
		refresh();
		box.onclose = draw;
		if (!box.open) box.showModal();
	}
	draw();
	return {node, set(value) {
		if (!value || value === rows) return;
		rows = value;
		draw();
	}};
}

/* Table MultiSelect: the rows' one Link field as tags. */
function makeTags(df, rows, readOnly, changed) {
	const {el, icon, t} = controls;
	const field = df.fields.find((one) => one.fieldtype === "Link");
	const list = el("span", {className: "row"}), input = el("input", {className: "d-input", type: "text", hidden: readOnly, placeholder: "+"});
	function draw() {
		list.replaceChildren(...rows.map((row) => {
			const remove = el("button", {type: "button", title: t("Remove"), ariaLabel: t("Remove"), hidden: readOnly}, icon("close"));
			remove.addEventListener("click", () => { rows.splice(rows.indexOf(row), 1); draw(); changed(df); });
			return el("span", {className: "d-chip"}, form.title(field.options, row[field.fieldname]), remove);
		}));
	}
	const add = (item) => {
		input.value = "";
		if (item.label) form.data.titles[`${field.options}::${item.value}`] = item.label;
		if (!rows.some((row) => row[field.fieldname] === item.value)) rows.push({doctype: df.options, [field.fieldname]: item.value});
		draw();
		changed(df);
	};
	desk.link(input, {doctype: () => field.options, pick: add, leave: (typed, exact) => { if (typed) exact ? add(exact) : (input.value = ""); }});
	draw();
	return {node: el("div", {className: "f-tags"}, list, input), set(value) {
		if (!value || value === rows) return;
		rows = value;
		draw();
	}};
}
