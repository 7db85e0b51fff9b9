"""The panel of the columns: every change is a decision, after which the file is read again."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words
from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.controls.pane_fields import one
from workbench.ui.kit.files.download import Download
from workbench.ui.kit.files.file_choice import FileChoice
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.intake.account import taking_in
from workbench.ui.pages.intake.matching_view import mapping_file, matching_html
from workbench.ui.pages.intake.state import IntakeSession


class MatchingPanel:
    """Panes over a session. `again` reads the file as it is chosen now; `say` says what was done."""

    def __init__(
        self, session: IntakeSession, language: Language, guard: Guard, again: Callable[[], None], say: Callable[[str], None]
    ) -> None:  # fmt: skip
        self.session, self.language, self._again, self._say = session, language, again, say
        t = language
        self.pane = Pane(guard(self.take))
        given = FileChoice(t("列的对应（文件，可不给）"), self._given, guard)
        download = Download(t("下载列的对应（文件）"), lambda: mapping_file(session), guard)
        self._content = widgets.VBox([given, download])
        self.analysts = Expandable(
            t, t("供分析人员"), t("列的对应也可写成文件，带到别处用。"), self._content, lambda: None, guard
        )

    def show(self) -> None:
        """Draw the panel again."""
        self.pane.html = matching_html(self.session, self.language)

    def take(self, sent: dict[str, Any]) -> None:
        """Do what a control of the panel sent."""
        self._say("")
        if self._keeps(sent):
            self.show()
            return
        self._change(sent)
        self._again()

    def _keeps(self, sent: dict[str, Any]) -> bool:
        """What is kept, and what no longer is: nothing is read again for it. Whether it was that."""
        choice, t = self.session.choice, self.language
        match sent:
            # A kept mapping is offered to everybody: who may take in nothing may not keep one, or remove it.
            case {"do": "keep", "fields": dict(fields)}:
                taking_in(())
                name = one(fields, "name")
                choice.keep(name)
                self._say(t("已保存为“{name}”；表头相同的文件来了，可以直接用。", name=name))
            case {"do": "remove_kept", "name": str(name)}:
                taking_in(())
                choice.remove_kept(name)
                self._say(t("已删除保存的“{name}”。", name=name))
            case _:
                return False
        return True

    def _change(self, sent: dict[str, Any]) -> None:
        choice = self.session.choice
        match sent:
            case {"do": "mean", "header": str(header), "value": str(means)}:
                choice.mean(header, means)
            case {"do": "measure", "header": str(header), "value": str(unit)}:
                choice.measure(header, unit)
            case {"do": "explain", "header": str(header), "text": str(text), "value": str(number)}:
                choice.explain(header, text, number)
            case {"do": "rows", "value": str(rows)}:
                choice.use_rows(rows)
            case {"do": "header", "value": str(first)}:
                choice.use_header(_row(first), _row(first))
            case {"do": "header_last", "value": str(last)} if choice.overview and choice.overview.header_rows:
                choice.use_header(choice.overview.header_rows[0], _row(last))
            case {"do": "sheet", "name": str(name), "read": bool(read)}:
                choice.use_sheets(self._sheets(name, read=read))
            case {"do": "use_kept", "name": str(name)}:
                choice.use_kept(name)
            case {"do": "unmap"}:
                choice.reset()

    def _sheets(self, name: str, *, read: bool) -> tuple[str, ...]:
        overview = self.session.choice.overview
        chosen = set(self.session.choice.place.sheets or (overview.read if overview else ()))
        chosen = chosen | {name} if read else chosen - {name}
        # In the order of the file, in which rows are numbered and the header of the first one holds.
        return tuple(each.name for each in overview.sheets if each.name in chosen) if overview else ()

    def _given(self, name: str, content: bytes) -> None:
        """An analyst's file."""
        self.session.give_mapping(name, content)
        self._say("")
        self._again()


def _row(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise InputError(Words("请选择表头所在的行", "choose the row of the header", code="ui.choose-row-header"))
    return number
