"""Rules of the organisation on plain values."""
