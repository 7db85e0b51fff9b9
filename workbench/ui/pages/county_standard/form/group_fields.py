"""The key groups of a county standard: the eight of the notice and those that the county adds (§2.2-b “等”)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from workbench.domain.facts import KEY_GROUPS, label_of
from workbench.domain.rules import standard_keys as keys
from workbench.errors import Words
from workbench.ui.kit.controls.fields import Field, Put, marked, plain_number, value_at
from workbench.ui.kit.controls.written_numbers import number_or_text
from workbench.ui.kit.frame.frame import draw_also
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render


class GroupsField(Field):
    """The key groups that count, each with a ceiling of its own where it has one."""

    def __init__(self, language: Language, put: Put) -> None:
        self.boxes: dict[str, widgets.Checkbox] = {}
        self.ceilings: dict[str, widgets.Text] = {}
        self._rows: dict[str, widgets.HBox] = {}
        self._wrong: dict[str, widgets.HTML] = {}
        self.rows = widgets.VBox()
        hint = language("右侧可填该群体的单独上限（扶贫标准的倍数），留空则同一般上限。")
        super().__init__(language, put, [keys.GROUPS, keys.GROUP_CEILINGS], [self.rows], hint)
        self._own: dict[str, str] | None = None
        self._build({})

    def _build(self, own: dict[str, str]) -> None:
        """A row for each group; those there are stay the same controls, so that what is being typed is not lost."""
        if own == self._own:
            return
        self._own = own
        shown = {name: self._row(name, self.language.label(label_of(name, own))) for name in (*KEY_GROUPS, *own)}
        self.boxes, self.ceilings = ({name: row.children[at] for name, row in shown.items()} for at in (0, 1))
        self._wrong = {name: widgets.HTML() for name in shown}
        self._rows = shown
        self.rows.children = list(shown.values())

    def complain(self, problems: Mapping[str, Words]) -> None:
        """Say what is wrong with the ceiling of a group under that group: the list of them is longer than a telephone's screen."""
        rows = {keys.group_ceiling(name): name for name in self.ceilings}
        super().complain({key: words for key, words in problems.items() if key not in rows})
        for key, name in rows.items():
            mine = [self.language.words(problems[key])] if key in problems else []
            self._wrong[name].value = render("problems", self.language, messages=mine)
            # Within its row: put between two of them, it would have the browser draw all that follow anew, and lose the focus.
            if mine:
                draw_also(self._rows[name], self._wrong[name])
            marked(self.ceilings[name], wrong=bool(mine))
            self.wrong = self.wrong or bool(mine)

    def _row(self, name: str, label: str) -> widgets.HBox:
        box = widgets.Checkbox(description=label, indent=False)
        ceiling = widgets.Text(
            placeholder=self.language("同上限"), continuous_update=False, layout=widgets.Layout(width="96px"),
            description=self.language("{group}的单独上限（倍数）", group=label),
        )  # fmt: skip
        box.observe(lambda _change: self._put_groups(), "value")
        ceiling.observe(lambda change: self.put(keys.group_ceiling(name), number_or_text(change["new"])), "value")
        row = widgets.HBox([box, ceiling])
        row.add_class("wb-group-row")
        return row

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show which groups count and their ceilings."""
        self._build(_declared(draft))
        groups = value_at(draft, keys.GROUPS)
        ceilings = value_at(draft, keys.GROUP_CEILINGS) or {}
        for name in self.boxes:
            # A standard that does not name its groups lists all of them (0036).
            self.boxes[name].value = groups is None or name in groups
            self.ceilings[name].value = plain_number(ceilings.get(name))

    def _put_groups(self) -> None:
        self.put(keys.GROUPS, [name for name, box in self.boxes.items() if box.value])


@dataclass(frozen=True)
class OwnGroupActions:
    """What a page does with the county's own groups: the facts that may be one, and one declared or withdrawn."""

    facts: Callable[[], list[str]]
    declare: Callable[[str, str], None]
    withdraw: Callable[[str], None]


class OwnGroupsField(Field):
    """The county's own key groups: which of the facts that it added is one, and what the group is called."""

    def __init__(self, language: Language, put: Put, actions: OwnGroupActions) -> None:
        t = language
        self._actions = actions
        self.listed = widgets.VBox()
        self.fact = widgets.Dropdown(description=t("县自有的事实"))
        self.name = widgets.Text(description=t("群体名称"), placeholder=t("如 {example}", example=t("单亲家庭户")))
        self.add = widgets.Button(description=t("增加这一群体"))
        self.refused = widgets.HTML()
        self.adding = widgets.VBox([self.fact, self.name, self.add, self.refused])
        self.adding.add_class("wb-own-groups")
        hint = t(
            "通知所列八类之后有“等”字：县可以增加自己的重点群体。由管理员导入数据时加入本县的“是/否”事实，即可在此选用。"
        )
        super().__init__(t, put, [keys.OWN_GROUPS], [self.listed, self.adding], hint)
        self.add.on_click(lambda _button: self._declare())
        self.name.observe(lambda _change: self.refuse(), "value")

    def _declare(self) -> None:
        """Declare the group under the name typed; without one nothing is declared, and it is said here what is missing."""
        name = self.name.value.strip()
        if name:
            self._actions.declare(self.fact.value, name)
        else:
            self.refuse(self.language("还没有加：先填群体名称，再点“增加这一群体”。"))

    def refuse(self, *messages: str) -> None:
        """Say beside the name why no group was added; without messages nothing is wrong any more."""
        # Under the button that was pressed: the hint of the field stands below what may be a long list.
        self.refused.value = render("problems", self.language, messages=messages)

    def fill(self, draft: Mapping[str, Any]) -> None:
        """Show the groups declared, and the facts that may still become one."""
        declared, facts = _declared(draft), self._actions.facts()
        self.listed.children = [self._row(fact, name) for fact, name in declared.items()]
        # What the intake derived has a name in words; a fact of a mapping's own has the name that the mapping gave it.
        self.fact.options = [(fact_label(fact, self.language), fact) for fact in facts if fact not in declared]
        # A choice that began empty stays at nothing when it is given something to choose from.
        self.fact.index = 0 if self.fact.options else None
        self.name.value = ""
        self.adding.layout.display = "" if self.fact.options else "none"

    def _row(self, fact: str, name: str) -> widgets.VBox:
        remove = widgets.Button(description=self.language("撤去群体“{name}”", name=name))
        # As wide as the county's own name makes it: the usual width would let it run out of its frame.
        remove.layout.width = "max-content"
        remove.on_click(lambda _button: self._actions.withdraw(fact))
        # What it is made of: for whoever reads, by its name in words where intake derived it.
        label = fact_label(fact, self.language)
        return widgets.VBox([widgets.Label(name if name == label else f"{name}（{label}）"), remove])


def _declared(draft: Mapping[str, Any]) -> dict[str, str]:
    own = value_at(draft, keys.OWN_GROUPS)
    return {str(fact): str(name) for fact, name in own.items()} if isinstance(own, Mapping) else {}
