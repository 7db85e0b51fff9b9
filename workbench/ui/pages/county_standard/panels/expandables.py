"""The panels of the county-standard page that are worked out only when they are opened."""

from workbench.ui.kit.controls.expandable import Expandable
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.certainty_panel import CertaintyPanel
from workbench.ui.pages.county_standard.panels.changes_panel import LISTED, ChangesPanel
from workbench.ui.pages.county_standard.panels.frontier_panel import FrontierPanel
from workbench.ui.pages.county_standard.panels.help_panel import HelpPanel
from workbench.ui.pages.county_standard.panels.readings_panel import ReadingsPanel
from workbench.ui.pages.county_standard.slips.shares_panel import SharesPanel
from workbench.ui.pages.county_standard.slips.stability_panel import StabilityPanel
from workbench.ui.pages.county_standard.state import StandardSession


def expandables(
    session: StandardSession, language: Language, frontier: FrontierPanel, guard: Guard
) -> list[Expandable]:
    """One each, in their order; the page refreshes those that are open. `frontier` is the page's own, as its list loads a standard."""
    t = language
    readings = ReadingsPanel(session, t, guard)
    certainty = CertaintyPanel(session, t)
    frontier.pane.take_guarded(guard)
    certainty.pane.take_guarded(guard)
    shares, stable = SharesPanel(session, t), StabilityPanel(session, t, guard)
    helped = HelpPanel(session, t)
    return [
        Expandable(
            t, t("对谁公平：按乡镇、群体、家庭类型"), t("以往各期风险变差的户，各处各类已纳入多少；附区间，差别只是偶然的说明是偶然。"),
            shares.html, shares.fill, guard,
        ),
        Expandable(
            t, t("名单有多稳"), t("按本次选择，当期纳入的户到下一期还有多少在内，出去的又有多少回来。"),
            stable.widget, stable.fill, guard,
        ),
        Expandable(
            t, t("帮没帮上"), t("以往各期，刚纳入与刚未纳入的户到下一期风险变差的差别；户太少时只说还差多少，不下结论。"),
            helped.html, helped.fill, guard,
        ),
        Expandable(
            t, t("同样户数的最优方案"), t("上限、群体、途径、排除都可以变时，同样的户数最多能抓住多少风险变差的户；与本次选择相比。"),
            frontier.widget, frontier.fill, guard,
        ),
        Expandable(
            t, t("认定口径的代价"), t("通知没有明确的各点，每种口径涉及的户数、费用和风险变差；可写成请示。"),
            readings.widget, readings.fill, guard,
        ),
        Expandable(
            t, t("这些数有多稳"), t("收入有误差；公开的门槛附近也可能有人为的堆积。"), certainty.pane, certainty.fill, guard
        ),
    ]  # fmt: skip


def households_list(session: StandardSession, language: Language, guard: Guard) -> Expandable:
    """Who comes in and who goes out, household by household; other parts of the page lead to it."""
    t, changes = language, ChangesPanel(session, language, guard)
    return Expandable(
        t, t("谁进谁出：逐户比较"), t("这一选择与上面所选的标准不同的每一户、为什么，其中谁在管、谁有帮扶；可下载。"),
        changes.widget, changes.fill, guard, anchor=LISTED,
    )  # fmt: skip
