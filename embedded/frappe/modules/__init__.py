from frappe.app_hooks import get_module_path, scrub

__all__ = ["get_module_path", "scrub"]
