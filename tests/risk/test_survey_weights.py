"""Weights count households in totals and teach nothing; who is drawn, and into which fold, is the same everywhere."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from workbench.risk.data.draws import drawn, number_hash
from workbench.risk.data.panel import PanelReader, labelled_rounds
from workbench.risk.evaluation.total_verdicts import weight_words
from workbench.risk.model.boosting import Settings
from workbench.risk.model.fitting import fit, folds_of, training_rows
from workbench.risk.registry.card_page import card_in_english, card_page
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.model.views import limits_html

HASHES = [8073494646109193085, 7938845965024166596, 16257264001651851731, 17077160818058562183]
FOLDS = [0, 0, 2, 0, 1, 0, 2, 4, 0, 2, 1, 0]
DRAWN = ["h1", "h2", "h3", "h4", "h5", "h6", "h9", "h10", "h11"]
SETTINGS = Settings(bags=2, interactions=1, trees_most=20, machine_rate=0.2)


@pytest.fixture(scope="module")
def labelled(city):
    reader = PanelReader(city)
    return next(labelled_rounds(reader, reader.transitions()[:1]))


def test_heavy_tailed_weights_change_nothing_that_is_learnt(labelled):
    heavy = np.random.default_rng(1).pareto(1.1, len(labelled)) + 0.1
    weighted = labelled.with_columns(weight=pl.Series(heavy))
    plain, uneven = (training_rows(frame, (), SETTINGS) for frame in (labelled, weighted))
    assert uneven.matrix.ranks == plain.matrix.ranks
    assert uneven.weight.max() > 20 * uneven.weight.mean()
    chosen = [plain.matrix.names.index(name) for name in ("margin_unregistered", "spending_share")]
    few = [replace(rows, values=rows.values[:, chosen], matrix=_only(rows.matrix, chosen)) for rows in (plain, uneven)]
    first, second = (fit(rows, SETTINGS) for rows in few)
    assert np.array_equal(first.unseen, second.unseen)
    assert first.calibration == second.calibration


def _only(matrix, chosen):
    features = tuple(matrix.features[position] for position in chosen)
    return replace(matrix, features=features, ranks={})


def test_folds_and_draws_are_those_of_every_machine_and_version():
    # Written down, not computed: another version of a library that hashes otherwise must fail here.
    numbers = pl.Series("household_id", ["341502000001", "H-7", "", None])
    assert number_hash(numbers, "folds of training").tolist() == HASHES
    frame = pl.DataFrame({"household_id": [f"h{number}" for number in range(12)]})
    assert folds_of(frame, 5).tolist() == FOLDS
    assert drawn(frame, 0.5, "households drawn")["household_id"].to_list() == DRAWN


def test_a_share_of_the_households_is_drawn_whole_and_evenly():
    frame = pl.DataFrame({"household_id": [f"h{number}" for number in range(20_000)] * 2})
    some = drawn(frame, 0.3, "households drawn")
    assert len(some) / len(frame) == pytest.approx(0.3, abs=0.01)
    assert (some["household_id"].value_counts()["count"] == 2).all()
    assert np.bincount(folds_of(some, 5)) / len(some) == pytest.approx(np.full(5, 0.2), abs=0.02)
    assert drawn(frame, 1.0, "households drawn") is frame


def test_that_few_records_carry_the_totals_is_said_on_the_card_and_the_page(model):
    even = dict(model.about)
    assert even["effective_rows"] == pytest.approx(even["rows"])
    assert even["heaviest"] == pytest.approx(0.01, abs=1e-3)
    assert weight_words(even) is None
    uneven = even | {"rows": 5_609, "effective_rows": 794.0, "heaviest": 0.12}
    said = weight_words(uneven)
    for text in (card_page(uneven), limits_html(uneven, Language("zh"))):
        assert "5,609 条记录算总数时只相当于 794 条，最重的百分之一占了全部权重的 12%" in text
    for text in (card_in_english(uneven), limits_html(uneven, Language("en"))):
        assert "the heaviest hundredth has 12% of all weight" in text
    assert "权重很不均匀" not in card_page(even)
    # One heavy household of a thousand hides in the effective number, and not in what the heaviest have.
    assert weight_words(even | {"heaviest": 0.3}) is not None
    # Of models trained before it was counted.
    assert "百分之一" not in weight_words({"rows": 100, "effective_rows": 8.0}).zh
    assert said.en.startswith("weights are very uneven")
