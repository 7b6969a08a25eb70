// The import page: uploads, saves the mapping, starts, waits.
(() => {
	const page = document.getElementById("imp");
	const API = "/api/method/crm_app.crm_platform.importer.";
	const answer = page.querySelector(".imp-answer");
	const form = document.getElementById("imp-map");
	const wait = 1200;

	function serverText(body) {
		try {
			return JSON.parse(body._server_messages).map((text) => JSON.parse(text).message).join(" ");
		} catch {
			return body.exception || body.message || "";
		}
	}

	function asText(html) {
		return new DOMParser().parseFromString(html, "text/html").body.textContent;
	}

	function say(text) {
		answer.textContent = text;
		if (text) answer.scrollIntoView({ block: "nearest" });
	}

	async function send(url, options) {
		const headers = { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token, ...options.headers };
		const response = await fetch(url, { ...options, headers }).catch(() => null);
		const body = response ? await response.json().catch(() => ({})) : {};
		if (response && response.ok) return body.message;
		say(response && response.status === 401 ? page.dataset.ended : asText(serverText(body)) || "–");
		throw new Error("refused");
	}

	function call(method, values) {
		const headers = { "Content-Type": "application/json" };
		return send(API + method, { method: "POST", headers, body: JSON.stringify(values) });
	}

	async function upload(file) {
		const data = new FormData();
		data.append("file", file);
		data.append("is_private", "1");
		return (await send("/api/method/upload_file", { method: "POST", body: data })).file_url;
	}

	function open(name) {
		location.href = `/import_data?name=${encodeURIComponent(name)}`;
	}

	async function guarded(buttons, work) {
		say("");
		buttons.forEach((button) => (button.disabled = true));
		try {
			await work();
		} catch {
			buttons.forEach((button) => (button.disabled = false));
		}
	}

	const buttons = [...page.querySelectorAll("button")];

	function mapping() {
		const values = {};
		for (const name of ["mode", "key_field", "date_format", "child_rows", "source_system", "template"]) {
			values[name] = form.elements[name].value;
		}
		const columns = [...form.querySelectorAll("tr[data-column]")].map((row) => ({
			source_column: row.dataset.column,
			target_field: row.querySelector("select").value,
			value_map: row.querySelector("textarea").value,
		}));
		return { name: page.dataset.name, values, columns };
	}

	async function run(dry) {
		if (form) await call("page.save", mapping());
		await call("page.run", { name: page.dataset.name, dry_run: dry });
		open(page.dataset.name);
	}

	async function act(button) {
		const name = page.dataset.name;
		const danger = button.classList.contains("imp-danger");
		if (danger && !confirm(page.dataset.sure.replace("{0}", button.textContent))) throw new Error("kept");
		const found = await call(`actions.${button.dataset.act}`, { doc: { name } });
		open(button.dataset.act === "correct" ? found.name : name);
	}

	const start = document.getElementById("imp-new");
	if (start) {
		start.addEventListener("submit", (event) => {
			event.preventDefault();
			guarded(buttons, async () => {
				const file_url = await upload(start.elements.file.files[0]);
				open(await call("page.create", { file_url, document_type: start.elements.document_type.value }));
			});
		});
	}
	const corrected = document.getElementById("imp-attach");
	if (corrected) {
		corrected.addEventListener("submit", (event) => {
			event.preventDefault();
			guarded(buttons, async () => {
				const file_url = await upload(corrected.elements.file.files[0]);
				open(await call("page.attach", { name: page.dataset.name, file_url }));
			});
		});
	}
	page.addEventListener("click", (event) => {
		const button = event.target.closest("button[data-run], button[data-act], button[data-save], button[data-keep]");
		if (!button) return;
		guarded(buttons, async () => {
			if ("run" in button.dataset) return run(Number(button.dataset.run));
			if ("act" in button.dataset) return act(button);
			const name = await call("page.save", mapping());
			if ("keep" in button.dataset) await call("page.keep_template", { name, title: form.elements.title.value });
			open(name);
		});
	});

	async function watch() {
		const url = `${API}page.progress?name=${encodeURIComponent(page.dataset.name)}`;
		const state = await send(url, { method: "GET" });
		if (!state.busy) return open(page.dataset.name);
		document.getElementById("imp-progress").value = state.progress;
		document.getElementById("imp-status").textContent = state.label;
		document.getElementById("imp-count").textContent = `${Math.round(state.progress)} %`;
		setTimeout(watch, wait);
	}
	if (page.dataset.busy === "1") watch().catch(() => setTimeout(watch, 5 * wait));
})();
