"""What would have held a household that slipped: in words, from the standard's conditions that it did not meet."""

from collections.abc import Mapping
from math import floor
from typing import Any

import polars as pl

from workbench.domain.facts import LABELS
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.hindsight.missed import CAUGHT
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language

_LEAST_SHARE = 0.2
"""Below this share of net income, or of the income before, a route would let in nearly everybody and is not named."""


def names_of_facts(standard: EdgeStandard, t: Language) -> dict[str, str]:
    """What facts are called in the page's language, those of the county's own as its standard names them."""
    named = {name: t.label(pair) for name, pair in LABELS.items()}
    # A county's own groups are no facts of LABELS: only the standard has a name for them.
    return {"income": t.label(("测算收入", "tested income")), **named, **standard.own_groups}


def with_own_facts(frame: pl.DataFrame, store: FactStore, standard: EdgeStandard) -> pl.DataFrame:
    """A frame of `slipped_households` with `own_facts`: of each row the county's own facts that hold of it and that the standard declares no group.

    Any of them may be made a key group (§2.2-b “等”), and would then have held the household.
    """
    parts = [
        _with_own_facts(rows, store, standard)
        for _, rows in frame.group_by(["round", "county_code"], maintain_order=True)
    ]
    return pl.concat(parts) if parts else frame.with_columns(own_facts=pl.lit([], pl.List(pl.String)))


def _with_own_facts(rows: pl.DataFrame, store: FactStore, standard: EdgeStandard) -> pl.DataFrame:
    """Add `own_facts` to the rows of one round and county."""
    round_name, county = rows["round"][0], rows["county_code"][0]
    names = [name for name in store.own_flags(round_name, county) if name not in standard.own_groups]
    held = pl.concat_list(
        [pl.when(pl.col(name)).then(pl.lit(name)) for name in names] or [pl.lit(None, pl.String)]
    ).list.drop_nulls()
    facts = store.frame(round_name, county, ["household_id", *names], rows["household_id"].to_list())
    # A number that stands twice cannot be told apart, and slipped of neither (contract §4).
    facts = facts.unique("household_id", keep="none").select("household_id", own_facts=held)
    empty = pl.lit([], pl.List(pl.String))
    return rows.join(facts, on="household_id", how="left", maintain_order="left").with_columns(
        pl.col("own_facts").fill_null(empty)
    )


def held_by(row: Mapping[str, Any], labels: Mapping[str, str], t: Language) -> str:
    """One sentence for a row of `with_own_facts`; `labels`: the names of facts in the page's language."""

    def named(key: str) -> str:
        return t("、").join(labels[name] for name in row[key])

    group = _group(row, labels, t)
    ceiling = t("收入上限高于 {income} 元", income=t.number(row["income"], 2))
    sentences = {
        CAUGHT: t("已纳入"),
        "group": group,
        "ceiling": ceiling,
        "both": t("一要{one}；二要{other}", one=group, other=ceiling),
        "excluded": t("不因这些情形排除：{names}", names=named("exclusions")),
        # Where no fact of the rules is unknown, it is what a route compares that is.
        "cannot_tell": t("先查清：{names}", names=named("unknown"))
        if row["unknown"]
        else t("先查清上一期收入或自付支出"),
    }
    if row["outcome"] in sentences:
        return sentences[row["outcome"]]
    if row["exclusions"]:
        return t("除群体和收入上限之外，还要不因这些情形排除：{names}", names=named("exclusions"))
    if row["unknown"]:
        return t("除群体和收入上限之外，还要先查清：{names}", names=named("unknown"))
    # Nothing of the standard would have held it: below the line the register's way is the only one (§2.2-d).
    return t("测算收入低于扶贫标准：走建档立卡程序")


def _group(row: Mapping[str, Any], labels: Mapping[str, str], t: Language) -> str:
    """What would have held a household that is in no listed group: the groups that it is of by name, the routes that it would take."""
    ways = []
    if row["unlisted"]:
        ways.append(t("增列{names}", names=t("、").join(labels[name] for name in row["unlisted"])))
    if row["own_facts"]:
        own = t("、").join(labels.get(name) or fact_label(name, t) for name in row["own_facts"])
        ways.append(t("把{names}列为本县自定的群体", names=own))
    for name, share in (("rigid_expenditure", row["spent_share"]), ("income_drop", row["dropped_share"])):
        if share is not None and share >= _LEAST_SHARE:
            # Rounded down, and below that: a household exactly at the share is not beyond it (contract §1).
            below = t.percent_whole(floor(100 * share) / 100)
            ways.append(t("采用“{route}”途径、比例低于 {share}", route=t.label(ROUTES[name]), share=below))
    if not ways:
        return t("不要求属于重点群体（不属于八类，也没有其他已知的群体）")
    return t("，或").join([*ways, t("不要求属于重点群体")])
