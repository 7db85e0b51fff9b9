"""What the early-warning page shows, as HTML: the matrix, the lists, the disagreements."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from workbench.domain.members import MEMBERS, members_agree
from workbench.domain.procedure.roles import Person, Right
from workbench.errors import Words
from workbench.risk.early_warning import BANDS, STANDINGS, with_reasons
from workbench.risk.scoring.list_reasons import listed_reasons
from workbench.risk.visit_ranking import APART, EVENTS
from workbench.store.round_scope import RoundScope
from workbench.ui.kit.controls.household_list import ListPage
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.standards import standard_in_words
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.early_warning.state import NOT_SCORED, WarningSession

_HEAT = (0.02, 0.1, 0.25, 0.5)
"""Shares of a row from which a cell is drawn darker, a step each."""
# The first of each list are the furthest apart; the count beside says how many there are.
_REASONS_SHOWN = 2
_STABLE, _LIKELY = "3", 2


def matrix_html(session: WarningSession, t: Language) -> Markup:
    """Standing by band with counts, each a button."""
    counts = session.matrix()
    keys: list[int | None] = [*range(len(BANDS)), None]
    # The likeliest first: whom to look at stands beside the names of the rows.
    bands = [{"key": _band_key(key), "label": band_label(_band_key(key), t)} for key in reversed(keys[:-1])]
    bands.append({"key": NOT_SCORED, "label": band_label(NOT_SCORED, t)})
    order = [*reversed(keys[:-1]), None]
    # Every standing has its row, an empty one too: that nobody stands there is told as well.
    rows = [_matrix_row(standing, counts, order, t) for standing in STANDINGS]
    return render(
        "matrix", t, rows=rows, bands=bands, chosen=(session.standing, session.band), sends=sends,
        scored=session.scored, not_in_force=t("、").join(t.words(each) for each in session.not_in_force),
    )  # fmt: skip


def standard_html(session: WarningSession, t: Language) -> Markup:
    """Say by which standard unregistered households are in or out: a county's own; of the city how many counties have one."""
    if session.county:
        text = standard_in_words(session.standards[session.county], session.round_name, t)
    else:
        own, counties = sum(each.of_its_time for each in session.standards.values()), len(session.standards)
        text = t(
            "边缘户标准：各县区按各自的标准，{counties} 个县区中 {own} 个有现行标准。",
            counties=t.number(counties),
            own=t.number(own),
        )
    return render("hint", t, text=text)


def _matrix_row(
    standing: str, counts: dict[tuple[str, int | None], float], order: list[int | None], t: Language
) -> dict[str, Any]:
    total = sum(counts.get((standing, key), 0.0) for key in order)
    cells = [
        {
            "band": _band_key(key),
            "label": band_label(_band_key(key), t),
            "households": counts.get((standing, key), 0.0),
            "heat": _heat(counts.get((standing, key), 0.0), total),
            "note": _note(standing, key, t),
        }
        for key in order
    ]
    label = t.label(STANDINGS[standing])
    return {"key": standing, "label": label, "cells": cells, "total": total, "breaks": standing == "below_line"}


def _note(standing: str, band: int | None, t: Language) -> str:
    """A word in the cells where rule and model pull apart."""
    if band is None:
        return ""
    # A word, and no more: the model changes no tier and takes nobody off a list (§2.1.3-c).
    if standing in (_STABLE, "edge_out") and band >= _LIKELY:
        return t("值得看")
    return ""


def _heat(households: float, total: float) -> int:
    # By shares of the row: blue households are so many that red ones would never show.
    return sum(households >= least * total for least in _HEAT) if households else 0


def _band_key(band: int | None) -> str:
    return NOT_SCORED if band is None else str(band)


def band_label(key: str, t: Language) -> str:
    """Return a band of probability in words."""
    if key == NOT_SCORED:
        return t("未评分")
    band = int(key)
    least = t.percent_whole(BANDS[band])
    if band == len(BANDS) - 1:
        return t("{least} 及以上", least=least)
    most = t.percent_whole(BANDS[band + 1])
    return t("不到 {most}", most=most) if band == 0 else f"{least}–{most}"


def scoring_link(session: WarningSession, who: Person | None) -> dict[str, str] | None:
    """Where the round can be scored, by whoever may; None for all others. `who`: None where nobody is signed in."""
    if who is not None and Right.SCORE not in who.role.rights:
        return None
    # Beside the notebooks' own addresses, on the server: no kernel is needed for it.
    return {"page": "../../jobs", "round": session.round_name, "county": session.county}


def picked_html(session: WarningSession, t: Language) -> Markup:
    """Return the list of the chosen cell, row or column."""
    parts = [t.label(STANDINGS[session.standing])] if session.standing else []
    parts += [band_label(session.band, t)] if session.band else []
    page = session.picked()
    return render(
        "households", t, heading=" × ".join(parts) or t("全部户"), page=_in_words(page, session.round_scope, t), asked=session.list,
        sorts={"risk": t("可能性从高到低"), "income": t("收入从低到高"), "place": t("按所在")},
        sends=sends, ranked=False, city=not session.county,
    )  # fmt: skip


