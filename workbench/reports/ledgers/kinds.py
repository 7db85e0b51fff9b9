"""The ledgers that there are: what gathers the records of each, and what writes them."""

from collections.abc import Callable
from typing import Any

from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.gathering.summary import gather_summary
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.reports.ledgers.summary import summary

LEDGER_KINDS: dict[str, tuple[Callable[[CountyRound], Any], Callable[[Any], bytes]]] = {
    "risk": (gather_risk_ledger, risk_ledger),
    "edge": (gather_edge_ledger, edge_ledger),
    "summary": (gather_summary, summary),
}
"""By the name that commands and jobs use: from a county and round to records, from those to a workbook."""
