"""`make` as a newcomer types it."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.embedded
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("python", ["/bin/false", "/no/such/python"])
def test_a_wrong_python_is_said_in_one_line(python):
	command = ["make", "--no-print-directory", "check-python", f"PYTHON={python}"]
	done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
	assert done.returncode == 2
	assert done.stdout.startswith("Python 3.11 or newer is needed: make ")
	assert "Traceback" not in done.stdout + done.stderr
