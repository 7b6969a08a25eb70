"""HTML that people typed, made harmless (nh3, a binding of ammonia)."""

import json
import re

import nh3

TAGS = nh3.ALLOWED_TAGS | {"font", "u", "s", "figure", "figcaption", "section"}
ATTRIBUTES = {
	**nh3.ALLOWED_ATTRIBUTES,
	"*": {"class", "title", "dir", "align"},
	"a": {"href", "hreflang", "target", "name"},
}


def sanitize_html(html, linkify: bool = False, always_sanitize: bool = False, **_kwargs) -> str:
	"""Keep formatting, drop scripts, handlers and unsafe addresses. Text without tags stays as it is."""
	if not isinstance(html, str):
		return html
	if not always_sanitize and (not is_html(html) or is_json(html)):
		return html
	return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener noreferrer")


def clean_for_page(html) -> str:
	"""The same for what goes into a page as HTML: there nothing counts as data, whatever it looks like."""
	return sanitize_html(html, always_sanitize=True)


def is_json(text: str) -> bool:
	"""JSON is data: its readers escape what they show."""
	try:
		return isinstance(json.loads(text), list | dict)
	except ValueError:
		return False


def clean_html(html) -> str:
	return nh3.clean(
		str(html or ""), tags={"b", "i", "em", "strong", "br", "p", "ul", "ol", "li", "u", "div"}
	)


def is_html(text: str) -> bool:
	return bool(re.search(r"<[a-zA-Z!/?]", text))


def strip_html(text) -> str:
	"""The text alone."""
	return re.sub(r"<[^>]*>", "", str(text or ""))
