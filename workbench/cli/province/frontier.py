"""`workbench summary frontier`: the search over every lever of a standard, on the counts that cities sent."""

from workbench.cli.options import CountyOption, JsonOption, StandardOption, checked_round, standard_of
from workbench.cli.province.options import FolderArgument, KeysOption, OpenedSummaries, province_scope, without_scores
from workbench.cli.standards.frontier import (
    FrontierAsked,
    HindsightOption,
    LatestRoundOption,
    frontier_answer,
    show_frontier,
)
from workbench.errors import InputError
from workbench.preview.cluster.every_lever import expected_evidence_on, past_evidence_on
from workbench.preview.cluster.past import PastRequest
from workbench.preview.frontier.request import newest_of
from workbench.register.standards.in_force import Source, StandardInUse


def frontier_command(
    folder: FolderArgument,
    keys: KeysOption,
    standard: StandardOption,
    round_name: LatestRoundOption = None,
    county: CountyOption = None,
    *,
    hindsight: HindsightOption = False,
    as_json: JsonOption = False,
) -> None:
    """The most slips that a standard catches over a province for each number of households, over every lever."""
    opened = OpenedSummaries.of(folder, keys)
    # No register of a province says which standard is in force there: the one at hand is always a file.
    at_hand = standard_of(standard)
    listing = opened.province.listing()
    where = county or at_hand.county
    chosen = checked_round(round_name) if round_name else None if hindsight else newest_of(listing.scored)
    scope = province_scope(folder, chosen or listing.last_round(where), where)
    scope.limits_of(at_hand)  # refuses one that is made for another county
    # Proposals are made from it, and have to be standards of the county that was asked about.
    at_hand = at_hand.model_copy(update={"county": where}) if where else at_hand
    if hindsight:
        evidence, ranked = past_evidence_on(opened.province, PastRequest(where), at_hand, chosen)
    elif unscored := opened.province.without_scores(scope.round_name, where):
        raise InputError(without_scores(unscored))
    else:
        evidence, ranked = expected_evidence_on(opened.province, scope, at_hand)
    name = StandardInUse(at_hand, Source.FILE).name
    asked = FrontierAsked(chosen, where, at_hand, name, hindsight=hindsight, simulated=listing.simulated)
    record = {**frontier_answer(asked, evidence, ranked), **opened.record(chosen)}
    opened.answer(record, lambda: show_frontier(record), as_json=as_json)
