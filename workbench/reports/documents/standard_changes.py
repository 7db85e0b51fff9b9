"""What a county's standard changes against another one, in the words of a Chinese paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from workbench.domain.facts import KEY_GROUPS, label_of
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import Ceiling, EdgeStandard, IncomeDropRoute, RigidExpenditureRoute
from workbench.reports.documents.wording import amount

OWN = "（本县自定）"
"""Behind a key group that the notice does not name."""


def standard_changes(ours: EdgeStandard, theirs: EdgeStandard, line: float) -> str:
    """Every key that decides who comes in or what it costs and is another than in `theirs`; `line` (yuan) that of the round."""
    own = {**theirs.own_groups, **ours.own_groups}
    changes = [
        *_income(ours, theirs, line),
        *_groups(ours, theirs, own),
        *_group_ceilings(ours, theirs, own),
        *_routes(ours, theirs, line),
        *_listed("排除", "不再排除", ours.exclusions, theirs.exclusions, lambda name: label_of(name)[0]),
        *_money(ours, theirs),
    ]
    if changes:
        return f"{'；'.join(changes)}；其余不变。"
    named = (ours.title, ours.effective) != (theirs.title, theirs.effective)
    return "各项相同，只有名称或施行日期不同。" if named else "各项相同。"


def group_label(name: str, own: Mapping[str, str]) -> str:
    """A key group by its name, one that the county added marked as its own."""
    return label_of(name, own)[0] + ("" if name in KEY_GROUPS else OWN)


def ceiling_words(ceiling: Ceiling, line: float) -> str:
    """A ceiling in yuan, with its multiple where it is one."""
    yuan = f"{amount(ceiling.yuan_under(line))}元"
    return yuan if ceiling.multiple is None else f"{yuan}（扶贫标准的{ceiling.multiple:g}倍）"


def _income(ours: EdgeStandard, theirs: EdgeStandard, line: float) -> Iterator[str]:
    if ours.line != theirs.line:
        before, after = (amount(each.line if each.line is not None else line) for each in (theirs, ours))
        yield f"扶贫标准由{before}元改为{after}元"
    if ours.income.deduct_out_of_pocket != theirs.income.deduct_out_of_pocket:
        yield "收入改为扣除合规自付支出" if ours.income.deduct_out_of_pocket else "收入不再扣除合规自付支出"
    if ours.income.ceiling != theirs.income.ceiling:
        was, will_be = (each.income.ceiling.yuan_under(each.line or line) for each in (theirs, ours))
        step = "提高到" if will_be > was else "降低到" if will_be < was else "改写为"
        shown = [ceiling_words(each.income.ceiling, each.line or line) for each in (theirs, ours)]
        yield f"收入上限由{shown[0]}{step}{shown[1]}"


def _groups(ours: EdgeStandard, theirs: EdgeStandard, own: Mapping[str, str]) -> Iterator[str]:
    if ours.require_group != theirs.require_group:
        yield "改为须属于所列重点群体" if ours.require_group else "不再要求属于重点群体"
    yield from _listed("重点群体增列", "不再列入", ours.groups, theirs.groups, lambda name: group_label(name, own))
    dropped = [name for name in KEY_GROUPS if name in theirs.groups and name not in ours.groups]
    if dropped or ours.require_group < theirs.require_group:
        yield "通知二（二）列明的群体因此不全要求，须说明理由"


def _listed(
    added: str, dropped: str, ours: Sequence[str], theirs: Sequence[str], named: Callable[[str], str]
) -> Iterator[str]:
    """What one list has more, and what less, in the words of either."""

    def names(each: Sequence[str], other: Sequence[str]) -> str:
        return "、".join(named(name) for name in each if name not in other)

    for verb, words in ((added, names(ours, theirs)), (dropped, names(theirs, ours))):
        if words:
            yield f"{verb}{words}"


def _group_ceilings(ours: EdgeStandard, theirs: EdgeStandard, own: Mapping[str, str]) -> Iterator[str]:
    # Of a group that is not listed a ceiling has no effect.
    after, before = (
        {name: each for name, each in side.income.group_ceilings.items() if name in side.groups}
        for side in (ours, theirs)
    )
    for name in dict.fromkeys((*after, *before)):
        if after.get(name) != before.get(name):
            label = label_of(name, own)[0]
            yield f"{label}的单独上限{f'定为扶贫标准的{after[name]:g}倍' if name in after else '取消'}"


def _routes(ours: EdgeStandard, theirs: EdgeStandard, line: float) -> Iterator[str]:
    for name, (words, _) in ROUTES.items():
        after, before = (getattr(side.routes, name, None) for side in (ours, theirs))
        if after == before:
            continue
        if after is None:
            yield f"取消“{words}”途径"
        else:
            yield f"{'增加' if before is None else '调整'}“{words}”途径（{route_words(after, ours.line or line)}）"


def route_words(route: RigidExpenditureRoute | IncomeDropRoute, line: float) -> str:
    """Share and ceiling of a route."""
    return f"超过{100 * route.share:.4g}%，收入低于{ceiling_words(route.ceiling, line)}"


def _money(ours: EdgeStandard, theirs: EdgeStandard) -> Iterator[str]:
    for words, after, before in (
        ("每户每年帮扶费用", ours.help_cost, theirs.help_cost),
        ("年度预算", ours.budget, theirs.budget),
    ):
        if after != before:
            yield f"{words}由{_yuan(before)}改为{_yuan(after)}"


def _yuan(value: float | None) -> str:
    return "未填" if value is None else f"{amount(value)}元"
