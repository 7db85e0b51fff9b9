"""The view of ledgers and documents of a county and round: forms that ask for them, and the filed lists with their proofs."""

from collections.abc import Mapping

from markupsafe import Markup

from workbench.domain.procedure.roles import Right
from workbench.register.assessment import EDGE, RISK
from workbench.register.county_records import window_names
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings
from workbench.reports.ledgers.edge_ledger import edge_annex_headers
from workbench.reports.ledgers.risk_ledger import risk_annex_headers
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.lists import results_words
from workbench.ui.pages.register.state import RegisterSession

_FILED_BY = {RISK: ("返贫风险等级", "risk tiers"), EDGE: ("筛查对象", "households screened")}


def documents_html(session: RegisterSession, query: str, proved: Mapping[str, str], t: Language) -> Markup:
    """What can be made (`files.made_file`), and the filed lists; `proved`: what a proof has just shown, by number."""
    # What is handed in with the filing document first, then what is printed of it, then what goes into another system.
    ledgers = [
        ("filing", t("备案文件（docx）")), ("risk_ledger", t("返贫风险台账（xlsx）")), ("edge_ledger", t("边缘户台账（xlsx）")),
        ("summary", t("汇总表（xlsx）")),
    ]  # fmt: skip
    annexes = [
        ("risk_annex", t("风险台账附件，打印用（xlsx）"), "risk_columns", risk_annex_headers()),
        ("edge_annex", t("边缘户台账附件，打印用（xlsx）"), "edge_columns", edge_annex_headers()),
    ]
    national = [
        ("national_risk", t("已备案脱贫户：国家系统人口名单（xlsx）")), ("national_edge", t("在管边缘户：国家系统人口名单（xlsx）")),
    ]  # fmt: skip
    return render(
        "register_documents", t,
        query=query, ledgers=ledgers, annexes=annexes, national=national, windows=window_names(session.user), county=session.county,
        # In Chinese whatever the page speaks: it is printed on a Chinese list.
        office=f"{county_name(session.county, Language('zh'))}扶贫开发领导小组办公室",
        filings=filings_html(session, proved, t),
        # Where an office changes the words and the letterhead of the filing document.
        templates=Right.FILE in session.user.person.role.rights, lang=t.code, area=t.words(session.user.person.area.words),
    )  # fmt: skip


def filings_html(session: RegisterSession, proved: Mapping[str, str], t: Language) -> Markup:
    """Return the filed lists of the county and round."""
    rows = [
        {
            **row,
            "what": t.label(_FILED_BY[row["kind"]]),
            "results": results_words(row["counts"]["results"], row["kind"], t),
        }
        for row in filings(session.user)
        if row["county"] == session.county and row["round"] == session.round_name
    ]
    return render("register_filings", t, rows=rows, proved=proved, sends=sends)


def proof_words(session: RegisterSession, number: str, t: Language) -> str:
    """Compute a filed list again from what is kept with it, and say whether it is the same."""
    proof = prove(session.user, number)
    if proof.broken:
        return "✗ " + t("；").join(t.words(each) for each in proof.broken)
    return t("✓ 与备案时一致（{count} 户重新计算）", count=t.number(proof.households))
