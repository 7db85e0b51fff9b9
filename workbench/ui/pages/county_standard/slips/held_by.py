"""What would have held a household that slipped: in words, from the standard's conditions that it did not meet."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.facts import LABELS
from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.hindsight.missed import CAUGHT
from workbench.ui.kit.texts.language import Language


def names_of_facts(standard: EdgeStandard, t: Language) -> dict[str, str]:
    """What facts are called in the page's language, those of the county's own as its standard names them."""
    named = {name: t.label(pair) for name, pair in LABELS.items()}
    # A county's own groups are no facts of LABELS: only the standard has a name for them.
    return {"income": t.label(("测算收入", "tested income")), **named, **standard.own_groups}


def held_by(row: Mapping[str, Any], labels: Mapping[str, str], t: Language) -> str:
    """One sentence for a row of `slipped_households`; `labels`: the names of facts in the page's language."""

    def named(key: str) -> str:
        return t("、").join(labels[name] for name in row[key])

    group = t("不要求属于重点群体，或增列其所属的群体")
    ceiling = t("收入上限高于 {income} 元", income=t.number(row["income"], 2))
    sentences = {
        CAUGHT: t("已纳入"),
        "group": group,
        "ceiling": ceiling,
        "both": t("既要{one}，又要{other}", one=group, other=ceiling),
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
