"""One household told whole: why it stands where it does, what the model says, what would change it, and its rounds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from workbench.domain.criterion_sentences import criterion_sentence
from workbench.domain.facts import FACTS, KINDS
from workbench.domain.parameters import poverty_line, tier_parameters
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.explanation import Explanation, explain_edge, explain_tier
from workbench.domain.rules.legal_readings import EDGE_IN_WORDS, reading, tiers_in_words
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import StandardInUse, standard_in_use
from workbench.risk.early_warning import STANDINGS
from workbench.risk.scoring.reason_figures import figures_of
from workbench.settings import register_url
from workbench.store.facts import FactStore
from workbench.store.round_scope import household_rounds
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.household.changes import change_sentences, result_label
from workbench.ui.kit.texts.facts import NO_GROUPS, fact_label, fact_value, fact_with_unit
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render

_CHARTED = ("income_pc", "out_of_pocket", "work_months")
# Where a household is and what it stands for stand above, and do not change with the rounds.
_NOT_SHOWN = {"household_id", "round", "county_code", "township", "village", "weight"}


@dataclass(frozen=True)
class Story:
    """What is told: the facts of the round, those of all rounds, the explanation; `row`: as `risk.early_warning` has it."""

    round_name: str
    facts: dict[str, Any]
    rounds: dict[str, dict[str, Any] | None]
    explanation: Explanation
    row: dict[str, Any]
    applied: StandardInUse

    @property
    def lifted(self) -> bool:
        """Whether it is a matter of a tier, not of a standard."""
        return bool(self.facts["kind"] == "lifted")

    @property
    def own_groups(self) -> Mapping[str, str]:
        """What the county's standard calls the key groups of its own."""
        return self.applied.standard.own_groups


def story(store: FactStore, round_name: str, row: dict[str, Any]) -> Story:
    """The story of a household of a round; raises StoreError where the round does not hold it just once."""
    household, county = row["household_id"], row["county_code"]
    facts = store.household(round_name, household, county)
    scope = PreviewScope(store, round_name, county)
    in_force = standard_in_use(scope, register=register_url())
    # A lifted household has a tier, any other is in or out by a standard: two rules, never both (§2.1, §2.2).
    if facts["kind"] == "lifted":
        explanation = explain_tier(facts, tier_parameters(round_name), reading("default"))
    else:
        explanation = explain_edge(facts, scope.limits_of(in_force.standard))
    # Of its own county: a number may be another household's in the next one.
    rounds = household_rounds(store, household, county)
    return Story(round_name, facts, rounds, explanation, row, in_force)


def story_html(shown: Story, t: Language) -> Markup:
    """The story as HTML, without the table of rounds."""
    facts, explanation = shown.facts, shown.explanation
    return render(
        "household", t,
        row=shown.row, sends=sends, lifted=shown.lifted, standard=t.words(shown.applied.name),
        county=county_name(facts["county_code"], t), facts=facts, kind=t.label(KINDS[facts["kind"]]),
        standing=t.label(STANDINGS[shown.row["standing"]]),
        possible=[result_label(each, t) for each in explanation.possible] if explanation.result is None else [],
        criteria=[criterion_row(trace, t, shown.own_groups) for trace in explanation.criteria],
        combined=t.words(tiers_in_words(reading("default")) if shown.lifted else EDGE_IN_WORDS),
        missing=[fact_label(name, t, shown.own_groups) for name in explanation.missing],
        changes=change_sentences(explanation, t, shown.own_groups),
        steps=_steps(shown, t),
    )  # fmt: skip


def rounds_html(shown: Story, t: Language) -> Markup:
    """Return the facts of every round as a table."""
    titles = [round_title(name, t) for name in shown.rounds]
    return render("household_rounds", t, table=_table(shown, t), round_titles=titles)


def criterion_row(trace: Any, t: Language, own: Mapping[str, str] = NO_GROUPS) -> dict[str, Any]:
    """One criterion as templates show it: mark, words, the facts used, the clause; `own`: names of a county's own groups."""
    return {
        "value": trace.value,
        "label": t.label(ROUTES[trace.name.removeprefix("route_")])
        if trace.name.startswith("route_")
        else t.label((trace.zh, trace.en)),
        "rule": t.words(criterion_sentence(trace.name, trace.parameters, own)),
        "facts": t("，").join(
            t("{fact}：{value}", fact=fact_label(name, t, own), value=fact_value(name, value, t))
            for name, value in trace.facts.items()
        ),
        "clause": t.clause(trace.clause),
    }


