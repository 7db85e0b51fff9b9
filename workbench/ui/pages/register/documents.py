"""Ledgers and documents of a county and round, made when asked for; and its filed lists with their proofs."""

import re
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from workbench.domain.procedure.roles import Right
from workbench.errors import InputError, Words
from workbench.register.assessment import EDGE, RISK
from workbench.register.county_records import window_names
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings
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
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.files.download import XLSX, Download, File, file_name
from workbench.ui.kit.frame.frame import classed
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.lists import results_words
from workbench.ui.pages.register.state import RegisterSession

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FILED_BY = {"risk": ("返贫风险等级", "risk tiers"), "edge": ("筛查对象", "households screened")}
_Gather = Callable[[CountyRound], bytes]


class Documents:
    """The downloads: ledgers, summary, filing document; of cases the public list and the list for an entry window."""

    def __init__(self, session: RegisterSession, t: Language, guard: Callable[..., Any]) -> None:
        self.session, self.language = session, t
        self.office = widgets.Text(description=t("公示单位"))
        self.phone = widgets.Text(description=t("监督电话"))
        self.window = widgets.Dropdown(description=t("录入窗口"))
        ledgers: list[tuple[str, str, str, _Gather]] = [
            (t("返贫风险台账（xlsx）"), "返贫风险台账", ".xlsx", lambda seen: risk_ledger(gather_risk_ledger(seen))),
            (t("边缘户台账（xlsx）"), "边缘户台账", ".xlsx", lambda seen: edge_ledger(gather_edge_ledger(seen))),
            (
                t("风险台账附件，打印用（xlsx）"),
                "返贫风险台账附件",
                ".xlsx",
                lambda seen: risk_annex(gather_risk_ledger(seen), self._columns()),
            ),
            (
                t("边缘户台账附件，打印用（xlsx）"),
                "边缘户台账附件",
                ".xlsx",
                lambda seen: edge_annex(gather_edge_ledger(seen), self._columns()),
            ),
            (
                t("已备案脱贫户：国家系统人口名单（xlsx）"),
                "国家系统已脱贫人口名单",
                ".xlsx",
                lambda seen: self._national(seen, RISK),
            ),
            (
                t("在管边缘户：国家系统人口名单（xlsx）"),
                "国家系统边缘易致贫人口名单",
                ".xlsx",
                lambda seen: self._national(seen, EDGE),
            ),
            (t("汇总表（xlsx）"), "汇总表", ".xlsx", lambda seen: summary(gather_summary(seen))),
            (t("备案文件（docx）"), "备案文件", ".docx", filing_paper),
        ]
        buttons = [Download(text, self._maker(name, ending, make), guard) for text, name, ending, make in ledgers]
        public = Download(t("公示名单（xlsx）"), self._maker("公示名单", ".xlsx", self._public), guard)
        entry = Download(t("录入名单（xlsx）"), self._maker("录入名单", ".xlsx", self._entry), guard)
        self.columns = widgets.Text(description=t("附件的列"), placeholder=t("空：全部；或写列名，用、隔开"))
        # Of the server's own: where an office changes the words and the letterhead of the last of them.
        wording = widgets.HTML(
            Markup('<a href="../../templates{}">{}</a>').format(
                "" if t.code == "zh" else f"?lang={t.code}", t("备案文件的公文模板")
            )
            if Right.FILE in session.user.person.role.rights
            else ""
        )
        self.ledgers = classed(widgets.HBox([*buttons, self.columns, wording]), "wb-downloads")
        session.on_other_county(self._turned)
        self.lists = widgets.VBox(
            [
                classed(widgets.HBox([self.office, self.phone, public]), "wb-downloads"),
                classed(widgets.HBox([self.window, entry]), "wb-downloads"),
            ]
        )

    def _turned(self) -> None:
        # A public list of one county must not name whom to call in another.
        self.office.value = self.phone.value = ""

    def show(self) -> None:
        """Look at what there is now."""
        self.window.options = window_names(self.session.user)
        if not self.office.value:
            self.office.value = f"{county_name(self.session.county, Language('zh'))}扶贫开发领导小组办公室"

    def filings_html(self, proved: dict[str, Any]) -> Markup:
        """The filed lists of the county and round; `proved`: what was found of those that were proved, by number."""
        t = self.language
        rows = [
            {
                **row,
                "what": t.label(_FILED_BY[row["kind"]]),
                "results": results_words(row["counts"]["results"], row["kind"], t),
            }
            for row in filings(self.session.user)
            if row["county"] == self.session.county and row["round"] == self.session.round_name
        ]
        return render("register_filings", t, rows=rows, proved=proved, sends=sends)

    def prove(self, number: str) -> Any:
        """Compute a filed list again from what is kept with it."""
        return prove(self.session.user, number)

    def _maker(self, name: str, ending: str, make: _Gather) -> Callable[[], File]:
        def made() -> File:
            session, user = self.session, self.session.user
            # When it is made, not when the button is drawn: by then the right may be gone.
            user.check_anywhere(Right.READ_REGISTER)
            county_round = CountyRound(session.store, session.round_name, session.county, user, user.today)
            # In Chinese whatever the page speaks, as the paper itself is.
            place = county_name(session.county, Language("zh"))
            return File(
                file_name(place, session.round_name, name, ending=ending),
                DOCX if ending == ".docx" else XLSX,
                make(county_round),
            )

        return made

    def _national(self, county_round: CountyRound, kind: str) -> bytes:
        return national_list(gather_national_list(county_round, self.session.user, kind))

    def _columns(self) -> list[str]:
        """The columns that an annex is to have; none: all."""
        # Any mark that people put between words, Chinese or not.
        return [name for name in re.split(r"[、，,;；\s]+", self.columns.value) if name]

    def _public(self, county_round: CountyRound) -> bytes:
        office, phone = self.office.value.strip(), self.phone.value.strip()
        # A public list that nobody can object to is none: it names whom to call.
        if not office or not phone:
            raise InputError(
                Words(
                    "公示要写明单位和监督电话",
                    "a public list names its office and a telephone number",
                    code="ui.public-list-names-office",
                )
            )
        return public_list(gather_public_list(county_round, self.session.user, office, phone))

    def _entry(self, county_round: CountyRound) -> bytes:
        if not self.window.value:
            raise InputError(
                Words(
                    "还没有登记录入窗口；请管理员登记（register cases window）",
                    "no entry window is known: an administrator adds it",
                    code="ui.no-entry-window-known",
                )
            )
        return entry_list(gather_entry_list(county_round, self.session.user, self.window.value))
