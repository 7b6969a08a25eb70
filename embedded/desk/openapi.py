"""`/api/openapi.json`: the REST interface in OpenAPI 3.1, made from the DocTypes that the reader may see.

`?doctype=CRM Customer&doctype=…` narrows it. Fields are described as they are stored; what else a record must
fulfil is said by the answer 417.
"""

import frappe
from django.http import JsonResponse
from frappe import _
from frappe.model import no_value_fields, table_fields

NUMBERS = {"Int": "integer", "Check": "integer", "Float": "number", "Currency": "number", "Percent": "number"}
FORMATS = {"Date": "date", "Datetime": "date-time"}
ERRORS = {
	"400": "The request cannot be read",
	"401": "Wrong key or no session",
	"403": "Not permitted",
	"404": "No such record",
	"409": "The record exists already",
	"413": "The request is too large",
	"417": "A rule is broken; the messages say which",
}
LIST = {
	"fields": "JSON list of field names",
	"filters": 'JSON list of [field, operator, value], or {"field": value}',
	"or_filters": "The same, of which one must hold",
	"order_by": "Field and asc or desc",
	"limit_start": "Records to skip",
	"limit_page_length": "Records at most",
}


def document(request):
	if frappe.session.user == "Guest":
		raise frappe.PermissionError(_("Not permitted"))
	asked = request.GET.getlist("doctype") or frappe.get_all("DocType", {"istable": 0}, pluck="name")
	readable = [name for name in asked if frappe.db.exists("DocType", name) and frappe.has_permission(name)]
	paths, schemas = {}, {}
	for doctype in sorted(readable):
		paths |= _paths(frappe.get_meta(doctype))
		_describe(doctype, schemas)
	return JsonResponse(
		{
			"openapi": "3.1.0",
			"info": {"title": "CRM", "version": "1"},
			"paths": paths,
			"components": {"schemas": schemas, "securitySchemes": {"token": _scheme()}},
			"security": [{"token": []}],
		}
	)


def _scheme() -> dict:
	return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "token key:secret"}


def _describe(doctype: str, schemas: dict) -> None:
	"""The schema of a DocType and those of its tables, under their names."""
	if _key(doctype) in schemas:
		return
	meta = frappe.get_meta(doctype)
	schema = schemas[_key(doctype)] = {"type": "object", "title": _(doctype), "properties": {}}
	schema["additionalProperties"] = False
	for field in meta.fields:
		if field.fieldtype in table_fields:
			_describe(field.options, schemas)
			rows = {"$ref": f"#/components/schemas/{_key(field.options)}"}
			schema["properties"][field.fieldname] = {"type": "array", "items": rows}
		elif field.fieldtype not in no_value_fields and not field.permlevel:
			schema["properties"][field.fieldname] = _property(field)


def _property(field) -> dict:
	found = {"title": field.label, "type": [NUMBERS.get(field.fieldtype, "string"), "null"]}
	if field.fieldtype in FORMATS:
		found["format"] = FORMATS[field.fieldtype]
	if field.fieldtype == "Select" and field.options:
		found["enum"] = [*field.options.split("\n"), None]
	if field.fieldtype == "Link":
		found["description"] = f"Name of a {field.options}"
	return found


def _paths(meta) -> dict:
	reference = {"$ref": f"#/components/schemas/{_key(meta.name)}"}
	body = {"required": True, "content": {"application/json": {"schema": reference}}}
	record = _answers({"type": "object", "properties": {"data": reference}})
	name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
	one, many = f"/api/resource/{meta.name}/{{name}}", f"/api/resource/{meta.name}"
	paths = {one: {"parameters": [name], "get": record, "put": record | {"requestBody": body}}}
	if not meta.issingle:
		paths[one]["delete"] = _answers({"type": "object"}, "202")
		rows = {"type": "object", "properties": {"data": {"type": "array", "items": {"type": "object"}}}}
		parameters = [_query(key, text) for key, text in LIST.items()]
		paths[many] = {
			"get": _answers(rows) | {"parameters": parameters},
			"post": record | {"requestBody": body},
		}
	return paths


def _query(name: str, description: str) -> dict:
	kind = "integer" if name.startswith("limit") else "string"
	return {"name": name, "in": "query", "description": description, "schema": {"type": kind}}


def _answers(schema: dict, ok: str = "200") -> dict:
	content = {"application/json": {"schema": schema}}
	return {
		"responses": {
			ok: {"description": "Done", "content": content},
			**{code: {"description": text} for code, text in ERRORS.items()},
		}
	}


def _key(doctype: str) -> str:
	return doctype.replace(" ", "_")
