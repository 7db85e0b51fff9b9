"""What in a standard is allowed and works, but is most likely a slip of the pen: said wherever the standard is tried."""

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.ineffective import ineffective

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
        Words(
            f"上限 {ceiling:,.0f} 元是扶贫标准的 {ceiling / limits.line:,.0f} 倍，几乎人人都在以下；请核对有没有把元写成倍数",
            f"a ceiling of {ceiling:,.0f} yuan is {ceiling / limits.line:,.0f} times the line, and nearly everybody lies below it: "
            "check that yuan were not written for a multiple",
            code="preview.ceiling-far-above",
        ).after(f"{key}: ")
        for key, ceiling in ceilings.items()
        if ceiling > _FAR * limits.line
    ]
