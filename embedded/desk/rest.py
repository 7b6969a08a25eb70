"""REST as Frappe v15 speaks it: `/api/resource/<DocType>[/<name>]` and `/api/method/<dotted path>`."""

import inspect
import json
import traceback
from urllib.parse import unquote

import frappe
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from frappe import _, client
from frappe.app_hooks import named_method
from frappe.model.document import Document
from frappe.serving import is_valid_http_method
from frappe.utils.data import read_json

from desk import auth, form_layout, openapi, tokens, uploads
from desk.arguments import typed_arguments

LIST_ARGUMENTS = frozenset(inspect.signature(client.get_list).parameters) - {"doctype"}


class InvalidRequest(frappe.ValidationError):
	http_status_code = 400


class CSRFTokenError(frappe.ValidationError):
	http_status_code = 400


# requests


def api(view):
	"""Exempt from Django's CSRF page: the check happens here, for session users, and fails in JSON."""

	@csrf_exempt
	def wrapped(request, *args, **kwargs):
		try:
			frappe.local.form_dict = read_arguments(request)
			check_csrf(request)
			return respond(view(request, *args, **kwargs))
		except Exception as error:
			return error_response(request, error)

	return wrapped


def read_arguments(request) -> frappe._dict:
	"""The arguments of a call: a JSON body, or the query and a form body."""
	if request.content_type == "application/json" and request.body:
		values = parse_body(request.body)
		if isinstance(values, list):
			values = {"data": values}
		elif not isinstance(values, dict):
			raise InvalidRequest(_("The request body must be a JSON object"))
	else:
		values = request.GET.dict()
		is_form = request.content_type == "application/x-www-form-urlencoded"
		values.update(QueryDict(request.body).dict() if is_form else request.POST.dict())
	values.pop("_", None)
	return frappe._dict(values)


def parse_body(text):
	try:
		return read_json(text)
	except frappe.InvalidValue as error:
		raise InvalidRequest(str(error)) from None


def check_csrf(request):
	"""Session users prove by token that the request comes from a page of this site; API keys need not."""
	exempt = request.method in tokens.SAFE_METHODS or getattr(request, "token_auth", False)
	if exempt or frappe.session.user == "Guest":
		return
	request.META.setdefault("HTTP_X_FRAPPE_CSRF_TOKEN", request.headers.get("X-CSRFToken", ""))
	if _CsrfCheck(lambda _request: None).process_view(request, None, (), {}):
		raise CSRFTokenError(_("Invalid Request: the CSRF token is missing or wrong"))


class _CsrfCheck(CsrfViewMiddleware):
	def _reject(self, request, reason):
		return reason


# answers


def respond(data):
	"""JSON of `frappe.response`, or the file or redirect that a method asked for."""
	if isinstance(data, HttpResponse):
		return data
	answer = frappe.local.response
	match answer.get("type"):
		case "redirect":
			return HttpResponseRedirect(answer["location"])
		case "download" | "binary":
			return _file(answer["filename"], answer["filecontent"], answer.get("content_type"))
	answer.update(data or {})
	if not answer.get("docs"):
		answer.pop("docs", None)
	return json_response(answer, answer.pop("http_status_code", None) or 200)


def json_response(body: dict, status: int = 200) -> HttpResponse:
	if messages := frappe.local.message_log:
		body["_server_messages"] = json.dumps(
			[frappe.as_json(dict(message), indent=None) for message in messages]
		)
		frappe.local.message_log = []
	return HttpResponse(frappe.as_json(_plain(body), indent=None), "application/json", status)


def _plain(value, owner: str | None = None):
	"""Plain values. Whatever a method answers, a record in it keeps no field above its reader's level."""
	if isinstance(value, Document):
		value = value.as_dict()
	if isinstance(value, dict):
		hidden, owner = _too_high(value.get("doctype"), owner)
		return {key: _plain(item, owner) for key, item in value.items() if key not in hidden}
	if isinstance(value, list | tuple | set):
		return [_plain(item, owner) for item in value]
	return value


