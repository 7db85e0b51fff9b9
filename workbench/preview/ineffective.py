"""What in a standard is allowed but has no effect under a line, or lets nobody in: said wherever the standard is tried."""

from collections.abc import Iterator

from workbench.domain.facts import label_of
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import ROUTES, EdgeLimits
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words


def ineffective(standard: EdgeStandard, limits: EdgeLimits) -> list[Words]:
    """One sentence for each setting of a standard that changes nothing; `limits` are those of the standard."""
    return [*_ceilings(standard, limits), *_groups(standard, limits), *_routes(limits), *_money(standard)]


def _ceilings(standard: EdgeStandard, limits: EdgeLimits) -> Iterator[Words]:
    for group, multiple in standard.income.group_ceilings.items():
        zh, en = label_of(group, standard.own_groups)
        if group not in standard.groups:
            message = Words(
                f"{zh}不在所列群体中，它的单独上限不起作用",
                f"{en} is not among the groups: its own ceiling has no effect",
                code="preview.group-ceiling-unlisted",
            )
        elif multiple_of(multiple, limits.line) <= limits.ceiling:
            message = Words(
                f"{zh}的单独上限 {multiple:g} 倍不高于一般上限，不起作用",
                f"{en}: a ceiling of its own of {multiple:g} times is no higher than the general one and has no effect",
                code="preview.group-ceiling-too-low",
            )
        else:
            continue
        yield message.after(f"{keys.group_ceiling(group)}: ")
    if limits.ceiling <= limits.line and not _higher(limits):
        yield Words(
            "收入上限等于扶贫标准，收入途径不会纳入任何户",
            "the income ceiling is the poverty line itself, so the income route lets nobody in",
            code="preview.ceiling-is-line",
        ).after(f"{keys.CEILING}: ")


def _higher(limits: EdgeLimits) -> bool:
    """Whether some group's ceiling lies above the line."""
    return any(ceiling > limits.line for ceiling in limits.group_ceilings.values())


def _groups(standard: EdgeStandard, limits: EdgeLimits) -> Iterator[Words]:
    if standard.require_group and not standard.groups:
        yield Words(
            "没有列出任何群体，又要求属于所列群体，收入途径不会纳入任何户",
            "no group is listed while one is required, so the income route lets nobody in",
            code="preview.no-group-listed",
        ).after(f"{keys.GROUPS}: ")
    if not standard.require_group and not _higher(limits) and len(standard.groups) < len(standard.group_names):
        yield Words(
            "不要求属于所列群体，少列群体不起作用",
            "no group is required, so that listing fewer of them has no effect",
            code="preview.groups-not-required",
        ).after(f"{keys.GROUPS}: ")


def _routes(limits: EdgeLimits) -> Iterator[Words]:
    routes = (
        ("rigid_expenditure", limits.rigid_share, limits.rigid_ceiling),
        ("income_drop", limits.drop_share, limits.drop_ceiling),
    )
    for name, share, ceiling in routes:
        if share is None:
            continue
        key, (zh, en) = f"{keys.route(name)}: ", ROUTES[name]
        # Whoever is not below the line still has an income, so that nobody there has lost all of it.
        if ceiling <= limits.line or (name == "income_drop" and share >= 1):
            yield Words(
                f"“{zh}”这一途径不会纳入任何户", f"the route “{en}” lets nobody in", code="preview.route-lets-nobody-in"
            ).after(key)
        elif not limits.require_group and ceiling <= limits.ceiling:
            yield Words(
                f"不要求属于群体，收入途径已纳入上限以下的所有户，“{zh}”这一途径不起作用",
                f"no group is required, so the income route lets in everybody below the ceiling: the route “{en}” has no effect",
                code="preview.route-without-effect",
            ).after(key)


def _money(standard: EdgeStandard) -> Iterator[Words]:
    if standard.budget is not None and standard.help_cost is None:
        yield Words(
            "填了预算而没有填每户费用，无从比较",
            "a budget without the cost of helping a household compares with nothing",
            code="preview.standard-budget-without-cost",
        ).after(f"{keys.BUDGET}: ")
