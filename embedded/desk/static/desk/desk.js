/* Small comforts on top of server-rendered pages. Everything but charts and the jump box works without it. */
const desk = {
	token: () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "",

	async post(url, data) {
		const response = await fetch(url, {
			method: "POST",
			headers: {"Content-Type": "application/json", Accept: "application/json", "X-Frappe-CSRF-Token": desk.token()},
			body: JSON.stringify(data || {}),
		});
		return {ok: response.ok, status: response.status, data: await response.json().catch(() => ({}))};
	},

	toast(text, kind = "info") {
		const toast = Object.assign(document.createElement("div"), {className: `d-toast ${kind}`, textContent: text});
		document.querySelector(".d-toasts").append(toast);
		setTimeout(() => toast.remove(), 6000);
	},

	confirm: (text) => window.confirm(text),

	colours: ["#23727c", "#f2b84b", "#5b8def", "#d9705f", "#7aa95c", "#9b7fd1", "#4fb3bf", "#c98b3c", "#8a99a3", "#c26fa0"],

	/** Draw a Frappe chart dict {type, data: {labels, datasets: [{name, values}]}} with Chart.js. */
	chart(canvas) {
		const chart = JSON.parse(canvas.dataset.frappeChart);
		const type = {percentage: "bar", pie: "pie", donut: "doughnut", line: "line", bar: "bar"}[chart.type] || "bar";
		const round = type === "pie" || type === "doughnut";
		const share = chart.type === "percentage";
		const own = chart.colors || [];
		const colours = round && own.length < 2 ? desk.colours : own.concat(desk.colours);
		let {labels, datasets} = chart.data;
		if (share) {
			const total = datasets[0].values.reduce((sum, value) => sum + value, 0) || 1;
			datasets = labels.map((name, i) => ({name, values: [(100 * datasets[0].values[i]) / total]}));
			labels = [""];
		}
		const sets = datasets.map((set, i) => ({
			label: set.name, data: set.values, type: {line: "line", bar: "bar"}[set.chartType] || type,
			backgroundColor: round ? colours : colours[i % colours.length], borderColor: round ? getComputedStyle(canvas.closest(".d-card") || document.body).backgroundColor : colours[i % colours.length],
			borderWidth: type === "line" || set.chartType === "line" || round ? 2 : 0, borderRadius: type === "bar" && !share ? 4 : 0, maxBarThickness: share ? 36 : 46, tension: 0.25, pointRadius: labels.length > 40 ? 0 : 2,
		}));
		if (round) canvas.parentElement.style.maxWidth = "560px";
		const style = getComputedStyle(document.body);
		const stacked = share || Boolean(chart.barOptions?.stacked);
		Chart.defaults.font.family = style.fontFamily;
		Chart.defaults.color = style.getPropertyValue("--d-muted");
		const axis = (extra) => ({grid: {color: style.getPropertyValue("--d-border")}, border: {display: false}, stacked, ...extra});
		const plain = {grid: {display: false}, border: {display: false}, stacked, ticks: {autoSkip: labels.length > 14, maxRotation: labels.length > 14 ? 0 : 40, autoSkipPadding: 12}};
		new Chart(canvas, {
			type,
			data: {labels, datasets: sets},
			options: {
				maintainAspectRatio: false, animation: false, indexAxis: share ? "y" : "x", interaction: {mode: "index", intersect: round},
				plugins: {legend: {display: round || sets.length > 1, position: round ? "right" : "bottom", labels: {boxWidth: 10, boxHeight: 10, usePointStyle: true}}},
				scales: round ? {} : share ? {x: {...plain, max: 100}, y: plain} : {x: plain, y: axis({beginAtZero: true, ticks: {callback: desk.short}})},
			},
		});
	},

	short: (value) => new Intl.NumberFormat(document.documentElement.lang, {notation: "compact", maximumFractionDigits: 1}).format(value),

	/** Charts of the home page come after it: a slow one never holds back the rest. */
	async load(holder) {
		const response = await fetch(holder.dataset.chartUrl, {headers: {Accept: "application/json"}});
		const chart = await response.json().catch(() => ({}));
		if (!response.ok || !chart.data?.datasets?.some((set) => set.values.some(Boolean))) {
			holder.firstElementChild.textContent = chart.message || holder.dataset.empty;
			holder.style.height = "auto";
			return;
		}
		const canvas = document.createElement("canvas");
		canvas.dataset.frappeChart = JSON.stringify(chart);
		holder.replaceChildren(canvas);
		desk.chart(canvas);
	},

	jump() {
		const box = document.getElementById("d-jump");
		if (!box || box.open) return;
		box.showModal();
		box.querySelector("input").value = "";
		desk.jumpList("");
	},

	jumpList(text) {
		const entries = JSON.parse(document.getElementById("d-jump-data").textContent);
		const words = text.toLowerCase().split(/\s+/).filter(Boolean);
		const hits = entries.filter((entry) => words.every((word) => (entry.label + " " + entry.url).toLowerCase().includes(word)));
		document.querySelector(".d-jump-list").replaceChildren(...hits.slice(0, 12).map((entry, i) => {
			const link = Object.assign(document.createElement("a"), {href: entry.url, textContent: entry.label, className: i ? "" : "on"});
			link.append(Object.assign(document.createElement("small"), {textContent: entry.hint}));
			return link;
		}));
	},

	moveJump(step) {
		const links = [...document.querySelectorAll(".d-jump-list a")];
		const at = links.findIndex((link) => link.classList.contains("on"));
		const next = links[(at + step + links.length) % links.length];
		links[at]?.classList.remove("on");
		next?.classList.add("on");
		next?.scrollIntoView({block: "nearest"});
	},

	bulk(form) {
		const picked = form.querySelectorAll("[name=names]:checked").length;
		const bar = form.querySelector(".d-bulk");
		if (!bar) return;
		bar.hidden = !picked;
		bar.querySelector("[data-count]").textContent = picked;
	},
};
window.desk = desk;

