"""The interface for notebooks: its figures are those of the preview, and what it shows is text."""

import pyarrow as pa
import pytest

from tests.preview.scored import score_store
from tests.ui.stores import HOSTILE, hostile_store, simulated_store
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError, StandardError, StoreError
from workbench.notebook import (
    budget,
    cliff,
    compare,
    frontier,
    help_effect,
    hindsight,
    households,
    open_counties,
    open_place,
    reading_prices,
    readings,
    reference,
    rules_and_model,
    scored_rounds,
    sweep,
    vary,
)
from workbench.preview.frontier.request import expected_evidence, frontier_record, past_evidence
from workbench.preview.hindsight import request
from workbench.preview.hindsight.cliff import cliff_households
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.request import Analyses, preview
from workbench.preview.scope import PreviewScope, scope
from workbench.preview.slips.verdicts import Verdict
from workbench.statistics import reading_prices as pricing
from workbench.statistics.tiers import count_tiers, lifted_facts
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

COUNTY, ROUND = "341522", "2019-10"
WIDER = {"income.ceiling.multiple": 1.8}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = simulated_store(tmp_path_factory.mktemp("city"))
    score_store(made, "2019-05")
    return made


@pytest.fixture
def place(store):
    return open_place(ROUND, COUNTY, store=store.root)


def test_figures_are_those_of_the_preview(place, store):
    comparison = compare(place, {"a": reference(), "b": vary(reference(), WIDER)})
    for name, data in (("a", reference()), ("b", vary(reference(), WIDER))):
        standard = parse_standard(data)
        record = preview(scope(store, ROUND, COUNTY, None, standard), standard)
        assert comparison.frame.loc[name, ["in", "cannot_tell", "below_line"]].tolist() == [
            record["in"],
            record["cannot_tell"],
            record["below_line"],
        ]
    assert comparison.frame.loc["b", "newly_in"] == comparison.frame.loc["b", "in"] - comparison.frame.loc["a", "in"]


def test_the_city_is_the_sum_of_its_counties(store):
    comparison = compare(open_place(ROUND, store=store.root), {"a": reference()})
    assert comparison.by_county["in"].sum() == comparison.frame.loc["a", "in"]


def test_a_sweep_agrees_with_comparisons_at_its_points(place):
    points = sweep(place, reference(), "income.ceiling.multiple=1.2:1.8:0.3", "line=3000:3400:200").frame
    assert len(points) == 9
    for _, point in points.iterrows():
        keys = ["income.ceiling.multiple", "line"]
        standard = vary(reference(), {key: point[key] for key in keys})
        assert compare(place, {"x": standard}).frame.loc["x", "in"] == point["in"]


def test_households_say_what_previews_and_tiers_count(place, store):
    frame = households(place, {"a": reference(), "b": vary(reference(), WIDER)})
    assert place.households({"a": reference(), "b": vary(reference(), WIDER)}).equals(frame)
    for name, data in (("a", reference()), ("b", vary(reference(), WIDER))):
        standard = parse_standard(data)
        record = preview(scope(store, ROUND, COUNTY, None, standard), standard)
        counted = frame.groupby(name)["weight"].sum().to_dict()
        assert {key: counted.get(key, 0) for key in ("in", "cannot_tell", "below_line")} == {
            key: record[key] for key in ("in", "cannot_tell", "below_line")
        }
    lifted = frame[frame["kind"] == "lifted"]
    assert frame.loc[frame["kind"] != "lifted", "tier"].isna().all()
    counted = count_tiers(lifted_facts(place), tier_parameters(ROUND), reading("default")).city
    assert lifted["tier"].value_counts().to_dict() == {int(key): counted[key].rows for key in ("1", "2", "3")}
    undetermined = lifted[lifted["tier"].isna()]
    assert len(undetermined) == counted["undetermined"].rows > 0
    assert (undetermined["possible_tiers"].map(len) > 1).all()


