// The till's line to the server: calls, idempotency keys, and the queue of what was done offline.
"use strict";

const Line = (() => {
	const BASE = "/api/method/crm_app.crm_membership.till.";
	const QUEUE = "crm_till_queue";
	const LIMIT = 15000; // milliseconds until an answer is no longer waited for
	const KEEP = 30; // calls that were answered stay visible, this many
	const listeners = [];
	let online = navigator.onLine;
	let sending = false;

	function read(name, fallback) {
		try {
			return JSON.parse(localStorage.getItem(name)) ?? fallback;
		} catch {
			return fallback;
		}
	}

	const write = (name, value) => localStorage.setItem(name, JSON.stringify(value));

	function newKey() {
		const bytes = crypto.getRandomValues(new Uint8Array(12)); // randomUUID needs https
		return "w" + Date.now().toString(36) + "-" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
	}

	// The clock with its offset, so that the server need not guess the time zone.
	function moment() {
		const now = new Date();
		const ahead = -now.getTimezoneOffset();
		const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
		const local = new Date(now.getTime() + ahead * 60000).toISOString().slice(0, 19);
		return `${local}${ahead < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
	}

	function setOnline(value) {
		if (online !== value) {
			online = value;
			tell();
		}
	}

	const tell = () => listeners.forEach((listener) => listener());

	// {ok, code, message, data}; code NO_LINE where no answer came.
	async function call(method, fields) {
		const till = read("crm_till", {});
		const headers = { "Content-Type": "application/json", Accept: "application/json" };
		const body = { ...fields, lang: TILL.lang };
		if (till.token) headers["X-Till-Token"] = till.token;
		else {
			headers["X-Frappe-CSRF-Token"] = frappe.csrf_token;
			body.till = till.name;
		}
		try {
			const response = await fetch(BASE + method, {
				method: "POST",
				headers,
				body: JSON.stringify(body),
				signal: AbortSignal.timeout ? AbortSignal.timeout(LIMIT) : undefined,
				// with a token the caller is a Guest, whoever is logged in at this browser
				credentials: till.token ? "omit" : "same-origin",
			});
			const answer = await response.json();
			setOnline(true);
			return answer.message?.code ? answer.message : refusal(response.status, answer);
		} catch {
			setOnline(false);
			return { ok: false, code: "NO_LINE", message: TILL.text.offline, data: {} };
		}
	}

	function refusal(status, answer) {
		const over = status === 401 || status === 403 || /CSRF/.test(answer.exc_type || "");
		const message = over ? TILL.text.session_over : answer.exception || String(status);
		return { ok: false, code: over ? "SESSION" : "SERVER", message, data: {} };
	}

	// A call with an effect: sent, or put into the queue where the line is down. Its key makes both safe.
	async function act(method, fields, label) {
		const entry = { method, key: newKey(), moment: moment(), ...fields };
		const { method: _method, ...sent } = entry;
		const answer = online ? await call(method, sent) : { ok: false, code: "NO_LINE", data: {} };
		if (answer.code === "NO_LINE" || answer.code === "BUSY") {
			push(entry, label);
			return { ok: true, code: "QUEUED", message: TILL.text.no_answer, data: {}, key: entry.key };
		}
		return { ...answer, key: entry.key };
	}

	const queue = () => read(QUEUE, []);
	const waiting = () => queue().filter((item) => item.state === "queued");

	function push(call, label) {
		write(QUEUE, [...queue(), { call, label, state: "queued", message: "" }]);
		tell();
	}

	function settle(results) {
		const answers = new Map(results.map((result) => [result.key, result]));
		let items = queue().map((item) => {
			const answer = item.state === "queued" && answers.get(item.call.key);
			if (!answer || answer.code === "BUSY") return item;
			return { ...item, state: answer.ok ? "sent" : "refused", message: answer.message };
		});
		const done = items.filter((item) => item.state === "sent");
		items = items.filter((item) => item.state !== "sent" || done.indexOf(item) >= done.length - KEEP);
		write(QUEUE, items);
		tell();
	}

	// Sends what waits, oldest first; answers come for each call.
	async function replay() {
		const calls = waiting().slice(0, 50).map((item) => item.call);
		if (!calls.length || sending) return;
		sending = true;
		const answer = await call("replay", { moment: moment(), calls });
		sending = false;
		if (answer.ok) settle(answer.data.results);
	}

	const forget = (key) => {
		write(QUEUE, queue().filter((item) => item.call.key !== key || item.state === "queued"));
		tell();
	};

	addEventListener("online", async () => {
		const answer = await call("status", {});
		if (answer.code !== "NO_LINE") replay();
	});
	addEventListener("offline", () => setOnline(false));
	setInterval(async () => {
		if (!read("crm_till", null)) return;
		if (!online) await call("status", {});
		if (online) replay();
	}, 15000);

	return {
		call, act, replay, queue, waiting, forget, read, write,
		onChange: (listener) => listeners.push(listener),
		get online() {
			return online;
		},
	};
})();
