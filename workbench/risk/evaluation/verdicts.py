"""What a model's figures mean for those who would use it, in words: the one place of these sentences."""

from collections.abc import Mapping
from typing import Any

from workbench.errors import Words

USE: dict[str, Words] = {
    "yes": Words("可以参考", "may be used beside the rules"),
    "caution": Words("慎用", "use with caution"),
    "no": Words("建议不用", "not to be used"),
}
MAY: dict[str, Words] = {
    "yes": Words(
        "可以用来排走访的先后、估全市和“总数可用”的县区的风险变差总数；不可以用来定等级，也不可以单凭概率把一户加进来或去掉",
        "it may order visits and estimate the slips of the city, and of counties whose totals may be used; it may not decide a "
        "tier, nor take a household in or out by its probability alone",
    ),
    "caution": Words(
        "只可在规则之外作个提醒，比如同一等级里先走访谁；不要用它报总数，更不可以用来定等级或增减户",
        "beside the rules it may remind, as of whom to visit first within a tier; report no totals by it, and let it decide no "
        "tier and no household",
    ),
    "no": Words(
        "不要用它的概率；走访的先后按规则等级和收入来定",
        "do not use its probabilities; order visits by the tiers of the rules and by income",
    ),
}
"""What it may be used for and what not."""
NO_CHOICE = Words(
    "这些数来自没有通过的检验，只供查原因，不能照它选排法",
    "these figures are of a test that the model failed: they help to look for the cause, and choose no order of visits",
)
"""Beside figures of a model that is not to be used: there it may well look better than another list."""
ROUGH = 0.5
"""Of the expected number: an interval that reaches further to a side says hardly more than the order of size."""
VISITED = 0.1
"""The share of households visited first, wherever lists are compared."""
_WHOLE = 10
"""Fewer households of a hundred are said to the tenth: 1.4 and 0.6 are not both one."""
_DOUBTFUL = 2.0
_FEW_SLIPS = 10
_SURE = 1.96
_WITHOUT_MODEL = {
    "baseline_auc": Words("只看收入", "income alone"),
    "order_auc": Words("先等级、再看距离", "tier, then distance"),
}
"""Orders that need no model, by the key of an entry of `by_county`."""
_OTHER_LISTS = (
    ("order", "按“先等级、再看离下一道线多近”", "by tier, then distance to the next line"),
    ("margin", "只看收入", "by income alone"),
)
_AS_IN_CITY = Words("不用（全市如此）", "not to be used, as in the city")
_TOO_FEW = Words(
    "风险变差太少，单看本县说明不了问题；随全市的结论",
    "too few slips to say anything of this county alone; as for the city",
)


def can_tell(row: Mapping[str, Any]) -> bool:
    """Whether an entry of `by_county` has so many slips, expected and happened, that it says something of the county alone."""
    # Both numbers: where many were expected and none came, or the other way about, the ratio is chance as well.
    return bool(min(row["expected_slips"], row["slips"]) >= _FEW_SLIPS)


def county_verdict(row: Mapping[str, Any], use: str) -> Words:
    """Whether to trust the model in a county, from its entry of `by_county` and what was advised of the model, `use`.

    Never better than the advice: a county inside its range says nothing for a model that fails as a whole.
    """
    out = Words("", "") if row["within"] else Words("，实际总数也出了范围", ", and the total was outside its range")
    if use == "no":
        return Words(f"不用（全市如此）{out.zh}", f"not to be used, as in the city{out.en}")
    if not can_tell(row):
        return _TOO_FEW + out
    if not row["within"]:
        return Words(
            "总数出了范围：不要用它估计本县人数，只看先后",
            "the total was outside its range: do not estimate numbers by it, use the order only",
        )
    if is_rough(row):
        total = Words("总数只知大概", "of the total only the order of size is known")
    elif use == "yes":
        total = Words("总数可用", "the total may be used")
    else:
        total = Words("总数慎用（全市如此）", "use the total with caution, as in the city")
    simple = best_without_model(row)
    # Where all slipped, or none did, there is no order to judge.
    if row["auc"] is None or simple is None:
        return total
    order = _ordered(row, *simple)[1]
    return Words(f"{total.zh}；排先后{order.zh}", f"{total.en}; orders {order.en}")


