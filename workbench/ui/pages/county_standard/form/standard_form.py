"""The form of a county standard: one field a key, in the order in which a county thinks of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import ipywidgets as widgets

from workbench.domain.rules import standard_keys as keys
from workbench.errors import Words
from workbench.ui.kit.controls.ceiling_field import CeilingField
from workbench.ui.kit.controls.fields import AmountField, CheckField, Field, Put, TextField
from workbench.ui.kit.files.file_choice import FileChoice
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.form.fields import DateField, ExclusionsField, RouteField
from workbench.ui.pages.county_standard.form.group_fields import GroupsField, OwnGroupActions, OwnGroupsField

OTHERS = "wb-form-others"
"""Where on the page the last part of the form is, with the day of effect, for links to it."""


class StandardForm(widgets.VBox):
    """All keys of the standard as fields; `put` sets a key of the draft, `load` takes over a YAML file's content, through `guard`."""

    def __init__(
        self, language: Language, put: Put, load: Callable[[bytes], None], own: OwnGroupActions,
        guard: Callable[[Callable[..., None]], Callable[..., None]],
    ) -> None:  # fmt: skip
        t = language
        self.language = t
        self.ceiling = CeilingField(t, put)
        self.line = AmountField(
            t, put, keys.LINE, t("扶贫标准（元）"), hint=t("留空用当年扶贫标准；只在试算另一标准时填写。")
        )
        self.own_groups = OwnGroupsField(t, put, own)
        self.fields: list[Field] = [
            self.ceiling,
            CheckField(t, put, keys.DEDUCT_OUT_OF_POCKET, t("收入扣除合规自付支出"), default=False),
            GroupsField(t, put),
            self.own_groups,
            CheckField(t, put, keys.REQUIRE_GROUP, t("须属于所列重点群体"), default=True),
            RouteField(
                t, put, "rigid_expenditure", t("刚性支出较大的也可纳入"), t("自付支出超过纯收入的"),
                t("收入在扶贫标准以上、低于本途径上限，且自付支出超过纯收入的该比例。"),
            ),
            RouteField(
                t, put, "income_drop", t("收入大幅缩减的也可纳入"), t("比上一期下降超过"),
                t("收入在扶贫标准以上、低于本途径上限，且人均纯收入比上一期下降超过该比例。"),
            ),
            ExclusionsField(t, put),
            AmountField(t, put, keys.HELP_COST, t("每户每年帮扶费用（元）")),
            AmountField(t, put, keys.BUDGET, t("年度预算（元）"), hint=t("预算只用于对照，不会减少应纳入的户。")),
            # Late in the form: the line is the state's and is typed only to try another one.
            self.line,
            TextField(t, put, keys.TITLE, t("标准名称")),
            DateField(t, put, keys.EFFECTIVE, t("施行日期")),
        ]  # fmt: skip
        upload = FileChoice(t("载入标准文件"), lambda _name, content: load(content), guard)
        # By the position in `fields` before which each heading stands.
        titles = {
            0: t("收入途径"), 2: t("重点群体"), 5: t("其他途径"), 7: t("排除情形"), 8: t("费用与预算"), 10: t("其他"),
        }  # fmt: skip
        children: list[widgets.Widget] = []
        for number, field in enumerate(self.fields):
            if number in titles:
                anchor = OTHERS if number == max(titles) else None
                children.append(widgets.HTML(render("section", t, title=titles[number], note="", anchor=anchor)))
            children.append(field)
        super().__init__([*children, upload])
        self.add_class("wb-stack")

    def show(self, draft: Mapping[str, Any], line_in_force: float) -> None:
        """Set every field to a draft."""
        own = draft.get("line")
        # Before the fields are shown: the slider in yuan begins at the line that applies.
        self.ceiling.line = own if isinstance(own, (int, float)) else line_in_force
        self.line.box.placeholder = f"{line_in_force:g}"
        for field in self.fields:
            field.show(draft)

    def type_again(self, typed: Mapping[str, str]) -> None:
        """Type what had been typed when the page was left, by the name of each control; what a box cannot hold is dropped."""
        for field in self.fields:
            if field.typing is not None and field.typing[0] in typed:
                with suppress(ValueError):
                    field.type_again(typed[field.typing[0]])

    def tell_typed(self, take: Callable[[str, str], None]) -> None:
        """Have `take(name, text)` called for whatever has come to be in a control."""
        for field in self.fields:
            if field.typing is not None:
                name, box, text_of = field.typing
                box.observe(lambda change, name=name, text_of=text_of: take(name, text_of(change["new"])), "value")

    def complain(self, problems: Mapping[str, Words]) -> None:
        """Show each message beside the control that it is about."""
        for field in self.fields:
            field.complain(problems)