def test_households_are_those_of_the_standard_in_use_and_bear_scores_where_there_are_any(store):
    frame = households(open_place("2019-05", COUNTY, store=store.root))
    assert set(frame["in_force"].dropna()) <= {"in", "out", "below_line", "cannot_tell"}
    scored = frame[frame["p_slip"].notna()]
    assert len(scored) > 0
    assert (scored["p_low"] <= scored["p_slip"]).all()
    unscored = households(open_place(ROUND, COUNTY, store=store.root))
    assert unscored["p_slip"].isna().all()
    assert unscored["p_slip"].dtype == frame["p_slip"].dtype


def test_a_standard_of_another_county_is_refused_for_households_too(place):
    with pytest.raises(InputError, match="341524"):
        households(place, {"theirs": {**reference(), "county": "341524"}})


def test_hindsight_says_what_the_command_says(place, store):
    standards = {"a": reference(), "b": vary(reference(), WIDER | {"require_group": False})}
    past = hindsight(place, standards)
    record = request.hindsight(PastScope(store, COUNTY), parse_standard(standards["b"]), parse_standard(standards["a"]))
    (each,) = record["rounds"]
    assert past.frame.loc[("b", "2019-05"), ["in", "slips", "caught"]].tolist() == [
        each["in"],
        each["slips"],
        each["caught"],
    ]
    assert past.missed.loc["a"].sum() == record["slips"] == len(past.households("a")) > 10
    assert past.differences.loc["b"].tolist() == [
        record["difference"]["caught_share"],
        *record["difference"]["interval"],
        Verdict(record["difference"]["verdict"]).words.zh,
    ]
    assert "模拟数据" in past._repr_html_()
    assert hindsight(place, standards, until="2019-05").frame.empty


def test_hindsight_of_another_county_is_refused(place):
    with pytest.raises(InputError, match="341524"):
        hindsight(place, {"a": vary(reference(), {"county": "341524"})})


def test_a_standard_of_another_county_is_refused_in_words(place):
    theirs = vary(reference(), {"county": "341524"})
    for use in (lambda: compare(place, {"a": theirs}), lambda: sweep(place, theirs, "income.ceiling.multiple=1:2:0.5")):
        with pytest.raises(InputError, match="341524"):
            use()
    for use in (compare, hindsight):
        with pytest.raises(InputError, match="至少一个"):
            use(place, {})


def test_a_county_s_standard_is_not_counted_over_the_whole_city(store):
    """Its figures would pass for the county's; the frame of households has it for the households of its county alone."""
    city, theirs = open_place(ROUND, store=store.root), vary(reference(), {"county": COUNTY})
    for use in (
        lambda: compare(city, {"a": theirs}),
        lambda: hindsight(city, {"a": theirs}),
        lambda: sweep(city, theirs, "income.ceiling.multiple=1:2:0.5"),
    ):
        with pytest.raises(InputError, match="全市"):
            use()
    frame = households(city, {"a": theirs})
    assert set(frame.loc[frame["a"].notna(), "county_code"]) == {COUNTY}


def test_any_number_of_standards_and_several_counties(store):
    many = {f"{n / 10:g}": vary(reference(), {"income.ceiling.multiple": n / 10}) for n in range(11, 21)}
    places = open_counties(["341522", "341524"], ROUND, store=store.root)
    frames = {code: compare(each, many).frame for code, each in places.items()}
    assert {len(frame) for frame in frames.values()} == {10}
    for code, frame in frames.items():
        chosen = parse_standard(many["1.4"])
        assert frame.loc["1.4", "in"] == preview(scope(store, ROUND, code, None, chosen), chosen)["in"]


def test_results_print_as_their_place_and_figures(place):
    assert repr(place) == "2019年下半年 · 霍邱县 · 模拟数据"
    results = [
        compare(place, {"a": reference(), "b": vary(reference(), WIDER)}),
        sweep(place, reference(), "income.ceiling.multiple=1:2:0.5"),
        readings(place),
        hindsight(place, {"a": reference()}),
    ]
    for each in results:
        assert repr(each) == f"{place!r}\n{each.frame.to_string()}"


