"""What a preview says of money: the range that unknown facts leave open, one household more, and what a budget carries."""

from workbench.cli.output import households, say
from workbench.errors import Words
from workbench.safeguards.plain_data import Json


def show_budget(record: Json) -> None:
    """Print the range where something cannot be told, the price at the margin, and the ceiling that was asked for."""
    if record["cannot_tell"]:
        _show_range(record["in_range"], record["cost_range"])
    _show_margin(record["margin"])
    if "carried" in record:
        _show_carried(record["carried"])


def _show_range(counts: list[float], cost: list[float] | None) -> None:
    between = f"{households(counts[0])}–{households(counts[1])}"
    yuan = f"{cost[0]:,.0f}–{cost[1]:,.0f}" if cost else None
    say(
        Words(
            f"不能判定的户查清后：纳入 {between} 户" + (f"，每年费用 {yuan} 元" if yuan else ""),
            f"once those that cannot be told are known: in {between} households"
            + (f", {yuan} yuan a year" if yuan else ""),
        )
    )


def _show_margin(margin: Json) -> None:
    # No model has scored the round, or no slip lies there: there is no price to tell.
    if margin["visits_per_slip"] is None:
        return
    ceiling, each = f"{margin['ceiling_yuan']:,.0f}", f"{margin['visits_per_slip']:,.1f}"
    yuan = None if margin["yuan_per_slip"] is None else f"{margin['yuan_per_slip']:,.0f}"
    added = households(margin["households"]), f"{margin['slips']:,.1f}"
    say(
        Words(
            f"上限提高到 {ceiling} 元：多 {added[0]} 户，多抓住 {added[1]} 户；多抓住一户要多走访 {each} 户"
            + (f"、每年 {yuan} 元" if yuan else ""),
            f"a ceiling of {ceiling} yuan: {added[0]} households more, {added[1]} slips more; one more caught takes {each} visits"
            + (f" and {yuan} yuan a year" if yuan else ""),
        )
    )


def _show_carried(carried: Json) -> None:
    budget = f"{carried['budget']:,.0f}"
    if carried["ceiling"] is None:
        say(
            Words(
                f"每年 {budget} 元：即使收入上限等于扶贫标准，其他途径和群体上限纳入的户也超出预算",
                f"{budget} yuan a year: over the budget even with the income ceiling at the line, by other routes and groups",
            )
        )
        return
    _say_ceiling(budget, carried["ceiling"], Words("按已能判定的户", "by those that can be told"))
    # The other end: the budget has to hold whatever becomes of those that cannot be told.
    if carried["even_if_all_in"] is not None:
        _say_ceiling(
            budget,
            carried["even_if_all_in"],
            Words("即使不能判定的户全部纳入", "even if all that cannot be told are in"),
        )


def _say_ceiling(budget: str, ceiling: Json, how: Words) -> None:
    yuan, about = f"{ceiling['yuan']:,.2f}".removesuffix(".00"), "" if ceiling["exact_multiple"] else "约"
    least = Words("至少 ", "at least ") if ceiling["at_least"] else Words("", "")
    # A multiple that is not the ceiling itself is said to be about it, and is too coarse to be taken for it.
    multiple = f"{ceiling['multiple']:g}" if ceiling["exact_multiple"] else f"{ceiling['multiple']:.2f}"
    # Both ends are one number where nothing is unknown.
    counts = "–".join(households(each) for each in dict.fromkeys(ceiling["in_range"]))
    cost = "–".join(f"{each:,.0f}" for each in dict.fromkeys(ceiling["cost_range"]))
    say(
        Words(
            f"每年 {budget} 元能承受的收入上限（{how.zh}）：{least.zh}{yuan} 元（{about}扶贫标准的 {multiple} 倍），纳入 {counts} 户，费用 {cost} 元",
            f"{budget} yuan a year carry a ceiling ({how.en}) of {least.en}{yuan} yuan ({'about ' if about else ''}{multiple} times the line): {counts} households, "
            f"{cost} yuan",
        )
    )
