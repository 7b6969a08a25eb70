"""`python -m embedded <command>`: sites, server, worker and imports of the embedded host."""

import argparse
import json
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import frappe

from desk import backup, serving, worker
from desk.terminal import Progress, Stop, table

DEFAULT_SITE = "crm.local"


def main(argv: list[str] | None = None) -> int:
	"""Exit code: 0 done, 1 failed with a message, 2 wrong usage, 130 interrupted."""
	options = parser().parse_args(argv)
	try:
		backup.end_cut_off(options)
		return options.run(options) or 0
	except Stop as stop:
		print(f"crm: {stop}", file=sys.stderr)
	except KeyboardInterrupt:
		print("\ncrm: interrupted", file=sys.stderr)
		return 130
	except Exception as error:
		if options.traceback:
			raise
		print(f"crm: {explain(error)}", file=sys.stderr)
	return 1


def explain(error: Exception) -> str:
	text = frappe.utils.strip_html(str(error)) if frappe.utils else str(error)
	if isinstance(error, frappe.ValidationError | Stop):
		return text or type(error).__name__
	return f"{type(error).__name__}: {text} (--traceback shows where)"


def parser() -> argparse.ArgumentParser:
	root = argparse.ArgumentParser(
		prog="python -m embedded", description="The CRM on one machine, without a bench."
	)
	commands = root.add_subparsers(dest="command", required=True, metavar="command")

	def command(name, run, text):
		sub = commands.add_parser(name, help=text, description=text)
		sub.add_argument("--site", default=DEFAULT_SITE, help=f"name of the site (default {DEFAULT_SITE})")
		sub.add_argument("--sites", default="sites", help="folder that holds the sites (default ./sites)")
		sub.add_argument("--traceback", action="store_true", help="show the Python traceback of an error")
		sub.set_defaults(run=run)
		return sub

	new = command("new-site", new_site, "Create a site: database, tables, administrator.")
	new.add_argument(
		"--db-url", default="sqlite", help="sqlite (default) or mysql://user:password@host:3306/database"
	)
	new.add_argument("--admin-password", help="password of Administrator (default: made up and shown)")
	new.add_argument("--app", action="append", help="app to install (default crm_app); repeatable")
	command("migrate", migrate, "Bring a site's tables and standard records up to the installed code.")
	serve = command("serve", serving.serve, "Serve a site, with its background worker.")
	serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
	serve.add_argument("--port", type=int, default=8000, help="port (default 8000)")
	serve.add_argument("--threads", type=int, default=8, help="requests served at once (default 8)")
	serve.add_argument("--no-worker", action="store_true", help="do not start the background worker")
	serve.add_argument("--create-demo", action="store_true", help="create the site with demo data if missing")
	command("demo", demo, "Fill a site with demo data and demo logins.")
	imports = command("import", import_file, "Import a file of customers and sales; a second run resumes.")
	imports.add_argument("file", help="CSV or CSV.GZ file")
	imports.add_argument("--preset", help="a known layout of columns, such as 'Online Retail'")
	imports.add_argument("--mapping", metavar="JSON", help="column of the file for each field, as JSON")
	imports.add_argument("--type", help="what the rows are (default: told by the columns)")
	imports.add_argument("--dry-run", action="store_true", help="check every row, write nothing")
	copy = command("backup", backup.backup, "An archive of the site, made while it runs, and verified.")
	copy.add_argument("file", nargs="?", help="archive to write (default: backups/ in the site's folder)")
	back = command("restore", backup.restore, "Bring a site back from an archive; the present one is kept.")
	back.add_argument("file", help="archive that backup wrote")
	proof = command("verify-backup", backup.verify, "Check every file and the database of an archive.")
	proof.add_argument("file", help="archive that backup wrote")
	user = command("add-user", add_user, "Add a user or change an existing one's roles and password.")
	user.add_argument("email")
	user.add_argument("--name", help="full name")
	user.add_argument("--role", action="append", default=[], help="role to give; repeatable")
	user.add_argument("--password", help="password; asked for when missing")
	user.add_argument("--language", choices=("en", "zh"), help="language of the desk")
	shell = command(
		"console", console, "A Python console with the site open; nothing is saved without commit."
	)
	shell.add_argument("-c", dest="code", help="run this code instead and save what it did")
	jobs = command("worker", worker.run, "Run background jobs and scheduled events.")
	jobs.add_argument("--once", action="store_true", help="run what is due now, then stop")
	jobs.add_argument("--parent", type=int, help=argparse.SUPPRESS)
	return root


def open_site(options) -> None:
	if not (Path(options.sites) / options.site / "site_config.json").exists():
		raise Stop(f"there is no site {options.site} in {options.sites}/; create it with new-site")
	frappe.init(options.site, sites_path=str(Path(options.sites).resolve()))
	frappe.connect()


def new_site(options) -> None:
	from frappe import installer

	folder = Path(options.sites) / options.site
	if (folder / "site_config.json").exists():
		raise Stop(f"the site {options.site} already exists in {options.sites}/")
	check_url(options.db_url)
	try:
		folder.mkdir(parents=True, exist_ok=True)
		(folder / "logs").mkdir(exist_ok=True)
	except OSError as error:
		raise Stop(
			f"cannot write to {folder} ({error.strerror}); choose another folder with --sites"
		) from None
	progress, password = Progress(), options.admin_password or secrets.token_urlsafe(9)
	try:
		installer.new_site(
			options.site,
			sites_path=str(Path(options.sites).resolve()),
			apps=options.app or ["crm_app"],
			admin_password=password,
			db_url=options.db_url,
			progress=progress,
		)
		create_session_table()
		for path in folder.glob("site.db*"):
			path.chmod(0o600)
	except BaseException:
		discard(folder)
		raise
	progress.done(f"Site {options.site} is ready.")
	if not options.admin_password:
		print(f"Log in as Administrator with the password {password}")


