"""Template tags of the desk: translation, typed display, status pills."""

import json

from django import template
from django.utils.html import format_html
from frappe import _

from desk import formatting

register = template.Library()


@register.simple_tag
def t(text: str, *args):
	translated = _(text)
	return translated.format(*args) if args else translated


@register.filter
def tr(text):
	return _(str(text)) if text else ""


@register.simple_tag
def indicator(doctype: str, row):
	found = formatting.indicator(doctype, row)
	return format_html('<span class="d-pill {}">{}</span>', found[1], found[0]) if found else ""


@register.simple_tag
def icon(name: str):
	return format_html('<span class="msym" aria-hidden="true">{}</span>', name)


@register.filter
def json_attr(value) -> str:
	return json.dumps(value, default=str, ensure_ascii=False)