def test_shares_of_groups_and_townships_are_those_of_the_command(place, store):
    past = hindsight(place, {"a": reference()})
    record = request.hindsight(PastScope(store, COUNTY), parse_standard(reference()))
    for group, counts in record["by_group"].items():
        assert past.groups.loc[("a", group), ["slips", "caught"]].tolist() == [counts["slips"], counts["caught"]]
    assert past.townships["slips"].sum() == record["slips"]
    assert past.townships["township"].tolist() == [each["township"] for each in record["by_township"]]


def test_readings_count_every_lifted_household_once(place):
    frame = readings(place).frame
    totals = frame[["1", "2", "3", "undetermined"]].sum(axis=1)
    assert totals.nunique() == 1
    assert frame.loc["default", "changed"] == 0
    moves = readings(place).moves
    assert moves.groupby("reading")["households"].sum().to_dict() == {
        name: count for name, count in frame["changed"].items() if count
    }


def test_a_reading_and_figures_of_one_s_own_are_data(place):
    """The default's own words under another name change nobody; a wider line brings more households near it."""
    default = reading("default")
    copied = {"tier_1": default.tier_1, "tier_2": default.tier_2}
    counted = readings(place, own={"mine": copied}).frame
    assert counted.loc["mine"].tolist() == counted.loc["default"].tolist()
    assert "mine" in readings(place, own={"mine": copied})._repr_html_()
    wider = readings(place, figures={"near_line_multiple": 2.0}).frame
    assert wider.loc["default", "2"] > counted.loc["default", "2"]
    for wrong in ({"own": {"mine": {"tier_1": "difficulty"}}}, {"own": {"default": copied}}, {"figures": {"near_lines": 1}},
                  {"own": {"mine": copied | {"tier_2": "no_such"}}}):  # fmt: skip
        with pytest.raises(InputError):
            readings(place, **wrong)
    for figure in (0, -1, float("nan"), float("inf"), True, "1.5"):
        with pytest.raises(InputError, match="大于 0"):
            readings(place, figures={"near_line_multiple": figure})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda place, root: budget(place, reference(), "八万"), "应为数字"),
        (lambda place, root: compare(place, [reference()]), "标准要带名称"),
        (lambda place, root: compare(place, reference()), "标准要带名称"),
        (lambda place, root: hindsight(place, [reference()]), "标准要带名称"),
        (lambda place, root: open_counties(ROUND, [COUNTY], store=root), "先写县区代码的列表"),
        (lambda place, root: open_counties(COUNTY, ROUND, store=root), "先写县区代码的列表"),
    ],
)
def test_what_is_given_in_another_form_is_said_in_words(place, store, asked, said):
    """Python's own message named an operator, and no line that whoever wrote the cell knows."""
    with pytest.raises(InputError, match=said):
        asked(place, store.root)


@pytest.fixture(scope="module")
def scored_place(store):
    return open_place("2019-05", COUNTY, store=store.root)


@pytest.mark.parametrize("past", [False, True])
def test_the_frontier_is_that_of_the_command_and_a_point_can_be_compared(scored_place, store, past):
    chosen = parse_standard(reference())
    best = frontier(scored_place, reference(), past=past)
    evidence = (
        past_evidence(PastScope(store, COUNTY), chosen)
        if past
        else expected_evidence(PreviewScope(store, "2019-05", COUNTY), chosen)
    )
    record = frontier_record(evidence[0], chosen, evidence[1])
    assert best.frame["in"].tolist() == [record["at_hand"]["in"], *(point["in"] for point in record["points"])]
    assert best.frame.loc["0", ["gain_low", "gain_high"]].tolist() == record["points"][0]["gain"]["interval"]
    assert best.proposal == record["proposal"]
    middle = len(record["points"]) // 2
    if not past:
        assert (
            compare(scored_place, {"it": best.standard(middle)}).frame.loc["it", "in"] == record["points"][middle]["in"]
        )
    shown = best._repr_html_()
    assert ("知道结果以后挑出来的" in shown) == past
    assert "模拟数据" in shown
    assert repr(best) == f"{scored_place!r}\n{best.frame.to_string()}"


