"""The county's filing document, gathered (LA2019-15 §2.1.1-b, §4.3-a)."""

from collections import Counter

from workbench.domain.facts import LABELS, label_of
from workbench.domain.parameters import poverty_line, tier_parameters
from workbench.domain.procedure.cases import CASE_STAGES, CLOSED, CaseStage
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.legal_readings import reading, tiers_in_words
from workbench.domain.rules.standard import Ceiling, EdgeStandard
from workbench.register.assessment import EDGE
from workbench.register.cases.cases import cases
from workbench.register.records import CaseRecord
from workbench.reports.gathering.changes import changes_by_cause
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import brought_in, registered_households, standard_applied
from workbench.reports.gathering.summary import movements, summary_rows
from workbench.reports.records import FilingDocument, LetIn, StandardInForce
from workbench.statistics.undetermined import lacking

_ANNEXES = ("返贫风险台账", "边缘户台账", "汇总表")
_ADDRESSEE = "市扶贫开发领导小组"
_ORIGINS = {"lifted": "已脱贫户", "edge": "在管边缘户", "unregistered": "未建档立卡户"}
"""What a household with a case was before it; that it has fallen back is not said before it is confirmed."""


def gather_filing(county_round: CountyRound) -> FilingDocument:
    """The document with its figures; before anything is filed it bears no number."""
    chosen = reading("default")
    # Without the results that it has already: `lacking` judges anew and adds columns of the same names.
    unknown = lacking(county_round.lifted.drop("tier", "possible_tiers", "criteria_true", "criteria_unknown"),
                      tier_parameters(county_round.round_name), chosen)  # fmt: skip
    running = _under_way(county_round)
    filed = _filed(county_round)
    stages = Counter(CaseStage(case["stage"]) for case in running)
    origins = Counter(case["origin"] for case in running)
    return FilingDocument(
        heading=county_round.heading("risk", "edge"),
        addressee=_ADDRESSEE,
        previous_round=county_round.previous_round,
        rows=summary_rows(county_round),
        filed=len(filed),
        filed_tiers=dict(sorted(Counter(filed.values()).items())),
        let_in=_let_in(county_round),
        screened=sum(row["households"] for row in county_round.filings(EDGE).values()) or None,
        movements=movements(county_round) if county_round.previous_round else (),
        changed_by=changes_by_cause(county_round),
        undetermined_facts={LABELS[name][0]: int(number) for name, number in unknown.items()},
        standard=_standard(county_round),
        reading=tiers_in_words(chosen).zh.removesuffix("。"),
        trail=county_round.trail_head(),
        under_way={CASE_STAGES[stage][0]: stages[stage] for stage in CaseStage if stages[stage]},
        under_way_of={words: origins[origin] for origin, words in _ORIGINS.items() if origins[origin]},
        annexes=tuple(f"{county_round.name}{name}" for name in _ANNEXES),
    )


def _filed(county_round: CountyRound) -> dict[str, int]:
    """The tier filed of each lifted household of the county that stands on a filed list of the round."""
    results = county_round.filed_results(county_round.round_name)
    return {name: results[name] for name in county_round.lifted["household_id"] if name in results}


def _let_in(county_round: CountyRound) -> LetIn | None:
    """What became of the households that the standard in force brings in; None where none is in force, or nobody asks."""
    applied = standard_applied(county_round)
    if county_round.user is None or applied.version is None or not applied.in_force:
        return None
    households = set(brought_in(county_round)["household_id"])
    managed = households & set(registered_households(county_round).filter(state="active")["household_id"])
    on_lists = {name for name, entry in county_round.entries(EDGE).items() if entry["filing_id"] is not None}
    decided = (households & on_lists) - managed
    return LetIn(len(managed), len(decided), len(households - managed - decided))


def _under_way(county_round: CountyRound) -> list[CaseRecord]:
    """The cases of the county up to the round that are not closed."""
    if county_round.user is None:
        return []
    # Of earlier rounds too: a case runs until it is closed.
    return [
        case
        for case in cases(county_round.user)
        if case["county"] == county_round.county
        and case["round"] <= county_round.round_name
        and CaseStage(case["stage"]) not in CLOSED
    ]


def _standard(county_round: CountyRound) -> StandardInForce | None:
    applied = standard_applied(county_round)
    standard = applied.standard
    # Only a version in force is cited; a draft or the reference is no standard of the county (§2.2-a).
    if applied.version is None or not applied.in_force or standard.effective is None:
        return None
    line = standard.line or poverty_line(county_round.round_name).value
    title = standard.title or f"{county_round.name}边缘户标准"
    return StandardInForce(
        title, f"第{applied.version.version}版", standard.effective, line, tuple(terms(standard, line))
    )


def terms(standard: EdgeStandard, line: float) -> list[str]:
    """Return a standard in sentences that an official can read."""
    own = standard.own_groups
    texts = [f"年人均纯收入不低于{line:g}元、低于{_ceiling(standard.income.ceiling, line)}"]
    if standard.income.deduct_out_of_pocket:
        texts[0] += "，收入扣除合规自付支出"
    for group, multiple in standard.income.group_ceilings.items():
        texts.append(f"{label_of(group, own)[0]}的收入上限为扶贫标准的{multiple:g}倍")
    if standard.require_group:
        texts.append(f"并且属于下列重点群体之一：{'、'.join(label_of(group, own)[0] for group in standard.groups)}")
    routes = standard.routes
    if routes.rigid_expenditure:
        share, ceiling = routes.rigid_expenditure.share, routes.rigid_expenditure.ceiling
        texts.append(
            f"{ROUTES['rigid_expenditure'][0]}：自付支出超过纯收入的{share:.0%}且收入低于{_ceiling(ceiling, line)}的，也可纳入"
        )
    if routes.income_drop:
        share, ceiling = routes.income_drop.share, routes.income_drop.ceiling
        texts.append(
            f"{ROUTES['income_drop'][0]}：收入比上一期下降超过{share:.0%}且低于{_ceiling(ceiling, line)}的，也可纳入"
        )
    if standard.exclusions:
        texts.append(
            f"符合以上条件、但有下列情形之一的，不纳入：{'、'.join(LABELS[name][0] for name in standard.exclusions)}"
        )
    return texts


def _ceiling(ceiling: Ceiling, line: float) -> str:
    yuan = f"{ceiling.yuan_under(line):g}元"
    return yuan if ceiling.multiple is None else f"扶贫标准的{ceiling.multiple:g}倍（{yuan}）"
