"""The state of the early-warning page and its commands, without widgets: a round, a county, what of it is looked at.

What a browser sends is never trusted: commands keep only what can be.
"""

from typing import Any

import polars as pl
import traitlets

from workbench.register.standards.in_force import standards_in_use
from workbench.risk.early_warning import BANDS, STANDINGS, early_warning_frame, matrix
from workbench.risk.visit_ranking import Disagreements, disagreements, visit_list
from workbench.settings import register_url
from workbench.store.arrow.score_tables import read_scores
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope
from workbench.store.scores import ScoreHead, has_scores, read_head
from workbench.ui.kit.controls.household_list import Listing, ListPage
from workbench.ui.kit.frame.place import Place

VIEWS = ("matrix", "visits", "disagree")
NOT_SCORED = "none"
MOST_VISITS = 10_000
SORTS = {
    "risk": [("p_slip", True)],
    "income": [("income_pc", False)],
    "place": [("county_code", False), ("township", False), ("village", False)],
}
DIFFERING_SORTS = {"gap": [("gap", True)], "risk": SORTS["risk"], "place": SORTS["place"]}
_COMPARED = ["household_id", "county_code", "township", "kind", "state", "weight", "p_slip", "p_low", "p_high"]
"""Of the scores, what rule and model are compared by; the reasons are read of the rows that are shown."""
_LEAST = 1e-6
"""A probability of nought is no division."""
VISIT_SORTS = {"rank": [("county_code", False), ("township", False), ("rank", False)], "risk": [("p_slip", True)]}