def _too_high(doctype, owner: str | None) -> tuple[set, str | None]:
	"""Fields to leave out of a record, and whose levels its rows go by."""
	meta = form_layout.meta_or_none(doctype) if isinstance(doctype, str) else None
	if not meta:
		return set(), owner
	owner = owner if meta.istable and owner else doctype
	high = meta.get_high_permlevel_fields() if frappe.session.user != "Administrator" else ()
	levels = {0, *frappe.get_meta(owner).get_permlevel_access("read")} if high else ()
	return {df.fieldname for df in high if frappe.utils.cint(df.permlevel) not in levels}, owner


def _file(name: str, content, content_type: str | None):
	response = HttpResponse(content, content_type or "application/octet-stream")
	response["Content-Disposition"] = uploads.disposition(name)
	return response


def error_response(request, error: Exception) -> HttpResponse:
	"""The error in Frappe's words, all writes undone. Details of unexpected errors go to the log alone."""
	frappe.db.rollback()
	status = 413 if isinstance(error, RequestDataTooBig) else getattr(error, "http_status_code", None) or 500
	body = {"exc_type": type(error).__name__}
	if status >= 500:
		frappe.log_error(title=f"{request.method} {request.path}"[:140], message=traceback.format_exc())
		frappe.db.commit()
		body["exception"] = _("Internal Server Error")
		frappe.local.message_log = []
	else:
		body["exception"] = f"{type(error).__module__}.{type(error).__name__}: {error}"
		if not frappe.local.message_log and str(error):
			frappe.local.message_log = [{"message": str(error), "indicator": "red"}]
	if frappe.session.user == "Guest" and status in (401, 403) and "sid" in request.COOKIES:
		body["session_expired"] = 1
	if frappe.conf.get("developer_mode"):
		body["exc"] = json.dumps(["".join(traceback.format_exception(error))])
	return json_response(body, status)


# /api/resource


@api
def collection(request, doctype):
	_require_doctype(doctype)
	if request.method == "POST":
		return {"data": client.new(doctype, _posted_values()).insert()}
	_allow(request, "GET", "HEAD")
	given = frappe.form_dict
	arguments = {key: value for key, value in given.items() if key in LIST_ARGUMENTS}
	arguments["limit_page_length"] = _number(given.get("limit_page_length") or given.get("limit") or 20)
	arguments["limit_start"] = _number(given.get("limit_start") or 0)
	arguments["as_dict"] = str(given.get("as_dict", 1)).lower() not in ("0", "false")
	for key in ("fields", "filters", "or_filters"):
		if isinstance(arguments.get(key), str):
			arguments[key] = parse_body(arguments[key])
	return {"data": client.get_list(doctype, **arguments)}


@api
def record(request, doctype, name):
	_require_doctype(doctype)
	name = unquote(name).removesuffix("/") if name.endswith("/") else name
	if request.method in ("GET", "HEAD") and "run_method" not in frappe.form_dict:
		doc = frappe.get_doc(doctype, name)
		doc.check_permission("read")
		return {"data": doc}
	if request.method == "PUT":
		doc = client.change(frappe.get_doc(doctype, name, for_update=True), _posted_values())
		doc.save()
		return {"data": doc}
	if request.method == "DELETE":
		frappe.delete_doc(doctype, name, ignore_missing=False)
		return {"data": "ok", "http_status_code": 202}
	_allow(request, "GET", "HEAD", "POST")
	return {
		"data": run_doc_method(request, frappe.get_doc(doctype, name), frappe.form_dict.pop("run_method", ""))
	}


def run_doc_method(request, doc, method: str):
	"""A whitelisted method of a controller: reading needs read, POST needs write."""
	doc.is_whitelisted(method)
	doc.check_permission("read" if request.method in tokens.SAFE_METHODS else "write")
	return doc.run_method(method, **typed_arguments(getattr(doc, method), frappe.form_dict))