def check_url(url: str) -> None:
	parts = urlsplit(url)
	if url != "sqlite" and (parts.scheme not in ("mysql", "mariadb") or not parts.path.strip("/")):
		raise Stop("the database URL must be sqlite or mysql://user:password@host:3306/database")


def discard(folder: Path) -> None:
	"""Take a half-made site away; a MariaDB database is its owner's to drop."""
	frappe.destroy()
	for path in (folder / "site_config.json", *folder.glob("site.db*")):
		path.unlink(missing_ok=True)


def write_config(folder: Path, config: dict) -> None:
	path = folder / "site_config.json"
	path.write_text(json.dumps(config, indent="\t", ensure_ascii=False) + "\n", encoding="utf-8")
	path.chmod(0o600)


def set_config(options, **values) -> None:
	"""Change entries of the site's configuration, here and in the file; None takes one away."""
	folder = Path(options.sites) / options.site
	config = json.loads((folder / "site_config.json").read_text(encoding="utf-8")) | values
	write_config(folder, {key: value for key, value in config.items() if value is not None})
	frappe.conf.update(values)


def create_session_table() -> None:
	from django.contrib.sessions.models import Session
	from django.db import connection

	frappe.db.commit()
	if Session._meta.db_table not in connection.introspection.table_names():
		with connection.schema_editor() as editor:
			editor.create_model(Session)


def migrate(options) -> None:
	from frappe.migrate import migrate as run_migrate

	open_site(options)
	progress = Progress()
	run_migrate(progress=progress)
	create_session_table()
	frappe.db.commit()
	progress.done(f"{options.site} is up to date.")


def demo(options) -> None:
	logins = fill_demo(options)
	table([(row["user"], row["password"], row["label"]) for row in logins], ("User", "Password", "Role"))


def fill_demo(options) -> list[dict]:
	"""Run the apps' demo hooks and remember the logins they made."""
	open_site(options)
	hooks = frappe.get_hooks("demo_data")
	if not hooks:
		raise Stop("the installed apps have no demo data")
	progress, logins = Progress(), []
	for path in hooks:
		install = frappe.get_attr(path)
		found = install(progress=progress)
		logins += found if isinstance(found, list) else []
		logins += [] if logins else list(getattr(sys.modules[install.__module__], "LOGINS", []))
	frappe.db.commit()
	set_config(options, demo_logins=logins)
	progress.done("Demo data is in.")
	return logins


def import_file(options) -> int:
	open_site(options)
	path = Path(options.file)
	if not path.is_file():
		raise Stop(f"no such file: {path}")
	hooks = frappe.get_hooks("import_file")
	if not hooks:
		raise Stop("the installed apps import no files")
	progress = Progress()
	name = frappe.get_attr(hooks[-1])(
		str(path.resolve()),
		preset=options.preset,
		mapping=json.loads(options.mapping) if options.mapping else None,
		dry_run=options.dry_run,
		import_type=options.type,
		progress=lambda phase, done, total=None: progress(done, total, phase),
	)
	frappe.db.commit()
	progress.done("Import finished." if not options.dry_run else "Dry run finished; nothing was imported.")
	return report_import(name)


def report_import(name: str) -> int:
	"""Print the record that the importer left, as far as its list shows it. 1 when it failed."""
	doctypes = frappe.get_hooks("import_record")
	if not doctypes or not frappe.db.exists(doctypes[-1], name):
		return 0
	doc = frappe.get_doc(doctypes[-1], name)
	rows = [
		(df.label, doc.get(df.fieldname))
		for df in doc.meta.fields
		if df.in_list_view or df.fieldtype == "Int"
	]
	table([("Record", doc.name), *rows], ("", ""))
	return int(doc.get("status") == "Failed")


def add_user(options) -> None:
	from frappe.utils.password import update_password

	open_site(options)
	frappe.set_user("Administrator")
	is_new = not frappe.db.exists("User", options.email)
	missing = [role for role in options.role if not frappe.db.exists("Role", role)]
	if missing:
		raise Stop(
			f"no such role: {', '.join(missing)}. Roles: {', '.join(frappe.get_all('Role', pluck='name'))}"
		)
	doc = frappe.new_doc("User") if is_new else frappe.get_doc("User", options.email)
	doc.update({"email": options.email, "enabled": 1})
	if is_new or options.name:
		doc.first_name = options.name or options.email.partition("@")[0]
	doc.language = options.language or doc.language
	held = {row.role for row in doc.get("roles") or []}
	for role in options.role:
		if role not in held:
			doc.append("roles", {"role": role})
	doc.flags.no_welcome_mail = True
	doc.save(ignore_permissions=True)  # the command line belongs to whoever owns the machine
	if options.password or is_new:
		update_password(doc.name, options.password or ask_password())
	frappe.db.commit()
	verb, roles = "Added" if is_new else "Changed", ", ".join(row.role for row in doc.roles)
	print(f"{verb} {doc.name}: {roles or 'no roles'}")


def ask_password() -> str:
	from getpass import getpass

	if not sys.stdin.isatty():
		raise Stop("give a password with --password")
	return getpass("Password: ")


def console(options) -> None:
	import code

	open_site(options)
	if options.code:
		exec(options.code, {"frappe": frappe})
		frappe.db.commit()
		return
	banner = f"{options.site} is open as {frappe.session.user}. frappe.db.commit() saves."
	code.interact(banner=banner, local={"frappe": frappe}, exitmsg="")
