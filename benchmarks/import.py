"""The importer against plain executemany of the same rows into the same tables."""

import resource

import hosts

TABLES = ("CRM Customer", "CRM Transaction", "CRM Transaction Item", "CRM Import Error")


def main() -> None:
	options = hosts.arguments(__doc__)
	path = hosts.needs(options.file)
	with hosts.site("import.local", options) as frappe:
		for doctype in TABLES:
			frappe.db.delete(doctype)
		frappe.db.delete("CRM Import")
		frappe.db.commit()
		imported = hosts.seconds(lambda: hosts.import_once(frappe, path))
		megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
		lines = frappe.db.get_value("CRM Import", {}, "rows_total")
		rows, plain = insert_again(frappe)
	hosts.table(
		f"Import of {lines:,} lines, {rows:,} database rows",
		[
			("", "seconds", "rows/s"),
			("importer, file to rows", f"{imported:.1f}", f"{rows / imported:,.0f}"),
			("executemany alone", f"{plain:.1f}", f"{rows / plain:,.0f}"),
			("speed of executemany reached", f"{plain / imported:.2f}", "aim 0.10"),
			("peak memory, MB", f"{megabytes:.0f}", "aim 600"),
		],
	)


def insert_again(frappe) -> tuple[int, float]:
	"""Take every row out and put it back by executemany in one transaction: (rows, seconds)."""
	count, spent = 0, 0.0
	for doctype in TABLES:
		names, rows = read(frappe, doctype)
		frappe.db.delete(doctype)
		frappe.db.commit()
		count += len(rows)
		spent += hosts.seconds(lambda: write(frappe, doctype, names, rows))  # noqa: B023
	return count, spent


def read(frappe, doctype: str) -> tuple[list[str], list[tuple]]:
	"""Without the columns that hold nothing, as the importer leaves them out."""
	names = frappe.get_meta(doctype).get_valid_columns()
	rows = frappe.db.sql(f"select {', '.join(f'`{name}`' for name in names)} from `tab{doctype}`")
	used = [place for place in range(len(names)) if any(row[place] is not None for row in rows)]
	return [names[place] for place in used], [tuple(plain(row[place]) for place in used) for row in rows]


def plain(value):
	return value if isinstance(value, int | float | str | None) else str(value)


def write(frappe, doctype: str, names: list[str], rows: list[tuple]) -> None:
	"""By the driver itself, past Django and the host."""
	sign = "?" if frappe.db.db_type == "sqlite" else "%s"
	columns = ", ".join(f"`{name}`" for name in names)
	places = ", ".join([sign] * len(names))
	frappe.db.begin()
	cursor = frappe.db.connection.connection.cursor()
	cursor.executemany(f"INSERT INTO `tab{doctype}` ({columns}) VALUES ({places})", rows)
	frappe.db.commit()


if __name__ == "__main__":
	main()
