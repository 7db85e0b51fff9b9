"""Sentences of a filing that say how far things are: whole sentences, empty where there is nothing to say."""

from workbench.domain.rules.tiers import UNDETERMINED
from workbench.reports.documents.wording import tier_name
from workbench.reports.records import FilingDocument, SummaryRow, Tally

_NAMED_FACTS = 5
"""As many of the facts to be collected are named, those that most households lack: a paper is no work list."""


def let_in(filing: FilingDocument) -> str:
    """Beside a handful managed: how many the standard would bring in, and how many of them nobody has decided on."""
    if filing.let_in is None:
        return ""
    parts = filing.let_in
    return (
        f"按现行标准测算应纳入{parts.managed + parts.decided + parts.open:,}户，其中已在管{parts.managed:,}户、"
        f"经程序未纳入{parts.decided:,}户、尚未备案{parts.open:,}户。"
    )


def screened(filing: FilingDocument) -> str:
    """How many of those screened stand on filed lists; empty where there is none."""
    # By it whoever sees lists of hundreds beside a handful managed knows that they hold those kept out too.
    return f"筛查对象已备案{filing.screened:,}户次（含不纳入的）。" if filing.screened else ""


def under_way(filing: FilingDocument) -> str:
    """The cases that are not closed: beside them nobody takes a small number of confirmed households for all there are."""
    if not filing.under_way:
        return ""
    stages = "、".join(f"{stage}{count:,}户" for stage, count in filing.under_way.items())
    origins = "、".join(f"{origin}{count:,}户" for origin, count in filing.under_way_of.items())
    whose = f"（{origins}）" if origins else ""
    return f"另有{sum(filing.under_way.values()):,}户{whose}低于扶贫标准、正在办理返贫致贫认定程序（{stages}），办结之前不计入返贫户。"


def filed_so_far(filing: FilingDocument, whole: SummaryRow) -> str:
    """How far the round is: what is not filed yet is not passed off as filed."""
    if filing.filed is None:
        return ""
    remaining = whole.lifted.households - filing.filed
    # Of the filed ones alone: no other has gone through the procedure.
    how = "，均经村两委和驻村扶贫工作队入户走访、初评上报和乡镇审核" if filing.filed else ""
    # The tiers above are those of all; what the county answers for by a filed list is these.
    tiers = "、".join(f"{tier_name(tier)}{count:,}户" for tier, count in filing.filed_tiers.items() if count)
    how = (f"（{tiers}）" if tiers and remaining else "") + how
    return f"已备案{filing.filed:,}户{how}" + (
        f"；其余{remaining:,}户尚未备案，所列等级按规则测算。" if remaining else "。"
    )


def lighter_below_line(whole: SummaryRow) -> str:
    """Who is below the line is no household of a lower risk, whatever the tier says: named apart (§2.1.3)."""
    if not whole.below_line:
        return ""
    return f"另有{whole.below_line:,}户等级比上期轻，但收入低于扶贫标准、正在办理返贫认定程序，不算风险降低，见风险台账“备注”栏。"


def open_points(filing: FilingDocument, whole: SummaryRow) -> list[str]:
    """What a reader has to know beside the figures, in the order of the paper."""
    # In every filing: no control of scale (§2.1.3-c), and what a lifted household has does not end with blue (§4.1).
    points = [
        "凡达到贫困户标准的农户，均列入应纳入对象，未因标准、资金或人手而减少一户。",
        "已脱贫户定为三级（蓝）的，政策、帮扶、责任、监管不变，原有帮扶措施继续执行。",
    ]
    if filing.reading:
        # A filed tier is what people decided, which may be another than the rules'.
        reviewed = f"；已备案的{filing.filed:,}户以备案的等级为准" if filing.filed else ""
        points.insert(0, f"等级按规则测算{reviewed}。对通知条文的理解是：{filing.reading}。")
    # Who lacks a needed fact is not blue by default (§2.1.1-e): the filing says what is to be collected.
    if whole.tiers[None].households:
        most = sorted(filing.undetermined_facts.items(), key=lambda each: -each[1])
        lacking = "，".join(f"{fact}（{count:,}户）" for fact, count in most[:_NAMED_FACTS])
        lacking += f"等{len(most)}项，各户所缺见工作台" if len(most) > _NAMED_FACTS else ""
        points.append(
            f"{UNDETERMINED[0]}的{whole.tiers[None].households:,}户事实不全，本次不定级，不视为稳定脱贫"
            + (f"；需补充：{lacking}。" if lacking else "。")
        )
    return points


def tally_words(tally: Tally) -> str:
    """Households and persons."""
    return f"{tally.households:,}户{tally.persons:,}人"


def share_words(part: Tally, all_of_them: Tally) -> str:
    """Households and persons of a part, with its share of all households."""
    share = f"，占{part.households / all_of_them.households:.1%}" if all_of_them.households else ""
    return f"{tally_words(part)}{share}"
