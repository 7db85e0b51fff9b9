"""The model page: whether the model in use can be trusted, where, and what has moved since."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from workbench.errors import StoreError, Words, WorkbenchError
from workbench.risk.evaluation.score_outcome import score_outcomes
from workbench.risk.registry.records import being_trained, read_record
from workbench.settings import models_path, register_url
from workbench.store.models import path_in_use, path_of, stored_models
from workbench.store.scores import has_scores, read_head
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.charts.options import reliability_chart
from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.frame.frame import About, Frame, classed, open_page, open_store, panel
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.model.views import (
    answer_html,
    compared_html,
    counties_html,
    drift_html,
    history_html,
    limits_html,
    outcome_html,
)


def page() -> widgets.Widget:
    """Return the page for its address: `county`, `round`, `lang`."""
    return open_page(about, ModelPage.of_address)


def about(t: Language) -> About:
    """Return the page's title, the clause that it serves, and its help."""
    return About(
        title=t("模型"),
        source=t("估计一户到下一期等级变差或跌破扶贫标准的可能性；只提示，不作决定"),
        help=[
            t("先看“模型可靠性”，再看本县一行。检验的办法是只用以前各期训练，再看后来一期实际发生了什么。"),
            t("概率若准，图上的点应落在阴影里：说百分之十的那些户，一百户里应有十户上下风险变差。"),
            t("口径变了的事实（一列忽然全是 0、换了单位）会被指明；评分之后实际与预计差得多，也会在这里看到。"),
        ],
    )  # fmt: skip


class ModelPage:
    """The account of the model in use, read from its record; nothing is loaded or computed from the model itself."""

    def __init__(self, place: Place, models: Path, record: Mapping[str, Any], language: Language) -> None:
        self.place = place
        self.language = t = language
        self.frame = Frame(place, t, about(t))
        self._models, self._record = models, record
        self.answer, self.counties, self.drift, self.after = (widgets.HTML() for _ in range(4))
        self.after_panel = Expandable(
            t, t("评分之后发生了什么"), t("上一期评过分、这一期已导入的，看预计与实际差多少。"), self.after,
            self._show_after, self.frame.guard,
        )  # fmt: skip
        self.frame.on_turn = self._show
        self.frame.body.children = self._laid_out()
        self.widget = self.frame.widget
        self._show()

    @classmethod
    def of_address(cls, language: Language, query: Mapping[str, str]) -> "ModelPage":
        """Return the page that an address asks for."""
        place = Place(open_store(), query.get("round"), query.get("county"), city=True)
        if being_trained(place.store.root):
            raise StoreError(
                Words(
                    "模型正在训练，约五分钟；完成后刷新本页即见。",
                    "The model is being trained, about five minutes; reload the page then.",
                    code="ui.model-being-trained-about",
                )
            )
        path = path_in_use(None, place.store.root, models_path())
        return cls(place, path.parent, read_record(path), language)

    def _laid_out(self) -> list[widgets.Widget]:
        t, record = self.language, self._record
        curve = record["performance"]["reliability"]
        chart = EChart(
            reliability_chart(curve, t), height="320px",
            aria_label=t("按预计可能性分组，每组实际风险变差的比例，与准确时应在的范围"),
        )  # fmt: skip
        compared = widgets.HTML(compared_html(record, t))
        limits, history = widgets.HTML(limits_html(record, t)), widgets.HTML(self._history())
        return [
            classed(widgets.VBox([self.answer]), "wb-panel"),
            classed(
                widgets.HBox(
                    [panel(t, t("说的概率准不准"), chart), panel(t, t("与更简单的办法比"), compared)],
                ),
                "wb-beside",
            ),
            panel(t, t("在本县的模型可靠性"), self.counties),
            panel(t, t("口径变化"), self.drift),
            self.after_panel,
            panel(t, t("不能指望什么"), limits),
            panel(t, t("历次模型"), history),
        ]

    def _show(self) -> None:
        """What depends on the county and the round."""
        t, place = self.language, self.place
        root = place.store.root
        head = read_head(root, place.round_name) if has_scores(root, place.round_name) else None
        self.answer.value = answer_html(self._record, head, t, place.county)
        self.counties.value = counties_html(self._record, place.county, t)
        self.drift.value = drift_html(self._record, head, t)
        self.after_panel.refresh()

    def _show_after(self) -> None:
        t, place = self.language, self.place
        before = place.store.previous_round(place.round_name, place.county)
        if before is None or not has_scores(place.store.root, before):
            self.after.value = render("message", t, text=t("上一期没有评分，无从比较。"), alert=False)
            return
        self.after.value = "".join(
            outcome_html(each, place.county, t)
            for each in score_outcomes(place.store, place.round_name, register_url())
        ) or render("message", t, text=t("没有一户两头都知道结果，无从比较。"), alert=False)

    def _history(self) -> str:
        """Every model of the folder that has an account, newest first."""
        records = []
        for name in stored_models(self._models):
            try:
                records.append(read_record(path_of(name, self._models)))
            # A model that has no account must not keep the others from being shown.
            except WorkbenchError:
                continue
        return history_html(records, self._record["name"], self.language)
