"""The roles the CRM ships; install, uninstall, permissions and demo data read this one list."""

MANAGER = "CRM Manager"
SALES = "CRM Sales User"
SERVICE = "CRM Service User"
MARKETING = "CRM Marketing User"
FINANCE = "CRM Finance User"
DEPARTMENT_HEAD = "CRM Department Head"
GENERAL_MANAGER = "CRM General Manager"
STAFF = "CRM Staff"
CASHIER = "CRM Cashier"
PRIVATE_DATA = "CRM Private Data"  # may look at one masked value at a time; each look is logged
AUDITOR = "CRM Auditor"  # reads the operation log

ROLES = [
	MANAGER,
	SALES,
	SERVICE,
	MARKETING,
	FINANCE,
	DEPARTMENT_HEAD,
	GENERAL_MANAGER,
	STAFF,
	CASHIER,
	PRIVATE_DATA,
	AUDITOR,
]

# They work at the till page and have no place in the desk.
WITHOUT_DESK = [CASHIER]

# Roles that see every customer; a sales user sees a part of them.
WIDE_ROLES = ["System Manager", MANAGER, SERVICE, MARKETING, FINANCE, GENERAL_MANAGER]