def order_use(row: Mapping[str, Any], use: str) -> tuple[str, Words]:
    """Whether to visit in the model's order in a county: a key of USE, "" where its slips are too few to tell, and why."""
    if use == "no":
        return "no", _AS_IN_CITY
    simple, slipped = best_without_model(row), row.get("slipped_rows", row["slips"])
    if slipped < _FEW_SLIPS or row["auc"] is None or simple is None:
        if not slipped:
            return "", Words(
                "没有一户风险变差，看不出；随全市", "nobody slipped, so there is nothing to tell by; as in the city"
            )
        return "", Words(
            f"风险变差只有 {slipped:,.0f} 户，看不出；随全市",
            f"only {slipped:,.0f} slips, too few to tell; as in the city",
        )
    # The interval, not the point: an order that is better by chance must not replace one that needs no model.
    better, why = _ordered(row, *simple)
    # Undecided (None) is no refusal: the city's answer stands, and `why` says that nothing was seen.
    if better is False:
        return "no", Words(f"不用：{why.zh}", f"not to be used: {why.en}")
    may = Words("可用", "may be used") if use == "yes" else Words("只作提醒", "as a reminder only")
    if better is None:
        # Whoever reads “about as well” asks what the model is for: it is the city's slips that show it, not this county's.
        return use, Words(
            f"{may.zh}（随全市）：单看本县，分不出比{simple[1].zh}好",
            f"{may.en}, as in the city: this county alone does not show it to be better than {simple[1].en}",
        )
    return use, Words(f"{may.zh}：{why.zh}", f"{may.en}: {why.en}")


def total_use(row: Mapping[str, Any], use: str) -> tuple[str, Words]:
    """Whether to use the slips expected in a county: a key of USE, "" where they are too few to tell, and why."""
    if not row["within"]:
        return "no", Words("不用：实际出了范围", "not to be used: the number was outside its range")
    if use == "no":
        return "no", _AS_IN_CITY
    if is_rough(row):
        return "caution", Words(
            "慎用：范围太宽，只知大概", "with caution: the range is so wide that only the order of size is known"
        )
    if not can_tell(row):
        return "", Words("风险变差太少，看不出；随全市", "too few slips to tell; as in the city")
    return ("yes", Words("可用", "may be used")) if use == "yes" else ("caution", Words("慎用（全市如此）", "with caution, as in the city"))  # fmt: skip


def county_use(row: Mapping[str, Any], use: str) -> str:
    """The key of USE that stands at the top for a county: never above the model's own; "" where nothing can be told of it alone."""
    # One mark for two questions: a county may be ordered well though its total is wrong.
    order, total = order_use(row, use)[0], total_use(row, use)[0]
    if use == "no" or order == total == "no":
        return "no"
    if "no" in (order, total):
        return "caution"
    if not can_tell(row):
        return ""
    return "caution" if "caution" in (order, total) else use


def list_words(caught: Mapping[str, float | None], rate: float | None) -> Words | None:
    """What a list of the first tenth is worth, in households of a hundred; None where that cannot be told.

    `caught`: by candidate ("model", "order", "margin") the share of the slips that the tenth it puts first holds; `rate`: the
    share of all households that slipped.
    """
    ours = caught.get("model")
    if ours is None or not rate:
        return None
    others = [
        (f"{zh} {_of_a_hundred(share, rate)} 户", f"{_of_a_hundred(share, rate)} {en}")
        for name, zh, en in _OTHER_LISTS
        if (share := caught.get(name)) is not None
    ]
    model, missed = _of_a_hundred(ours, rate), f"{100 * (1 - ours):.0f}"
    return Words(
        f"先走访模型排在最前的一成，每 100 户里有 {model} 户后来风险变差；不用模型：{'，'.join(zh for zh, _ in others)}，"
        f"不排先后 {_few_or_many(100 * rate)} 户。后来风险变差的，每 100 户有 {missed} 户不在模型的这一成里",
        f"of 100 households in the tenth that the model puts first {model} slipped later; without a model: "
        f"{', '.join(en for _, en in others)}, {_few_or_many(100 * rate)} in no order. Of 100 households that slipped "
        f"{missed} were not in the model's tenth",
    )


def met_of_a_hundred(caught: float | None, rate: float | None) -> str:
    """Households of a hundred in the first tenth of an order that slipped; a dash where that cannot be told."""
    return "—" if caught is None or not rate else _of_a_hundred(caught, rate)


def _of_a_hundred(caught: float, rate: float) -> str:
    # Rounded shares of an older record may come to a little more than all of them.
    return _few_or_many(min(100.0, 100 * caught * rate / VISITED))


def _few_or_many(number: float) -> str:
    return f"{number:.0f}" if number >= _WHOLE else f"{number:.1f}"


