"""Fixtures of the tests of what an administrator changes."""

import pytest


@pytest.fixture
def saved_field(site):
	"""Inserts Custom Fields that are gone afterwards; for tests that commit."""
	from crm_testing.field_changes import drop_fields, insert_fields

	names = []
	yield insert_fields(names)
	drop_fields(names)
