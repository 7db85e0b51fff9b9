"""A standard in one line, so that points of a frontier can be read side by side."""

from collections.abc import Mapping

from workbench.domain.facts import label_of
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import Ceiling, EdgeStandard
from workbench.errors import Words
from workbench.preview.frontier.choice import not_listed


def standard_summary(standard: EdgeStandard) -> Words:
    """Ceiling, groups, ceilings of groups, routes and exclusions of a standard."""
    parts = [*_income(standard), *_routes(standard), _exclusions(standard)]
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def group_remark(standard: EdgeStandard) -> Words | None:
    """What a row has to say at once of a standard that does without groups which the notice names (§2.2-b); None where it does not."""
    if not standard.require_group:
        return Words("不要求属于通知列明的群体", "asks for no key group of the notice")
    if not_listed(standard):
        return Words("少列了通知列明的群体", "leaves out key groups of the notice")
    return None


def summary_with_remark(standard: EdgeStandard) -> Words:
    """The standard in one line, and behind it in brackets what it does without of the notice's groups."""
    said, remark = standard_summary(standard), group_remark(standard)
    return said + Words(f"（{remark.zh}）", f" ({remark.en})") if remark else said


def _income(standard: EdgeStandard) -> list[Words]:
    """Whom the income alone lets in; a ceiling at the line lets in nobody, and is not written as if it did."""
    of_groups = _group_ceilings(standard)
    if standard.income.ceiling.multiple != 1:
        return [_ceiling(standard.income.ceiling), _groups(standard), *of_groups]
    if not of_groups:
        return [Words("只凭收入不纳入任何户", "nobody by income alone")]
    return [
        Words("收入上限只给", "income ceilings only for")
        + Words("：", ": ")
        + Words("、".join(each.zh for each in of_groups), ", ".join(each.en for each in of_groups))
    ]


def _ceiling(ceiling: Ceiling) -> Words:
    if ceiling.multiple is None:
        return Words(f"{ceiling.yuan:g} 元以下", f"below {ceiling.yuan:g} yuan")
    return Words(f"{ceiling.multiple:g} 倍以下", f"below {ceiling.multiple:g} times the line")


def _named(names: tuple[str, ...] | list[str], own: Mapping[str, str]) -> Words:
    return Words(
        "、".join(label_of(name, own)[0] for name in names), ", ".join(label_of(name, own)[1] for name in names)
    )


def _groups(standard: EdgeStandard) -> Words:
    if not standard.require_group:
        return Words("不要求群体", "no group required")
    omitted = [name for name in standard.group_names if name not in standard.groups]
    if not omitted:
        return Words("要求属于重点群体", "in a key group")
    names = _named(standard.groups, standard.own_groups)
    return Words(f"要求属于：{names.zh or '无'}", f"in one of: {names.en or 'none'}")


def _group_ceilings(standard: EdgeStandard) -> list[Words]:
    own = {group: ceiling for group, ceiling in standard.income.group_ceilings.items() if group in standard.groups}
    labels = {group: label_of(group, standard.own_groups) for group in own}
    return [
        Words(f"{labels[group][0]} {ceiling:g} 倍", f"{labels[group][1]} {ceiling:g} times")
        for group, ceiling in own.items()
    ]


def _routes(standard: EdgeStandard) -> list[Words]:
    present = [(name, route) for name in ROUTES if (route := getattr(standard.routes, name, None)) is not None]
    return [
        Words(
            f"{ROUTES[name][0]}超过 {100 * route.share:.4g}%、{_ceiling(route.ceiling).zh}",
            f"{ROUTES[name][1]} above {100 * route.share:.4g}%, {_ceiling(route.ceiling).en}",
        )
        for name, route in present
    ]


def _exclusions(standard: EdgeStandard) -> Words:
    names = _named(standard.exclusions, {})
    return Words(f"排除：{names.zh}", f"excluded: {names.en}") if names.zh else Words("不设排除", "no exclusions")