def is_rough(row: Mapping[str, Any]) -> bool:
    """Whether the interval of a county's total reaches so far to either side that it says hardly more than the order of size."""
    low, high = row["expected_interval"]
    return bool(high - low > 2 * ROUGH * row["expected_slips"])


def _ordered(row: Mapping[str, Any], reached: float, name: Words) -> tuple[bool | None, Words]:
    """How the model's order compares with a simple one that `reached` an AUC; better, worse, or None: neither beyond chance."""
    low, high = row["auc_interval"]
    if high < reached:
        return False, Words(f"不如{name.zh}", f"less well than {name.en}")
    if low > reached and _catches_a_tenth_more(row):
        return True, Words(f"明显好于{name.zh}", f"clearly better than {name.en}")
    if low > reached:
        return True, Words(f"略好于{name.zh}", f"slightly better than {name.en}")
    return None, Words(f"与{name.zh}差不多或略好", f"about as well as {name.en}, or a little better")


def _catches_a_tenth_more(row: Mapping[str, Any]) -> bool:
    """Whether visits to the first tenth meet at least a tenth more slips in the model's order than in either simple one.

    Of less nothing is clearly better, however surely it is better (decision 0037). Records of earlier workbenches do not tell.
    """
    caught = row.get("caught_in_tenth", {})
    simple = [share for name, *_ in _OTHER_LISTS if (share := caught.get(name)) is not None]
    return caught.get("model") is not None and bool(simple) and 10 * caught["model"] >= 11 * max(simple)


def doubtful(large: Mapping[str, Any] | None, checked_round: str | None) -> Words | None:
    """A round whose slips are twice those expected, or half, is looked at before the model is; `large`: its totals."""
    if not large or 1 / _DOUBTFUL <= large["observed"] / max(large["expected"], 1e-9) <= _DOUBTFUL:
        return None
    expected, observed = f"{large['expected']:,.0f}", f"{large['observed']:,.0f}"
    return Words(
        f"先核实 {checked_round or '这几期'} 前后的数据（收入口径、户编号、有无灾害），再谈模型好坏：预计风险变差 {expected} 户，实际 {observed} 户，相差一倍以上",
        f"first check the data around {checked_round or 'these rounds'} (kind of income, household numbers, disasters), and judge "
        f"the model afterwards: {expected} households were expected to slip and {observed} did, twice as many or half",
    )


def best_without_model(row: Mapping[str, Any]) -> tuple[float, Words] | None:
    """The AUC of the simple order that did best on a part, and its name; None where there is no order to judge.

    Whoever orders by the income margin, or by tier and distance as officers do, needs no model: the better of the two is
    what a model must beat there. Records of earlier workbenches have the first alone.
    """
    reached = [(row.get(key), name) for key, name in _WITHOUT_MODEL.items()]
    return max(((auc, name) for auc, name in reached if auc is not None), key=lambda each: each[0], default=None)


def price_of_reasons(compared: Mapping[str, Mapping[str, Any]]) -> Words | None:
    """What is given up for reasons that add up: the loss beside that of unconstrained trees; None where none were fitted."""
    trees, base = compared.get("challenger"), compared.get("base_rate")
    if trees is None or trees["model_better_by"] is None:
        return None
    better, error = -trees["model_better_by"], trees["error"]
    sizes = f"{abs(better):.4f}", f"{error:.4f}"
    if abs(better) < _SURE * error:
        return Words(
            f"不受限制的梯度提升树与本模型分不出高下（误差相差 {sizes[0]}，上下 {sizes[1]}）：说得清理由，没有看得出的代价",
            f"unconstrained trees cannot be told from this model (losses differ by {sizes[0]} ± {sizes[1]}): "
            "reasons that add up have no price that shows",
        )
    if better < 0:
        return Words(
            f"不受限制的梯度提升树更不准（误差多 {sizes[0]}，上下 {sizes[1]}）：说得清理由，没有代价",
            f"unconstrained trees do worse (a loss more by {sizes[0]} ± {sizes[1]}): reasons that add up cost nothing",
        )
    gained = base["model_better_by"] if base else None
    share = f"{better / gained:.0%}" if gained and gained > 0 else ""
    return Words(
        f"不受限制的梯度提升树会更准：误差少 {sizes[0]}（上下 {sizes[1]}）"
        + (f"，相当于本模型比“平均风险变差率”所得的 {share}" if share else "")
        + "；它说不清一户的理由，所以没有用",
        f"unconstrained trees would do better: a loss less by {sizes[0]} ± {sizes[1]}"
        + (f", {share} of what this model gains over the base rate" if share else "")
        + "; they give no reasons that add up, so they are not used",
    )
