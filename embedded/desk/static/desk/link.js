/* Link search: suggestions under any input; `<input data-link="DocType">` gets it by itself. */
(() => {
	const box = Object.assign(document.createElement("div"), {className: "f-suggest", hidden: true});
	box.setAttribute("role", "listbox");
	let owner = null, timer = 0, at = -1, found = [], asked = 0;

	const place = () => {
		const rect = owner.getBoundingClientRect();
		const below = innerHeight - rect.bottom > 240 || rect.top < 240;
		Object.assign(box.style, {left: `${rect.left}px`, minWidth: `${rect.width}px`, top: below ? `${rect.bottom + 3}px` : "auto", bottom: below ? "auto" : `${innerHeight - rect.top + 3}px`});
	};
	const close = () => { box.hidden = true; owner?.setAttribute("aria-expanded", "false"); };
	const mark = (index) => {
		at = index;
		[...box.children].forEach((item, i) => item.classList.toggle("on", i === at));
		box.children[at]?.scrollIntoView({block: "nearest"});
	};
	const show = (results, message) => {
		found = results;
		box.replaceChildren(...results.map((item, i) => {
			const node = document.createElement("div");
			node.setAttribute("role", "option");
			node.append(item.label || item.value);
			if (item.description) node.append(Object.assign(document.createElement("small"), {textContent: item.description}));
			node.addEventListener("mousedown", (event) => { event.preventDefault(); pick(i); });
			return node;
		}));
		if (!results.length) box.append(Object.assign(document.createElement("p"), {textContent: message}));
		(owner.closest("dialog") || document.body).append(box);
		place();
		box.hidden = false;
		owner.setAttribute("aria-expanded", "true");
		mark(results.length && owner.value ? 0 : -1);
	};
	const pick = (index) => {
		const item = found[index];
		if (!item) return;
		owner.linkOptions.pick(item);
		close();
	};
	const search = async () => {
		const input = owner, number = ++asked, options = input.linkOptions;
		const doctype = options.doctype();
		if (!doctype) return close();
		const typed = input.dataset.shown === input.value ? "" : input.value;
		const query = new URLSearchParams({doctype, txt: typed, page_length: 10});
		const filters = options.filters?.();
		if (filters) query.set("filters", JSON.stringify(filters));
		const response = await fetch(`/api/method/frappe.desk.search.search_link?${query}`, {headers: {Accept: "application/json"}}).catch(() => null);
		if (number !== asked || input !== document.activeElement) return;
		const answer = response ? await response.json().catch(() => ({})) : {};
		show(response?.ok ? answer.message || [] : [], desk.linkTexts?.nothing || "–");
	};
	const later = (wait) => { clearTimeout(timer); timer = setTimeout(search, wait); };

	/** options: doctype() -> name, filters() -> filters or null, pick({value, label, description}), leave(text). */
	desk.link = (input, options) => {
		input.linkOptions = options;
		input.autocomplete = "off";
		input.setAttribute("role", "combobox");
		input.addEventListener("focus", () => { owner = input; found = []; later(60); });
		input.addEventListener("input", () => { owner = input; later(180); });
		input.addEventListener("blur", () => {
			clearTimeout(timer); asked++;
			const exact = found.find((item) => [item.value, item.label].some((text) => text?.toLowerCase() === input.value.trim().toLowerCase()));
			close();
			options.leave?.(input.value.trim(), exact);
		});
		input.addEventListener("keydown", (event) => {
			if (event.key === "ArrowDown" && box.hidden) return search();
			if (box.hidden) return;
			if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length); }
			if (event.key === "Enter" && at >= 0) { event.preventDefault(); pick(at); }
			if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
		});
	};
	addEventListener("scroll", () => { if (!box.hidden) place(); }, true);
	addEventListener("DOMContentLoaded", () => document.querySelectorAll("input[data-link]").forEach((input) => desk.link(input, {
		doctype: () => input.dataset.link,
		pick(item) { input.value = item.value; input.dispatchEvent(new Event("change", {bubbles: true})); },
	})));
})();
