"""The intake page: drop a file, see what it is and everything that is wrong with it, then take it in or not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from workbench.clock import now_in_beijing
from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.controls.long_work import LongWork
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.controls.pane_fields import one
from workbench.ui.kit.files.download import Download
from workbench.ui.kit.files.file_drop import FileDrop
from workbench.ui.kit.frame.current_user import page_now
from workbench.ui.kit.frame.frame import About, Frame, open_page, open_store, panel
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.intake.account import asking, taking_in
from workbench.ui.pages.intake.batches_panel import BatchesPanel
from workbench.ui.pages.intake.department_panel import DepartmentPanel
from workbench.ui.pages.intake.matching_panel import MatchingPanel
from workbench.ui.pages.intake.state import IntakeSession, Outcome
from workbench.ui.pages.intake.views import findings_file, findings_html, options_html, outcome_html


def page() -> widgets.Widget:
    """Return the page for its address: `round`, `lang`."""
    return open_page(about, IntakePage.of_address)


def about(t: Language) -> About:
    """Return the page's title, the clause that it serves, and its help."""
    return About(
        title=t("数据导入"),
        source=t("六政办〔2019〕15号 四（三）：一次填报，不重复填表"),
        help=[
            t("把全国系统导出的文件（xlsx 或 csv）原样拖进来：版式和编码自动识别。先只检查，不写入；每个问题都指明行、列和办法。"),
            t("“问题”使该项记为未知或该行不导入；“提示”只是不大可能，不改动任何事实。证件号码等个人信息在清单里都已遮盖。"),
            t("确认后再导入：整份导入或完全不导入，不会只导入一半。已封存的期次和存有模拟数据的目录都会拒绝。"),
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
            "forbidden": t("没有传送：只有县级经办人或管理员可以导入数据，请先登录。"),
            "ended": t("没有传送：页面的会话已结束，请刷新。"),
            "large": t("没有传送：文件超过 2 GB，请分成几份，或请管理员读入。"),
            "full": t("没有传送：服务器磁盘空间不足，请告知管理员。"),
            "failed": t("没有传完，请再传一次。"),
        }  # fmt: skip
        self.drop = FileDrop(self._given, guard, texts=texts)
        self.work = LongWork(t, guard, self._show)
        self.options, self.outcome, self.problems = (Pane(take) for _ in range(3))
        self.downloads = widgets.HBox(
            [
                Download(t("下载问题清单（Excel）"), lambda: findings_file(session, t, "xlsx"), guard),
                Download(t("下载问题清单（CSV）"), lambda: findings_file(session, t, "csv"), guard),
            ]
        )
        self.matching = MatchingPanel(session, t, guard, self._again, self.frame.note)
        self.batches = BatchesPanel(session.store, t, guard, self._compare_again, self.frame.note)
        taken = Expandable(
            t, t("已导入的文件"), t("每一批都可以再看、可以撤销：撤销后与导入之前完全一样。"), self.batches.pane, self.batches.fill, guard
        )  # fmt: skip
        self._taken = taken
        self.departments = DepartmentPanel(session, t, guard, self._list_added, self.frame.note, texts)
        self._findings = panel(t, t("问题和办法"), self.problems, self.downloads)
        self.frame.body.children = [
            panel(t, t("文件"), self.options, self.drop, self.work), self.outcome, self.matching.pane, self._findings,
            self.departments.widget, taken, self.matching.analysts,
        ]  # fmt: skip
        self.frame.on_turn = self._again
        self.widget = self.frame.widget
        self._show()

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "IntakePage":
        """Return the page that an address asks for."""
        return cls(IntakeSession(open_store(), page_now().date(), query.get("round")), language)

    def _given(self, name: str, path: Path) -> None:
        """A file has come, whole."""
        self.frame.note("")
        self.session.give(name, path)
        self._again()

    def _again(self) -> None:
        """Read the file, where there is one: under another round, county, kind or mapping it reads differently."""
        self.work.cancel()
        self.departments.turn()
        # What was read under the very same choices still counts.
        if self.session.name and self.session.outcome is None:
            self._show()
            taking_in([self.session.given_county] if self.session.given_county else [])
            title = self.language("正在读取和检查：{file}", file=self.session.name)
            self.work.start(title, self.session.asked().read, self._read)
        self._show()

    def _read(self, outcome: Outcome) -> None:
        self.session.put(outcome)
        self._show()
        # Said as soon as the file's counties are known; what was found in it may be looked at all the same.
        if self.session.result is not None:
            taking_in(self.session.result.facts)

    def _take(self, choice: dict[str, Any]) -> None:
        """A control of a pane was used."""
        session = self.session
        self.frame.note("")
        match choice:
            case {"do": "county", "value": str(code)}:
                session.give_county(code)
                self._again()
            case {"do": "kind_of_households", "value": str(kind)}:
                session.give_kind(kind)
                self._again()
            case {"do": "answer", "fields": dict(fields)}:
                # The form asks only for what the file does not say: a field that is not there leaves its choice alone.
                session.give_county(one(fields, "county") or session.given_county)
                session.give_kind(one(fields, "kind") or session.given_kind)
                self._again()
            case {"do": "read"}:
                self._again()
            case {"do": "kind", "value": str(kind)}:
                session.look(kind, "")
            case {"do": "reason", "value": str(reason)}:
                session.look(session.kind, reason)
            case {"do": "number", "number": int(number)}:
                session.look(session.kind, session.reason, number)
            # Only what was in sight: a click on an earlier reading takes nothing in.
            case {"do": "take" | "later" as when, "serial": session.serial}:
                self._bring_in(later=when == "later")
            case {"do": "discard"}:
                self.work.cancel()
                session.forget()
                self.drop.forget()
                self.drop.clear()
        self._show()

    def _bring_in(self, *, later: bool) -> None:
        """Take in what is in sight, here and now, or by a job of the server's."""
        session = self.session
        account, now = taking_in(session.result.facts if session.result else ())
        if later:
            session.take_later(*asking(), now_in_beijing())
            self.drop.clear()
            self.frame.note(self.language("已排队：在首页的“后台任务”里看进度，可以关掉本页。"))
        else:
            session.take(account, now)
            self._taken.refresh()
        self.drop.forget()

    def _compare_again(self) -> None:
        """A batch was undone: what the file would change is another thing now."""
        self.session.compare_again()
        self.departments.undone()
        self._again()

    def _list_added(self) -> None:
        """A department's list was added: a file that waits would change another thing now."""
        self._taken.refresh()
        if self.session.outcome is not None and self.session.outcome.taken is None:
            self.session.compare_again()
            self._again()

    def _show(self) -> None:
        session, t = self.session, self.language
        self.options.html = options_html(session, t)
        self.outcome.html = outcome_html(session, t, reading=self.work.busy)
        self.problems.html = findings_html(session, t)
        self.matching.show()
        self._findings.layout.display = None if session.listed_problems() else "none"
