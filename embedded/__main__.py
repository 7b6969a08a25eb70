"""Entry point: `python -m embedded <command>` from the repository, or `python embedded <command>`."""

import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def boot() -> None:
	"""Put the host's packages first on sys.path; refuse to shadow a real Frappe."""
	if sys.version_info < (3, 10):  # noqa: UP036 - the message is for whoever starts it with an old Python
		sys.exit("crm: Python 3.10 or newer is needed, this is {}.{}.".format(*sys.version_info[:2]))
	spec = importlib.util.find_spec("frappe")
	if spec and spec.origin and not os.path.abspath(spec.origin).startswith(HERE + os.sep):
		sys.exit(f"crm: a real Frappe is installed here ({spec.origin}); use bench, not the embedded host.")
	if HERE not in sys.path:
		sys.path.insert(0, HERE)
	root = os.path.dirname(HERE)
	if root not in sys.path:
		sys.path.insert(1, root)


if __name__ == "__main__":
	boot()
	from desk.cli import main

	sys.exit(main())
