// The till page: who, what, benefits, payment. Everything that counts is decided by the server.
"use strict";

const $ = (id) => document.getElementById(id);
const T = TILL.text;
const say = (id, text, good = false) => {
	$(id).textContent = text || "";
	$(id).classList.toggle("good", good);
};
const fill = (template, value) => template.replace("{0}", value);
const state = { member: null, ask: null, basket: [], coupons: [], quote: null, busy: false };

function element(tag, className, text) {
	const made = document.createElement(tag);
	if (className) made.className = className;
	if (text !== undefined) made.textContent = text;
	return made;
}

// amounts in whole cents, so that a basket adds up
const cents = (text) => Math.round(Number(String(text).replace(",", ".")) * 100);
const money = (text) => Number(text).toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const goods = () => state.basket.reduce((sum, line) => sum + Math.round(cents(line.rate) * Number(line.qty)), 0);

// opening the till

async function open() {
	const till = Line.read("crm_till", null);
	$("enter").hidden = Boolean(till);
	$("till").hidden = $("leave").hidden = !till;
	if (!till) return;
	const answer = await Line.call("status", {});
	if (answer.ok) Line.write("crm_till", { ...till, ...answer.data, name: answer.data.till });
	else if (answer.code !== "NO_LINE") return leave(answer.message);
	const known = Line.read("crm_till", {});
	$("till-name").textContent = known.till_name || known.name || "";
	$("till-store").textContent = known.store || "";
	$("find").elements.member.focus();
	Line.replay();
}

async function enter(till) {
	Line.write("crm_till", till);
	const answer = await Line.call("status", {});
	if (answer.ok) return open();
	localStorage.removeItem("crm_till");
	say("enter-say", answer.message);
}

function leave(message) {
	localStorage.removeItem("crm_till");
	clear();
	open();
	say("enter-say", message);
}

$("enter-token").addEventListener("submit", (event) => {
	event.preventDefault();
	const input = event.target.elements.token;
	enter({ token: input.value.trim() });
	input.value = "";
});
$("enter-till")?.addEventListener("submit", (event) => {
	event.preventDefault();
	enter({ name: event.target.elements.till.value });
});
$("leave").addEventListener("click", () => leave(""));

// the member

