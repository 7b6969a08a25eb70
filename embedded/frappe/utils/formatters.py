from frappe.utils.formatting import format_value

__all__ = ["format_value"]
