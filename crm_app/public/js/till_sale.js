// The till page: taking the money, receipts, new members, top-ups, the queue, the keyboard.
"use strict";

const TODAY = 20; // sales that stay in the list of the last ones

$("commit").addEventListener("click", commit);

async function commit() {
	if ($("commit").disabled || state.busy) return;
	state.busy = true;
	drawQuote();
	const sent = { ...request(true), payment_method: $("method").value };
	const label = `${state.member.name} · ${money(sent.total)}`;
	const answer = await Line.act("commit", sent, label);
	state.busy = false;
	drawQuote();
	if (!answer.ok) return say("pay-say", answer.message);
	const sale = { key: answer.key, label, moment: new Date().toLocaleTimeString(TILL.lang === "zh" ? "zh-CN" : "en-GB"), state: answer.code, data: answer.data, items: sent.items };
	Line.write("crm_till_sales", [sale, ...Line.read("crm_till_sales", [])].slice(0, TODAY));
	drawToday();
	showReceipt(sale, answer.message);
}

// receipts

let shownSale = null;

function showReceipt(sale, message) {
	shownSale = sale;
	const { data } = sale;
	const rows = [[T.total, data.total ?? ""]];
	if (data.sale) {
		rows.push([T.points_used, data.points.money], [T.stored_value, data.stored_value.used], [T.paid, data.to_pay]);
		rows.push([T.earned, data.earns.points], [`${T.balance}: ${T.points}`, data.balances.points]);
		rows.push([`${T.balance}: ${T.stored_value}`, data.balances.stored_value]);
	}
	const list = element("dl");
	rows.filter(([, amount]) => amount !== "" && Number(amount) !== 0).forEach(([name, amount]) => {
		list.append(element("dt", "", name), element("dd", "", amount));
	});
	$("receipt-body").replaceChildren(
		element("p", "receipt-head", `${$("till-name").textContent} · ${$("till-store").textContent}`),
		element("p", "", `${sale.label} · ${sale.moment}`),
		element("small", "", data.sale || sale.key),
		list
	);
	const note = $("receipt").querySelector(".say");
	note.textContent = message || "";
	note.classList.toggle("good", sale.state !== "QUEUED");
	$("receipt-cancel").hidden = sale.state !== "OK" || Boolean(sale.returned);
	$("receipt-return").hidden = sale.state !== "OK" || !Object.keys(left(sale)).length;
	$("receipt").showModal();
}

$("receipt").addEventListener("close", clear);
$("receipt-print").addEventListener("click", () => print());
$("receipt-cancel").addEventListener("click", async () => {
	if (!confirm(T.cancel_ask)) return;
	const answer = await Line.act("cancel", { of_key: shownSale.key }, shownSale.label);
	const note = $("receipt").querySelector(".say");
	note.textContent = answer.ok ? answer.message || T.cancelled : answer.message;
	note.classList.toggle("good", answer.ok);
	if (!answer.ok) return;
	const sales = Line.read("crm_till_sales", []);
	Line.write("crm_till_sales", sales.map((sale) => (sale.key === shownSale.key ? { ...sale, state: "CANCELLED" } : sale)));
	$("receipt-cancel").hidden = $("receipt-return").hidden = true;
	drawToday();
});

// goods that come back

// {article: how many of the sale are still with the customer}
function left(sale) {
	const found = {};
	for (const { item_code, qty } of sale.items || []) found[item_code] = (found[item_code] || 0) + Number(qty);
	for (const [article, qty] of Object.entries(sale.returned || {})) found[article] -= qty;
	return Object.fromEntries(Object.entries(found).filter(([, qty]) => qty > 0));
}

$("receipt-return").addEventListener("click", () => {
	const lines = Object.entries(left(shownSale)).map(([article, qty]) => {
		const label = element("label", "", `${article} (${qty})`);
		const input = Object.assign(element("input"), { type: "number", name: article, min: 0, max: qty, step: "any", placeholder: "0" });
		label.append(input);
		return label;
	});
	$("back-lines").replaceChildren(...lines);
	openDialog("back");
});

$("back").addEventListener("submit", (event) => {
	const given = [...$("back-lines").querySelectorAll("input")].filter((input) => Number(input.value) > 0);
	const items = given.map((input) => ({ item_code: input.name, qty: input.value }));
	if (!items.length) {
		event.preventDefault();
		event.target.querySelector(".say").textContent = T.choose_goods;
		return;
	}
	submitDialog(event, "return_items", { of_key: shownSale.key, items }, shownSale.label, ({ refund }) => {
		const returned = { ...shownSale.returned };
		for (const { item_code, qty } of items) returned[item_code] = (returned[item_code] || 0) + Number(qty);
		const sale = { ...shownSale, returned };
		Line.write("crm_till_sales", Line.read("crm_till_sales", []).map((one) => (one.key === sale.key ? sale : one)));
		drawToday();
		const text = fill(T.pay_out, refund.money).replace("{1}", refund.points).replace("{2}", refund.stored_value);
		$("receipt").close();
		showReceipt(sale, text);
	});
});