function askFor(text) {
	const plain = text.replace(/[\s-]/g, "");
	if (/^MC:|:\/\//i.test(plain)) return { qr: plain };
	return /^(\+\d+|0\d{9,11}|1\d{10})$/.test(plain) ? { phone: plain } : { card: plain };
}

function luhn(digits) {
	const sum = [...digits].reverse().reduce((total, digit, place) => {
		const value = Number(digit) * (place % 2 ? 2 : 1);
		return total + (value > 9 ? value - 9 : value);
	}, 0);
	return sum % 10 === 0;
}

async function find(text) {
	const ask = askFor(text);
	say("member-say", T.finding, true);
	const answer = await Line.call("identify", ask);
	if (answer.code === "NO_LINE") {
		if (ask.card && /^\d+$/.test(ask.card) && !luhn(ask.card)) return say("member-say", T.wrong_card);
		return show({ name: text, card: ask.card || "", tier: "", unchecked: true }, ask);
	}
	if (!answer.ok) return say("member-say", answer.message);
	show(answer.data, { card: answer.data.card });
}

function show(member, ask) {
	Object.assign(state, { member, ask, coupons: [] });
	$("find").hidden = $("open-register").hidden = true;
	$("member").hidden = false;
	$("member-name").textContent = member.name;
	$("member-tier").textContent = member.tier;
	$("member-tier").hidden = !member.tier;
	$("member-card").textContent = member.unchecked ? T.member_offline : member.card;
	showBalances(member);
	say("member-say", "");
	requote();
	$("add").elements.article.focus();
}

function showBalances(balances) {
	$("member-points").textContent = balances.points ?? "–";
	$("member-value").textContent = balances.stored_value === undefined ? "–" : money(balances.stored_value);
}

function clear() {
	Object.assign(state, { member: null, ask: null, basket: [], coupons: [], quote: null });
	$("find").hidden = $("open-register").hidden = false;
	$("member").hidden = true;
	$("find").reset();
	$("add").reset();
	$("value").value = "";
	$("points").value = 0;
	["member-say", "basket-say", "pay-say"].forEach((id) => say(id, ""));
	drawBasket();
	drawQuote();
	$("find").elements.member.focus();
}

$("find").addEventListener("submit", (event) => {
	event.preventDefault();
	const text = event.target.elements.member.value.trim();
	if (text) find(text);
});
$("clear").addEventListener("click", clear);

// the basket

$("add").addEventListener("submit", (event) => {
	event.preventDefault();
	const { article, rate, qty } = event.target.elements;
	if (!(cents(rate.value) > 0) || !(Number(qty.value) > 0)) return say("basket-say", T.wrong_number);
	const name = article.value.trim() || T.commit;
	state.basket.push({ name, rate: (cents(rate.value) / 100).toFixed(2), qty: String(Number(qty.value)) });
	const known = Line.read("crm_till_items", []).filter((known) => known !== name);
	Line.write("crm_till_items", [name, ...known].slice(0, 60));
	event.target.reset();
	say("basket-say", "");
	drawBasket();
	requote();
	article.focus();
});

function drawBasket() {
	$("basket").replaceChildren(
		...state.basket.map((line, place) => {
			const row = element("li");
			const total = (Math.round(cents(line.rate) * Number(line.qty)) / 100).toFixed(2);
			row.append(element("span", "grow", line.name), element("span", "", `${line.qty} × ${line.rate}`));
			row.append(element("b", "", money(total)));
			const remove = element("button", "remove", "×");
			remove.type = "button";
			remove.title = remove.ariaLabel = `${T.remove} ${line.name}`;
			remove.addEventListener("click", () => {
				state.basket.splice(place, 1);
				drawBasket();
				requote();
			});
			row.append(remove);
			return row;
		})
	);
	$("categories").replaceChildren(
		...Line.read("crm_till_items", []).map((name) => Object.assign(element("option"), { value: name }))
	);
}

const items = () =>
	state.basket.map((line) => ({ item_code: line.name, item_name: line.name, category: line.name, qty: line.qty, rate: line.rate }));

function request(whole) {
	const value = cents($("value").value || 0);
	return {
		...state.ask,
		items: items(),
		total: (goods() / 100).toFixed(2),
		...(state.coupons.length ? { coupons: state.coupons } : {}),
		...(Number($("points").value) ? { points: Number($("points").value) } : {}),
		...(value > 0 ? { stored_value: (value / 100).toFixed(2) } : {}),
		...(whole && state.quote ? { pay: state.quote.to_pay } : {}),
	};
}

// what it costs

let timer = 0;
let asked = 0;

function requote() {
	state.quote = null;
	clearTimeout(timer);
	timer = setTimeout(quote, 200);
	drawQuote();
}

async function quote() {
	if (!state.member || !state.basket.length) return drawQuote();
	const mine = ++asked;
	const answer = await Line.call("quote", request(false));
	if (mine !== asked || !state.member) return; // the basket has changed since
	state.quote = answer.ok ? answer.data : null;
	say("pay-say", answer.ok ? "" : answer.code === "NO_LINE" ? T.offline_quote : answer.message);
	drawQuote();
}

function drawQuote() {
	const { quote: found, member } = state;
	$("benefits").hidden = !found;
	const rows = [[T.gross, goods() / 100]];
	if (found) {
		drawBenefits(found, member);
		if (Number(found.tier_discount)) rows.push([T.tier_discount, -found.tier_discount]);
		if (Number(found.coupon_discount)) rows.push([T.coupon_discount, -found.coupon_discount]);
		if (Number(found.points.used)) rows.push([T.points_used, -found.points.money]);
		if (Number(found.stored_value.used)) rows.push([T.stored_value, -found.stored_value.used]);
	}
	const pay = found ? found.to_pay : goods() / 100;
	rows.push([T.to_pay, pay]);
	$("sums").replaceChildren(
		...rows.flatMap(([label, amount], place) => {
			const last = place === rows.length - 1 ? "last" : "";
			return [element("dt", last, label), element("dd", last, money(amount))];
		})
	);
	$("earns").textContent = found && Number(found.earns.points) ? fill(T.earns, found.earns.points) : "";
	$("commit-sum").textContent = state.basket.length ? money(pay) : "";
	const ready = state.member && state.basket.length && (found || !Line.online);
	$("commit").disabled = !ready || state.busy;
}

function drawBenefits(found, member) {
	const held = member.coupons || [];
	const codes = [...new Set([...held.map((coupon) => coupon.code), ...state.coupons])];
	const refused = new Map(found.refused_coupons.map((coupon) => [coupon.code, coupon.message]));
	$("coupon-list").replaceChildren(
		...codes.map((code) => {
			const row = element("label", "coupon");
			const box = Object.assign(element("input"), { type: "checkbox", value: code });
			box.checked = state.coupons.includes(code);
			const title = held.find((coupon) => coupon.code === code);
			const taken = found.coupons.find((coupon) => coupon.code === code);
			const note = refused.get(code) || (taken ? `−${money(taken.discount)}` : (title?.valid_until && fill(T.expires, title.valid_until)) || "");
			row.append(box, element("span", "grow", title?.title || code), element("small", refused.has(code) ? "bad" : "", note));
			box.addEventListener("change", () => toggle(code, box.checked));
			return row;
		})
	);
	$("points-box").hidden = !Number(found.points.max);
	$("points").max = found.points.max;
	$("points").value = found.points.used;
	$("points-shown").textContent = `${found.points.used} / ${found.points.max} (−${money(found.points.money)})`;
	$("value-box").hidden = !Number(found.balances.stored_value);
	$("value-shown").textContent = money(found.balances.stored_value);
}

function toggle(code, wanted) {
	state.coupons = wanted ? [...state.coupons, code] : state.coupons.filter((known) => known !== code);
	requote();
}

$("add-coupon").addEventListener("submit", (event) => {
	event.preventDefault();
	const code = event.target.elements.code.value.trim();
	event.target.reset();
	if (code && !state.coupons.includes(code)) toggle(code, true);
});
$("points").addEventListener("input", () => ($("points-shown").textContent = $("points").value));
$("points").addEventListener("change", requote);
$("value").addEventListener("change", requote);
$("value-max").addEventListener("click", () => {
	$("value").value = state.quote?.stored_value.max ?? "";
	requote();
});

clear();
drawBasket();
open();
