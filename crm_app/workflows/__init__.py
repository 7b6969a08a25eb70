"""Shipped approval workflows (`*.json`), their sync and the guard that enforces them on the server."""