def test_a_budget_carries_what_the_preview_says(place, store):
    carried = budget(place, reference(), 80_000)
    chosen = parse_standard(reference())
    record = preview(scope(store, ROUND, COUNTY, None, chosen), chosen, None, Analyses(carry=80_000.0))["carried"]
    for name in ("ceiling", "even_if_all_in"):
        said = carried.frame.loc[name]
        assert [said["yuan"], said["in"], said["in_most"], said["cost"], said["cost_most"]] == [
            record[name]["yuan"], *record[name]["in_range"], *record[name]["cost_range"],
        ]  # fmt: skip
    assert budget(place, {**reference(), "budget": 80_000.0}).frame.equals(carried.frame)
    assert "以往 1 期（回头看）" in carried._repr_html_()
    with pytest.raises(InputError, match="预算"):
        budget(place, reference())
    with pytest.raises(InputError, match="help_cost"):
        budget(place, {key: value for key, value in reference().items() if key != "help_cost"}, 80_000)


def test_the_cliff_is_that_of_the_page_with_its_households(scored_place, store):
    many = vary(reference(), {"income.ceiling.multiple": 1.3, "require_group": False})
    sides = cliff(scored_place, many)
    past = Hindsight.of(PastScope(store, COUNTY), parse_standard(many))
    listed = cliff_households(past)
    assert sides.frame["rows"].to_dict() == {side: listed.filter(side=side).height for side in ("just_in", "just_out")}
    households = sides.households
    assert len(households) == listed.height > 0
    assert households["likelihood"].notna().any()  # the round was scored
    assert households.groupby("side")["slipped"].sum().to_dict() == sides.frame["slipped"].to_dict()
    assert "刚好在内" in sides._repr_html_()
    assert cliff(scored_place, many, until="2019-05").frame["households"].sum() == 0


def test_prices_of_readings_are_those_of_the_command(place, store):
    priced = reading_prices(place, vary(reference(), WIDER))
    record = pricing.price_record(
        pricing.reading_prices(PreviewScope(store, ROUND, COUNTY), parse_standard(vary(reference(), WIDER)))
    )
    for point in record["points"]:
        for each in point["readings"]:
            assert priced.frame.loc[(point["point"], each["reading"]), ["in", "newly_in", "leaving"]].tolist() == [
                each["in"], each["newly_in"], each["leaving"],
            ]  # fmt: skip
    assert priced.act_today["weight"].sum() == record["act_today"]["households"]
    assert len(priced.ask) == len(record["ask_the_city"]["list"])
    assert priced._repr_html_().count('<th scope="rowgroup"') == len(record["points"])


def test_what_asks_of_one_standard_refuses_another_county_s(place, store):
    theirs = vary(reference(), {"county": "341524"})
    city = open_place(ROUND, store=store.root)
    for ask in (frontier, cliff, reading_prices, lambda where, standard: budget(where, standard, 80_000)):
        with pytest.raises(InputError, match="341524"):
            ask(place, theirs)
        with pytest.raises(InputError, match="全市"):
            ask(city, theirs)


