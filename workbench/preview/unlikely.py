"""What in a standard is allowed and works, but is most likely a slip of the pen: said wherever the standard is tried."""

from workbench.domain.rounds import deadline, months_after
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.ineffective import ineffective

_HALF_YEAR = 6
_FAR = 10
"""Times the line: what places have published lies between one and a half and three."""


def remarks(standard: EdgeStandard, limits: EdgeLimits) -> list[Words]:
    """What to say of a standard before its counts are believed: what is most likely a slip, then what has no effect."""
    return [*unlikely(limits), *ineffective(standard, limits)]


def unlikely(limits: EdgeLimits) -> list[Words]:
    """One sentence for each ceiling that nobody sets: most often yuan where a multiple was asked for."""
    ceilings: dict[str, float] = {
        keys.CEILING: limits.ceiling,
        **{keys.group_ceiling(group): ceiling for group, ceiling in limits.group_ceilings.items()},
        keys.route_ceiling("rigid_expenditure"): limits.rigid_ceiling,
        keys.route_ceiling("income_drop"): limits.drop_ceiling,
    }
    return [
        _far_above(ceiling, limits.line).after(f"{key}: ")
        for key, ceiling in ceilings.items()
        if ceiling > _FAR * limits.line
    ]


def unlikely_day(standard: EdgeStandard, round_name: str) -> Words | None:
    """What to say of a day of effect that lies before the round and the one before it were filed; None of any other."""
    # Until the round before is filed a standard may still be for that one; earlier, the year is most often a slip.
    earliest = deadline(months_after(round_name, -_HALF_YEAR))
    if standard.effective is None or standard.effective > earliest:
        return None
    return Words(
        f"施行日期 {standard.effective} 早于本期（{round_name}）半年以上，那时的各期已经办完；请核对年份",
        f"the day of effect, {standard.effective}, lies over half a year before round {round_name}, when rounds long filed were "
        "under way: check the year",
        code="preview.effective-long-past",
    )


def _far_above(ceiling: float, line: float) -> Words:
    times = ceiling / line
    # What was typed for a multiple would be a likely ceiling in yuan: then that is what is meant.
    if line <= times <= _FAR * line:
        return Words(
            f"上限是扶贫标准的 {times:,.0f} 倍（{ceiling:,.0f} 元）。是不是 {times:,.0f} 元？如是，请按元写",
            f"a ceiling of {times:,.0f} times the line ({ceiling:,.0f} yuan): were {times:,.0f} yuan meant? Then write it in yuan",
            code="preview.ceiling-yuan-for-multiple",
        )
    return Words(
        f"上限 {ceiling:,.0f} 元是扶贫标准的 {times:,.0f} 倍，几乎人人都在以下；请核对有没有多写一位，或把元写成倍数",
        f"a ceiling of {ceiling:,.0f} yuan is {times:,.0f} times the line, and nearly everybody lies below it: "
        "check for a digit too many, or yuan written for a multiple",
        code="preview.ceiling-far-above",
    )