def _require_doctype(doctype):
	if not frappe.db.exists("DocType", doctype):
		raise frappe.DoesNotExistError(_("DocType {0} not found").format(doctype))


def _posted_values() -> dict:
	data = frappe.form_dict.get("data")
	values = parse_body(data) if isinstance(data, str) else data or dict(frappe.form_dict)
	if not isinstance(values, dict):
		raise InvalidRequest(_("The request body must be a JSON object"))
	return values


def _number(value) -> int:
	try:
		return max(int(value), 0)
	except (TypeError, ValueError):
		raise InvalidRequest(_("{0} is not a number").format(value)) from None


def _allow(request, *methods):
	if request.method not in methods:
		raise frappe.PermissionError(_("Not permitted"))


# /api/method


@api
def method(request, cmd):
	cmd = cmd.split("/")[0]
	if cmd in BUILT_IN:
		return BUILT_IN[cmd](request)
	function = whitelisted(request, cmd)
	result = function(**typed_arguments(function, frappe.form_dict))
	if isinstance(result, HttpResponse):
		return result
	return {} if result is None else {"message": result}


def whitelisted(request, cmd: str):
	"""The function behind a dotted path, when it may be called by this user and HTTP method."""
	for override in reversed(frappe.get_hooks("override_whitelisted_methods", {}).get(cmd, [])):
		cmd = override
		break
	function = named_method(cmd)
	is_valid_http_method(function)
	return function


# calls that are no dotted function


def login(request):
	user = auth.login_user(
		request, str(frappe.form_dict.get("usr") or ""), str(frappe.form_dict.get("pwd") or "")
	)
	full_name = frappe.db.get_value("User", user, "full_name") or user
	response = JsonResponse({"message": "Logged In", "home_page": "/app", "full_name": full_name})
	response["X-Frappe-CSRF-Token"] = get_token(request)
	return response


def logout(request):
	auth.logout_user(request)
	return {}


def upload_file(request):
	return {"message": uploads.save(request, frappe.form_dict)}


def call_doc_method(request):
	"""`run_doc_method`: a record (named, or posted whole) and a controller method, run on what is stored."""
	given = dict(frappe.form_dict)  # the proxy follows what is set below
	posted = frappe.parse_json(given.get("docs") or "{}")
	if not isinstance(posted, dict):
		raise InvalidRequest(_("The request body must be a JSON object"))
	doc = frappe.get_doc(posted.get("doctype") or given.get("dt"), posted.get("name") or given.get("dn"))
	arguments = frappe.parse_json(given.get("args") or "{}")
	frappe.local.form_dict = frappe._dict(arguments if isinstance(arguments, dict) else {"value": arguments})
	return {"message": run_doc_method(request, doc, given.get("method") or "")}


def generate_keys(request):
	"""A new API key pair of a user; the secret is shown this once."""
	_allow(request, "POST")
	frappe.only_for("System Manager")
	user = frappe.get_doc("User", frappe.form_dict.get("user"))
	secret = frappe.generate_hash(length=30)
	user.update({"api_key": user.api_key or frappe.generate_hash(length=15), "api_secret": secret})
	user.save()
	return {"message": {"api_key": user.api_key, "api_secret": secret}}


BUILT_IN = {
	"login": login,
	"logout": logout,
	"upload_file": upload_file,
	"run_doc_method": call_doc_method,
	"ping": lambda request: {"message": "pong"},
	"frappe.core.doctype.user.user.generate_keys": generate_keys,
	"frappe.auth.get_logged_user": lambda request: {"message": _logged_user()},
}


def _logged_user() -> str:
	if frappe.session.user == "Guest":
		raise frappe.PermissionError(_("Not permitted"))
	return frappe.session.user


urlpatterns = [
	path("openapi.json", api(openapi.document)),
	path("method/<path:cmd>", method),
	path("resource/<str:doctype>", collection),
	path("resource/<str:doctype>/<path:name>", record),
]