def visits_html(session: WarningSession, t: Language) -> Markup:
    """Return the visit list."""
    page, counts = session.visits()
    shown = _in_words(page, session.round_scope, t)
    for row in shown.rows:
        row["why"] = why_listed(row["by_rule"], t)
        # Chances of different events are not comparable, so each row says of which it is (0036).
        row["chance_of"] = t.label(EVENTS[row["chance_of"]]) if row["chance_of"] else ""
    heading = t(
        "按规则应列 {by_rule} 户，一户不少；只有模型提示的 {by_model} 户；共 {listed} 户，走访量排到 {visited} 户",
        visited=t.number(counts["visited"]), by_rule=t.number(counts["by_rule"]), listed=t.number(counts["listed"]),
        by_model=t.number(counts["listed"] - counts["by_rule"]),
    )  # fmt: skip
    return render(
        "households", t, heading=heading, page=shown, asked=session.visit_order,
        sorts={"rank": t("按乡镇、先后"), "risk": t("可能性从高到低")}, sends=sends, ranked=True, city=not session.county,
    )  # fmt: skip


def order_of_visits(t: Language) -> str:
    """Who comes before whom, as `visit_ranking.BY_RULE` has it, in words."""
    # Across the kinds probabilities are of different events and order nothing (0036).
    return t(
        "先后：低于扶贫标准、红、按标准纳入、黄、缺事实的户依次在前，只有模型提示的在后；同一类之内可能性高的在前。走访量只定先后：按规则应列的户全部在列。"
    )


def why_listed(by_rule: str | None, t: Language) -> str:
    """Why a household is on the visit list, by `visit_list`'s key."""
    whys = {
        "below_line": t("低于扶贫标准，先办"),
        "tier_1": t("一级（红）"),
        "tier_2": t("二级（黄）"),
        "standard": t("按标准纳入"),
        "facts_missing": t("缺事实，不能判定：先补事实"),
    }
    # Named by no rule: without the model it would not be on the list.
    return whys[by_rule] if by_rule else t("模型提示")


def disagreements_html(session: WarningSession, t: Language) -> Markup:
    """Stable by rule but likely for that; red by rule but unlikely for that: one list, the greatest difference first."""
    page, differing = session.differing()
    labels = differing_labels(t)
    notes = {
        "blue_high": t("规则判为稳定，可能性（{event}）却是蓝户平均（{mean}）的 {times} 倍以上：宜先走访，看情况有没有变。", event=t.label(EVENTS["tier_2"]), mean=t.percent(differing.mean_blue), times=APART),
        "red_low": t("规则判为极易返贫，可能性（{event}）却不到红户平均（{mean}）的 {times} 分之一：等级不变，照常走访。", event=t.label(EVENTS["below_line"]), mean=t.percent(differing.mean_red), times=APART),
    }  # fmt: skip
    shown = _in_words(page, session.round_scope, t)
    doubtful = _contradictory(session.round_scope, page.rows)
    for row in shown.rows:
        row["contradictory"] = (row["county_code"], row["household_id"]) in doubtful
    return render(
        "disagreements", t, page=shown, asked=session.differing_list, sends=sends, city=not session.county,
        notes=[(labels[key], note) for key, note in notes.items()], labels=labels,
        sorts={"gap": t("差别从大到小"), "risk": t("可能性从高到低"), "place": t("按所在")},
        filters=[{"key": "differs", "label": t("意见"), "options": labels}],
    )  # fmt: skip


def _contradictory(scope: RoundScope, rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return which households of a list have facts that cannot all be true: only there may a fact be wrong for certain."""
    numbers = [row["household_id"] for row in rows]
    key = ["county_code", "household_id"]
    facts = scope.facts([*key, *MEMBERS], numbers)
    return {(each["county_code"], each["household_id"]) for each in facts.to_dicts() if not members_agree(each)}


def differing_labels(t: Language) -> dict[str, str]:
    """Return how rule and model differ, in words."""
    return {"blue_high": t("规则为蓝、模型偏高"), "red_low": t("规则为红、模型偏低")}


def _in_words(page: ListPage, scope: RoundScope, t: Language) -> ListPage:
    rows = _rows_in_words(page.rows, scope, t)
    return replace(page, rows=rows)


def _rows_in_words(rows: list[dict[str, Any]], scope: RoundScope, t: Language) -> list[dict[str, Any]]:
    """Rows as lists show them, with two reasons: of more a list could not be read."""
    return [
        row | {"county": county_name(row["county_code"] or "", t), "reason": joined_reasons(reasons, t)}
        for row, reasons in zip(
            rows, listed_reasons(scope, with_reasons(scope, rows), most=_REASONS_SHOWN), strict=True
        )
    ]


def joined_reasons(reasons: Iterable[Words], t: Language) -> str:
    """Reasons of a household one after another; nothing where none raises its probability."""
    return t("；").join(t.words(each) for each in reasons)
