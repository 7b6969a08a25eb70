"""What a scanner reads off a member's card or telephone."""

from urllib.parse import parse_qs, urlsplit

from crm_app.crm_membership.domain.card_number import clean

PREFIX = "MC:"


def payload(card_no: str) -> str:
	"""The text of a card's QR code."""
	return PREFIX + card_no


def card_number(text: str) -> str:
	"""The card number in a scanned text: `MC:number`, the bare number, or an address with ?card=number."""
	found = text.strip()
	if "://" in found:
		found = (parse_qs(urlsplit(found).query).get("card") or [""])[0]
	if found.upper().startswith(PREFIX):
		found = found[len(PREFIX) :]
	return clean(found)
