"""What the notebook's `frontier` returns: the best standards of those searched, each beside the one at hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.domain.rules.standard import parse_standard
from workbench.preview.frontier.plainer import once, preferred, proposed
from workbench.preview.frontier.request import CHOSEN_KNOWING
from workbench.preview.frontier.wording import standard_summary, summary_with_remark
from workbench.preview.slips.verdicts import Verdict
from workbench.safeguards.plain_data import Json
from workbench.ui.notebook.html import TableText, curve_svg
from workbench.ui.notebook.place import FrameText, NotebookPlace, shown

_SHOWN = 10
"""How many points the table shows, evenly over all of them; `frame` has each."""
_COLUMNS = ["in", "caught", "caught_share", "ideal", "gain", "gain_low", "gain_high", "verdict", "cost", "standard"]


@dataclass(frozen=True, repr=False)
class BestStandards(FrameText):
    """What `frontier` gives; `record` as `workbench frontier --json` prints it."""

    place: NotebookPlace
    record: Json

    @property
    def frame(self) -> pd.DataFrame:
        """One row a standard, by rising households: those searched by number, and before them the one `at_hand`.

        `in`: households, or household-rounds of the past; `caught`: slips expected among them, or that happened; `ideal`: what
        any choice of as many could catch; `gain` over the one at hand with its interval; `cost` in yuan for all of `in`.
        """
        rows = {"at_hand": self._row(self.record["at_hand"])}
        rows |= {str(number): self._row(point) for number, point in enumerate(self.record["points"])}
        return pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS)

    @property
    def proposal(self) -> int | None:
        """The number of the point that catches most with no more households, if its gain is beyond chance; else None."""
        number: int | None = self.record["proposal"]
        return number

    def standard(self, number: int) -> dict[str, Any]:
        """A point as a standard that `compare` and the others take; raises IndexError for a number that is none."""
        data: dict[str, Any] = self.record["points"][number]["standard"]
        return data

    def _row(self, point: Json) -> list[Any]:
        gain = point.get("gain")
        low, high = gain["interval"] if gain else (None, None)
        said = self.place.language.words(Verdict(gain["verdict"]).words) if gain else None
        figures = [point["in"], point["caught"], point["caught_share"], point["ideal"]]
        return [*figures, gain["slips"] if gain else None, low, high, said, point["cost"], self._summary(point)]

    def _repr_html_(self) -> str:
        t, record = self.place.language, self.record
        households = t("纳入（户次）") if record["happened"] else t("纳入（户）")
        headers = [t("标准"), households, t("抓住风险变差"), t("占全部"), t("比手头标准多"), t("与手头标准相比")]
        named = [(t("手头标准：{standard}", standard=self._summary(record["at_hand"])), record["at_hand"])]
        named += [
            (self.place.language.words(summary_with_remark(parse_standard(point["standard"]))), point)
            for point in once(preferred(record["points"][number]) for number in self._in_sight())
        ]
        rows = [[name, *self._cells(point)] for name, point in named]
        points = [(point["in"], point["caught"]) for point in record["points"]]
        chart = curve_svg(points, (households, t("抓住风险变差")), t) if points else ""
        return shown(self.place, TableText(t("同样户数的最优方案"), headers, rows, " ".join(self._notes())), chart)

    def _in_sight(self) -> list[int]:
        last = len(self.record["points"]) - 1
        # A set: of few points several places fall on one. The proposal is among them wherever it lies.
        places = {round(place * last / (_SHOWN - 1)) for place in range(_SHOWN)} if last >= 0 else set()
        return sorted(places | ({self.proposal} if self.proposal is not None else set()))

    def _summary(self, point: Json) -> str:
        return self.place.language.words(standard_summary(parse_standard(point["standard"])))

    def _cells(self, point: Json) -> list[str]:
        t, gain = self.place.language, point.get("gain")
        cells = [t.number(point["in"]), t.number(point["caught"], 1), t.percent(point["caught_share"])]
        if gain is None:
            return [*cells, "", ""]
        low, high = (t.signed(bound, 1) for bound in gain["interval"])
        more = f"{t.signed(gain['slips'], 1)} ({t('{low} 至 {high}', low=low, high=high)})"
        return [*cells, more, t.words(Verdict(gain["verdict"]).words)]

    def _notes(self) -> Iterator[str]:
        t, record = self.place.language, self.record
        chosen = proposed(record)
        said = [record["no_proposal"]] if chosen is None else chosen["notes"]
        # Points found by hindsight know the outcome, and are no forecast (0034).
        for each in (*([CHOSEN_KNOWING] if record["happened"] else []), *said, *record["notes"]):
            yield t.words(each).rstrip("。.") + t("。")
        if any(point["notes"] for point in record["points"]):
            yield t(
                "不要求或少列通知二（二）列明的重点群体的，行内已写明；群体由通知规定，最优方案只供比较，不是删去的理由。"
            )
