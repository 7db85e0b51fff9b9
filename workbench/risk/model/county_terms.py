"""Whether the learners may tell counties apart: only where what sets a county apart came again from round to round.

What a county shows in one round alone, learners would remember as a rule, as each season has been seen so few times. Then
counties are left to the calibration, which shrinks them towards the city.
"""

import numpy as np
import polars as pl

from workbench.errors import Words
from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.data.features import feature_frame
from workbench.risk.model.baselines import logistic
from workbench.risk.model.calibration import sigmoid
from workbench.risk.model.glass_box import Floats
from workbench.risk.model.place_variances import county_rounds, lasting_and_passing

_MOST_PASSING = 0.5
"""Of the variance that lasts: where more passes from round to round, remembering it costs more than it gains."""
_PASSES = Words(
    "各县区的高低一期一变，不当规律学；县区只按各期一致的部分收缩调整",
    "what sets counties apart passes from round to round and is not learnt; only what lasts shifts a county, shrunken",
)
_ONCE = Words("每个时节只见过一期，还看不出规律", "each season was seen once only")


def unsteady(frame: pl.DataFrame, matrix: DesignMatrix, slips: Floats, seed: int) -> dict[str, Words]:
    """The features that tell counties apart and should not be learnt from, and why; `frame`: labelled household-rounds.

    Slips are held against what a quick logistic model expects of the households without knowing their county.
    """
    telling = [feature for feature in matrix.features if "county_code" in feature.facts]
    others = matrix.without(feature.name for feature in telling)
    if not telling or not others.features:
        return {}
    values = others.matrix(frame)
    p = sigmoid(logistic(values, slips, seed).logit(values))
    left_out: dict[str, Words] = {}
    # The finest first: a county that differs by season does not change from round to round where seasons come again.
    for feature in reversed(telling):
        places = feature_frame(frame, [feature]).to_series()
        # Weights of 1: nothing is learnt by survey weights (decision 0035).
        cells = county_rounds(p, slips, np.ones(len(p)), places, frame["start"])
        if cells["county"].is_duplicated().any():
            lasting, passing = lasting_and_passing(cells)
            return left_out if passing <= _MOST_PASSING * lasting else {each.name: _PASSES for each in telling}
        if "round" in feature.facts:
            left_out[feature.name] = _ONCE
    return left_out
