"""The card as a page (Markdown): first whether to trust the model and where, in plain words; the figures after that."""

import re
from collections.abc import Iterator
from typing import Any

from workbench.domain.facts import LABELS
from workbench.domain.parameters import counties
from workbench.risk.data.features import FEATURES
from workbench.risk.evaluation.backtest import CANDIDATES
from workbench.risk.evaluation.verdicts import USE

Record = dict[str, Any]

_MAY = {
    "yes": "可以用来排走访的先后、估全市和下表中“可用”县区的下滑总数；不可以用来定等级，也不可以单凭概率把一户加进来或去掉",
    "caution": "只可在规则之外作个提醒，比如同一等级里先走访谁；不要用它报总数，更不可以用来定等级或增减户",
    "no": "不要用它的概率；走访的先后按规则等级和收入来定",
}
"""What it may be used for and what not."""
_FEW_SLIPS = 10
_ROUGH = 0.5
"""Of the expected number: an interval that reaches further to a side says hardly more than the order of size."""
_SURE = 1.96
_LOPSIDED = 0.1
_STANDINGS = {"1": "一级（红）", "2": "二级（黄）", "3": "三级（蓝）", "unregistered": "未建档立卡户"}


def card_page(about: Record) -> str:
    """The card of a model, from its record."""
    parts = [
        _head(about), _answer(about), _how_good(about), _counties(about), _standings(about), _limits(about),
        _facts(about), _how_made(about), _english(about),
    ]  # fmt: skip
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(about: Record) -> Iterator[str]:
    yield f"# 模型卡片：{about['name']}"
    if about["simulated"]:
        yield "\n> **模拟数据 SIMULATED**：用模拟的城市训练，只供演示，不得用于任何真实住户。"
    first, last = about["transitions"][0]["start"], about["transitions"][-1]["end"]
    drawn = (
        ""
        if about["share_of_households"] >= 1
        else f"（户数多，按户编号固定随机取 {about['share_of_households']:.1%} 的户，各轮都取同一批）"
    )
    yield (
        f"\n这个模型估计一户到下一轮**等级变差或跌破扶贫标准**的可能性。用 {first} 至 {last} 的数据训练："
        f"{about['households']:,} 户、{about['rows']:,} 条前后两轮都能判定的记录{drawn}，其中下滑 {about['slips']:,.0f} 次"
        f"（{about['base_rate']:.1%}）。训练日期 {about['day'] or '未注明'}。模型只提示，不作决定。"
    )


def _answer(about: Record) -> Iterator[str]:
    yield "## 能不能信？"
    yield f"\n**{USE[about['advice']['use']].zh}**。{about['advice']['zh']}。"
    yield f"\n怎么用：{_MAY[about['advice']['use']]}。"
    metrics = about["performance"]
    large = metrics["calibration_in_the_large"]
    if large:
        yield (
            f"\n检验办法：{_checked(about)}。模型预计 {large['expected']:,.0f} 次下滑，实际 {large['observed']:,.0f} 次"
            f"{_weighted(metrics)}。{_per_hundred(metrics)}"
        )


def _weighted(metrics: Record) -> str:
    """Where rows stand for several households, how many rows the figures rest on."""
    if metrics["households"] == metrics["rows"]:
        return ""
    return f"（都按权重折算；实际只看到 {metrics['rows']:,} 条记录，其中下滑 {metrics['slipped_rows']:,} 条）"


def _checked(about: Record) -> str:
    if about["checked_on"] == "later_round":
        return f"只用 {about['checked_round']} 之前各轮训练，再看 {about['checked_round']} 之后一轮实际发生了什么"
    return "只有一次前后对照，只能用训练时没见过的户检验；**没有检验过后来的轮次**，结果偏乐观"


def _per_hundred(metrics: Record) -> str:
    """The curve's highest bin, as a sentence."""
    curve = metrics["reliability"]
    if len(curve) < 2:  # noqa: PLR2004 - one bin holds everybody
        return "下滑太少，分不出“可能性最高”的一批来单独检验。"
    top = curve[-1]
    return (
        f"说“可能性最高”的那一批（平均 {top['expected']:.0%}），每 100 户实际下滑 {100 * top['observed']:.0f} 户；"
        f"若概率准确，应在 {100 * top['low']:.0f} 至 {100 * top['high']:.0f} 户之间（不算各轮的起伏）。"
    )


def _how_good(about: Record) -> Iterator[str]:
    metrics = about["performance"]
    yield "## 与更简单的办法比"
    yield "\n| 办法 | 先走访一成的户，能赶上多少下滑 | 排先后的准确度 | 误差 |\n|---|---|---|---|"
    for name, row in metrics["compared"].items():
        label = CANDIDATES.get(name, (name, name))[0]
        yield f"| {label} | {_number(row['caught_in_tenth'], '.0%')} | {_number(row['auc'], '.2f')} | {_number(row['log_loss'], '.4f')} |"
    yield (
        "\n排先后的准确度（AUC）：任取一户后来下滑的、一户没有下滑的，把前者排在前面的机会；0.5 等于抛硬币，1 是全对。"
        "误差（对数损失）：概率说得越准越小。"
    )
    margin = metrics["compared"]["margin"]
    if abs(margin["model_better_by"]) < _SURE * margin["error"]:
        yield "\n与“只看收入距离”的差别，在这点数据上还分不清是不是偶然。"
    if _challenged(metrics):
        yield "\n挑战者的误差明显更小，值得分析人员再看。"


