"""What the commands of the model print for people."""

from workbench.cli.output import SIMULATED, say, show_table
from workbench.errors import Words
from workbench.risk.visit_ranking import EVENTS
from workbench.safeguards.plain_data import Json

_SHOWN = 15
_REASONS_SHOWN = 2
_OF_HOUSEHOLD = (Words("户编号", "household"), Words("乡镇", "township"), Words("概率 %", "probability %"))
_BLUE_HIGH = Words("规则为三级（蓝），模型认为较危险", "blue by rule, high by the model")
_RED_LOW = Words("规则为一级（红），模型认为较安全", "red by rule, low by the model")
_BY_RULE = {
    "below_line": Words("低于标准", "below the line"), "tier_1": Words("一级", "tier 1"), "tier_2": Words("二级", "tier 2"),
    "standard": Words("县标准", "standard"), "facts_missing": Words("缺事实", "facts missing"), None: Words("模型", "model"),
}  # fmt: skip


def show_training(about: Json, name: str, card: str) -> None:
    """What a model was trained on, what was kept out of it, and whether it may be used."""
    if about["simulated"]:
        say(SIMULATED)
    say(Words(f"已训练并启用：{name}", f"trained and in use: {name}"))
    rows, slips = f"{about['rows']:,}", f"{about['slips']:,.0f}"
    say(
        Words(
            f"用了 {rows} 条户·期，其中风险变差 {slips} 条；卡片：{card}",
            f"from {rows} household-rounds, slips among them {slips}; card: {card}",
        )
    )
    # Before the verdict: a break of definitions explains a verdict that otherwise seems arbitrary.
    for each in (*about["income_breaks"], *about["other_units_said"], *about["drift"]):
        say(Words(each["zh"], each["en"]).after("  "))
    # Only what is unusual: some households change their numbers in every round.
    for link in about["linkage"]:
        if link["unusual"]:
            say(Words(link["zh"], link["en"]).after("  "))
    for fact, rounds in about["read_as_missing"].items():
        names = ", ".join(rounds)
        say(
            Words(
                f"  {fact}：{names} 没有问到，在那里按未知处理",
                f"  {fact}: not asked in {names}, read as unknown there",
            )
        )
    if about["excluded"]:
        kept_out = ", ".join(about["excluded"])
        say(
            Words(
                f"因口径变化未用：{kept_out}（要用请加 --keep 事实名）",
                f"kept out, as what they mean has drifted: {kept_out} (to use one all the same: --keep NAME)",
            )
        )
    for why in about["recorded_afterwards"].values():
        say(Words(why["zh"], why["en"]).after("  "))
    say(Words(about["advice"]["zh"], about["advice"]["en"]))


def show_scoring(record: Json) -> None:
    """How many households were scored, where to, and what to mind."""
    if record["simulated"]:
        say(SIMULATED)
    scored, slips, file = f"{record['scored']:,}", f"{record['expected_slips']:,.0f}", record["file"]
    say(
        Words(
            f"已评分 {scored} 户，预计风险变差 {slips} 户；{file}",
            f"scored {scored} households, expected slips {slips}; {file}",
        )
    )
    for each in record["last_scores"]:
        expected, observed = f"{each['expected']:,.0f}", f"{each['observed']:,.0f}"
        say(
            Words(
                f"{each['round']} 的评分预计 {expected} 户风险变差，实际 {observed} 户",
                f"the scores of {each['round']} expected {expected} households to slip; {observed} did",
            )
        )
    # They come from the record of the model, which holds plain text in both languages.
    shifts = [Words(each["zh"], each["en"]) for each in record["shifts_since_last_scores"]]
    for warning in (*record["warnings"], *shifts):
        say(warning.after("  "))
    say(Words(record["advice"]["zh"], record["advice"]["en"]))


