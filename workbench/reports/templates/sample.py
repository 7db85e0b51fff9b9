"""A filing that is nobody's: what a template is tried with, and shown by, before a county's figures are put into it."""

import datetime as dt

from workbench.reports.records import FilingDocument, Heading, LetIn, Movement, StandardInForce, SummaryRow, Tally


def sample_filing() -> FilingDocument:
    """Two townships with round figures, every section and list filled; marked as simulated."""
    tiers = {1: Tally(10, 30), 2: Tally(30, 90), 3: Tally(55, 165), None: Tally(5, 15)}
    rows = tuple(
        SummaryRow("示例县", name, Tally(100, 300), tiers, 95, raised=4, lowered=6, edge=Tally(8, 24), edge_new=2)
        for name in ("示例甲镇", "示例乙乡")
    )
    return FilingDocument(
        heading=Heading("示例县", "2019-10", "示例县扶贫开发领导小组办公室", "", dt.date(2019, 10, 28), simulated=True),
        addressee="市扶贫开发领导小组",
        previous_round="2019-05",
        rows=rows,
        filed=190,
        filed_tiers={1: 19, 2: 58, 3: 113},
        let_in=LetIn(managed=16, decided=1, open=3),
        movements=(Movement(3, 2, 8), Movement(2, 3, 12)),
        changed_by={"事实变化": 20},
        undetermined_facts={"耕地面积": 10},
        standard=StandardInForce("示例县边缘户标准", "第1版", dt.date(2019, 10, 1), 3218.0, ("示例条款",)),
        reading="示例口径",
        annexes=("返贫风险台账", "边缘户台账"),
        contact="示例电话",
        copied_to=("示例单位",),
        under_way={"已核实": 3},
    )
