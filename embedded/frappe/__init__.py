# ruff: noqa: F401, I001
"""The part of Frappe v15's server API that the app uses, on Django.

`frappe.init(site, sites_path)` opens a site, `frappe.connect()` its database; the rest has Frappe's names and
behaviour. A name that is missing raises NotImplementedError.
"""

import sys

from frappe import _missing

from frappe.types import Local, Proxy, _dict  # isort: skip

embedded_host = True
__version__ = "15.55.1"
__title__ = "Embedded host"

local = Local()
db = Proxy(local, "db")
qb = Proxy(local, "qb")
conf = Proxy(local, "conf")
form_dict = Proxy(local, "form_dict")
request = Proxy(local, "request")
session = Proxy(local, "session")
user = Proxy(local, "user")
flags = Proxy(local, "flags")
response = Proxy(local, "response")
message_log = Proxy(local, "message_log")
error_log = Proxy(local, "error_log")
lang = Proxy(local, "lang")

STANDARD_USERS = ("Guest", "Administrator")

from frappe.exceptions import *  # noqa: E402, F403
from frappe.exceptions import DoesNotExistError, PermissionError, ValidationError  # noqa: E402

from frappe.translate import _, _lt  # noqa: E402  # isort: skip
from frappe import utils as utils  # noqa: E402
from frappe.app_hooks import (  # noqa: E402
	call,
	get_app_path,
	get_attr,
	get_hooks,
	get_installed_apps,
	get_module_list,
	get_module_path,
	get_pymodule_path,
	get_site_path,
	scrub,
	unscrub,
)
from frappe.cache_manager import cache, clear_cache, clear_document_cache  # noqa: E402
from frappe.model.access import (  # noqa: E402
	copy_doc,
	delete_doc,
	get_all,
	get_cached_doc,
	get_cached_value,
	get_doc,
	get_last_doc,
	get_list,
	get_meta,
	get_single,
	get_single_value,
	get_value,
	new_doc,
	reload_doc,
	rename_doc,
	set_value,
)
from frappe.permissions import has_permission, has_website_permission  # noqa: E402
from frappe.serving import (  # noqa: E402
	as_json,
	enqueue,
	generate_hash,
	get_template,
	get_traceback,
	get_url,
	is_whitelisted,
	log_error,
	logger,
	parse_json,
	publish_realtime,
	render_template,
	safe_eval,
	sendmail,
	validate_and_sanitize_search_inputs,
	whitelist,
	whitelisted,
)
from frappe.session_api import (  # noqa: E402
	as_user,
	bold,
	clear_last_message,
	clear_messages,
	connect,
	destroy,
	get_roles,
	init,
	init_site,
	msgprint,
	new_request,
	only_for,
	set_user,
	throw,
)
from frappe.session_api import get_user as get_user  # noqa: E402


_missing.install(sys.modules[__name__].__name__)
