"""CRM for companies that sell to people and to firms."""

__version__ = "0.1.0"