class WarningSession(Place):
    """One person's look at who is at risk. `revision` counts changes of what is shown."""

    view = traitlets.Unicode("matrix")
    household = traitlets.Unicode("")
    household_county = traitlets.Unicode("")
    """The county of the household in sight; empty where its number alone is known. Counties may share numbers."""
    revision = traitlets.Int(0)

    def __init__(
        self, store: FactStore, round_name: str | None = None, county: str | None = None, household: str = "",
        household_county: str = "",
    ) -> None:  # fmt: skip
        self.standing, self.band = "", ""
        self.capacity = 20
        self.list = Listing(SORTS, "risk")
        self.visit_order = Listing(VISIT_SORTS, "rank")
        self.differing_list = Listing(DIFFERING_SORTS, "gap", filters=("differs",))
        self._frame: pl.DataFrame | None = None
        self._opening = True
        super().__init__(store, round_name, county, city=True)
        self._opening = False
        self.open(household, household_county)

    # -- commands --------------------------------------------------------------------------------------------------

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round and a county; the choice of standing and band stays, that of township and household does not."""
        self.check(round_name, county)
        scope = RoundScope(self.store, round_name, county or None)
        standards = standards_in_use(scope, register_url())
        # Each county's own standard, also where the whole city is looked at (§2.2-a).
        applied = {code: each.standard for code, each in standards.items()}
        # Before anything is changed: what may fail leaves the page as it was. As it opens it is nothing yet: see `frame`.
        frame = None if self._opening else early_warning_frame(scope, applied, register_url(), reasons=False)
        super().choose(round_name, county)
        self.standards = standards
        self.not_in_force = tuple(
            {str(each.name): each.name for each in standards.values() if not each.of_its_time}.values()
        )
        self._frame, self._applied = frame, applied
        self.head, self.stale = self._head()
        self.close()
        self.list, self.visit_order = self.list.elsewhere(), self.visit_order.elsewhere()
        self.differing_list = self.differing_list.elsewhere()
        self.revision += 1

    def look(self, view: str) -> None:
        """Turn to one of VIEWS."""
        if view in VIEWS:
            self.view = view

    def pick(self, standing: str, band: str) -> None:
        """List the households of a cell, a row ("" for the band) or a column ("" for the standing) of the matrix."""
        if standing in ("", *STANDINGS) and band in ("", NOT_SCORED, *map(str, range(len(BANDS)))):
            self.standing, self.band = standing, band
            self.list = self.list.change("number", 0)
            self.revision += 1

    def open(self, household: str, county: str = "") -> None:
        """Look at one household, of a county where its number alone does not say which."""
        self.household, self.household_county = household, county

    def close(self) -> None:
        """Go back to the lists."""
        self.open("")

    def ask(self, key: str, value: Any) -> None:
        """Filter, sort or page the list in sight."""
        if self.view == "visits":
            self.visit_order = self.visit_order.change(key, value)
        elif self.view == "disagree":
            self.differing_list = self.differing_list.change(key, value)
        else:
            self.list = self.list.change(key, value)
        self.revision += 1

    def visit(self, capacity: Any) -> None:
        """Set how many households a township can visit."""
        if isinstance(capacity, int) and 0 <= capacity <= MOST_VISITS:
            self.capacity = capacity
            self.revision += 1

    # -- what follows ----------------------------------------------------------------------------------------------

    @property
    def frame(self) -> pl.DataFrame:
        """Every household looked at (`risk.early_warning`); as the page opens, read when it is first asked for."""
        if self._frame is None:
            self._frame = early_warning_frame(self.round_scope, self._applied, register_url(), reasons=False)
        return self._frame

    @property
    def scored(self) -> bool:
        """Whether a model has scored the round."""
        return self.head is not None

    @property
    def wants_scoring(self) -> bool:
        """Whether the round is to be scored, for the first time or anew."""
        return self.head is None or self.stale

    def matrix(self) -> dict[tuple[str, int | None], float]:
        """Households by standing and band of probability (None: not scored)."""
        return matrix(self.frame)

    def picked(self) -> ListPage:
        """Return the page of the list of the chosen cell."""
        return self.list.page(self._picked())

    def picked_rows(self) -> pl.DataFrame:
        """Return the whole list of the chosen cell, as filtered and sorted."""
        return self.list.whole(self._picked())

    def _picked(self) -> pl.DataFrame:
        frame = self.frame
        if self.standing:
            frame = frame.filter(pl.col("standing") == self.standing)
        if self.band == NOT_SCORED:
            frame = frame.filter(pl.col("band").is_null())
        elif self.band:
            frame = frame.filter(pl.col("band") == int(self.band))
        return frame

    def visits(self) -> tuple[ListPage, dict[str, int]]:
        """The page of the visit list, and how many households there are: listed, by rule, visited."""
        listed = self._visits()
        counts = {
            "listed": len(listed),
            "by_rule": len(listed.filter(pl.col("by_rule").is_not_null())),
            "visited": len(listed.filter(pl.col("visit"))),
        }
        return self.visit_order.page(listed), counts

    def visit_rows(self) -> pl.DataFrame:
        """Return the whole visit list, as filtered and sorted."""
        return self.visit_order.whole(self._visits())

    def _visits(self) -> pl.DataFrame:
        return visit_list(self.frame, self.capacity)

    def differing(self) -> tuple[ListPage, Disagreements]:
        """The page of the households of whom rule and model say different things, and all of them with what they are compared to."""
        differing = self._differing()
        return self.differing_list.page(self._differing_frame(differing)), differing

    def differing_rows(self) -> pl.DataFrame:
        """The whole list of those households, as filtered and sorted."""
        return self.differing_list.whole(self._differing_frame(self._differing()))

    def _differing(self) -> Disagreements:
        scores = read_scores(self.store.root, self.round_name, _COMPARED, self.only_county)
        return disagreements(pl.DataFrame(scores))

    def _differing_frame(self, differing: Disagreements) -> pl.DataFrame:
        """Both kinds as one list: `differs` says which, `gap` by how many times the probability is off its own tier's average."""
        likely = pl.col("p_slip").clip(_LEAST)
        high = differing.blue_high.with_columns(
            differs=pl.lit("blue_high"), gap=likely / max(differing.mean_blue or 0.0, _LEAST)
        )
        low = differing.red_low.with_columns(differs=pl.lit("red_low"), gap=(differing.mean_red or 0.0) / likely)
        key = ["county_code", "household_id"]
        # A score has no village; a number that stands twice is nobody's.
        places = self.frame.select(*key, "village", "income_pc").unique(key, keep="none")
        listed = pl.concat([high, low]).join(places, on=key, how="left", maintain_order="left")
        return listed.with_columns(standing=pl.col("state").cast(pl.Int64).cast(pl.String))

    def _head(self) -> tuple[ScoreHead | None, bool]:
        """What holds for the scores of the round (None: it has none), and whether its facts have changed since."""
        if not has_scores(self.store.root, self.round_name):
            return None, False
        head = read_head(self.store.root, self.round_name)
        stale = head.is_stale(self.store, self.only_county)
        return head.with_staleness(stale=stale), stale