def _steps(shown: Story, t: Language) -> list[dict[str, Any]]:
    """The model's reasons one after another: what each adds (points of the logit) and the probability reached with it."""
    reasons = shown.row["reasons"] or []
    # Without the first, which is the base that the others are counted from.
    widest = max((abs(each["points"]) for each in reasons[1:]), default=1.0) or 1.0
    steps, logit = [], 0.0
    for number, each in enumerate(reasons):
        logit += each["points"]
        steps.append(
            {
                "label": _reason(each, shown, t),
                "base": number == 0,
                "raises": each["points"] > 0,
                # Half of the width at most: a step goes to the left or to the right of the middle.
                "width": 50 * abs(each["points"]) / widest,
                "reached": t.percent(1 / (1 + math.exp(-logit))),
            }
        )
    return steps


def _reason(reason: dict[str, Any], shown: Story, t: Language) -> str:
    """A reason with the household's own figures, where its facts have some."""
    label = t.label((reason["zh"], reason["en"]))
    # Rounds are named year-month, so that their names sort as they follow one another.
    earlier = [facts for name, facts in shown.rounds.items() if name < shown.round_name]
    own = None
    # These two are of no fact: where all begin, and what is left over so that the reasons add up.
    if reason["topic"] not in ("base", "rest"):
        own = figures_of(reason["topic"], shown.facts, earlier[-1] if earlier else None)
    return t("{fact}：{value}", fact=label, value=t.words(own)) if own else label


def _table(shown: Story, t: Language) -> list[dict[str, Any]]:
    """Every fact known in some round, a value a round, with whether it differs from the round before."""
    table = []
    extra = [name for name in shown.facts if name.startswith("x_")]
    for name in [fact.name for fact in FACTS if fact.name not in _NOT_SHOWN] + extra:
        values = [facts.get(name) if facts else None for facts in shown.rounds.values()]
        if all(value is None for value in values):
            continue
        cells = [
            {
                "text": "–" if facts is None else fact_value(name, value, t),
                # What was not known before has not changed by becoming known.
                "changed": number > 0 and value is not None and values[number - 1] not in (None, value),
                "now": round_name == shown.round_name,
            }
            for number, ((round_name, facts), value) in enumerate(zip(shown.rounds.items(), values, strict=True))
        ]
        table.append({"label": fact_with_unit(name, t, shown.own_groups), "cells": cells})
    return table


def story_chart(shown: Story, t: Language) -> dict[str, Any]:
    """Income, spending and work over the rounds, a small chart each, side by side; an ECharts option."""
    names = [round_title(name, t) for name in shown.rounds]
    series: list[dict[str, Any]] = []
    for number, fact in enumerate(_CHARTED):
        values = [facts.get(fact) if facts else None for facts in shown.rounds.values()]
        series.append(_line(fact_label(fact, t), number, values, "#12636b"))
    # The line of each round's own year: it rises, and a slip is measured by the new one.
    lines: list[float | None] = [poverty_line(name).value for name in shown.rounds]
    series.append(_line(t("扶贫标准"), 0, lines, "#9a3412", dashed=True))
    count = len(_CHARTED)
    return {
        "title": [
            {"text": fact_with_unit(fact, t), "left": f"{number * 100 / count + 1:.1f}%", "top": 0, "textStyle": {"fontSize": 14}}
            for number, fact in enumerate(_CHARTED)
        ],
        "tooltip": {"trigger": "axis"},
        "grid": [
            {"left": f"{number * 100 / count + 1:.1f}%", "width": f"{100 / count - 3:.1f}%", "top": 34, "bottom": 4}
            for number in range(count)
        ],
        "xAxis": [
            {"type": "category", "data": names, "gridIndex": number, "axisLabel": {"fontSize": 11, "hideOverlap": True}}
            for number in range(count)
        ],
        "yAxis": [{"type": "value", "gridIndex": number, "splitNumber": 3} for number in range(count)],
        "series": series,
    }  # fmt: skip


def _line(name: str, grid: int, values: list[float | None], colour: str, *, dashed: bool = False) -> dict[str, Any]:
    return {
        # A round without the household is a gap, and no line is drawn across it.
        "name": name, "type": "line", "xAxisIndex": grid, "yAxisIndex": grid, "data": values, "connectNulls": False,
        "showSymbol": not dashed, "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "width": 1.5 if dashed else 2.5, "type": "dashed" if dashed else "solid"},
    }  # fmt: skip
