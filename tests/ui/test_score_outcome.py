"""What became of the scores, on the model page: told in figures, and approved of only where the figures can tell."""

import pytest

from workbench.risk.evaluation.base_rate import LEAST_ROWS, base_rate_shift
from workbench.risk.evaluation.score_outcome import ScoreOutcome
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.model.views import counties_html, outcome_html

JINZHAI, HUOSHAN = "341524", "341525"


def outcome(expected, observed):
    by = dict(zip((JINZHAI, HUOSHAN), zip(expected, observed, strict=True), strict=True))
    first, second = ({code: pair[end] for code, pair in by.items()} for end in (0, 1))
    return ScoreOutcome("2020-04", first, second, first, base_rate_shift(first, first, second, 0.1, 0.1))


@pytest.mark.parametrize("code", ["zh", "en"])
def test_it_is_seen_in_figures_of_the_county_or_of_all(code):
    t, seen = Language(code), outcome((300.0, 17.0), (310.0, 19.0))
    whole, one = outcome_html(seen, "", t), outcome_html(seen, HUOSHAN, t)
    assert "317" in whole
    assert "329" in whole
    assert "✓" in whole
    assert "17" in one
    assert "329" not in one


@pytest.mark.parametrize(("expected", "sign"), [(LEAST_ROWS - 0.1, "–"), (LEAST_ROWS, "✓")])
def test_where_next_to_nothing_was_expected_nothing_is_approved_of(expected, sign):
    shown = outcome_html(outcome((200.0, expected), (200.0, expected)), HUOSHAN, Language("zh"))
    assert {"–": "<p>– " in shown, "✓": "<p>✓ " in shown} == {"–": sign == "–", "✓": sign == "✓"}


@pytest.mark.parametrize(
    ("slips", "within", "sign"), [(0.0, True, "–"), (9.0, True, "–"), (12.0, True, "✓"), (1.0, False, "!")]
)
def test_a_county_in_its_range_is_approved_of_only_where_slips_say_something(slips, within, sign):
    part = {
        "rows": 500, "slips": slips, "expected_slips": 14.0, "expected_interval": [8.0, 20.0], "within": within, "auc": None,
        "auc_interval": None, "baseline_auc": None,
    }  # fmt: skip
    shown = counties_html(
        {"advice": {"use": "yes"}, "by_county": {JINZHAI: part}, "by_standing": {}}, JINZHAI, Language("zh")
    )
    assert [each for each in "✓!–" if f"<td>{each} " in shown] == [sign]
