"""Who may add a customer or an employee may also enter the contact data: no role is left out."""

import json
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "crm_app"


WHERE = ["crm_customers/doctype/crm_customer", "crm_workforce/doctype/crm_employee"]


@pytest.mark.parametrize("where", WHERE)
def test_whoever_creates_a_record_may_enter_its_contact_data(where):
	(path,) = (APP / where).glob("*.json")
	definition = json.loads(path.read_text(encoding="utf-8"))
	private = [df for df in definition["fields"] if df["fieldname"] in ("mobile_no", "email_id")]
	assert {df["permlevel"] for df in private} == {2}
	rules = definition["permissions"]
	creators = {rule["role"] for rule in rules if rule.get("create")}
	assert creators <= {rule["role"] for rule in rules if rule.get("permlevel") == 2 and rule.get("write")}
