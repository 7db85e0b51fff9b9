"""What the notebook's `help_effect` returns: slips on both sides of the ceiling, and what may be said of them."""

from dataclasses import dataclass

import pandas as pd

from workbench.risk.help.ceiling_effect import CeilingEffect
from workbench.risk.help.discontinuity import Jump
from workbench.risk.help.effect_words import WHAT_IT_IS, effect_words, error_words, width_words
from workbench.ui.notebook.html import TableText
from workbench.ui.notebook.place import FrameText, NotebookPlace, shown

_COLUMNS = ["just_out", "just_in", "difference", "low", "high", "bandwidth", "rows_in", "rows_out"]


@dataclass(frozen=True, repr=False)
class HelpEffect(FrameText):
    """What `help_effect` gives; its verdict is one of `workbench.risk.help.ceiling_effect.Verdict`."""

    place: NotebookPlace
    effect: CeilingEffect

    @property
    def said(self) -> str:
        """What may be said, in one sentence."""
        return self.place.language.words(effect_words(self.effect))

    @property
    def frame(self) -> pd.DataFrame:
        """Shares just above and just below the ceiling, their difference and its interval: of plans, of slips by bandwidth."""
        rows = {name: _row(jump) for name, jump in self.jumps.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS)

    @property
    def jumps(self) -> dict[str, Jump]:
        """What was compared, by name; empty where nothing could be."""
        effect = self.effect
        jumps = {"help_plan": effect.help_share}
        if not effect.answered:  # an estimate that may not be spoken of would be read all the same
            return {name: jump for name, jump in jumps.items() if jump is not None}
        jumps |= {"slips": effect.slips}
        jumps |= {f"slips within {jump.bandwidth:.2f}": jump for jump in effect.other_widths}
        return {name: jump for name, jump in jumps.items() if jump is not None}

    def __repr__(self) -> str:
        """The place, what may be said, then the frame: where nothing can be told the frame alone would be empty."""
        # FrameText prints place and frame; the sentence stands between them, as it stands below the table on a screen.
        place, figures = super().__repr__().split("\n", 1)
        return "\n".join([place, self.said, *([figures] if self.jumps else [self.needed.to_string()])])

    @property
    def needed(self) -> pd.DataFrame:
        """What can be told with the households there are (shares), and how many more are needed to see slips halved."""
        effect = self.effect
        rows = {
            "household-rounds": effect.households,
            "with a plan": effect.plans,
            "least difference seen": effect.detectable,
            "more households near the ceiling": effect.more_households,
            "more rounds": effect.more_rounds,
        }
        return pd.DataFrame({"value": pd.Series(list(rows.values()), index=list(rows), dtype="Float64")})

    def _label(self, name: str, jump: Jump) -> str:
        """What was compared, as the panel of the page names it."""
        t = self.place.language
        if name == "help_plan":
            return t("有帮扶计划")
        if name == "slips":
            return t("到下一期风险变差")
        return t("风险变差，只看上限上下 {width} 之内", width=t.percent_whole(jump.bandwidth))

    def _repr_html_(self) -> str:
        t = self.place.language
        rows = [
            [
                self._label(name, jump),
                t.percent(jump.untreated),
                t.percent(jump.untreated + jump.value),
                t.signed(100 * jump.value, 1),
                f"{t.signed(100 * jump.interval[0], 1)} … {t.signed(100 * jump.interval[1], 1)}",
            ]
            for name, jump in self.jumps.items()
        ]
        headers = ["", t("刚未纳入"), t("刚纳入"), t("相差（百分点）"), t("九成把握")]
        by_error, by_width = error_words(self.effect), width_words(self.effect)
        # As in the panel: what errors of income do at the ceiling belongs to whatever is said there.
        said = [
            self.said,
            *([t.words(by_width)] if by_width else []),
            t.words(WHAT_IT_IS).rstrip("。."),
            *([t.words(by_error)] if by_error else []),
        ]
        note = " ".join(f"{each}{t('。')}" for each in said)
        return shown(self.place, TableText(t("帮没帮上"), headers, rows, note))


def _row(jump: Jump) -> list[float]:
    return [
        jump.untreated, jump.untreated + jump.value, jump.value, *jump.interval, jump.bandwidth, jump.rows_in, jump.rows_out,
    ]  # fmt: skip
