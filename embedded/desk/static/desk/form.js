/* The form page: fills the fields, follows conditions, and talks to the server without losing anything typed. */
const form = (() => {
	const data = JSON.parse(document.getElementById("f-data").textContent);
	const copy = (value) => JSON.parse(JSON.stringify(value ?? null));
	const doc = data.doc;
	doc.__islocal = data.is_new ? 1 : 0;
	const draftKey = `f-draft:${location.pathname}${location.search}`;
	const self = {data, doc, base: copy(doc)};
	const isTable = (df) => df.fieldtype.startsWith("Table");
	const noValue = (df) => ["HTML", "Heading", "Button", "Image", "Fold"].includes(df.fieldtype);
	const $ = (selector, root = document) => root.querySelector(selector);
	const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
	let mounted = {}, leaving = false, busy = false;

	self.title = (doctype, name) => data.titles[`${doctype}::${name}`] || name;

	// conditions

	const helpers = {
		cint: (value) => Math.trunc(Number(value)) || 0,
		flt: (value) => Number(value) || 0,
		in_list: (list, value) => (list || []).includes(value),
		has_common: (one, two) => one.some((item) => two.includes(item)),
		frappe: {session: {user: data.user}, user_roles: data.roles, user: {has_role: (role) => data.roles.includes(role)}, datetime: {get_today: () => new Date().toLocaleDateString("sv"), now_date: () => new Date().toLocaleDateString("sv")}},
		__: (text) => text,
	};
	const compiled = {};
	/** true, false, or null when the condition cannot be worked out. `row` is the record or one of its rows. */
	self.evaluate = (condition, row) => {
		if (!condition.startsWith("eval:")) { const value = row[condition]; return Array.isArray(value) ? value.length > 0 : Boolean(Number(value) || (value && value !== "0")); }
		try {
			compiled[condition] ||= new Function("doc", "parent", ...Object.keys(helpers), `return (${condition.slice(5).trim().replace(/;$/, "")})`);
			return Boolean(compiled[condition](row, row === doc ? null : doc, ...Object.values(helpers)));
		} catch (error) { console.warn(condition, error); return null; }
	};

	// values

	const bare = (df, rows) => (rows || []).map((row) => Object.fromEntries([["name", row.name], ...df.fields.map((field) => [field.fieldname, row[field.fieldname] ?? null])].filter(([key, value]) => key !== "name" || value)));
	const plain = (df, value) => (isTable(df) ? bare(df, value) : controls.blank(value) ? null : value);
	const same = (df, one, two) => JSON.stringify(plain(df, one)) === JSON.stringify(plain(df, two));
	const stored = () => Object.values(data.fields).filter((df) => !noValue(df) && !df.is_virtual);
	/** What the user changed; for a new record everything that has a value. */
	self.changes = () => Object.fromEntries(stored().filter((df) => (data.is_new ? plain(df, doc[df.fieldname]) !== null : !same(df, doc[df.fieldname], self.base[df.fieldname]))).map((df) => [df.fieldname, plain(df, doc[df.fieldname])]));
	self.dirty = () => stored().some((df) => !same(df, doc[df.fieldname], self.base[df.fieldname]));

	/** fetch_from: fill the fields that take their value from the record just linked. */
	self.fetch = async (df, row, siblings, changed) => {
		const wanted = siblings.filter((field) => field.fetch_from?.startsWith(`${df.fieldname}.`));
		if (!wanted.length) return;
		const value = row[df.fieldname], doctype = df.fieldtype === "Dynamic Link" ? row[df.options] : df.options;
		const names = wanted.map((field) => field.fetch_from.split(".")[1]);
		let found = {};
		if (!controls.blank(value)) {
			const query = new URLSearchParams({doctype, docname: value, fields: JSON.stringify(names)});
			const response = await fetch(`/api/method/frappe.client.validate_link?${query}`, {headers: {Accept: "application/json"}}).catch(() => null);
			if (!response?.ok || row[df.fieldname] !== value) return;
			found = (await response.json()).message || {};
		}
		wanted.forEach((field, i) => { if (!field.fetch_if_empty || controls.blank(row[field.fieldname])) row[field.fieldname] = found[names[i]] ?? null; });
		changed(df);
	};

	self.upload = async (file, fieldname) => {
		if (!file) return null;
		const body = new FormData();
		const values = {file, doctype: data.doctype, docname: data.name, fieldname, is_private: 1};
		Object.entries(values).forEach(([key, value]) => value && body.append(key, value));
		const response = await fetch("/api/method/upload_file", {method: "POST", body, headers: {Accept: "application/json", "X-Frappe-CSRF-Token": desk.token()}}).catch(() => null);
		const answer = response ? await response.json().catch(() => ({})) : {};
		if (response?.ok) return answer.message.file_url;
		desk.toast(messagesOf(answer)[0]?.message || controls.t("The file could not be uploaded."), "error");
		return null;
	};

	// showing

	function build() {
		for (const wrap of $$(".f-field[data-field]")) {
			const df = data.fields[wrap.dataset.field], host = controls.el("div", {className: "f-control"});
			const label = controls.el("label", {className: "f-label"}, df.label, controls.el("i", {className: "f-req", textContent: " *"}));
			const silent = ["HTML", "Heading", "Button"].includes(df.fieldtype);
			wrap.classList.toggle("check", df.fieldtype === "Check");
			if (isTable(df) && $("h3", wrap.closest("section"))?.firstChild.textContent.trim() === df.label) label.hidden = true;
			wrap.append(...(silent ? [] : [label]), host, controls.el("div", {className: "d-error", hidden: true}));
			if (df.description) wrap.append(controls.el("div", {className: "d-help", innerHTML: df.description}));
			label.addEventListener("click", () => $("input:not([type=hidden]), select, textarea, trix-editor", host)?.focus());
			mounted[df.fieldname] = Object.assign(controls.mount(df, doc, host, {siblings: Object.values(data.fields), changed: (field) => { clearError(field.fieldname); self.refresh(); }}), {wrap});
		}
	}
	self.refresh = () => {
		for (const field of Object.values(mounted)) {
			field.refresh();
			const emptyAndLocked = field.locked && controls.blank(doc[field.df.fieldname]) && !["HTML", "Heading", "Check"].includes(field.df.fieldtype) && !isTable(field.df);
			field.wrap.hidden = !field.shown || emptyAndLocked;
			field.wrap.classList.toggle("required", field.required && !field.locked);
		}
		for (const section of $$("[data-section]")) {
			$$(".f-col", section).forEach((column) => { column.hidden = !$(".f-field:not([hidden])", column); });
			section.classList.toggle("single", $$(".f-col:not([hidden])", section).length === 1);
			section.hidden = !$(".f-col:not([hidden])", section) || self.evaluate(section.dataset.depends || "eval:true", doc) === false;
		}
		for (const tab of $$("[data-tab]")) tab.hidden = !$(`[data-panel="${tab.dataset.tab}"] section:not([hidden])`) || self.evaluate(tab.dataset.depends || "eval:true", doc) === false;
		$("#f-dirty").hidden = !self.dirty();
		$("#f-submit") && ($("#f-submit").hidden = self.dirty());
		if ($("#f-save") && $("#f-submit")) $("#f-save").hidden = !self.dirty();
	};
	function openTab(name) {
		const tabs = $$("[data-tab]:not([hidden])");
		const chosen = tabs.find((tab) => tab.dataset.tab === name) || tabs[0];
		$$("[data-tab]").forEach((tab) => { tab.classList.toggle("active", tab === chosen); tab.setAttribute("aria-selected", tab === chosen); });
		$$("[data-panel]").forEach((panel) => { panel.hidden = Boolean(chosen) && panel.dataset.panel !== chosen.dataset.tab; });
		if (chosen) sessionStorage.setItem(`f-tab:${location.pathname}`, chosen.dataset.tab);
	}
	function collapse() {
		for (const section of $$("[data-collapsible]")) {
			const condition = section.dataset.collapsible;
			section.classList.toggle("closed", !(condition && self.evaluate(condition, doc)));
			const toggle = () => section.classList.toggle("closed");
			$("h3", section)?.addEventListener("click", toggle);
			$("h3", section)?.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); } });
		}
	}

	// messages and errors

	const strip = (html) => new DOMParser().parseFromString(String(html ?? "").replaceAll(/<br\s*\/?>/gi, "\n"), "text/html").body.textContent;
	const messagesOf = (answer) => { try { return JSON.parse(answer._server_messages || "[]").map((item) => JSON.parse(item)).map((item) => ({...item, message: strip(item.message)})); } catch { return []; } };
	function banner(colour, title, ...parts) {
		const box = $("#f-banner");
		box.className = `d-alert ${colour}`;
		box.replaceChildren(...(title ? [controls.el("b", {textContent: title})] : []), ...parts);
		box.hidden = false;
		box.scrollIntoView({block: "center"});
	}
	const paragraph = (text) => controls.el("div", {className: "f-text", textContent: text});
	const button = (text, run, className = "d-btn sm") => { const node = controls.el("button", {type: "button", className, textContent: text}); node.addEventListener("click", run); return node; };
	function clearError(name) {
		const wrap = mounted[name]?.wrap;
		wrap?.classList.remove("error");
		if (wrap) $(".d-error", wrap).hidden = true;
	}
	function markErrors(fields) {
		Object.keys(mounted).forEach(clearError);
		$$(".error[data-cell]").forEach((cell) => cell.classList.remove("error"));
		let first = null;
		for (const [name, message] of Object.entries(fields || {})) {
			const wrap = name.includes(".") ? $(`[data-cell="${name}"]`) : mounted[name]?.wrap;
			if (!wrap) continue;
			wrap.classList.add("error");
			first ||= wrap;
			const text = $(":scope > .d-error", wrap);
			if (text) { text.textContent = message; text.hidden = false; }
		}
		if (!first) return;
		openTab(first.closest("[data-panel]").dataset.panel);
		first.closest("section").classList.remove("closed");
		$("input:not([type=hidden]), select, textarea", first)?.focus({preventScroll: true});
		first.scrollIntoView({block: "center"});
	}
	/** Mandatory fields that are shown and empty, rows included: {fieldname or table.row.fieldname: message}. */
	function missing() {
		const found = {}, needed = controls.t("This field is required");
		for (const {df, shown, required, locked} of Object.values(mounted)) {
			if (shown && required && !locked && df.fieldtype !== "Check" && controls.blank(doc[df.fieldname])) found[df.fieldname] = needed;
			if (!isTable(df) || locked || !shown) continue;
			(doc[df.fieldname] || []).forEach((row, index) => df.fields.forEach((field) => {
				const wanted = field.reqd || (field.mandatory_depends_on && self.evaluate(field.mandatory_depends_on, row));
				if (wanted && !field.ro && !field.hidden && controls.blank(row[field.fieldname])) { found[`${df.fieldname}.${index + 1}.${field.fieldname}`] = needed; found[df.fieldname] = controls.t("Fill in: {0}", `${field.label} (${controls.t("Row {0}", index + 1)})`); }
			}));
		}
		return found;
	}

	/** Somebody else saved first: show what they changed, take it over or leave it. */
	function stale(current) {
		if (!current?.modified) return;
		const changed = stored().filter((df) => !same(df, self.base[df.fieldname], current[df.fieldname]));
		const mine = new Set(Object.keys(self.changes()));
		const show = (df, value, row) => (isTable(df) ? `${(value || []).length}` : controls.format(value, df, row) || controls.t("empty"));
		const items = changed.map((df) => {
			const item = controls.el("li", {}, controls.el("b", {textContent: df.label || df.fieldname}), `: ${strip(show(df, self.base[df.fieldname], self.base))} → ${strip(show(df, current[df.fieldname], current))} `);
			if (mine.has(df.fieldname)) item.append(controls.el("span", {className: "d-pill red", textContent: controls.t("Both changed this")}));
			return item;
		});
		const take = () => {
			for (const df of changed) if (!mine.has(df.fieldname)) doc[df.fieldname] = copy(current[df.fieldname]);
			for (const key of ["modified", "modified_by", "docstatus"]) doc[key] = current[key];
			self.base = copy(current);
			$("#f-banner").hidden = true;
			self.refresh();
			desk.toast(controls.t("Not Saved"), "warning");
		};
		const buttons = controls.el("div", {className: "row"}, ...(current.docstatus === doc.docstatus ? [button(controls.t("Keep mine, take over the rest"), take)] : []), button(controls.t("Discard mine"), () => { leaving = true; location.reload(); }));
		banner("orange", controls.t("{0} changed this record at {1}.", current.modified_by, String(current.modified).slice(0, 16)), controls.el("ul", {}, ...items), buttons);
	}

	// drafts

	function keepDraft() {
		sessionStorage.setItem(draftKey, JSON.stringify({user: data.user, doc, base: self.base}));
	}
	function restoreDraft() {
		const draft = JSON.parse(sessionStorage.getItem(draftKey) || "null");
		if (!draft || draft.user !== data.user) return;
		Object.assign(doc, draft.doc);
		self.base = draft.base;
		banner("green", controls.t("What you typed before logging in has been restored."), controls.el("div", {className: "row"}, button(controls.t("Discard mine"), () => { sessionStorage.removeItem(draftKey); leaving = true; location.reload(); })));
	}

	// calls

	async function call(action, extra) {
		const body = {modified: self.base.modified, ...extra, action};
		const headers = {"Content-Type": "application/json", Accept: "application/json", "X-Requested-With": "XMLHttpRequest", "X-Frappe-CSRF-Token": desk.token()};
		const response = await fetch(location.pathname, {method: "POST", headers, body: JSON.stringify(body)}).catch(() => null);
		const answer = response ? await response.json().catch(() => ({})) : {};
		return {ok: Boolean(response?.ok), status: response?.status || 0, answer};
	}
	function failed({status, answer}) {
		if (status === 401 || answer.session_expired) {
			keepDraft();
			leaving = true;
			return banner("orange", "", paragraph(controls.t("Your session has ended. What you typed is kept: log in and it will be here.")), controls.el("a", {className: "d-btn sm primary", href: `/login?redirect-to=${encodeURIComponent(location.pathname + location.search)}`, textContent: controls.t("Log in"), onclick: keepDraft}));
		}
		if (!status) { keepDraft(); return banner("red", "", paragraph(controls.t("The server cannot be reached. What you typed is still here."))); }
		const text = answer.message || messagesOf(answer).map((item) => item.message).join("\n") || answer.exception || `HTTP ${status}`;
		if (answer.exc_type === "TimestampMismatchError" && answer.current?.modified) return stale(answer.current);
		banner("red", answer.title, paragraph(strip(text)));
		markErrors(answer.fields);
	}
	async function perform(action, extra = {}) {
		if (busy) return;
		const saving = ["save", "submit", "transition"].includes(action);
		if (saving && document.activeElement instanceof HTMLElement) document.activeElement.blur(); // a typed link is taken on leaving
		if (saving) {
			const empty = missing();
			if (Object.keys(empty).length) {
				const labels = Object.keys(empty).filter((name) => !name.includes(".")).map((name) => data.fields[name].label);
				banner("red", "", paragraph(controls.t("Fill in: {0}", labels.join(", "))));
				return markErrors(empty);
			}
			const changes = self.changes();
			if (Object.keys(changes).length || data.is_new) extra.values = changes;
			if (data.prompt) extra.newname = $("#f-newname").value.trim();
		}
		busy = true;
		document.body.classList.add("f-busy");
		try {
			let result = action === "run_action" && self.dirty() ? await call("save", {values: self.changes()}) : null;
			if (result?.ok) extra.modified = null; // the record is newer than the page now
			if (!result || result.ok) result = await call(action, extra);
			if (!result.ok) return failed(result);
			sessionStorage.removeItem(draftKey);
			const messages = messagesOf(result.answer);
			sessionStorage.setItem("f-flash", JSON.stringify(messages.length || !saving ? messages : [{message: controls.t(action === "submit" ? "Submitted" : "Saved"), indicator: "green"}]));
			leaving = true;
			location.assign(result.answer.route);
		} finally {
			busy = false;
			document.body.classList.remove("f-busy");
		}
	}
	function flash() {
		const kinds = {green: "success", red: "error", orange: "warning", yellow: "warning"};
		for (const item of JSON.parse(sessionStorage.getItem("f-flash") || "[]")) desk.toast(item.message, kinds[item.indicator] || "info");
		sessionStorage.removeItem("f-flash");
	}

	addEventListener("DOMContentLoaded", () => {
		desk.linkTexts = {nothing: controls.t("Nothing found")};
		restoreDraft();
		build();
		self.refresh();
		collapse();
		openTab(location.pathname.endsWith("/new") ? "" : sessionStorage.getItem(`f-tab:${location.pathname}`));
		flash();
		document.addEventListener("click", (event) => {
			const tab = event.target.closest("[data-tab]"), doing = event.target.closest("[data-do]");
			if (tab) openTab(tab.dataset.tab);
			if (doing && (!doing.dataset.ask || desk.confirm(controls.t(doing.dataset.ask)))) perform(doing.dataset.do, {transition: doing.dataset.transition, label: doing.dataset.label});
		});
		document.addEventListener("keydown", (event) => {
			if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); if ($("#f-save") && (data.is_new || self.dirty())) perform("save"); }
		});
		$("#f-comment")?.addEventListener("submit", (event) => { event.preventDefault(); const text = $("textarea", event.target).value.trim(); text && perform("comment", {text}); });
		if ($("#f-attach")) $("#f-attach").hasChangeListener = true; // as in form_controls.js
		$("#f-attach")?.addEventListener("change", async (event) => { if (await self.upload(event.target.files[0])) { leaving = !self.dirty(); leaving && location.reload(); } });
		addEventListener("beforeunload", (event) => { if (!leaving && self.dirty()) event.preventDefault(); });
	});
	return self;
})();
