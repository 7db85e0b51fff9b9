"""Commands of the model on a small simulated city: their JSON, their agreement with each other, and what they refuse."""

import json
import math
import shutil

import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from tests.cli.command import KEYS, refused, refused_in_both, run, run_program
from tests.trained_city import UNTIL
from workbench.risk.data.panel import PanelReader
from workbench.store.facts import FactStore

LAST = UNTIL


@pytest.fixture
def commands(trained, capsys):
    """`commands("score", …)`: a command on that store."""
    return lambda *words: run(capsys, *words, "--store", trained[0])


@pytest.fixture
def scored(commands, trained):
    """The scores of the last round."""
    done = commands("score", "--round", LAST, "--json")
    assert done.status == 0, done.err
    return pl.read_parquet(trained[0] / "scores" / f"round={LAST}" / "scores.parquet")


def test_train_says_what_it_did(trained):
    _, record = trained
    assert KEYS["train"] <= set(record)
    assert record["simulated"]
    assert record["transitions"][-1] == {"start": "2019-10", "end": UNTIL}
    assert {"income_pc", "out_of_pocket", "county_code"} <= set(record["facts_used"])
    assert set(record["excluded"]) <= {"has_car", "has_commercial_housing", "on_public_payroll", "has_business"}
    assert record["checked_on"] == "later_round"


@pytest.mark.deep
def test_the_same_training_twice_gives_the_same_model(trained, tmp_path):
    store, record = trained
    copy = shutil.copytree(store, tmp_path / "store")
    for name in ("2020-10",):  # rounds after --until do not matter
        shutil.rmtree(copy / "facts" / f"round={name}")
    again = run_program("train", "--until", UNTIL, "--store", copy, "--models", tmp_path / "models", "--json")
    assert again.record["model"] == record["model"]


def test_evaluate_agrees_with_scores_and_labels(commands, scored, trained):
    record = commands("evaluate", "--round", LAST, "--json").record
    assert KEYS["evaluate"] <= set(record)
    reader = PanelReader(FactStore(trained[0]))
    labels = reader.labelled(reader.transitions()[-1]).filter(pl.col("slip").is_not_null())
    joined = labels.select("household_id", "slip").join(scored, on="household_id", validate="1:1")
    assert len(joined) == record["rows"] == len(labels)
    y, p = joined["slip"].to_numpy(), joined["p_slip"].to_numpy()
    assert record["log_loss"] == pytest.approx(log_loss(y, p))
    assert record["brier"] == pytest.approx(brier_score_loss(y, p))
    assert record["auc"] == pytest.approx(roc_auc_score(y, p))
    assert record["base_rate"] == pytest.approx(y.mean())
    assert not record["trained_on"]
    assert 0 < record["explained_share"] < 1
    assert sum(county["rows"] for county in record["by_county"].values()) == record["rows"]
    assert record["auc"] > 0.75


def test_evaluate_says_where_the_model_was_trained_on_the_round(commands):
    assert commands("evaluate", "--round", "2019-10", "--json").record["trained_on"]
    assert "was trained on these rounds" in commands("evaluate", "--round", "2019-10", "--lang", "en").out


def test_scores_are_probabilities_with_intervals_and_reasons_that_add_up(scored):
    assert scored["household_id"].is_unique().all()
    assert scored["p_slip"].is_between(0, 1, closed="none").all()
    assert (scored["p_low"] <= scored["p_slip"]).all()
    assert (scored["p_slip"] <= scored["p_high"]).all()
    for row in scored.sample(200, seed=1).iter_rows(named=True):
        points = sum(reason["points"] for reason in row["reasons"])
        assert points == pytest.approx(math.log(row["p_slip"] / (1 - row["p_slip"])), abs=1e-9)
        assert [reason["topic"] for reason in row["reasons"]][::6] == ["base", "rest"]
        assert all(reason["zh"] and reason["en"] for reason in row["reasons"])
    assert scored["model"].n_unique() == 1


def test_score_says_who_is_not_scored(commands, trained):
    record = commands("score", "--round", LAST, "--json").record
    assert KEYS["score"] <= set(record)
    everyone = pl.DataFrame(FactStore(trained[0]).read(LAST))
    assert record["scored"] + sum(record["not_scored"].values()) == len(everyone)
    assert record["not_scored"]["registered"] == everyone.filter(pl.col("kind") == "registered").height


def test_preview_and_sweep_use_the_scores(commands, scored, tmp_path):
    standard = tmp_path / "standard.yaml"
    standard.write_text("title: 试\neffective: 2020-04-01\nincome: {ceiling: {multiple: 1.5}}\n", encoding="utf-8")
    preview = commands("preview", "--round", LAST, "--standard", standard, "--json").record
    at_risk = scored.filter(pl.col("kind") == "unregistered")["p_slip"].sum()
    assert preview["slips_share"] == pytest.approx(preview["expected_slips"] / at_risk)
    low, high = preview["expected_slips_interval"]
    assert low < preview["expected_slips"] < high
    vary = "income.ceiling.multiple=1.2:1.5:0.3"
    last = commands("sweep", "--round", LAST, "--standard", standard, "--vary", vary, "--json").record["grid"][-1]
    assert last["expected_slips"] == preview["expected_slips"]


