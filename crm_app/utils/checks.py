"""Conditions that the database keeps: CHECK on MariaDB, triggers on SQLite, which cannot add a CHECK."""

import frappe


def add_check(doctype: str, name: str, condition: str) -> None:
	"""`condition` names columns as {row}`column`. For on_doctype_update; a second call changes nothing."""
	if frappe.db.db_type == "sqlite":
		for event in ("INSERT", "UPDATE"):
			frappe.db.sql_ddl(_trigger(doctype, name, event, condition))
	else:
		check = f"ADD CONSTRAINT IF NOT EXISTS `{name}` CHECK ({condition.format(row='')})"
		frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` {check}")


def _trigger(doctype: str, name: str, event: str, condition: str) -> str:
	broken = f"NOT ({condition.format(row='NEW.')})"
	return (
		f"CREATE TRIGGER IF NOT EXISTS `{name}_{event.lower()}` BEFORE {event} ON `tab{doctype}`"
		f" WHEN {broken} BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {name}'); END"
	)
