"""Users and logged-in clients for tests of the embedded desk."""


def make_user(email: str, *roles: str, password: str = "") -> str:
	"""An enabled system user with these roles."""
	import frappe
	from frappe.utils.password import update_password

	if not frappe.db.exists("User", email):
		values = {
			"doctype": "User",
			"email": email,
			"first_name": email.split("@")[0],
			"send_welcome_email": 0,
		}
		doc = frappe.get_doc({**values, "roles": [{"role": role} for role in roles]})
		doc.insert(ignore_permissions=True)
	if password:
		update_password(email, password)
	frappe.db.commit()
	return email


def client_of(user: str | None = None):
	"""A Django test client; with a user, one whose session is already open."""
	import time

	import frappe
	from django.test import Client

	from desk import throttle

	class KeepingClient(Client):
		def request(self, **request):
			"""Keep what Django's session wrote after the view's own commit or rollback."""
			try:
				return super().request(**request)
			finally:
				frappe.db.commit()

	throttle.forget_all()
	client = KeepingClient(raise_request_exception=False)
	if user:
		session = client.session
		session.update({"user": user, "seen": int(time.time())})
		session.save()
		frappe.db.commit()
	return client