def _challenged(metrics: Record) -> bool:
    row = metrics["compared"].get("challenger")
    return row is not None and row["model_better_by"] + _SURE * row["error"] < 0


def _counties(about: Record) -> Iterator[str]:
    yield "## 在我们县能不能信？"
    yield "\n| 县区 | 实际下滑 | 模型预计 | 九成把握的范围 | 排先后 | 估总数 |\n|---|---|---|---|---|---|"
    for code, row in about["by_county"].items():
        low, high = row["expected_interval"]
        yield (
            f"| {_county(code)} | {row['slips']:,.0f} | {row['expected_slips']:,.0f} | {low:,.0f}–{high:,.0f} "
            f"| {_order(row, about['advice']['use'])} | {_total(row, about['advice']['use'])} |"
        )
    yield (
        "\n“九成把握的范围”：按以往各轮的起伏，十次里有九次，实际次数应落在其中；落在外面，说明那一轮该县有模型不知道的事。"
        "表中没有的县区，模型没有学过，先不要用。"
    )


def _county(code: str | None) -> str:
    """The county's name, or its code, as text: a code from a file must not draw tables or tags."""
    known = counties()
    shown = known[code].zh if code in known else code or "（未填）"
    return re.sub(r"[^\w\u4e00-\u9fff .（）-]", lambda sign: f"&#{ord(sign.group())};", shown)


def _order(row: Record, use: str) -> str:
    """Whether to trust the order of households in a county."""
    if use == "no":
        return "不用（全市如此）"
    if row["slipped_rows"] < _FEW_SLIPS or row["auc"] is None or row["baseline_auc"] is None:
        return f"下滑只有 {row['slipped_rows']} 条，看不出；随全市"
    low, high = row["auc_interval"]
    if high < row["baseline_auc"]:
        return "**不用**：不如只看收入"
    if low > row["baseline_auc"]:
        return "可用：明显好于只看收入"
    return "可用：与只看收入差不多或略好"


def _total(row: Record, use: str) -> str:
    """Whether to trust the number of slips that is expected in a county."""
    if use == "no":
        return "不用（全市如此）"
    low, high = row["expected_interval"]
    if not row["within"]:
        return "**不用**：实际出了范围"
    if high - low > 2 * _ROUGH * row["expected_slips"]:
        return "慎用：范围太宽，只知大概"
    return "可用" if use == "yes" else "慎用（全市如此）"


def _standings(about: Record) -> Iterator[str]:
    yield "## 各类户"
    yield "\n| 户类 | 实际下滑 | 模型预计 | 排先后的准确度 | 只看收入 |\n|---|---|---|---|---|"
    for name, row in about["by_standing"].items():
        yield (
            f"| {_STANDINGS.get(name, name)} | {row['slips']:,.0f} | {row['expected_slips']:,.0f} | {_number(row['auc'], '.2f')} "
            f"| {_number(row['baseline_auc'], '.2f')} |"
        )


def _limits(about: Record) -> Iterator[str]:
    spread = about["dispersion"]
    yield "## 不能指望什么"
    yield "\n- 对一户的概率是“像这样的户一百户里会有几户”，不是对这一户的判断；收入报错、没有记录的事，模型都不知道。"
    beyond = "（假定值，轮次太少，量不出来）" if not spread["county_rounds"] else ""
    yield (
        f"- 一个县一轮的下滑总数，除偶然外还会整体偏离预计约 {(spread['city'] ** 2 + spread['county'] ** 2) ** 0.5:.0%}{beyond}；"
        "灾害、政策变化的年份会更多。"
    )
    yield "- 因为被提示而得到帮扶的户会少下滑，下一次训练会把这样的户看得较安全；不要因此停止帮扶。"
    yield "- 低于标准的户、等级不能判定的户没有概率：前者应走 §2.2-d 的程序，后者先补资料。"
    if about["effective_rows"] < _LOPSIDED * about["rows"]:
        yield f"- 权重很不均匀：{about['rows']:,} 条记录只相当于 {about['effective_rows']:,.0f} 条，少数几条左右了结果。"
    raised = about["income_raised"]
    if raised["share"] is not None:
        yield f"- 收入加 5 % 后概率反而明显升高的户占 {raised['share']:.1%}（抽查 {raised['rows']:,} 户未建档户）。"
    agreement = about["forecast_agreement"]
    if agreement:
        yield (
            f"- 换一条扶贫标准试算时，用的是收入预测：在现行标准处它预计 {agreement['forecast']:,.0f} 次下滑，"
            f"模型 {agreement['direct']:,.0f} 次，实际 {agreement['happened']:,.0f} 次（训练数据）；预览时已调到在现行标准处一致。"
        )


