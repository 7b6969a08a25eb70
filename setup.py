from setuptools import find_packages, setup

# Ranges where Frappe v15 pins the same library; exact pins where only the embedded host uses it.
APP = [
	"numpy>=1.26,<3",  # arrays under pandas; scoring
	"pandas>=2.2,<3.1",  # frames for segments and imports; 3.1 wants a newer dateutil than Frappe v15 pins
	"scipy>=1.11,<2",  # optimisers and special functions under the value models
	"phonenumbers>=8.13,<10",  # Google's number plans: parsing and E.164; Frappe ships it too
	"openpyxl>=3.1,<4",  # XLSX; Frappe ships it too
	"segno>=1.6,<2",  # QR codes of member cards, pure Python without dependencies
]
EMBEDDED = [
	"Django==5.2.19",  # web, sessions, templates, hashing; long-term support line
	"django-unfold==0.91.0",  # desk shell, login page, Chart.js and icons shipped in the wheel
	"PyPika==0.48.9",  # query builder; the version Frappe v15 exposes as frappe.qb
	"RestrictedPython==9.0",  # safe_eval for workflow conditions, as in Frappe
	"argon2-cffi==25.1.0",  # password hashing
	"PyMySQL==1.2.4",  # MariaDB driver in pure Python, no compiler needed
	"Jinja2==3.1.6",  # server-rendered pages, the engine Frappe uses
	"nh3==0.3.8",  # HTML sanitiser (ammonia)
	"waitress==3.0.2",  # threaded WSGI server in pure Python
]
TEST = [
	"pytest==9.2.0",
	"pytest-xdist==3.8.0",  # the suite in parallel
	"hypothesis==6.170.15",  # property-based tests
	"schemathesis==4.32.5",  # fuzzes the REST interface from its OpenAPI description
	"playwright==1.65.2",  # drives Debian's Chromium
	"ruff==0.17.6",  # lint and format
]
BENCH = [
	"lifetimes==0.11.3",  # what benchmarks/engine.py compares the value models with
	"mlxtend==0.25.0",  # likewise the association rules
]

setup(
	name="crm_app",
	version="0.1.0",
	description="A low-code CRM for companies that sell to people and to firms, as a Frappe v15 app",
	license="MIT",
	python_requires=">=3.10",
	packages=find_packages(include=["crm_app", "crm_app.*"]),
	include_package_data=True,
	zip_safe=False,
	install_requires=APP,
	extras_require={"embedded": EMBEDDED, "test": TEST, "bench": BENCH},
)
