"""The intake page: drop a file, see what it is and everything that is wrong with it, then take it in or not."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from workbench.domain.parameters import counties
from workbench.intake.layouts import layouts
from workbench.intake.result import IntakeResult
from workbench.ui.download import CSV, XLSX, Download, File, Sheet, csv_bytes, file_name, xlsx_bytes
from workbench.ui.file_drop import FileDrop
from workbench.ui.frame import About, Frame, open_page, open_store, panel
from workbench.ui.intake_reasons import REASONS, told
from workbench.ui.intake_session import PAGE_ROWS, IntakeSession
from workbench.ui.language import Language
from workbench.ui.long_work import LongWork
from workbench.ui.naming import county_name, round_title
from workbench.ui.pane import Pane, sends
from workbench.ui.templates import render


def page() -> widgets.Widget:
    """The page for its address: `round`, `lang`."""
    return open_page(about, IntakePage.of_address)


def about(t: Language) -> About:
    """What stands around the page."""
    return About(
        title=t("收数"),
        source=t("六政办〔2019〕15号 四（三）：一次填报，不重复填表"),
        help=[
            t("把全国系统导出的文件（xlsx 或 csv）原样拖进来：版式和编码自动识别。先只检查，不写入；每个问题都指明行、列和办法。"),
            t("“问题”使该项记为未知或该行不导入；“提示”只是不大可能，不改动任何事实。证件号码等个人信息在清单里都已遮盖。"),
            t("确认后再收下：整份收下或完全不收，不会只收一半。已封存的轮次和存有模拟数据的目录都会拒绝。"),
        ],
    )  # fmt: skip


class IntakePage:
    """A file, the work of reading it, and panes over a session."""

    def __init__(self, session: IntakeSession, language: Language) -> None:
        self.session = session
        self.language = t = language
        self.frame = Frame(session, t, about(t))
        guard = self.frame.guard
        take = guard(self._take)
        texts = {
            "choose": t("选择文件"), "drop": t("把导出的文件拖到这里，或选择文件（xlsx、csv）"), "sending": t("正在传送"),
            "cancel": t("取消"), "cancelled": t("已取消"),
        }  # fmt: skip
        self.drop = FileDrop(self._given, guard, texts=texts)
        self.mapping = widgets.FileUpload(
            accept=".yaml,.yml", multiple=False, description=t("列的对应（YAML，可不给）")
        )
        self.mapping.observe(guard(self._mapped), "value")
        self.work = LongWork(t, guard)
        self.options, self.outcome, self.problems = (Pane(take) for _ in range(3))
        self.downloads = widgets.HBox(
            [
                Download(t("下载问题清单（Excel）"), lambda: self._file("xlsx"), guard),
                Download(t("下载问题清单（CSV）"), lambda: self._file("csv"), guard),
            ]
        )
        self._findings = panel(t, t("问题和办法"), self.problems, self.downloads)
        self.frame.body.children = [
            panel(t, t("文件"), self.options, self.drop, self.mapping, self.work), self.outcome, self._findings,
        ]  # fmt: skip
        self.frame.on_turn = self._again
        self.widget = self.frame.widget
        self._show()

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "IntakePage":
        """The page that an address asks for."""
        today = dt.datetime.now().astimezone().date()
        return cls(IntakeSession(open_store(), today, query.get("round")), language)

    def _given(self, name: str, path: Path) -> None:
        """A file has come, whole."""
        self.session.give(name, path)
        self._again()

    def _again(self) -> None:
        """Read the file, where there is one: under another round, county or mapping it reads differently."""
        self._show()
        if self.session.name and not self.work.busy:
            self.work.start(self.language("正在读取和检查"), self.session.read, self._read)

    def _read(self, result: IntakeResult) -> None:
        self.session.result = result
        self._show()

    def _mapped(self, change: Mapping[str, Any]) -> None:
        if change["new"]:
            given = change["new"][0]
            self.mapping.value = ()
            self.session.give_mapping(given["name"], bytes(given["content"]))
            self.frame.note("")
            self._again()

    def _take(self, choice: dict[str, Any]) -> None:
        """A control of a pane was used."""
        session = self.session
        self.frame.note("")
        match choice:
            case {"do": "county", "value": str(code)}:
                session.give_county(code)
                self._again()
            case {"do": "unmap"}:
                session.give_mapping("", b"")
                self._again()
            case {"do": "kind", "value": str(kind)}:
                session.look(kind, session.reason)
            case {"do": "reason", "value": str(reason)}:
                session.look(session.kind, reason)
            case {"do": "number", "number": int(number)}:
                session.look(session.kind, session.reason, number)
            case {"do": "take"}:
                session.take()
                self.drop.forget()
            case {"do": "discard"}:
                session.forget()
                self.drop.forget()
        self._show()

    def _show(self) -> None:
        session, t = self.session, self.language
        named = [("", t("按文件所写")), *((code, county_name(code, t)) for code in counties())]
        self.options.html = render(
            "intake_options", t, sends=sends, counties=named, county=session.given_county, mapping=session.mapping_name
        )
        self.outcome.html = self._outcome_html()
        self.problems.html = self._problems_html()
        self._findings.layout.display = None if session.found() else "none"

    def _outcome_html(self) -> str:
        session, t = self.session, self.language
        result = session.result
        if result is None:
            return ""
        layout = next(
            (t.label((each.zh, each.en)) for each in layouts() if each.name == result.layout), t("按列的对应读入")
        )
        refusal = session.refusal() if session.taken is None else None
        return render(
            "intake_outcome", t,
            sends=sends, file=session.name, result=result, layout=layout, round=round_title(session.round_name, t),
            counties=[(county_name(code, t), table.num_rows) for code, table in result.facts.items()],
            refusal=t.words(refusal) if refusal else "", taken=session.taken,
            changed=[county_name(code, t) for code in session.taken or []],
        )  # fmt: skip

    def _problems_html(self) -> str:
        session, t = self.session, self.language
        listed = session.listed()
        pages = max(1, -(-len(listed) // PAGE_ROWS))
        number = min(session.number, pages - 1)
        shown = listed[number * PAGE_ROWS : (number + 1) * PAGE_ROWS]
        counted = Counter(each.reason for _, each in session.found())
        reasons = [(key, t.words(REASONS[key][0]) if key in REASONS else key, n) for key, n in counted.most_common()]
        return render(
            "intake_problems", t,
            sends=sends, session=session, reasons=reasons, number=number, pages=pages, count=len(listed),
            rows=[(kind, each, *told(each, t)) for kind, each in shown],
        )  # fmt: skip

    def _file(self, ending: str) -> File:
        session, t = self.session, self.language
        kinds = {"problem": t("问题"), "warning": t("提示")}
        rows = [[kinds[kind], each.row, each.column, each.value, *told(each, t)] for kind, each in session.listed()]
        headers = [t("类别"), t("行"), t("列"), t("值（个人信息已遮盖）"), t("发现"), t("办法")]
        sheet = Sheet(t("问题和办法"), headers, rows)
        name = file_name(Path(session.name).stem, t("问题"), ending=f".{ending}")
        return File(name, XLSX, xlsx_bytes([sheet])) if ending == "xlsx" else File(name, CSV, csv_bytes(sheet))
