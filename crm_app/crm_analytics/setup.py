"""Segments that a new site starts with, all of them open to change."""

from crm_app.crm_analytics.domain.segments import SEGMENTS, Segment
from crm_app.utils.seed import forget_seeded, seed_once


def seed() -> None:
	seed_once(map(segment_document, range(10, 10 * len(SEGMENTS) + 10, 10), SEGMENTS), "segment_name")


def segment_document(sequence: int, segment: Segment) -> dict:
	return {
		"doctype": "RFM Segment",
		"segment_name": segment.name,
		"sequence": sequence,
		"r_from": segment.r[0],
		"r_to": segment.r[1],
		"fm_from": segment.fm[0],
		"fm_to": segment.fm[1],
		"colour": segment.color,
		"advice": segment.advice,
	}


def unseed() -> None:
	forget_seeded("RFM Segment")
