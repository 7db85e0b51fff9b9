"""The files that the register page gives away, made when a form asks for one: ledgers and documents, lists, whom to screen."""

from collections.abc import Callable

from workbench.domain.procedure.roles import Right
from workbench.domain.rounds import round_words
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.reports.gathering.cases import gather_entry_list, gather_public_list
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger
from workbench.reports.gathering.filing_paper import filing_paper
from workbench.reports.gathering.national import gather_national_list
from workbench.reports.gathering.risk import gather_risk_ledger
from workbench.reports.gathering.summary import gather_summary
from workbench.reports.ledgers.edge_ledger import edge_annex, edge_ledger
from workbench.reports.ledgers.entry_list import entry_list
from workbench.reports.ledgers.national_list import national_list
from workbench.reports.ledgers.public_list import public_list
from workbench.reports.ledgers.risk_ledger import risk_annex, risk_ledger
from workbench.reports.ledgers.summary import summary
from workbench.ui.kit.controls.pane_fields import Fields, one
from workbench.ui.kit.files.download import XLSX, File, file_name
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.pages.register.exports import list_export
from workbench.ui.pages.register.rounds.panel import screening_file
from workbench.ui.pages.register.state import RegisterSession

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_Make = Callable[[CountyRound, ActingUser, Fields], bytes]


def made_file(session: RegisterSession, fields: Fields, t: Language) -> File:
    """The file that a form asks for in `document`, with the form's other fields; raises WorkbenchError in words."""
    document = one(fields, "document")
    if document == "list":
        return list_export(session, t)
    if document == "screening":
        return screening_file(session, t)
    if document not in _DOCUMENTS:
        raise InputError(Words("没有这种文件", "there is no such file", code="ui.no-such-document"))
    user = session.user
    user.check_anywhere(Right.READ_REGISTER)
    name, ending, make = _DOCUMENTS[document]
    # In Chinese whatever the page speaks, as the paper itself is.
    place = county_name(session.county, Language("zh"))
    county_round = CountyRound(session.store, session.round_name, session.county, user, user.today)
    kind = DOCX if ending == ".docx" else XLSX
    # In the name too: who finds the file in a folder has not opened it yet (0005).
    made_up = "模拟数据" if session.simulated else ""
    called = file_name(made_up, place, round_words(session.round_name), name, ending=ending)
    return File(called, kind, make(county_round, user, fields))


def _national(kind: str) -> _Make:
    return lambda seen, user, _: national_list(gather_national_list(seen, user, kind))


def _columns(fields: Fields, name: str) -> list[str]:
    """The columns that an annex is to have, as they were ticked; none: all."""
    return [str(header) for header in fields.get(name, ())]


def _public(seen: CountyRound, user: ActingUser, fields: Fields) -> bytes:
    office, phone = one(fields, "office"), one(fields, "phone")
    # A public list that nobody can object to is none: it names whom to call.
    if not office or not phone:
        raise InputError(
            Words(
                "公示要写明单位和监督电话",
                "a public list names its office and a telephone number",
                code="ui.public-list-names-office",
            )
        )
    return public_list(gather_public_list(seen, user, office, phone))


def _entry(seen: CountyRound, user: ActingUser, fields: Fields) -> bytes:
    window = one(fields, "window")
    if not window:
        raise InputError(
            Words(
                "还没有登记录入窗口；请先在“本期管理”中登记",
                "no entry window is recorded: record it under “This round” first",
                code="ui.no-entry-window-known",
            )
        )
    return entry_list(gather_entry_list(seen, user, window))


_DOCUMENTS: dict[str, tuple[str, str, _Make]] = {
    "risk_ledger": ("返贫风险台账", ".xlsx", lambda seen, *_: risk_ledger(gather_risk_ledger(seen))),
    "edge_ledger": ("边缘户台账", ".xlsx", lambda seen, *_: edge_ledger(gather_edge_ledger(seen))),
    "risk_annex": ("返贫风险台账附件", ".xlsx", lambda seen, _, fields: risk_annex(gather_risk_ledger(seen), _columns(fields, "risk_columns"))),
    "edge_annex": ("边缘户台账附件", ".xlsx", lambda seen, _, fields: edge_annex(gather_edge_ledger(seen), _columns(fields, "edge_columns"))),
    "national_risk": ("国家系统已脱贫人口名单", ".xlsx", _national(RISK)),
    "national_edge": ("国家系统边缘易致贫人口名单", ".xlsx", _national(EDGE)),
    "summary": ("汇总表", ".xlsx", lambda seen, *_: summary(gather_summary(seen))),
    "filing": ("备案文件", ".docx", lambda seen, *_: filing_paper(seen)),
    "public": ("公示名单", ".xlsx", _public),
    "entry": ("录入名单", ".xlsx", _entry),
}  # fmt: skip
"""By the name that a form sends: the file's name, its ending, and what makes it."""