def show_evaluation(record: Json) -> None:
    """What `evaluate` found, against what a model must beat, and by county."""
    if record["simulated"]:
        say(SIMULATED)
    # Said before the figures, which look best exactly where they mean least.
    if record["trained_on"]:
        say(
            Words(
                "注意：模型训练时用过这一期，结果偏乐观",
                "note: the model was trained on these rounds, so this flatters it",
            )
        )
    if record["other_facts"]:
        say(
            Words(
                "注意：模型训练过同名的期次，但事实不同",
                "note: the model was trained on rounds of these names with other facts",
            )
        )
    for warning in record["warnings"]:
        say(warning.after("  "))
    large = record["calibration_in_the_large"]
    expected, happened, rows = f"{large['expected']:,.0f}", f"{large['observed']:,.0f}", f"{record['rows']:,}"
    message = Words(
        f"预计 {expected} 户，实际 {happened} 户（{rows} 条户·期）",
        f"expected {expected}, happened {happened} ({rows} household-rounds)",
    )
    say(message.after(f"{record['round']} → {record['next_round']}: "))
    _show_compared(record)
    # Only simulated rounds have true probabilities; elsewhere nobody knows what can be explained.
    if record["explained_share"] is not None:
        share = f"{record['explained_share']:.1%}"
        say(Words(f"占可解释部分的 {share}", f"share of what can be explained: {share}"))
    _show_counties(record["by_county"])
    say(Words(record["advice"]["zh"], record["advice"]["en"]))


def _show_compared(record: Json) -> None:
    show_table(
        record["model"],
        ["", Words("先走访一成赶上 %", "% caught in a tenth"), "AUC", Words("对数损失", "log loss"), "d2 %"],
        [
            [
                Words(*names),
                _percent(record["compared"][name]["caught_in_tenth"]),
                record["compared"][name]["auc"],
                _loss(record["compared"][name]["log_loss"]),
                _percent(record["compared"][name]["d2"]),
            ]
            for name, names in _candidates().items()
            if name in record["compared"]
        ],
    )


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.5f}"


def _show_counties(by_county: Json) -> None:
    show_table(
        Words("各县区", "by county"),
        [
            Words("县区", "county"),
            Words("实际", "happened"),
            Words("预计", "expected"),
            "90 %",
            Words("在内", "within"),
            "AUC",
        ],
        [
            [
                code,
                row["slips"],
                round(row["expected_slips"]),
                "{:,.0f}–{:,.0f}".format(*row["expected_interval"]),
                row["within"],
                row["auc"],
            ]
            for code, row in by_county.items()
        ],
    )


def _candidates() -> dict[str, tuple[str, str]]:
    # Late: it loads the libraries that fit models, which no other output needs.
    from workbench.risk.evaluation.backtest import COMPARED  # noqa: PLC0415

    return COMPARED


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def show_visits(record: Json) -> None:
    """The visit list, and where rule and model disagree."""
    if record["simulated"]:
        say(SIMULATED)
    for warning in record["warnings"]:
        say(warning.after("  "))
    # A capacity orders visits, and takes nobody off the list (§2.1.3-c).
    reached = [each for each in record["list"] if each["visit"]]
    by_model = sum(each["by_rule"] is None for each in record["list"])
    by_rule = len(record["list"]) - by_model
    say(
        Words(
            f"名单 {len(record['list']):,} 户：按规则应列 {by_rule:,} 户，只有模型提示的 {by_model:,} 户；"
            f"本期走访 {len(reached):,} 户（每乡镇 {record['visits']} 户），其余按规则应列的户仍在名单上",
            f"listed {len(record['list']):,} households: by rule {by_rule:,}, by the model alone {by_model:,}; "
            f"to visit {len(reached):,} ({record['visits']} a township), whoever is named by rule stays on the list",
        )
    )
    show_table(
        Words("先走访", "to visit first"),
        [
            *_OF_HOUSEHOLD[:2],
            Words("依据", "on account of"),
            _OF_HOUSEHOLD[2],
            Words("可能性指", "chance of"),
            Words("主要原因", "main reasons"),
        ],
        [
            [
                each["household_id"],
                each["township"],
                _BY_RULE[each["by_rule"]],
                _percent(each["p_slip"]),
                Words(*EVENTS[each["chance_of"]]) if each["chance_of"] else None,
                _why(each["why"][:_REASONS_SHOWN]),
            ]
            for each in record["list"][:_SHOWN]
        ],
    )
    for title, rows in ((_BLUE_HIGH, record["blue_high"]), (_RED_LOW, record["red_low"])):
        show_table(
            title + Words(f"：{len(rows):,}", f": {len(rows):,}"),
            _OF_HOUSEHOLD,
            [[each["household_id"], each["township"], _percent(each["p_slip"])] for each in rows[:_SHOWN]],
        )


def _why(reasons: list[dict[str, str]]) -> Words | None:
    if not reasons:
        return None
    return Words("；".join(each["zh"] for each in reasons), "; ".join(each["en"] for each in reasons))
