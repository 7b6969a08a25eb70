"""Scores of customers: fitted in one step, computed customer by customer in another, kept as a snapshot."""
