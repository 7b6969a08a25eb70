"""The embedded host's web desk: Django views over the `frappe` module beside it."""
