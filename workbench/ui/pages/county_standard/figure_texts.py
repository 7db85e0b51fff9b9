"""The words of the figures at the top of the page, which follow the slider in the browser, and the names of what counts go by."""

from workbench.domain.facts import LABELS
from workbench.domain.rules.edge import ROUTE_COMPARES, EdgeLimits
from workbench.ui.kit.texts.language import Language


def figure_texts(t: Language) -> dict[str, str]:
    """Return what `LiveFigures` says, in the language of the page."""
    return {
        "locale": "zh-CN" if t.code == "zh" else "en",
        "inside": t("纳入"),
        "change": t("新增 / 退出"),
        "cannot_tell": t("不能判定"),
        "below_line": t("低于扶贫标准"),
        "cost": t("每年费用"),
        "households": t("户"),
        "computing": t("正在计算…"),
        # The blank is filled with itself: the browser puts the figure in as the slider moves.
        "of_all": t("占未建档户 {share}", share="{share}"),
        "cannot_tell_note": t("缺少事实，须先核实"),
        "most_missing": t("；最多的缺“{fact}”（{count} 户）", fact="{fact}", count="{count}"),
        "below_line_note": t("应走建档立卡程序，不受任何标准影响"),
        "no_cost": t("未填每户费用"),
        "no_budget": t("未填预算"),
        "over_budget": t("超出预算 {amount}", amount="{amount}"),
        "within_budget": t("预算之内，余 {amount}", amount="{amount}"),
        # Of those that cannot be told all or none may come in: what is to spare is a range, as on the sheet.
        "over_range": t("超出预算 {low}；不能判定的若都纳入，超出 {high}", low="{low}", high="{high}"),
        "within_range": t("预算之内，余 {high}；不能判定的若都纳入，余 {low}", low="{low}", high="{high}"),
        "perhaps_over": t("余 {amount}；不能判定的若都纳入，则超出 {over}", amount="{amount}", over="{over}"),
    }


def labels_of(limits: EdgeLimits) -> dict[str, tuple[str, str]]:
    """What facts and groups are called; those of the county's own by the names that it gave them."""
    own = {name: (label, label) for name, label in limits.own_groups.items()}
    return {"income": ("测算收入", "tested income"), **LABELS, **ROUTE_COMPARES, **own}
