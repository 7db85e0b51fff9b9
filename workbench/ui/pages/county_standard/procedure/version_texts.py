"""What is shown of a version of a county's standard: its ceiling, its figures as submitted, who did what, a neighbour's in a line."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.rules.standard import EdgeStandard, read_standard
from workbench.errors import StandardError
from workbench.register.standards.in_force import Version
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.pages.county_standard.differences import differences

_MOST_GROUPS = 4


def ceiling_texts(standard: EdgeStandard, line_in_force: float, t: Language) -> tuple[str, str]:
    """The general ceiling in yuan under the line that applies, and as the multiple that it was written as (empty for yuan)."""
    ceiling = standard.income.ceiling
    yuan = ceiling.yuan_under(standard.line or line_in_force)
    multiple = "" if ceiling.multiple is None else t("标准的 {multiple} 倍", multiple=f"{ceiling.multiple:g}")
    return t("{yuan} 元", yuan=t.number(yuan)), multiple


def figures(preview: Mapping[str, Any], t: Language) -> list[str]:
    """What a version brings about beside those it takes in, as submitted: who leaves, who cannot be told, what it costs."""
    texts = []
    if (newly := preview.get("newly_in")) is not None:
        texts.append(t("新增 {count} 户", count=t.number(newly)))
    if (leaving := preview.get("leaving")) is not None:
        texts.append(t("退出 {count} 户", count=t.number(leaving)))
    if (unknown := preview.get("cannot_tell")) is not None:
        texts.append(t("不能判定 {count} 户", count=t.number(unknown)))
    return [*texts, t.yuan(preview["cost"])] if preview.get("cost") is not None else texts


def since_approved(
    row: Mapping[str, Any], versions: Sequence[Mapping[str, Any]], t: Language
) -> tuple[int, list[tuple[str, str, str]]] | None:
    """The approved version before one (its number), and what differs from it: two of one ceiling are told apart by nothing else.

    None where there is none before, or a text was changed by hand.
    """
    before = [each for each in versions if each["version"] < row["version"] and each["state"] == "approved"]
    if not before:
        return None
    latest = max(before, key=lambda each: int(each["version"]))
    try:
        return latest["version"], differences(
            read_standard(latest["text"]), read_standard(row["text"]), t, briefly=True
        )
    except StandardError:
        return None


def drafted_words(drafted: Version, t: Language) -> str:
    """What comes next for a draft just written down: its reason, or first the day without which nobody can submit it."""
    if drafted.standard.effective is None:
        return t(
            "已存为第 {number} 版（草案），还没有施行日期，不能提交。下一步：填好施行日期，再存一次草案。",
            number=drafted.version,
        )
    return t("已存为第 {number} 版（草案）。下一步：在表中这一版的右端写明理由，点“提交”。", number=drafted.version)


def steps(row: Mapping[str, Any], names: Mapping[str, str], t: Language) -> list[str]:
    """Who did what with a version, and when; `names`: those of accounts."""

    def name(account: str) -> str:
        return names.get(account, account)

    taken = []
    if row["submitted_by"]:
        taken.append(t("{who} 提交，{when}", who=name(row["submitted_by"]), when=_minute(row["submitted_at"])))
    if row["approved_by"]:
        taken.append(t("{who} 批准，{when}", who=name(row["approved_by"]), when=_minute(row["approved_at"])))
    if row["sent_back"]:
        taken.append(t("{who} 退回，{when}", who=name(row["sent_back"]["by"]), when=_minute(row["sent_back"]["at"])))
    return taken


def summary(county: str, shown: Version, line_in_force: float, t: Language) -> dict[str, Any]:
    """Return a neighbour's standard in one row of a table."""
    standard = shown.standard
    yuan, multiple = ceiling_texts(standard, line_in_force, t)
    names = [fact_label(name, t, standard.own_groups) for name in standard.groups[:_MOST_GROUPS]]
    more = "…" if len(standard.groups) > _MOST_GROUPS else ""
    return {
        "county": county_name(county, t), "id": shown.id, "effective": shown.effective, "ceiling": yuan, "multiple": multiple,
        "groups": t("、").join(names) + more if standard.require_group else t("不限重点群体"),
        "help_cost": t.number(standard.help_cost),
    }  # fmt: skip


def _minute(at: str) -> str:
    """A moment as it is written down, to the minute."""
    return at[:16].replace("T", " ")
