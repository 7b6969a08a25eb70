"""Conditions of forms are JavaScript: what no browser could read is found without one."""

import json
from pathlib import Path

import pytest

from crm_app.customising.domain.expressions import check_expression, is_never
from crm_app.utils.rules import RuleError

APP = Path(__file__).parents[2] / "crm_app"
KEYS = ("depends_on", "mandatory_depends_on", "read_only_depends_on", "collapsible_depends_on")


def shipped() -> set[str]:
	found = set()
	for path in APP.glob("*/doctype/*/*.json"):
		for df in json.loads(path.read_text(encoding="utf-8"))["fields"]:
			found |= {df[key][5:] for key in KEYS if (df.get(key) or "").startswith("eval:")}
	return found


@pytest.mark.parametrize("text", sorted(shipped()))
def test_what_the_app_ships_is_read(text):
	check_expression(text)
	assert not is_never(text)


@pytest.mark.parametrize(
	"text",
	[
		"doc.a == 1 && (doc.b || !doc.c)",
		"['A', 'B'].includes(doc.kind) ? doc.a : doc.b;",
		"in_list(['A','B'], doc.kind)",
		"doc.rows.some((row) => row.qty > 0)",
		"typeof doc.a === 'undefined'",
		"doc.a?.b ?? -1",
		"doc['a'][0] % 2",
		"/^A/.test(doc.name)",
		"`${doc.a}` == 'x'",
		"parent.kind in {'A': 1}",
		"frappe.user.has_role('CRM Manager')",
		"doc.说明 == '好'",
	],
)
def test_what_a_browser_reads_is_taken(text):
	check_expression(text)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"  ",
		"doc.(",
		"doc.",
		"doc.a ==",
		"== 1",
		"(doc.a",
		"doc.a)",
		"['a'",
		"doc.a doc.b",
		"'open",
		"doc.a = 1",
		"doc.a && || 1",
		"doc.a ? 1",
		"#",
		"doc.a, ",
	],
)
def test_what_no_browser_reads_is_refused(text):
	with pytest.raises(RuleError):
		check_expression(text)


@pytest.mark.parametrize("text", ["0", "false", " (false) ;", "!1", "null", "''", "undefined"])
def test_never_is_recognised(text):
	assert is_never(text)
