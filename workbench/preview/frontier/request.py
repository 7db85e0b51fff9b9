"""A frontier asked for by a person: of the slips expected after a round, and as the command prints it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.domain.facts import LABELS
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import EdgeStandard, standard_data
from workbench.errors import InputError, Words
from workbench.preview.counts.counts import Count, unregistered
from workbench.preview.counts.sweep import share_of, yearly_cost
from workbench.preview.frontier.choice import not_listed
from workbench.preview.frontier.classes import AssessedRound
from workbench.preview.frontier.fewer import fewest_record
from workbench.preview.frontier.plainer import SIMPLER_PREFERRED, Plainer, plainer_points
from workbench.preview.frontier.points import Evidence, Frontier, Gain, Point, Searched, frontier, searched
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.preview.index.build import Floats
from workbench.preview.ineffective import ineffective
from workbench.preview.request import whole
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.expected import Expectation
from workbench.preview.slips.scored_index import Ranking
from workbench.preview.slips.verdicts import Verdict
from workbench.safeguards.plain_data import Json
from workbench.store.facts import FactStore
from workbench.store.scores import Overdispersion, has_scores

_LEVEL = 0.9
_IDEAL_POINTS = 41


def latest_scored(store: FactStore) -> str:
    """The newest round that a model has scored; raises InputError where there is none."""
    return newest_of([name for name in store.rounds() if has_scores(store.root, name)])


def newest_of(scored: Sequence[str]) -> str:
    """The last of the rounds that have scores, oldest first; raises InputError where there is none."""
    if not scored:
        raise InputError(
            Words(
                "还没有一期有模型评分，算不出预计的风险变差；请先给一期评分（workbench score），或看已经发生的（--hindsight）",
                "no round has been scored by a model, so no slips are expected; score a round first (workbench score), or "
                "look at what happened (--hindsight)",
                code="preview.frontier-without-scores",
            )
        )
    return scored[-1]


def last_round(store: FactStore, county: str | None = None) -> str:
    """The newest stored round, of a county where one is given that has any; raises StoreError where nothing is stored."""
    # Refuses an empty store in words, where the last round of none would be an IndexError.
    store.files("*")
    # A county that is absent from the newest round has its past still (contract §2).
    return ((store.rounds_of(county) if county else []) or store.rounds())[-1]


def expected_evidence(scope: PreviewScope, at_hand: EdgeStandard) -> tuple[Evidence, Ranking]:
    """The slips that the model expects after the round of the scope, and its own order of households."""
    limits = scope.limits_of(at_hand)
    index = scope.index_for(limits)
    scores = scope.scores(index)
    slips = scores.under(index, limits.line) if scores else None
    expectation = Expectation(index, slips) if slips else None
    return evidence_expected(scope.round_name, limits.line, expectation)


def evidence_expected(round_name: str, line: float, expectation: Expectation | None) -> tuple[Evidence, Ranking]:
    """The evidence of what is expected after a round, None where no model says it under this line (InputError)."""
    if expectation is None:
        raise InputError(
            Words(
                f"期次 {round_name} 在扶贫标准 {line:g} 元下没有模型评分，算不出预计的风险变差；"
                "请先评分（workbench score），或看已经发生的（--hindsight）",
                f"round {round_name} has no scores under a line of {line:g} yuan, so no slips are expected; "
                "score it first (workbench score), or look at what happened (--hindsight)",
                code="preview.frontier-round-without-scores",
            )
        )
    slips = expectation.slips
    assessed = AssessedRound(expectation.index.with_slips(slips.expected), line)
    evidence = Evidence((round_name,), (assessed,), (slips.variance,), slips.head.dispersion, slips.head.level)
    return evidence, expectation.ranked


def past_evidence(scope: PastScope, at_hand: EdgeStandard, round_name: str | None = None) -> tuple[Evidence, Ranking]:
    """The slips that happened after the past rounds together, or after one of them; and those who slipped before all others."""
    return evidence_of([(past, slips_variance(past)) for past in scope.rounds(at_hand)], round_name)


def evidence_of(past: Sequence[tuple[PastRound, Floats]], round_name: str | None) -> tuple[Evidence, Ranking]:
    """The evidence of past rounds, each with the variance of the slips of its rows; of all, or of one."""
    chosen = [each for each in past if round_name in (None, each[0].round_name)]
    if not chosen:
        raise InputError(_no_past(round_name))
    rounds = [each for each, _ in chosen]
    assessed = tuple(AssessedRound(each.index.with_slips(_happened(each)), each.limits.line) for each in rounds)
    names = tuple(each.round_name for each in rounds)
    # No dispersion: that is how far totals stray from a forecast, and what happened is none.
    none = Overdispersion(0.0, 0.0, 0.0, 0)
    evidence = Evidence(names, assessed, tuple(each for _, each in chosen), none, _LEVEL, happened=True)
    return evidence, _slipped_first(evidence)


def slips_variance(past: PastRound) -> Floats:
    """The variance by chance of the slips of each row of a past round, households²."""
    # Whether a household slips is one draw: of slips that set two standards apart, as many as there are is their variance.
    variance: Floats = _happened(past) * _weight(past)
    return variance


def _no_past(round_name: str | None) -> Words:
    if round_name is None:
        return Words(
            "没有已存下一期的期次，看不到已经发生的风险变差；至少要有前后两期",
            "no stored round has a next one, so no slips have happened yet; two rounds are needed",
            code="preview.frontier-without-past",
        )
    return Words(
        f"期次 {round_name} 没有已存的下一期，看不到其后发生的风险变差",
        f"round {round_name} has no stored next one, so the slips after it are not known",
        code="preview.frontier-round-without-next",
    )


def _weight(past: PastRound) -> Floats:
    return np.ones(len(past.index)) if past.index.weight is None else past.index.weight


def _happened(past: PastRound) -> Floats:
    """The slips of the households that each row stands for."""
    slips: Floats = past.slipped * _weight(past)
    return slips


def _slipped_first(evidence: Evidence) -> Ranking:
    """What nobody could have known: those who slipped taken first."""
    slips = evidence.summed(sum(unregistered(each.index).slips for each in evidence.rounds))
    everyone = float(sum(unregistered(each.index).households for each in evidence.rounds))
    return Ranking(np.array([0.0, slips, everyone]), np.array([0.0, slips, slips]))


def frontier_record(evidence: Evidence, at_hand: EdgeStandard, ranked: Ranking, made: Searched | None = None) -> Json:
    """What the command prints of a frontier: points, the standard at hand, what is proposed, the ideal, what was searched."""
    made = made or searched(evidence, at_hand)
    front = frontier(evidence, at_hand, made)
    simpler = plainer_points(evidence, front, made, at_hand)
    everyone = sum((unregistered(each.index) for each in evidence.rounds), Count())
    all_slips = evidence.summed(everyone.slips)
    return {
        "points": [
            _point_record(point, front, all_slips, ranked)
            | {
                "ineffective": ineffective(point.standard, edge_limits(point.standard, evidence.rounds[-1].line)),
                "plainer": _plainer_record(plainer, front, all_slips, ranked) if plainer else None,
            }
            for point, plainer in zip(front.points, simpler, strict=True)
        ],
        "at_hand": _figures(front.at_hand, all_slips, ranked) | {"standard": standard_data(at_hand)},
        "proposal": front.proposal,
        "no_proposal": _no_proposal(front, len(evidence.rounds)) if front.proposal is None else None,
        "fewest": fewest_record(evidence, at_hand, front),
        "ideal": _ideal(front, ranked),
        "all_slips": all_slips,
        "level": evidence.level,
        "happened": evidence.happened,
        "searched": {"standards": front.result.searched, "exhaustive": front.result.exhaustive},
        "notes": [SEARCHED, *([SIMPLER_PREFERRED] if any(simpler) else [])],
    }


def _point_record(point: Point, front: Frontier, everyone: float, ranked: Ranking) -> Json:
    own = front.at_hand.inside
    return {
        "standard": standard_data(point.standard),
        **_figures(point, everyone, ranked),
        "gain": _gain_record(point.gain),
        "more_households": point.inside.households - own.households,
        "notes": group_notes(point.standard),
    }


def _plainer_record(plainer: Plainer, front: Frontier, everyone: float, ranked: Ranking) -> Json:
    return _point_record(plainer.point, front, everyone, ranked) | {"less": _gain_record(plainer.more)}


def _gain_record(gain: Gain) -> Json:
    return {
        "slips": gain.slips, "interval": list(gain.interval), "clear": gain.clear, "verdict": str(gain.verdict),
    }  # fmt: skip


def _figures(point: Point, everyone: float, ranked: Ranking) -> dict[str, Any]:
    inside = point.inside
    return {
        "in": whole(inside),
        "caught": inside.slips,
        "caught_share": share_of(inside.slips, everyone),
        "ideal": ranked.slips_among(inside.households),
        "cost": yearly_cost(point.standard.help_cost, inside.households),
    }


def _ideal(front: Frontier, ranked: Ranking) -> list[dict[str, float]]:
    """The most that any choice of so many households could catch, as far as the points reach."""
    reach = max((point.inside.households for point in (*front.points, front.at_hand)), default=0.0)
    numbers = [reach * step / (_IDEAL_POINTS - 1) for step in range(_IDEAL_POINTS)]
    return [{"in": number, "caught": ranked.slips_among(number)} for number in numbers]


CHOSEN_KNOWING = Words(
    "这些点是知道结果以后挑出来的，到下一期不会这样好；只用来看差在哪里",
    "these points were picked knowing what happened and will not do as well next time: look at what they do differently",
    code="preview.points-picked-knowing",
)
SEARCHED = Words(
    "不要求群体或各类群体同一上限、没有其他途径的标准已逐一试过；其余是逐项改进所试过的标准中最好的，单改任何一项都不会更好，但不保证没有更好的",
    "standards without other routes, with no group required or one ceiling for the groups, were tried one and all; the others are "
    "the best of those searched lever by lever: no change of one lever betters them, but a better one may exist",
    code="preview.standards-searched",
)


NO_PROPOSAL = Words(
    "试过的标准中，户数不比手头标准多的，没有一个抓住的明确更多（多出来的都可能只是偶然）：不必为此更换手头标准",
    "no standard with no more households catches more than chance may bring about: no reason here to leave the one at hand",
    code="preview.no-proposal",
)


def _no_proposal(front: Frontier, rounds: int) -> Words:
    """Why nothing is proposed; where points are called clearly better all the same, that they take more households."""
    # A point that gains beyond chance with no more households would be the proposal: these all have more.
    clearly = [point.inside.households for point in front.points if point.gain.verdict is Verdict.CLEARLY_BETTER]
    if not clearly:
        return NO_PROPOSAL
    own, cost = front.at_hand.inside.households, front.at_hand.standard.help_cost
    fewest, more = f"{min(clearly):,.0f}", min(clearly) - own
    yuan = yearly_cost(cost, more / rounds)
    money = Words("", "") if yuan is None else Words(f"，每年多 {yuan:,.0f} 元", f", {yuan:,.0f} yuan a year more")
    return (
        NO_PROPOSAL
        + Words(
            f"；标为“明显好于”的 {len(clearly)} 个都要纳入更多户（最少 {fewest}，比手头多 {more:,.0f}",
            f"; the {len(clearly)} called clearly better all bring in more households (at least {fewest}, {more:,.0f} more",
        )
        + money
        + Words("），那是多花钱换来的，不是更换的理由", "): that is bought with more money, and no reason to change")
    )


def group_notes(standard: EdgeStandard) -> Sequence[Words]:
    """Say that the notice names groups which a standard leaves out, or does not ask for; empty where it does neither."""
    if not standard.require_group:
        return [
            Words(
                "不要求属于重点群体：通知要求排查的是其所列八类重点群体（§2.2-b），采用前应说明理由",
                "no key group is required: §2.2-b has eight key groups screened; give the reason before adopting this",
                code="preview.no-key-group-required",
            )
        ]
    omitted = not_listed(standard)
    if not omitted:
        return []
    zh, en = ("、".join(LABELS[name][0] for name in omitted), ", ".join(LABELS[name][1] for name in omitted))
    return [
        Words(
            f"去掉了通知列明的群体（§2.2-b）：{zh}；这些群体由通知规定，最优方案只供比较，不是删去的理由",
            f"leaves out groups that §2.2-b names: {en}; the city's notice sets them, and the frontier is no reason to drop one",
            code="preview.key-groups-left-out",
        )
    ]
