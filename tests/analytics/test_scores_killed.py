"""A refresh that is really killed goes on where it was and ends as if nothing had happened."""

import frappe
import pytest
from crm_testing.imports import in_child
from crm_testing.scores import forget_shop, make_shop, scores_of

from crm_app.crm_analytics.scores import runs
from crm_app.crm_analytics.scores.work import RUN, carry_on

pytestmark = pytest.mark.commits

CHILD = """
import os, signal, sys
import frappe
site, sites_path, run, kill_at = sys.argv[1:5]
frappe.init(site=site, sites_path=sites_path)
frappe.connect()
frappe.set_user("Administrator")
from crm_app.crm_analytics.scores.work import carry_on
steps = []
def killing(step, done, total):
	steps.append(step)
	if steps.count("Score") == int(kill_at):
		os.kill(os.getpid(), signal.SIGKILL)
carry_on(run, killing)
frappe.destroy()
"""
SETTINGS = {"history_months": 0, "value_model": "BG/NBD", "chunk_size": 20}


@pytest.fixture
def shop():
	forget_shop()
	before = {name: frappe.db.get_single_value("Analytics Settings", name) for name in SETTINGS}
	for fieldname, value in SETTINGS.items():
		frappe.db.set_single_value("Analytics Settings", fieldname, value)
	names = make_shop(90)
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	for fieldname, value in before.items():
		frappe.db.set_single_value("Analytics Settings", fieldname, value)
	forget_shop()


def test_a_killed_refresh_goes_on_and_ends_as_one_that_was_not(site, shop):
	run = runs.start("Full")
	for kill_at in (1, 2):
		child = in_child(CHILD, *site, run, kill_at)
		assert child.returncode == -9, child.stderr
		frappe.db.rollback()
		state = frappe.db.get_value(
			RUN, run, ["status", "step", "position", "customers_scored"], as_dict=True
		)
		assert (state.status, state.step) == ("Running", "Score") and state.position
		assert state.customers_scored == frappe.db.count("Customer Score")
	assert carry_on(run) == run
	killed = scores_of(shop)
	done = frappe.db.get_value(RUN, run, ["status", "customers_scored"], as_dict=True)
	assert done.status == "Completed" and done.customers_scored == frappe.db.count("Customer Score")
	runs.refresh("Rescore")
	assert set(killed) == set(shop) and scores_of(shop) == killed
