"""What the model expects of a previewed standard, as the shell says it."""

from workbench.cli.output import say
from workbench.errors import Words
from workbench.preview.slips.verdicts import Verdict
from workbench.risk.evaluation.verdicts import USE
from workbench.safeguards.plain_data import Json


def show_slips(record: Json) -> None:
    """Print what the model expects, and whether it is to be trusted."""
    model = record["model"]
    if model is None:
        say_not_scored(record["round"])
        return
    _show_model(model)
    # Scores that cannot be converted to the line that applies (0011): the model is named, and nothing is expected.
    if record["expected_slips"] is None:
        return
    _show_expected(record, f"{model['level']:.0%}")
    _show_gain(record["gain"])
    _show_worth(record)


def say_not_scored(round_name: str) -> None:
    """Say that no slips are expected because nothing was scored, and what to do."""
    say(
        Words(
            f"没有预计风险变差：该期次还没有模型评分；请先运行 workbench score --round {round_name}",
            f"no slips expected: no model has scored the round; first run workbench score --round {round_name}",
        )
    )


def between(interval: list[float]) -> str:
    """Return an interval of households."""
    return f"{interval[0]:,.1f}–{interval[1]:,.1f}"


def _show_model(model: Json) -> None:
    advice, name = model["advice"], model["name"]
    use = USE.get(str(advice.get("use")), Words("", ""))
    said = Words(str(advice.get("zh", "")), str(advice.get("en", "")))
    say(Words(f"模型 {name}：{use.zh} {said.zh}".rstrip(), f"model {name}: {use.en} {said.en}".rstrip()))
    for warning in model["warnings"]:
        say(Words("注意：", "note: ") + warning)


def _show_expected(record: Json, level: str) -> None:
    expected, within = record["expected_slips"], between(record["expected_slips_interval"])
    unscored = record["not_scored_in"]
    message = Words(
        f"纳入户中预计风险变差 {expected:,.1f} 户（{level} 的把握在 {within} 户之间）",
        f"slips expected among those in: {expected:,.1f} ({level} of the time between {within})",
    )
    # Without a score is not without risk: how many were left out of the sum is said beside it.
    if unscored:
        message += Words(
            f"；其中 {unscored:,.0f} 户没有评分，不计",
            f"; {unscored:,.0f} of those in have no score and are not counted",
        )
    say(message)
    if record["slips_share"] is not None:
        share, (low, high) = record["slips_share"], record["slips_share_interval"]
        say(
            Words(
                f"占未建档户全部预计风险变差的 {share:.1%}（{level} 的把握在 {low:.1%}–{high:.1%} 之间）",
                f"{share:.1%} of all slips expected among unregistered households ({level} of the time between "
                f"{low:.1%}–{high:.1%})",
            )
        )


def _show_gain(gain: Json | None) -> None:
    """What is caught beyond the standard compared with, where there is one."""
    if gain is None:
        return
    slips, within, said = (
        f"{gain['slips']:+,.1f}",
        " … ".join(f"{each:+,.1f}" for each in gain["interval"]),
        gain["verdict"],
    )
    words = Verdict(said).words
    say(
        Words(
            f"预计风险变差比对照多抓住 {slips}（{within}）：{words.zh}",
            f"slips expected beyond the standard compared with: {slips} ({within}): {words.en}",
        )
    )


def _show_worth(record: Json) -> None:
    """What a visit and a yuan buy, and the net benefit beside that of simpler choices."""
    per_visit, per_yuan = record["slips_per_visit"], record["slips_per_10000_yuan"]
    if per_visit is not None:
        message = Words(f"每走访一户预计遇到风险变差 {per_visit:.3f}", f"slips expected per visit: {per_visit:.3f}")
        # Only a standard that states what helping costs has one.
        if per_yuan is not None:
            message += Words(f"；每万元 {per_yuan:.3f}", f"; per 10,000 yuan: {per_yuan:.3f}")
        say(message)
    benefit = record["net_benefit"]
    if benefit is None:
        return
    threshold = f"{benefit['threshold']:.1%}"
    own, everyone, ordered = (f"{benefit[key] * 1000:.2f}" for key in ("standard", "all_in", "ordered_by_model"))
    say(
        Words(
            f"净收益（每千户，门槛 {threshold}）：本标准 {own} · 全部纳入 {everyone} · 同样户数按模型排序 {ordered} · 都不纳入 0",
            f"net benefit per 1,000 households at a threshold of {threshold}: this standard {own} · all in {everyone} · "
            f"as many in the model's order {ordered} · nobody in 0",
        )
    )
