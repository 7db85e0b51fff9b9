"""What a card says of help given meanwhile and of household numbers, in Chinese and English."""

from workbench.errors import Words
from workbench.safeguards.plain_data import Json

_STANDINGS = {
    "1": ("一级（红）", "tier 1"), "2": ("二级（黄）", "tier 2"), "3": ("三级（蓝）", "tier 3"),
    "unregistered": ("未建档立卡户", "the unregistered"),
}  # fmt: skip
_UNRECORDED = Words(
    "谁在两期之间得到过帮扶，没有登记库可查，量不出来",
    "no register says who was helped between rounds, so what help does to the model cannot be measured",
)
_NOBODY = Words(
    "登记库里没有一条在两期之间得到帮扶的记录",
    "the register has nobody of those learnt from as helped between rounds",
)
_TOO_FEW = Words(
    "得到帮扶的和没有得到的，有一边太少，两版模型比不出来",
    "too few were helped, or too few were not, to compare a model of those not helped",
)


def help_words(record: Json | None) -> list[Words]:
    """Sentences on help in what was learnt from; `record`: `about["help"]`, None of a model trained before it was read."""
    if not record or not record["recorded"]:
        return [_UNRECORDED]
    if not record["helped"]:
        return [_NOBODY]
    said = [_given(record)]
    compared = record["compared"]
    if compared is None:
        return [*said, _TOO_FEW]
    said.append(_compared(compared))
    apart = [_of_standing(name, one) for name, one in record["by_standing"].items() if one["differs"]]
    return [*said, *apart]


def _given(record: Json) -> Words:
    rows, helped, visited = (f"{record[name]:,}" for name in ("rows", "helped", "visited"))
    planned, edge = f"{record['planned']:,}", f"{record['in_edge_register']:,}"
    likeliest, others = (_percent(record["flagged"][name]) for name in ("likeliest", "others"))
    return Words(
        f"学习的 {rows} 条记录中，{helped} 条在两期之间得到帮扶（帮扶计划 {planned} 条，边缘户台账 {edge} 条；另有 {visited} 条两期之间走访过）："
        f"模型认为最可能风险变差的一成中 {likeliest}，其余 {others}",
        f"of {rows} household-rounds learnt from {helped} were helped between rounds (plans {planned}, edge register {edge}; "
        f"visited between rounds {visited}): {likeliest} of the likeliest tenth, {others} of the others",
    )


def _compared(one: Json) -> Words:
    model, unhelped, happened = (f"{one[name]:,.0f}" for name in ("model", "unhelped", "happened"))
    start = Words(
        f"另用没有得到帮扶的户训练一版来比：得到帮扶的户，模型预计风险变差 {model}，那一版预计 {unhelped}，实际 {happened}；",
        f"a model of those not helped, for comparison: among the helped the model expects {model} slips, that one {unhelped}, "
        f"and {happened} came; ",
    )
    return start + _verdict(one)


def _verdict(one: Json) -> Words:
    if not one["differs"]:
        return Words(
            "差别分不清是不是偶然，看不出帮扶使模型偏低",
            "the difference may be chance: no sign that help makes the model say too little",
        )
    if one["log_ratio"] > 0:
        times = f"{one['unhelped'] / one['model']:.1f}"
        return Words(
            f"**两版不同**：不帮，风险变差可能是模型所说的约 {times} 倍。模型的概率是“照以往那样帮”的概率，不要因为概率低就停止帮扶",
            f"**the two differ**: without help slips may be about {times} times what the model says. Its probabilities are "
            "those *with* the usual help: do not end help because one is low",
        )
    return Words(
        "**两版不同**，而且得到帮扶的反而多：多半是帮扶给了更难、而事实里看不出的户，不能说明帮扶有害",
        "**the two differ**, the helped slipping more: most likely help went to those worse off in ways no fact shows; no sign "
        "that help does harm",
    )


def _of_standing(name: str, one: Json) -> Words:
    zh, en = _STANDINGS.get(name, (name, name))
    model, unhelped = f"{one['model']:,.0f}", f"{one['unhelped']:,.0f}"
    return Words(
        f"差别明显的户类：{zh}，模型预计 {model}，那一版 {unhelped}",
        f"where they differ: {en}, {model} against {unhelped}",
    )


def linkage_words(links: list[Json] | None) -> list[Words]:
    """How household numbers go on from round to round: the range, then each county and step that is unusual."""
    if not links:
        return []
    shares = [each["again"] for each in links]
    least, most = f"{min(shares):.0%}", f"{max(shares):.0%}"
    whole = Words(
        f"户编号：各县区、各步，{least} 至 {most} 的户到下一期再找得到；找不到的户没有结果可学",
        f"household numbers: from {least} to {most} of a county's are there again in its next round; of the others nothing is learnt",
    )
    return [whole, *(Words(each["zh"], each["en"]) for each in links if each["unusual"])]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"
