"""The command of the frontier over every lever of a standard."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    LineOption,
    MasterOption,
    SparkOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
    refuse_standard_in_closed_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, households, say, show_table
from workbench.cli.standards.applied import standard_applied
from workbench.domain.rules.standard import EdgeStandard, parse_standard
from workbench.errors import Words
from workbench.preview.cluster.every_lever import expected_evidence_on, past_evidence_on
from workbench.preview.cluster.past import PastRequest, past_pair_on
from workbench.preview.frontier.fewer import PastPair, pair_over, past_of_fewest
from workbench.preview.frontier.fewer_words import fewer_words
from workbench.preview.frontier.plainer import once, preferred, proposed
from workbench.preview.frontier.points import Evidence
from workbench.preview.frontier.request import (
    CHOSEN_KNOWING,
    expected_evidence,
    frontier_record,
    last_round,
    latest_scored,
    newest_of,
    past_evidence,
)
from workbench.preview.frontier.wording import standard_summary, summary_with_remark
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.scored_index import Ranking
from workbench.preview.slips.verdicts import Verdict
from workbench.safeguards.plain_data import Json

_ROWS = 9
AtHandOption = Annotated[
    Path | None,
    typer.Option(
        "--standard",
        help=both(
            "与之比较的手头标准（YAML 文件；不写：县里现行的，再则参照标准）",
            "the standard at hand to compare with (YAML; default: the one in force in the county, else the reference)",
        ),
    ),
]
HindsightOption = Annotated[
    bool,
    typer.Option(
        "--hindsight",
        help=both(
            "按已经发生的风险变差（所有有下一期的期次合计，或 --round 那一期之后），不用模型",
            "by slips that happened (all rounds with a next one together, or after that of --round); no model is asked",
        ),
    ),
]
LatestRoundOption = Annotated[
    str | None,
    typer.Option(
        "--round", help=both("期次 YYYY-MM（不写：最近有评分的一期）", "round YYYY-MM (default: the latest scored)")
    ),
]


def frontier_command(
    round_name: LatestRoundOption = None,
    county: CountyOption = None,
    standard: AtHandOption = None,
    line: LineOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    hindsight: HindsightOption = False,
    as_json: JsonOption = False,
) -> None:
    """The most slips that a standard catches for each number of households, over every lever."""
    cluster = cluster_or_here(engine, master, store)
    facts = open_store(store, read_here=cluster is None)
    given = standard_of(standard) if standard else None
    # On a cluster the register is asked here, where a store that is closed to this process cannot be.
    if cluster and given is None:
        refuse_standard_in_closed_store(facts.root)
    chosen_round = checked_round(round_name) if round_name else None
    where = county or (given.county if given else None)
    listing = cluster.listing() if cluster else None
    if not hindsight:
        # Slips that are expected need scores; those that happened are of all rounds unless one is named.
        chosen_round = chosen_round or (newest_of(listing.scored) if listing else latest_scored(facts))
    # Hindsight over all rounds has none of its own, yet a line and a standard are of some round: the newest.
    newest = chosen_round or (listing.last_round(where) if listing else last_round(facts, where))
    scope = PreviewScope(facts, newest, where, line)
    at_hand, name = standard_at_hand(scope, given)
    if cluster and hindsight:
        evidence, ranked = past_evidence_on(cluster, PastRequest(where, line), at_hand, chosen_round)
    elif cluster:
        evidence, ranked = expected_evidence_on(cluster, scope, at_hand)
    elif hindsight:
        evidence, ranked = past_evidence(PastScope(facts, where, line), at_hand, chosen_round)
    else:
        evidence, ranked = expected_evidence(scope, at_hand)
    simulated = listing.simulated if listing else scope.simulated
    about = FrontierAsked(chosen_round, scope.county, at_hand, name, hindsight=hindsight, simulated=simulated)
    record = frontier_answer(about, evidence, ranked)
    if cluster:
        look_back = partial(past_pair_on, cluster, PastRequest(where, line))
    else:
        look_back = partial(pair_over, PastScope(facts, where, line).rounds)
    pair = past_of_fewest(record, at_hand, look_back)
    if pair is not None:
        record["fewest"]["past"] = pair.record()
    emit(record, lambda: show_frontier(record, pair), as_json=as_json)


@dataclass(frozen=True)
class FrontierAsked:
    """What a frontier is of: the round (None: all past ones together), county and standard at hand, under the name it is told by."""

    round_name: str | None
    county: str | None
    at_hand: EdgeStandard
    name: Words
    hindsight: bool
    simulated: bool


def frontier_answer(asked: FrontierAsked, evidence: Evidence, ranked: Ranking) -> Json:
    """What is printed of a frontier, wherever its evidence was counted."""
    record = {
        "round": asked.round_name,
        "rounds": list(evidence.names),
        "county": asked.county,
        "lines": [each.line for each in evidence.rounds],
        "hindsight": asked.hindsight,
        **frontier_record(evidence, asked.at_hand, ranked),
        "simulated": asked.simulated,
    }
    record["at_hand"]["name"] = asked.name
    if asked.hindsight:
        # Before all other notes: points found by hindsight know the outcome, and are no forecast (0034).
        record["notes"].insert(0, CHOSEN_KNOWING)
    return record


def standard_at_hand(scope: PreviewScope, given: EdgeStandard | None) -> tuple[EdgeStandard, Words]:
    """The standard that was given, else the one that is used in the county; made one of the county that was chosen."""
    if given:
        scope.limits_of(given)  # refuses one that is made for another county
    used = standard_applied(scope, given)
    # Proposals are made from it, and have to be standards of the county that was asked about.
    standard = used.standard
    return (standard.model_copy(update={"county": scope.county}) if scope.county else standard), used.name


def show_frontier(record: Json, past: PastPair | None = None) -> None:
    """The points, where the standard at hand stands, what is proposed; `past`: it and the point with fewer households over past rounds."""
    if record["simulated"]:
        say(SIMULATED)
    _show_points(record["points"])
    # After the points, among which the reader looks for the own place.
    _show_at_hand(record)
    _show_proposal(record)
    # The question that the table above raises: why pay for more, where a row with fewer catches as many.
    own = parse_standard(record["at_hand"]["standard"]).own_groups
    for answer in fewer_words(record, own, Words("手头标准", "the standard at hand"), past):
        say(answer)
    for note in record["notes"]:
        say(note)
    tried, whole = f"{record['searched']['standards']:,}", f"{record['searched']['exhaustive']:,}"
    say(
        Words(
            f"试过 {tried} 个标准，其中逐一试完的一类 {whole} 个",
            f"{tried} standards tried, {whole} of them one and all",
        )
    )


def _show_points(points: list[Json]) -> None:
    # Evenly over the points, both ends among them; a set, since few points would repeat.
    chosen = sorted({round(n * (len(points) - 1) / (_ROWS - 1)) for n in range(_ROWS)}) if points else []
    show_table(
        Words("同样户数最多能抓住多少风险变差的户", "the frontier: most slips caught for so many households"),
        [
            Words("标准", "standard"),
            Words("户", "households"),
            Words("抓住风险变差", "slips caught"),
            Words("占全部 %", "% of all"),
            Words("与手头标准相比", "beside the one at hand"),
        ],
        [
            [
                summary_with_remark(parse_standard(point["standard"])),
                households(point["in"]),
                round(point["caught"], 1),
                _percent(point["caught_share"]),
                Verdict(point["gain"]["verdict"]).words,
            ]
            for point in once(preferred(points[n]) for n in chosen)
        ],
    )
    if any(point["notes"] for point in points):
        say(
            Words(
                "不要求或少列 §2.2-b 列明的重点群体的，行内已写明；群体由通知规定，最优方案只供比较，不是删去的理由",
                "where key groups that §2.2-b names are not asked for or left out, the row says so: the city's notice sets them, and "
                "the frontier is no reason to drop one",
            )
        )


def _show_at_hand(record: Json) -> None:
    own, name = record["at_hand"], record["at_hand"]["name"]
    figures = households(own["in"]), f"{own['caught']:,.1f}", f"{own['ideal']:,.1f}"
    say(
        Words(
            f"手头标准（{name.zh}）：{figures[0]} 户，抓住 {figures[1]}；同样户数任何挑法最多 {figures[2]}",
            f"the standard at hand ({name.en}): {figures[0]} households, {figures[1]} caught; any choice of as many at most "
            f"{figures[2]}",
        )
    )


def _show_proposal(record: Json) -> None:
    point = proposed(record)
    if point is None:
        say(record["no_proposal"])
        return
    level = f"{record['level']:.0%}"
    gain, between = f"{point['gain']['slips']:,.1f}", "–".join(f"{each:,.1f}" for each in point["gain"]["interval"])
    summary = standard_summary(parse_standard(point["standard"]))
    say(
        Words(
            f"户数不多而抓住更多的：{households(point['in'])} 户，多抓住 {gain}（{level}：{between}）：{summary.zh}",
            f"catches more with no more households: {households(point['in'])} households, {gain} more ({level}: {between}): "
            f"{summary.en}",
        )
    )
    # Whatever speaks against it stands right behind it, and not among the general notes.
    for note in point["notes"]:
        say(note)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
