"""Locks between processes: files below the site."""

import fcntl
import os
import time
from contextlib import contextmanager

import frappe


class LockTimeoutError(Exception):
	pass


@contextmanager
def filelock(lock_name: str, *, timeout: int = 30, is_global: bool = False):
	"""Hold a named lock of this site, or raise LockTimeoutError."""
	folder = frappe.get_site_path("locks")
	os.makedirs(folder, exist_ok=True)
	until = time.monotonic() + timeout
	with open(os.path.join(folder, frappe.scrub(lock_name).replace("/", "_") + ".lock"), "w") as handle:
		while True:
			try:
				fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
				break
			except BlockingIOError:
				if time.monotonic() > until:
					raise LockTimeoutError(f"Lock {lock_name} is taken") from None
				time.sleep(0.05)
		yield
