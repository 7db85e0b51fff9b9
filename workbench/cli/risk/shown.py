"""What the commands of the model print for people."""

from typing import Any

from workbench.cli.output import SIMULATED, say, show_table

_SHOWN = 15
_BY_RULE = {
    "below_line": "低于标准 below the line", "tier_1": "一级 tier 1", "tier_2": "二级 tier 2",
    "standard": "县标准 standard", None: "模型 model",
}  # fmt: skip


def show_evaluation(record: dict[str, Any]) -> None:
    """What `evaluate` found, against what a model must beat, and by county."""
    if record["simulated"]:
        say(SIMULATED)
    if record["trained_on"]:
        say("注意：模型训练时用过这一轮，结果偏乐观 note: the model was trained on these rounds, so this flatters it")
    if record["other_facts"]:
        say("注意：模型训练过同名的轮次，但事实不同 note: it was trained on rounds of these names with other facts")
    for warning in record["warnings"]:
        say(f"  {warning}")
    large = record["calibration_in_the_large"]
    say(
        f"{record['round']} → {record['next_round']}: 预计 expected {large['expected']:,.0f}, 实际 happened {large['observed']:,.0f} "
        f"({record['rows']:,} 条 household-rounds)"
    )
    show_table(
        record["model"],
        ["", "先走访一成赶上 % caught in a tenth", "AUC", "log loss", "d2 %"],
        [
            [
                f"{zh} {en}",
                _percent(record["compared"][name]["caught_in_tenth"]),
                record["compared"][name]["auc"],
                f"{record['compared'][name]['log_loss']:.5f}",
                _percent(record["compared"][name]["d2"]),
            ]
            for name, (zh, en) in _candidates().items()
            if name in record["compared"]
        ],
    )
    if record["explained_share"] is not None:
        say(f"占可解释部分 share of what can be explained: {record['explained_share']:.1%}")
    show_table(
        "各县区 by county",
        ["县区", "实际 happened", "预计 expected", "90 %", "在内 within", "AUC"],
        [
            [
                code,
                row["slips"],
                round(row["expected_slips"]),
                "{:,.0f}–{:,.0f}".format(*row["expected_interval"]),
                row["within"],
                row["auc"],
            ]
            for code, row in record["by_county"].items()
        ],
    )
    say(f"{record['advice']['zh']} {record['advice']['en']}")


def _candidates() -> dict[str, tuple[str, str]]:
    from workbench.risk.evaluation.backtest import CANDIDATES  # noqa: PLC0415

    return CANDIDATES


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def show_visits(record: dict[str, Any]) -> None:
    """The visit list, and where rule and model disagree."""
    if record["simulated"]:
        say(SIMULATED)
    for warning in record["warnings"]:
        say(f"  {warning}")
    reached = [each for each in record["list"] if each["visit"]]
    say(
        f"名单 listed {len(record['list']):,} 户，本轮走访 to visit {len(reached):,}（每乡镇 {record['visits']} 户 a township）；"
        "其余按规则应纳入的户仍在名单上 whoever qualifies by rule stays on the list"
    )
    show_table(
        "先走访 first",
        ["户编号", "乡镇", "依据 by rule", "概率 % probability", "主要原因 reason"],
        [
            [
                each["household_id"],
                each["township"],
                _BY_RULE[each["by_rule"]],
                _percent(each["p_slip"]),
                each["reasons"][1]["zh"] if each["reasons"] else None,
            ]
            for each in record["list"][:_SHOWN]
        ],
    )
    for title, rows in (("规则为三级（蓝），模型认为较危险 blue by rule, high by the model", record["blue_high"]),
                        ("规则为一级（红），模型认为较安全 red by rule, low by the model", record["red_low"])):  # fmt: skip
        show_table(f"{title}: {len(rows):,}", ["户编号", "乡镇", "概率 % probability"],
                   [[each["household_id"], each["township"], _percent(each["p_slip"])] for each in rows[:_SHOWN]])  # fmt: skip
