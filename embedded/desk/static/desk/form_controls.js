/* One control per field type: controls.make(df, context) -> {node, set(value)}; context = {row, change(value), title(value)}. */
const controls = (() => {
	const el = (tag, props = {}, ...children) => { const node = Object.assign(document.createElement(tag), props); node.append(...children); return node; };
	const icon = (name) => el("span", {className: "msym", textContent: name});
	const t = (text, ...args) => args.reduce((out, arg, i) => out.replaceAll(`{${i}}`, arg), form.data.texts[text] || text);
	const NUMBERS = {Int: 0, "Long Int": 0, Float: 0, Currency: 2, Percent: 0, Duration: 0};
	const LONG = ["Small Text", "Text", "Long Text", "Code", "JSON", "HTML Editor", "Markdown Editor"];
	const slug = (doctype) => doctype.toLowerCase().replaceAll(/[ /]/g, "-");
	const url = (doctype, name) => `/app/${slug(doctype)}/${encodeURIComponent(name)}`;
	const target = (df, row) => (df.fieldtype === "Dynamic Link" ? row[df.options] : df.options);
	const blank = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

	/** The value as readers see it. */
	function format(value, df, row) {
		if (blank(value)) return "";
		if (df.fieldtype in NUMBERS) return number(Number(value), df, row);
		if (df.fieldtype === "Datetime") return String(value).slice(0, 16);
		if (df.fieldtype === "Time") return String(value).split(".")[0].padStart(8, "0");
		if (df.fieldtype === "Select") return (df.choices.find((choice) => choice[0] === value) || [0, value])[1];
		if (df.fieldtype === "Check") return value ? "✓" : "";
		return String(value);
	}
	function number(value, df, row) {
		const least = NUMBERS[df.fieldtype], digits = {minimumFractionDigits: least, maximumFractionDigits: Math.max(least, df.precision || (df.fieldtype === "Int" ? 0 : 3))};
		if (df.fieldtype === "Int") digits.useGrouping = false; // a year is an Int too
		const code = df.fieldtype === "Currency" && ((df.options && !df.options.includes(":") && (row[df.options] || form.doc[df.options])) || form.data.currency);
		const money = code && /^[A-Z]{3}$/.test(code) ? {style: "currency", currency: code, currencyDisplay: "narrowSymbol"} : {};
		return new Intl.NumberFormat(document.documentElement.lang || "en", {...digits, ...money}).format(value) + (df.fieldtype === "Percent" ? "%" : "");
	}

	function shown(df, context) {
		const node = el("div", {className: `f-value ${df.fieldtype in NUMBERS ? "num" : ""}`});
		return {node, set(value) {
			node.replaceChildren();
			const doctype = ["Link", "Dynamic Link"].includes(df.fieldtype) && target(df, context.row);
			if (blank(value)) return;
			if (doctype) node.append(el("a", {href: url(doctype, value), textContent: context.title(doctype, value)}));
			else if (df.fieldtype.startsWith("Attach") || df.options === "URL") node.append(fileLink(value));
			else if (df.fieldtype === "Check") node.append(el("input", {type: "checkbox", checked: Boolean(value), disabled: true}));
			else if (["Text Editor", "HTML Editor"].includes(df.fieldtype)) { node.classList.add("f-rich"); node.innerHTML = value; } // cleaned by the server
			else if (df.fieldtype === "Color") node.append(el("i", {className: "f-color", style: `background: ${CSS.supports("color", value) ? value : "none"}`}), value);
			else if (df.fieldtype === "Rating") node.append("★".repeat(Math.round(value * 5)).padEnd(5, "☆"));
			else node.append(format(value, df, context.row));
		}};
	}
	function fileLink(value) {
		const safe = /^(https?:\/\/|\/)/.test(value) ? value : "#";
		const image = /\.(png|jpe?g|gif|webp)$/i.test(value) && safe.startsWith("/");
		const link = el("a", {href: safe, target: "_blank", rel: "noopener", textContent: decodeURI(value.split("/").pop() || value)});
		if (image) link.prepend(el("img", {src: safe, alt: "", className: "f-thumb"}));
		return link;
	}

	function input(df, context, type, extra = {}) {
		const node = el("input", {className: "d-input", type, ...extra});
		node.addEventListener("input", () => context.change(node.value === "" ? null : node.value));
		return {node, set: (value) => { if (node.value !== String(value ?? "")) node.value = value ?? ""; }};
	}
	function suggested(df, context) {
		const control = input(df, context, "text"), id = `f-list-${df.fieldname}`;
		if (!document.getElementById(id)) document.body.append(el("datalist", {id}, ...df.choices.map(([value, label]) => el("option", {value, label}))));
		control.node.setAttribute("list", id);
		return control;
	}
	function numeric(df, context) {
		const control = input(df, context, "text", {inputMode: "decimal"});
		control.node.classList.add("num");
		control.node.addEventListener("input", () => {
			const text = control.node.value.replaceAll(/[,\s，￥¥$€%]/g, "");
			const value = Number(text);
			control.node.setCustomValidity(Number.isFinite(value) ? "" : t("not a number"));
			context.change(text === "" ? 0 : Number.isFinite(value) ? (df.fieldtype === "Int" ? Math.trunc(value) : value) : text);
		});
		control.set = (value) => { if (document.activeElement !== control.node) control.node.value = blank(value) ? "" : value; };
		return control;
	}
	function check(df, context) {
		const node = el("input", {type: "checkbox"});
		node.addEventListener("change", () => context.change(node.checked ? 1 : 0));
		return {node, set: (value) => { node.checked = Boolean(Number(value)); }};
	}
	function select(df, context) {
		const node = el("select", {className: "d-input"}, ...df.choices.map(([value, label]) => el("option", {value, textContent: label})));
		if (!df.choices.some(([value]) => value === "")) node.prepend(el("option", {value: "", hidden: true}));
		node.addEventListener("change", () => context.change(node.value || null));
		return {node, set(value) {
			if (!blank(value) && ![...node.options].some((option) => option.value === String(value))) node.append(el("option", {value, textContent: value}));
			node.value = value ?? "";
		}};
	}
	function text(df, context) {
		const node = el("textarea", {className: `d-input ${df.fieldtype === "Code" || df.fieldtype === "JSON" ? "f-code" : ""}`, rows: df.fieldtype === "Small Text" ? 2 : 5});
		node.addEventListener("input", () => context.change(node.value || null));
		return {node, set: (value) => { if (node.value !== (value ?? "")) node.value = value ?? ""; }};
	}
	function editor(df, context) {
		const node = el("div", {className: "f-trix"}), hidden = el("input", {type: "hidden", id: `trix-${df.fieldname}-${Math.random().toString(36).slice(2)}`});
		const trix = document.createElement("trix-editor");
		trix.setAttribute("input", hidden.id);
		node.append(hidden, trix);
		let loaded = "", known;
		const touched = () => { if (hidden.value !== loaded) { loaded = hidden.value; known = loaded || null; context.change(known); } };
		trix.addEventListener("trix-initialize", () => { loaded = hidden.value; trix.addEventListener("trix-change", touched); });
		trix.addEventListener("trix-file-accept", (event) => event.preventDefault());
		return {node, set(value) {
			if (value === known) return;
			known = value;
			if (!trix.editor) { hidden.value = value ?? ""; return; }
			trix.editor.loadHTML(value ?? "");
			loaded = hidden.value;
		}};
	}
	function moment(df, context) {
		const kind = {Date: "date", Datetime: "datetime-local", Time: "time"}[df.fieldtype];
		const control = input(df, {...context, change: (value) => context.change(value && df.fieldtype !== "Date" ? value.replace("T", " ") + (/(^|T)\d\d:\d\d$/.test(value) ? ":00" : "") : value)}, kind);
		const set = control.set;
		control.set = (value) => set(blank(value) ? "" : df.fieldtype === "Datetime" ? String(value).slice(0, 16).replace(" ", "T") : df.fieldtype === "Time" ? String(value).split(".")[0].padStart(8, "0").slice(0, 5) : String(value).slice(0, 10));
		return control;
	}
	function link(df, context) {
		const field = el("input", {className: "d-input", type: "text"}), open = el("a", {className: "f-open", title: t("Open record"), hidden: true, tabIndex: -1}, icon("arrow_outward"));
		let current = null;
		const doctype = () => target(df, context.row);
		const put = (value, label) => { if (label) form.data.titles[`${doctype()}::${value}`] = label; context.change(value); control.set(value); };
		const control = {node: el("div", {className: "f-linkbox"}, field, open), set(value) {
			current = value ?? null;
			field.value = field.dataset.shown = blank(value) ? "" : context.title(doctype(), value);
			open.hidden = blank(value) || !doctype();
			if (!open.hidden) open.href = url(doctype(), value);
		}};
		desk.link(field, {
			doctype,
			filters: () => df.link_filters && JSON.parse(df.link_filters),
			pick: (item) => put(item.value, item.label),
			leave(typed, exact) {
				if (typed === (field.dataset.shown || "")) return;
				if (!typed) return put(null);
				exact ? put(exact.value, exact.label) : typed !== current && put(typed);
			},
		});
		return control;
	}
	function attach(df, context) {
		const file = el("input", {type: "file", hidden: true, accept: df.fieldtype === "Attach Image" ? "image/*" : ""});
		file.hasChangeListener = true; // the shell's own listener wants a text box beside it
		const place = el("span"), choose = el("button", {type: "button", className: "d-btn sm", textContent: t("Choose a file")}), clear = el("button", {type: "button", className: "d-btn sm ghost", textContent: t("Clear")});
		choose.addEventListener("click", () => file.click());
		clear.addEventListener("click", () => { context.change(null); control.set(null); });
		file.addEventListener("change", async () => {
			place.textContent = t("Uploading…");
			const url = await form.upload(file.files[0], df.fieldname);
			if (url) context.change(url);
			control.set(url || context.row[df.fieldname]);
		});
		const control = {node: el("div", {className: "f-attach"}, place, choose, clear, file), set(value) {
			place.replaceChildren(...(blank(value) ? [] : [fileLink(value)]));
			clear.hidden = blank(value);
		}};
		return control;
	}
	function rating(df, context) {
		const node = el("div", {className: "f-stars"});
		const control = {node, set(value) {
			node.replaceChildren(...[1, 2, 3, 4, 5].map((star) => {
				const button = el("button", {type: "button", textContent: star <= Math.round((value || 0) * 5) ? "★" : "☆", ariaLabel: star});
				button.addEventListener("click", () => { context.change(star / 5); control.set(star / 5); });
				return button;
			}));
		}};
		return control;
	}
	function fixed(df) {
		const node = el("div", {className: df.fieldtype === "Heading" ? "f-heading" : "f-html"});
		if (df.fieldtype === "HTML") node.innerHTML = df.options || ""; else node.textContent = df.fieldtype === "Heading" ? df.label : "";
		return {node, set() {}};
	}

	function make(df, context, readOnly) {
		if (["HTML", "Heading", "Button", "Image", "Fold"].includes(df.fieldtype)) return fixed(df);
		if (readOnly) return shown(df, context);
		if (df.fieldtype in NUMBERS) return numeric(df, context);
		if (LONG.includes(df.fieldtype)) return text(df, context);
		switch (df.fieldtype) {
			case "Check": return check(df, context);
			case "Select": return select(df, context);
			case "Autocomplete": return suggested(df, context);
			case "Text Editor": return editor(df, context);
			case "Date": case "Datetime": case "Time": return moment(df, context);
			case "Link": case "Dynamic Link": return link(df, context);
			case "Attach": case "Attach Image": return attach(df, context);
			case "Rating": return rating(df, context);
			case "Color": return input(df, context, "color");
			case "Password": return input(df, context, "password", {autocomplete: "new-password"});
		}
		const kind = {Email: "email", Phone: "tel", URL: "url"}[df.options] || (df.fieldtype === "Phone" ? "tel" : "text");
		return input(df, context, kind, df.length ? {maxLength: df.length} : {});
	}

	/** A field of `row` inside `host`: refresh() shows, hides, locks and fills it by its conditions and the row's values. */
	function mount(df, row, host, {readOnly = false, changed, siblings}) {
		const context = {row, title: form.title, change(value) {
			row[df.fieldname] = value;
			form.fetch(df, row, siblings, changed);
			changed(df);
		}};
		let control, locked;
		return {df, host, refresh() {
			const now = Boolean(readOnly || df.ro || (df.read_only_depends_on && form.evaluate(df.read_only_depends_on, row)));
			if (now !== locked) {
				locked = now;
				const table = df.fieldtype === "Table MultiSelect" ? makeTags : makeTable;
				control = df.fieldtype.startsWith("Table") ? table(df, row[df.fieldname] ||= [], locked, changed) : make(df, context, locked);
				host.replaceChildren(control.node);
			}
			control.set(row[df.fieldname]);
			this.locked = locked;
			this.shown = !df.hidden && (!df.depends_on || form.evaluate(df.depends_on, row) !== false);
			this.required = Boolean(df.reqd || (df.mandatory_depends_on && form.evaluate(df.mandatory_depends_on, row)));
		}};
	}
	return {make, mount, format, blank, el, icon, t, NUMBERS};
})();