function drawToday() {
	const sales = Line.read("crm_till_sales", []);
	const queued = new Map(Line.queue().map((item) => [item.call.key, item]));
	$("today-box").hidden = !sales.length;
	$("today").replaceChildren(
		...sales.map((sale) => {
			const row = element("li");
			const waits = sale.state === "QUEUED" && queued.get(sale.key);
			const word = sale.state === "CANCELLED" ? T.cancelled : waits ? T[waits.state] : sale.returned ? T.return_items : "";
			const openIt = element("button", "quiet grow", `${sale.moment}  ${sale.label}`);
			openIt.type = "button";
			openIt.addEventListener("click", () => showReceipt(sale, word));
			row.append(openIt, element("small", `tag ${waits?.state || ""}`, word));
			return row;
		})
	);
}

// dialogs

document.querySelectorAll("dialog .close").forEach((button) => {
	button.addEventListener("click", () => button.closest("dialog").close());
});

function openDialog(id) {
	const form = $(id).querySelector("form");
	form.reset();
	form.querySelector(".say").textContent = "";
	$(id).showModal();
}

async function submitDialog(event, method, fields, label, done) {
	event.preventDefault();
	const note = event.target.querySelector(".say");
	const button = event.target.querySelector("button.main");
	button.disabled = true;
	const answer = await Line.act(method, fields, label);
	button.disabled = false;
	note.textContent = answer.message;
	if (!answer.ok) return;
	event.target.closest("dialog").close();
	if (answer.code === "QUEUED") say("member-say", answer.message);
	else done(answer.data);
}

$("open-register").addEventListener("click", () => openDialog("register"));
$("register").addEventListener("submit", (event) => {
	const form = new FormData(event.target);
	const consent = {};
	for (const channel of ["SMS", "WeChat"]) consent[channel] = form.has(`consent_${channel}`);
	const fields = { customer_name: form.get("customer_name"), phone: form.get("phone"), source: form.get("source"), consent };
	if (form.get("voucher").trim()) fields.voucher = form.get("voucher").trim();
	submitDialog(event, "register", fields, fields.customer_name, (data) => {
		show(data, { card: data.card });
		if (data.voucher) state.coupons = [data.voucher];
		const missing = (data.missing || []).length ? ` ${fill(T.missing, data.missing.join(", "))}` : "";
		say("member-say", fill(T.registered, data.name).replace("{1}", data.card) + missing, true);
	});
});

$("open-top-up").addEventListener("click", () => openDialog("top-up"));
$("top-up").addEventListener("submit", (event) => {
	const form = new FormData(event.target);
	const amount = cents(form.get("amount"));
	if (!(amount > 0)) {
		event.preventDefault();
		event.target.querySelector(".say").textContent = T.wrong_number;
		return;
	}
	const fields = { ...state.ask, amount: (amount / 100).toFixed(2), payment_method: form.get("payment_method") };
	submitDialog(event, "top_up", fields, `${state.member.name} · ${fields.amount}`, (data) => {
		Object.assign(state.member, data.balances);
		showBalances(data.balances);
		say("member-say", fill(T.topped_up, money(data.balances.stored_value)), true);
		requote();
	});
});

// the line and the queue

function drawLine() {
	const waits = Line.waiting().length;
	const refused = Line.queue().filter((item) => item.state === "refused").length;
	$("line").classList.toggle("off", !Line.online);
	$("line").querySelector("span").textContent = Line.online ? T.online : T.offline;
	$("queue-count").hidden = !(waits + refused);
	$("queue-count").textContent = waits + refused;
	$("queue-count").classList.toggle("bad", refused > 0);
	$("queue-list").replaceChildren(...drawQueue());
	drawToday();
	drawQuote();
}

function drawQueue() {
	const items = Line.queue();
	if (!items.length) return [element("li", "", T.nothing_queued)];
	return items.map((item) => {
		const row = element("li");
		const text = element("span", "grow", `${T[item.call.method]} · ${item.label}`);
		text.append(element("small", "", item.message || item.call.moment.slice(0, 16).replace("T", " ")));
		row.append(text, element("b", `tag ${item.state}`, T[item.state]));
		if (item.state !== "queued") {
			const remove = element("button", "remove", "×");
			remove.type = "button";
			remove.ariaLabel = T.remove;
			remove.addEventListener("click", () => Line.forget(item.call.key));
			row.append(remove);
		}
		return row;
	});
}

$("line").addEventListener("click", () => $("queue").showModal());
$("queue-send").addEventListener("click", Line.replay);
Line.onChange(drawLine);

// A scanner types like a keyboard: what is typed outside a field goes into the member's.
addEventListener("keydown", (event) => {
	if (document.querySelector("dialog[open]") || $("till").hidden) return;
	if (event.key === "F2") $("find").elements.member.focus();
	else if (event.key === "F4") $("add").elements.article.focus();
	else if (event.key === "F9") commit();
	else if (event.key === "Escape") clear();
	else {
		const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && document.activeElement.type !== "range";
		if (!typing && event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && !$("find").hidden) {
			$("find").elements.member.focus(); // the character itself follows
		}
		return;
	}
	event.preventDefault();
});

$("language").addEventListener("click", () => localStorage.setItem("crm_till_lang", TILL.lang === "zh" ? "en" : "zh"));
const chosen = localStorage.getItem("crm_till_lang");
if (chosen && chosen !== TILL.lang && !location.search) location.replace(`?lang=${chosen}`);
drawLine();
