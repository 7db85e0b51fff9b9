"""Planted bunching is found on its side; heaps at round figures, and nothing at all, are not taken for it."""

import numpy as np
import polars as pl
import pytest

from workbench.domain.facts import FACTS
from workbench.preview.index.build import build_index
from workbench.preview.sensitivity.bunching import bunching
from workbench.store.schema import conform

CEILING, LINE = 4827.0, 3218.0


def index_of(incomes):
    n = len(incomes)
    table = pl.DataFrame(
        {
            "household_id": [f"{row:06d}" for row in range(n)],
            "kind": ["unregistered"] * n,
            "income_pc": np.round(incomes, 2),
        }
    ).to_arrow()
    facts = conform(table, [fact.name for fact in FACTS], {"round": "2019-10", "county_code": "341524"}, "made up")
    previous = pl.DataFrame(facts).with_columns(
        previous_out_of_pocket=pl.lit(None, pl.Float64),
        previous_income_pc=pl.lit(None, pl.Float64),
        seen_before=pl.lit(False),
    )
    return build_index(previous, deduct_out_of_pocket=False)


def incomes(n, seed, heaped=0.0):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(9.0, 0.6, n)
    for figure, share in ((500, heaped), (1000, heaped / 3), (100, heaped / 3)):
        rounded = rng.random(n) < share
        values[rounded] = np.round(values[rounded] / figure) * figure
    return values, rng


@pytest.mark.parametrize("heaped", [0.0, 0.25, 0.6])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_planted_is_found_on_its_side(seed, heaped):
    for side in ("below", "above"):
        result, rng = incomes(20_000, seed, heaped)
        away = (
            (result >= CEILING) & (result < CEILING + 600)
            if side == "below"
            else (result < CEILING) & (result > CEILING - 600)
        )
        moved = away & (rng.random(len(result)) < 0.15)
        result[moved] = CEILING + (-1 if side == "below" else 1) * rng.uniform(0.01, 100, moved.sum())
        record = bunching(index_of(result), CEILING, LINE)
        assert getattr(record, side).notable
        assert getattr(record, side).rank < 0.06
        assert getattr(record, side).excess.share > 0.2
        assert not getattr(record, "above" if side == "below" else "below").notable


@pytest.mark.parametrize("heaped", [0.0, 0.3, 1.0])
def test_clean_and_heaped_incomes_are_rarely_flagged(heaped):
    flagged = 0
    for seed in range(12):
        record = bunching(index_of(incomes(20_000, 100 + seed, heaped)[0]), CEILING, LINE)
        flagged += record.below.notable + record.above.notable
    assert flagged <= 2


@pytest.mark.parametrize("ceiling", [5000.0, 4800.0])
def test_a_ceiling_at_a_round_figure(ceiling):
    record = bunching(index_of(incomes(60_000, 5, 0.5)[0]), ceiling, LINE)
    assert not record.below.notable
    assert not record.above.notable


def test_a_step_at_the_line_is_not_bunching():
    result, rng = incomes(60_000, 6)
    result = result[(result >= LINE) | (rng.random(len(result)) < 0.2)]
    record = bunching(index_of(result), CEILING, LINE)
    assert (record.below.notable, record.above.notable) == (False, False)


def test_too_few_are_not_judged():
    details = bunching(index_of(incomes(3000, 7)[0]), CEILING, LINE)
    assert details.rows < 2000
    record = details.record()
    assert record["too_few"]
    assert (record["below"], record["above"]) == (None, None)
    assert {"zh", "en"} <= set(record["caveats"])
