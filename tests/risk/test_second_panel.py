"""What is promised holds on a panel that another rule made."""

import numpy as np
import polars as pl
import pytest

from tests.risk.second_panel import ROUNDS, SPRINGS, second_panel
from workbench.risk.data.drift import drifts
from workbench.risk.data.income_breaks import income_breaks
from workbench.risk.data.panel import PanelReader
from workbench.risk.data.usable_rounds import UsableFacts, usable_facts
from workbench.risk.evaluation.evaluation import evaluate
from workbench.risk.evaluation.metrics import explained_share
from workbench.risk.evaluation.standard_errors import logit
from workbench.risk.model.training import TrainingRequest, train
from workbench.risk.scoring.scoring import score


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return second_panel(tmp_path_factory.mktemp("second"), 3_000)


def test_facts_not_asked_at_first_or_in_a_season_are_learnt_where_they_are(small):
    frames = {name: PanelReader(small.store).facts(name) for name in ROUNDS}
    expected = UsableFacts((), {"x_debt": ROUNDS[:1], "x_help": SPRINGS})
    assert usable_facts(drifts(frames), frames) == expected
    assert income_breaks(frames, PanelReader(small.store).transitions()) == ()


def test_slips_are_those_that_the_panel_was_made_with(small):
    reader = PanelReader(small.store)
    for step in reader.transitions()[:2]:
        labelled = reader.labelled(step).join(small.truth[step.start], on="household_id")
        assert labelled["slip"].null_count() == 0
        assert labelled["slip"].mean() == pytest.approx(labelled["truth"].mean(), abs=0.02)


@pytest.mark.deep
def test_a_model_of_it_knows_most_of_what_can_be_known(tmp_path):
    panel = second_panel(tmp_path, 6_000)
    model = train(panel.store, TrainingRequest(until=ROUNDS[-2]))
    assert {"x_debt", "x_help"} <= set(model.about["facts_used"])
    scores = pl.DataFrame(score(panel.store, ROUNDS[-2], model).table).join(panel.truth[ROUNDS[-2]], on="household_id")
    share = explained_share(scores["p_slip"].to_numpy(), scores["truth"].to_numpy())
    assert share is not None
    inside = ((scores["p_low"] <= scores["truth"]) & (scores["truth"] <= scores["p_high"])).to_numpy()
    low, high = scores["p_low"].to_numpy(), scores["p_high"].to_numpy()
    width = logit(high) - logit(low)
    fifth = np.searchsorted(np.quantile(width, (0.2, 0.4, 0.6, 0.8)), width)
    record = evaluate(panel.store, ROUNDS[-2], model)
    assert share > 0.8
    assert inside.mean() > 0.85
    # Here the widest fifth falls short, not the narrowest: 0.85 at 3,000 households (docs/risk-study.md).
    assert min(inside[fifth == number].mean() for number in range(5)) > 0.8
    assert np.mean([row["within"] for row in record["by_county"].values()]) > 0.7
    assert record["advice"]["use"] != "no"
    assert record["auc"] > record["compared"]["order"]["auc"]
