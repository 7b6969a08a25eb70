import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from crm_app.crm_workforce import org
from crm_app.crm_workforce.domain.history import Post, close_on, is_same, open_post
from crm_app.crm_workforce.domain.tree import closes_cycle
from crm_app.utils import rows
from crm_app.utils.phone import BadNumber, normalise_mobile
from crm_app.utils.settings import setting


class CRMEmployee(Document):
	def validate(self):
		self.normalise_numbers()
		self.check_dates()
		self.refuse_shared_user()
		self.refuse_cycle()
		self.keep_history()

	def on_update(self):
		org.forget()

	def on_trash(self):
		org.forget()

	def normalise_numbers(self):
		try:
			self.mobile_no = normalise_mobile(self.mobile_no, setting("default_region"))
		except BadNumber:
			frappe.throw(_("Mobile: {0} is no telephone number.").format(self.mobile_no))

	def check_dates(self):
		if self.birthday and getdate(self.birthday) > getdate():
			frappe.throw(_("Birthday: the date lies in the future."))
		if self.joined_on and self.left_on and getdate(self.left_on) < getdate(self.joined_on):
			frappe.throw(_("Left On: the date lies before Joined On."))
		if self.status == "Left" and not self.left_on:
			frappe.throw(_("Left On: fill in the last day of work."), frappe.MandatoryError)

	def refuse_shared_user(self):
		if not self.user:
			return
		other = frappe.db.get_value("CRM Employee", {"user": self.user, "name": ["!=", self.name or ""]})
		if other:
			frappe.throw(
				_("User: {0} already belongs to employee {1}.").format(self.user, other),
				frappe.DuplicateEntryError,
			)

	def refuse_cycle(self):
		rows = frappe.get_all("CRM Employee", fields=["name", "reports_to"])
		if closes_cycle({row.name: row.reports_to for row in rows}, self.name, self.reports_to):
			frappe.throw(
				_("Reports To: {0} works under {1}.").format(self.reports_to, self.employee_name),
				title=_("Circle in the Organisation"),
			)

	def keep_history(self):
		"""The rows are the system's: what the client sent gives way to what is stored."""
		old = self.get_doc_before_save()
		self.set("history", [row.as_dict() for row in old.history] if old else [])
		if not (self.history and self.status == "Left"):
			self.begin_post(Post(self.department, self.reports_to, self.job_title))
		if self.status == "Left":
			self.history[-1].to_date = self.left_on

	def begin_post(self, post):
		current, today = open_post(self.history), getdate()
		if current and is_same(current, post):
			return
		if current:
			current.to_date = close_on(getdate(current.from_date), today)
		first = getdate(self.joined_on) if self.joined_on and not self.history else today
		rows.append(self, "history", {"from_date": first, **vars(post)})
