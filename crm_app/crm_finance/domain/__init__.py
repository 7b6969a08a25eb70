"""Budget and expense rules on plain values: no database."""
