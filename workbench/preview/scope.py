"""A round as previews see it: its facts under a poverty line, with the index and the scores that a standard needs there."""

from dataclasses import dataclass

from workbench.domain.parameters import check_line, poverty_line
from workbench.domain.rules.edge import EdgeLimits, edge_limits
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import InputError, Words
from workbench.preview.counts.counts import Comparison
from workbench.preview.index.build import PreviewIndex
from workbench.preview.index.cache import load_index
from workbench.preview.slips.scored_index import SlipScores, load_scores
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope


@dataclass(frozen=True)
class PreviewScope(RoundScope):
    """A round as previews see it, under a poverty line given by hand (yuan) or that of the standard or the year."""

    line: float | None = None

    def line_of(self, standard: EdgeStandard) -> float:
        """The line that applies: one given by hand, else the standard's own, else that of the round's year."""
        if self.line is not None:
            return check_line(self.line)
        # A line of the county's own is never below that of the year (`standards.versions` refuses it at approval).
        return standard.line if standard.line is not None else poverty_line(self.round_name).value

    def limits_of(self, standard: EdgeStandard) -> EdgeLimits:
        """The standard in yuan; refuses one made for another county."""
        if self.county and standard.county and standard.county != self.county:
            raise InputError(
                Words(
                    f"county：标准属于 {standard.county}，所选县区为 {self.county}；请改其一",
                    f"county: the standard is for {standard.county}, but {self.county} was chosen; change one of them",
                    code="preview.other-county",
                )
            )
        return edge_limits(standard, self.line_of(standard))

    def index_for(self, limits: EdgeLimits) -> PreviewIndex:
        """The index of the income that a standard tests and of the groups that it knows, of the chosen county."""
        return self.index_of(limits.deduct_out_of_pocket, tuple(limits.own_groups))

    def index_of(self, deduct_out_of_pocket: bool, own_groups: tuple[str, ...] = ()) -> PreviewIndex:  # noqa: FBT001 - a key
        """The index of one of the two incomes and of a county's own groups, of the chosen county."""
        return load_index(
            self.store, self.round_name, self.county, deduct_out_of_pocket=deduct_out_of_pocket, own_groups=own_groups
        )

    def comparison(self, index: PreviewIndex, against: EdgeStandard | None) -> Comparison | None:
        """What another standard brings in, on the rows of `index`."""
        if against is None:
            return None
        limits = self.limits_of(against)
        return Comparison.of(index, limits, self.index_for(limits))

    def scores(self, index: PreviewIndex) -> SlipScores | None:
        """The model's scores over the rows of an index of this scope; None where no model has scored the round."""
        return load_scores(self.store, self.round_name, index, self.county)


def scope(
    store: FactStore, round_name: str, county: str | None, line: float | None, standard: EdgeStandard
) -> PreviewScope:
    """The scope of a standard: its own county where none is chosen."""
    return PreviewScope(store, round_name, county or standard.county, line)