def _facts(about: Record) -> Iterator[str]:
    yield "## 用了哪些事实"
    yield "\n用了：" + "、".join(_label(fact) for fact in about["facts_used"]) + "。"
    if about["excluded"]:
        yield "\n因口径变化**未用**：" + "、".join(_label(fact) for fact in about["excluded"]) + "。"
    for each in about["drift"]:
        yield f"- {each['zh']}"
    if about["lacking"]:
        by_fact: dict[str, list[str]] = {}
        for each in about["lacking"]:
            by_fact.setdefault(each["fact"], []).append(each["county"])
        yield "\n有的县区没有的事实（在那里按未知处理）："
        for fact, codes in by_fact.items():
            yield f"- {_label(fact)}：" + "、".join(_county(code) for code in codes)
    names = {feature.name: feature.zh for feature in FEATURES}
    left_out = {names.get(name, name): why["zh"] for name, why in about["left_out"].items()}
    unused = [f"{name}（{why}）" for name, why in left_out.items() if why != "数据中没有"]
    absent = [name for name, why in left_out.items() if why == "数据中没有"]
    if unused:
        yield "\n特征中未用的：" + "、".join(unused) + "。"
    if absent:
        yield "\n数据中没有、因而未用的特征：" + "、".join(absent) + "。"


def _label(fact: str) -> str:
    return LABELS[fact][0] if fact in LABELS else fact


def _how_made(about: Record) -> Iterator[str]:
    settings, calibration = about["settings"], about["calibration"]
    yield "## 怎样得到的（供分析人员）"
    yield (
        f"\n- 可解释提升机（interpret，最多 {about['pairs']} 个交互项）与限于相同交互项的梯度提升树（scikit-learn）各占一半，"
        f"按户分 {settings['bags']} 折，编成同一组数表：每户的理由就是表中各项，相加即得。"
    )
    yield (f"- 校准：{_line(calibration)}；各县的剩余偏差，各轮一致的部分向全市收缩后计入。不加类别权重，不重采样。")
    for each in about["monotone"]:
        sign = "不降低" if each["direction"] > 0 else "不升高"
        yield f"- 约束：{each['zh']}越高，概率{sign}。理由：{each['because']}"
    lines = "；".join(f"{start} {now:,.0f}→{then:,.0f}" for start, (now, then) in about["lines"].items())
    yield f"- 扶贫标准（本轮→下一轮，元/人·年）：{lines}" + ("（人工指定）" if about["line"] is not None else "")
    floor = about["performance"]["noise_floor"]
    if floor:
        metrics = about["performance"]
        yield (
            f"- 校准误差 ECE {metrics['ece']:.4f}，仅由偶然造成的水平 {floor['ece_mean']:.4f}；smECE {metrics['smece']:.4f}，"
            f"偶然水平 {floor['smece_mean']:.4f}；Brier {metrics['brier']:.5f}。"
        )
    yield (
        "- 版本："
        + "，".join(f"{name} {value}" for name, value in about["libraries"].items())
        + f"；种子 {about['seed']}"
    )
    yield f"- 模型散列值 `{about['hash']}`；训练所用事实的散列值见模型文件。"


def _line(calibration: Record) -> str:
    if (calibration["slope"], calibration["intercept"]) == (1.0, 0.0):
        return "按户交叉检验，概率不需要再校直"
    return f"按户交叉得到的对数几率上一条直线（斜率 {calibration['slope']:.3f}，截距 {calibration['intercept']:+.3f}）"


def card_in_english(about: Record) -> str:
    """What the card says in English: its summary; the whole of it is Chinese."""
    lines = (f"# Model card: {about['name']}", *_english(about), "\nThe whole card is in Chinese: --lang zh.")
    return "\n".join(lines) + "\n"


def _english(about: Record) -> Iterator[str]:
    metrics = about["performance"]
    large = metrics["calibration_in_the_large"]
    yield "## Summary in English"
    yield (
        f"\n{'**Trained on simulated households.** ' if about['simulated'] else ''}Probability that a household's state worsens by the "
        f"next round; trained on {about['rows']:,} household-rounds ({about['slips']:,.0f} slips). **{about['advice']['en']}.** "
        + (
            f"On data it had not seen it expected {large['expected']:,.0f} slips and {large['observed']:,.0f} happened; "
            if large
            else ""
        )
        + f"It ranks with AUC {_number(metrics['auc'], '.3f')} against {_number(metrics['baseline_auc'], '.3f')} for the income margin alone. "
        "It flags; it never decides."
    )


def _number(value: float | None, form: str) -> str:
    return "—" if value is None else format(value, form)
