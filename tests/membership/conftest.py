import pytest


@pytest.fixture
def token(till):
	"""Of the till that the test's module makes."""
	from crm_testing.tills import issue_token  # the host is not on the path yet when this file is read

	return issue_token(till)
