"""What the notebook's `hindsight` returns: by standard what it would have caught of the slips of past rounds, and missed why."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.preview.hindsight.difference import caught_difference
from workbench.preview.hindsight.families import by_family
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.households import slipped_households
from workbench.preview.hindsight.missed import CAUGHT, MISSED
from workbench.preview.hindsight.places import by_group, by_township
from workbench.safeguards.plain_data import Json
from workbench.ui.notebook.html import TableText
from workbench.ui.notebook.place import FrameText, NotebookPlace, shown

_OF_ROUND = ("line", "in", "cannot_tell", "slips", "caught", "caught_share", "cost")


@dataclass(frozen=True, repr=False)
class PastOfStandards(FrameText):
    """What `hindsight` gives; `records` by name as `workbench hindsight --json` prints their counts."""

    place: NotebookPlace
    sides: Mapping[str, Hindsight]

    @property
    def records(self) -> dict[str, Json]:
        """The counts of each standard, by name."""
        return {name: side.record() for name, side in self.sides.items()}

    @property
    def frame(self) -> pd.DataFrame:
        """One row a standard and round: whom it would have had, who slipped, who of them it had."""
        rows = {
            (name, each["round"]): {key: each[key] for key in _OF_ROUND}
            for name, record in self.records.items()
            for each in record["rounds"]
        }
        # pandas makes no index of no tuples; the columns are there all the same.
        index = pd.MultiIndex.from_tuples(rows, names=["standard", "round"]) if rows else None
        return pd.DataFrame(list(rows.values()), index=index, columns=list(_OF_ROUND))

    @property
    def missed(self) -> pd.DataFrame:
        """One row a standard: of all slips how many it had, and for which condition it missed the rest."""
        rows = {name: {CAUGHT: record[CAUGHT], **record["missed"]} for name, record in self.records.items()}
        return pd.DataFrame.from_dict(rows, orient="index")

    @property
    def groups(self) -> pd.DataFrame:
        """One row a standard and key group: slips, those it had, their share with its interval, whether it differs.

        Counts are of the households that rows stand for; a difference is one that goes beyond chance.
        """
        parts = {name: pd.DataFrame.from_dict(by_group(side), orient="index") for name, side in self.sides.items()}
        return pd.concat(parts, names=["standard", "group"])

    @property
    def families(self) -> pd.DataFrame:
        """The columns of `groups` by kind of family, as the facts of each round have it; a household may be of several."""
        store = self.place.store
        parts = {n: pd.DataFrame.from_dict(by_family(side, store), orient="index") for n, side in self.sides.items()}
        return pd.concat(parts, names=["standard", "family"])

    @property
    def townships(self) -> pd.DataFrame:
        """The columns of `groups` by township, in the order of codes and names: no ranking."""
        parts = {name: pd.DataFrame(by_township(side)) for name, side in self.sides.items()}
        return pd.concat(parts, names=["standard", None])

    @property
    def differences(self) -> pd.DataFrame:
        """The share that each further standard caught less that of the first one, with its interval, paired by household, and what may be said of it."""
        # The order in which they were given: the first one is what all others are compared with.
        first, *others = self.sides
        rows = {}
        for name in others:
            difference = caught_difference(self.sides[name], self.sides[first])
            # A difference may have no interval, and where nobody slipped there is no difference.
            low, high = (difference.interval or (None, None)) if difference else (None, None)
            said = self.place.language.words(difference.verdict.words) if difference else None
            rows[name] = {
                "caught_share": difference.share if difference else None,
                "low": low,
                "high": high,
                "verdict": said,
            }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["caught_share", "low", "high", "verdict"])

    def households(self, name: str) -> pd.DataFrame:
        """The households that slipped, a row each and round, with what the standard of that name made of them."""
        return slipped_households(self.sides[name].rounds).to_pandas()

    def _repr_html_(self) -> str:
        t = self.place.language
        rows = []
        for name, record in self.records.items():
            counts = [record["slips"], record[CAUGHT], *record["missed"].values()]
            rows.append([name, *(t.number(count) for count in counts)])
        heads = ["", t("风险变差（户）"), t("其中已纳入"), *(t.words(words) for words in MISSED.values())]
        return shown(self.place, TableText(t("回头看"), heads, rows))