def test_visits_list_everyone_who_qualifies(commands, scored, trained):
    assert scored is not None
    record = commands("visits", "--round", LAST, "--visits", 1, "--json").record
    assert KEYS["visits"] <= set(record)
    reader = PanelReader(FactStore(trained[0]))
    frame = reader.frame(reader.next_transition(LAST))
    red_or_yellow = frame.filter(pl.col("kind") == "lifted", pl.col("state").is_in([1, 2]))["household_id"]
    below = frame.filter(pl.col("kind").is_in(["lifted", "unregistered"]), pl.col("below"))["household_id"]
    assert set(red_or_yellow) | set(below) <= {row["household_id"] for row in record["list"]}
    named = [row["why"][0]["zh"] for row in record["list"] if row["why"]]
    assert any("元" in reason for reason in named)  # with the household's own figures
    assert "先走访" in commands("visits", "--round", LAST, "--visits", 1).out


def test_models_shows_which_is_in_use_and_the_card(commands, trained):
    name = trained[1]["model"]
    record = commands("models", "--json").record
    assert record["in_use"] == name
    assert record["models"] == [name]
    card = commands("models", "--card", name).out
    for words in ("模拟数据", "模型可靠性", "在我们县的模型可靠性", "不能指望什么", "用了哪些事实"):
        assert words in card
    assert refused(commands("models", "--use", "nothing", "--lang", "en"), "there is no such model")


def test_a_shift_of_the_base_rate_is_told_when_the_next_round_arrives(trained, tmp_path, capsys):
    store, _ = trained
    copy = shutil.copytree(store, tmp_path / "store")
    assert run(capsys, "score", "--round", "2019-10", "--store", copy).status == 0
    for path in (copy / "facts" / f"round={LAST}").rglob("*.parquet"):
        facts = pl.read_parquet(path)
        hit = (pl.col("kind") == "unregistered") & (pl.col("household_id").hash(1) % 5 == 0)
        poorer = facts.with_columns(income_pc=pl.when(hit).then(pl.lit(3000.0)).otherwise(pl.col("income_pc")))
        FactStore(copy).write(
            LAST, {path.parent.name.partition("=")[2]: poorer.to_arrow()}, FactStore(copy).origin(LAST)
        )
    record = run(capsys, "score", "--round", LAST, "--store", copy, "--json").record
    assert record["shifts_since_last_scores"][0]["far"]
    (before,) = record["last_scores"]
    assert (before["round"], before["can_tell"]) == ("2019-10", True)
    assert before["observed"] > before["expected"] > 0
    assert f"实际 {before['observed']:,.0f} 户" in run(capsys, "score", "--round", LAST, "--store", copy).out
    assert "远超往常的波动" in record["shifts_since_last_scores"][0]["zh"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train", "--until", "2019-05"), "training needs two rounds at least"),
        (("train", "--keep", "mood"), "--keep mood"),
        (("train", "--line", "1000000"), "too little to learn from"),
        (("train", "--until", "2020"), "YYYY-MM"),
        (("evaluate", "--round", "2020-10"), "no later round is stored"),
        (("evaluate", "--round", "2018-04"), "is not stored"),
        (("score", "--round", "2018-04"), "is not stored"),
        (("visits", "--round", "2019-05"), "no model has scored it"),
    ],
)
def test_refusals(commands, words, said):
    assert refused_in_both(commands, *words, said=[said])


def test_without_a_model_in_use_nothing_is_judged_or_scored(city_copy, tmp_path, capsys):
    for command in ("evaluate", "score"):
        words = (command, "--round", "2019-10", "--store", city_copy, "--models", tmp_path / "none")
        done = run(capsys, *words, "--lang", "en")
        assert refused(done, "no model is in use", "workbench train")


def test_the_record_of_the_card_is_json(commands, trained):
    name = trained[1]["model"]
    about = commands("models", "--card", name, "--json").record
    assert json.loads(json.dumps(about)) == about
    assert len(about["hash"]) == 64
    assert set(about["facts"]) == {"2019-05", "2019-10", "2020-04"}


def test_a_number_that_stands_twice_is_listed_where_it_qualifies(trained, tmp_path, capsys):
    store, _ = trained
    copy = shutil.copytree(store, tmp_path / "store")
    facts = FactStore(copy)
    table = pl.DataFrame(facts.read(LAST, "341524"))
    poor = table.filter(pl.col("kind") == "unregistered").head(1).with_columns(income_pc=pl.lit(100.0))
    rest = table.filter(pl.col("household_id") != poor["household_id"][0])
    facts.write(LAST, {"341524": pl.concat([rest, poor, poor]).to_arrow()}, facts.origin(LAST))
    assert run(capsys, "score", "--round", LAST, "--store", copy).status == 0
    listed = run(capsys, "visits", "--round", LAST, "--visits", 0, "--store", copy, "--json").record["list"]
    assert [row["by_rule"] for row in listed if row["household_id"] == poor["household_id"][0]] == ["below_line"] * 2
