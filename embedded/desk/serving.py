"""`serve`: waitress in front of Django.

Waitress is pure Python and made for production, with or without a proxy: it has a pool of threads, buffers
slow clients and limits the size of requests. One process suits a site on one machine.
"""

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import frappe

from desk.terminal import Stop, table


def serve(options) -> None:
	from desk import cli

	listener = listen(options.host, options.port)
	if options.create_demo:
		ensure_demo(options)
	cli.open_site(options)
	folder = Path(options.sites) / options.site
	if not os.access(folder, os.W_OK):
		raise Stop(f"cannot write to {folder}; check the folder's permissions")
	helper = None if options.no_worker else start_worker(options)
	announce(options)
	try:
		run(listener, options.threads)
	finally:
		if helper:
			helper.terminate()


def ensure_demo(options) -> None:
	"""Make the demo site unless it is there whole; one that was interrupted is made anew."""
	from desk import cli

	folder = Path(options.sites) / options.site
	config = folder / "site_config.json"
	if config.exists() and json.loads(config.read_text(encoding="utf-8")).get("demo_pending"):
		shutil.rmtree(folder)
	if config.exists():
		return
	print(f"Creating {options.site} with demo data. This happens once.")
	options.db_url, options.admin_password, options.app = "sqlite", "admin", None
	cli.new_site(options)
	cli.set_config(options, demo_pending=True)
	cli.fill_demo(options)
	cli.set_config(options, demo_pending=None)


def listen(host: str, port: int) -> socket.socket:
	"""A bound socket, before any long work: a taken port is said at once."""
	family = socket.AF_INET6 if ":" in host else socket.AF_INET
	listener = socket.socket(family, socket.SOCK_STREAM)
	listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	try:
		listener.bind((host, port))
	except OSError as error:
		listener.close()
		if error.errno == errno.EADDRINUSE:
			raise Stop(
				f"port {port} is in use; stop the other program or choose another with --port"
			) from None
		if error.errno == errno.EACCES:
			raise Stop(f"no permission to listen on port {port}; choose one above 1023 with --port") from None
		raise Stop(f"cannot listen on {host}:{port}: {error.strerror}") from None
	return listener


def start_worker(options) -> subprocess.Popen:
	"""The worker is a process of its own: a long job never slows a page."""
	package = Path(__file__).resolve().parents[1]
	where = ["--site", options.site, "--sites", options.sites, "--parent", str(os.getpid())]
	return subprocess.Popen([sys.executable, str(package), "worker", *where])


def announce(options) -> None:
	shown = "localhost" if options.host in ("127.0.0.1", "0.0.0.0", "::") else options.host
	print(f"\nCRM is running at http://{shown}:{options.port}  (stop with Ctrl+C)\n")
	rows = [(row["user"], row["password"], row["label"]) for row in frappe.conf.get("demo_logins") or []]
	table(rows, ("User", "Password", "Role"))
	if rows and options.host not in ("127.0.0.1", "localhost", "::1"):
		print("\n  These demo passwords are public: do not serve this site to a network you do not trust.")
	sys.stdout.flush()


def run(listener: socket.socket, threads: int) -> None:
	from django.conf import settings
	from django.core.wsgi import get_wsgi_application
	from django.urls import resolve
	from waitress import create_server

	application = get_wsgi_application()
	resolve("/login")  # loads every view now, so that a broken installation shows here and not on a page
	server = create_server(
		application,
		sockets=[listener],
		threads=threads,
		ident="crm",
		max_request_body_size=int(settings.CONFIG.get("max_file_size", 100 * 1024 * 1024)),
		channel_timeout=60,
		clear_untrusted_proxy_headers=True,
	)
	server.run()