document.addEventListener("keydown", (event) => {
	if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); desk.jump(); }
	if (!event.target.closest?.(".d-jump")) return;
	if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); desk.moveJump(event.key === "ArrowDown" ? 1 : -1); }
	if (event.key === "Enter") { event.preventDefault(); document.querySelector(".d-jump-list a.on")?.click(); }
});
document.addEventListener("input", (event) => { if (event.target.closest(".d-jump")) desk.jumpList(event.target.value); });
document.addEventListener("change", (event) => {
	const target = event.target;
	// a link filter is sent when something was picked, not when the reader leaves half a word behind
	if (target.matches("[data-autosubmit]") && !(target.dataset.link && event.isTrusted && target.value)) target.form.requestSubmit();
	if (target.matches("[data-pick-all]")) target.form.querySelectorAll("[name=names]").forEach((box) => (box.checked = target.checked));
	if (target.matches("[data-pick-all], [name=names]")) desk.bulk(target.form);
});
document.addEventListener("click", (event) => {
	const login = event.target.closest("[data-usr]");
	if (login) {
		const form = document.getElementById("login");
		form.usr.value = login.dataset.usr; form.pwd.value = login.dataset.pwd; form.requestSubmit();
	}
	if (event.target.id === "d-jump") event.target.close();
	document.querySelectorAll("details.d-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("submit", (event) => {
	const text = event.submitter?.dataset.confirm;
	if (text && !desk.confirm(text)) return event.preventDefault();
	const form = event.target;
	if (!form.matches("[data-quiet]")) return;
	// keep the address short: what is empty says nothing
	const quiet = [...form.elements].filter((field) => field.name && (!field.value || (/^f[ov]$/.test(field.name) && !form.elements.ff?.value)));
	quiet.forEach((field) => (field.disabled = true));
	setTimeout(() => quiet.forEach((field) => (field.disabled = false)));
});
addEventListener("DOMContentLoaded", () => {
	document.querySelectorAll("canvas[data-frappe-chart]").forEach(desk.chart);
	document.querySelectorAll("[data-chart-url]").forEach(desk.load);
	document.querySelectorAll(".d-toast.success, .d-toast.info").forEach((toast) => setTimeout(() => toast.remove(), 6000));
});
