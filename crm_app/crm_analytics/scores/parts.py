"""The parts of the scores in the order in which they are computed. A new part is one line here."""

from crm_app.crm_analytics.scores.abc_part import Abc
from crm_app.crm_analytics.scores.churn_part import Churn
from crm_app.crm_analytics.scores.cluster_part import Clusters
from crm_app.crm_analytics.scores.next_part import NextProduct
from crm_app.crm_analytics.scores.part import Part
from crm_app.crm_analytics.scores.purchase_part import Purchases
from crm_app.crm_analytics.scores.rfm_part import Rfm
from crm_app.crm_analytics.scores.spend_part import Spend

PARTS: tuple[Part, ...] = (
	Rfm(), Purchases(), Spend(), Churn(), Abc(), Clusters(), NextProduct(),
)  # fmt: skip


def all_fields() -> list[str]:
	return [name for part in PARTS for name in part.fields]