def test_what_asks_of_one_standard_counts_the_households_that_rows_stand_for(tmp_path):
    """Each row thrice over weighs three: money carries a third as high, sides and readings have three times as many."""
    incomes = {"2019-05": [3300.0 + 20 * n for n in range(120)], "2019-10": [3000.0 + 21 * n for n in range(120)]}
    for folder, weight in (("one", 1.0), ("three", 3.0)):
        for name, each in incomes.items():
            rows = {
                "household_id": [f"{n:03d}" for n in range(120)], "kind": ["unregistered"] * 120, "income_pc": each,
                "dibao": [n % 3 > 0 for n in range(120)], "weight": [weight] * 120,
                **{check: [False] * 120 for check in ("has_car", "has_commercial_housing", "on_public_payroll", "has_business")},
            }  # fmt: skip
            FactStore(tmp_path / folder).write(name, {COUNTY: pa.table(rows)}, Origin())
    one, three = (open_place(ROUND, COUNTY, store=tmp_path / folder) for folder in ("one", "three"))
    for ask, columns in (
        (lambda place: cliff(place, reference()).frame, ["households", "labelled", "slipped"]),
        (lambda place: reading_prices(place, reference()).frame.drop("level_1_halves", level=0), ["in", "cost"]),
        (lambda place: frontier(place, reference(), past=True).frame.loc[["at_hand"]], ["in", "caught"]),
    ):
        assert (3 * ask(one)[columns]).equals(ask(three)[columns])
    assert budget(three, reference(), 90_000).frame["yuan"].equals(budget(one, reference(), 30_000).frame["yuan"])
    assert cliff(three, reference()).frame["rows"].equals(cliff(one, reference()).frame["rows"])


def test_what_cannot_be_told_of_help_is_printed(place):
    effect = help_effect(place)
    assert effect.frame.empty
    assert repr(effect).splitlines()[:2] == [repr(place), effect.said]
    assert "more rounds" in repr(effect)


def test_the_model_order_finds_no_fewer_than_any_order_without_it_expects(store):
    assert scored_rounds(store.root) == ["2019-05"]
    comparison = rules_and_model(open_place("2019-05", store=store.root))
    frame = comparison.frame
    for simple in ("rules", "income"):
        assert (frame["model_expected"] >= frame[f"{simple}_expected"] - 1e-9).all()
        assert frame[f"{simple}_happened"].between(0, 1).all()
    assert (frame["rules_expected"] != frame["income_expected"]).any()
    assert "只看收入，预计" in comparison._repr_html_()
    assert frame["visits"].is_monotonic_increasing


def test_without_scores_it_says_what_to_run(place):
    with pytest.raises(StoreError, match="workbench score"):
        rules_and_model(place)


def test_results_show_themselves_and_say_that_they_are_simulated(place):
    for shown in (
        place,
        compare(place, {"a": reference()}),
        sweep(place, reference(), "income.ceiling.multiple=1:2:0.1"),
        sweep(place, reference(), "income.ceiling.multiple=1:2:0.5", "help_cost=1000:2000:500"),
        readings(place),
    ):
        html = shown._repr_html_()
        assert "<table" in html
        assert "模拟数据" in html
        assert "<script" not in html
    assert "<svg" in sweep(place, reference(), "income.ceiling.multiple=1:2:0.1")._repr_html_()
    assert "Simulated" in open_place(ROUND, store=place.store.root, lang="en")._repr_html_()


def test_names_are_text(tmp_path):
    place = open_place(store=hostile_store(tmp_path).root)
    html = compare(place, {HOSTILE: reference(), "=HYPERLINK(1)": vary(reference(), WIDER)})._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html


def test_what_cannot_be_is_refused(store):
    with pytest.raises(StandardError):
        vary(reference(), {"income.ceiling.multiple": 0.5})
    with pytest.raises(StoreError):
        open_place("1999-01", store=store.root)


def test_a_place_counts_the_households_that_rows_stand_for(tmp_path):
    rows = {"household_id": ["1", "2", "3"], "kind": ["lifted", "lifted", "unregistered"], "weight": [10.0, 2.0, 700.0]}
    FactStore(tmp_path).write(ROUND, {COUNTY: pa.table(rows)}, Origin())
    shown = open_place(ROUND, COUNTY, store=tmp_path, lang="en")._repr_html_()
    assert ">12<" in shown
    assert ">700<" in shown
