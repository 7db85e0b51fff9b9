"""Hindsight on the county-standard page: what its script reads is what is counted, the list is that count, and it can be taken along."""

import io
import re
from dataclasses import replace

import polars as pl
import pytest
from python_calamine import load_workbook

from tests.preview.scored import score_store
from workbench.domain.facts import label_of
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.preview.counts.counts import Count
from workbench.preview.hindsight.cliff import Cliff, cliff
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.households import slipped_households
from workbench.preview.hindsight.missed import MISSED, OUTCOMES
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.raised_line import raised_lines
from workbench.preview.hindsight.request import hindsight
from workbench.preview.hindsight.stability import stability
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.slips.held_by import held_by, names_of_facts, with_own_facts
from workbench.ui.pages.county_standard.slips.hindsight_panel import HindsightPanel
from workbench.ui.pages.county_standard.slips.shares_panel import SharesPanel
from workbench.ui.pages.county_standard.slips.stability_panel import StabilityPanel
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY, ROUND = "341522", "2019-10"
POSITIONS = [1.0, 1.25, 1.5, 1.75, 2.0]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = FactStore(tmp_path_factory.mktemp("city"))
    write_city(store, simulate(12_000, 3, 3, divisions=DIVISIONS), Origin(simulated=True))
    return store


def panel(store, round_name=ROUND, code="zh"):
    session = StandardSession(store, round_name, COUNTY)
    made = HindsightPanel(session, Language(code), lambda function: function)
    show(made, 1.5)
    return made


def test_what_parts_of_the_picture_are_called_fits_on_a_line():
    """Two of them were a clause each, and nobody could tell the one from the other (issue 15)."""
    said = [words.zh for words in MISSED.values()]
    assert max(map(len, said)) <= 9
    assert (MISSED["both"].zh, MISSED["other"].zh) == ("群体、上限都差", "另有别的不符")
    assert max(len(words.en) for words in MISSED.values()) <= 35


def show(made, multiple):
    made.session.put("income.ceiling", {"multiple": multiple})
    made.refresh(POSITIONS, "multiple", {"value": multiple, "position": multiple})


def by_outcome(record):
    return {"caught": record["caught"], **record["missed"]}


def test_the_picture_says_what_the_command_says_at_every_position(store):
    made = panel(store)
    curve = made.picture.live.curve
    for place, multiple in enumerate(POSITIONS):
        show(made, multiple)
        record = hindsight(PastScope(store, COUNTY), made.session.standard)
        assert by_outcome(record) == made.picture.live.exact["outcomes"]
        assert by_outcome(record) == {name: curve["outcomes"][name][place] for name in OUTCOMES}
        assert [(each["in"], each["cannot_tell"], each["caught"]) for each in record["rounds"]] == [
            (each["inside"][place], each["cannot_tell"][place], each["caught"][place]) for each in curve["rounds"]
        ]
    assert made.picture.live.facts["slips"] == record["slips"] > 10


def test_the_picture_follows_what_is_stored_anew_of_the_same_place(store, tmp_path):
    """A correction of what became of households: the curve of before would stand beside the figures of now."""
    names = ("2019-05", "2019-10")
    corrected = FactStore(tmp_path)
    for name in names:
        corrected.write(name, {COUNTY: store.read(name, COUNTY)}, store.origin(name))
    made = panel(corrected)
    slips = made.picture.live.facts["slips"]
    later = pl.DataFrame(store.read(names[1], COUNTY)).with_columns(
        income_pc=pl.when(pl.int_range(pl.len()) % 2 == 0).then(9000.0).otherwise("income_pc")
    )
    corrected.write(names[1], {COUNTY: later.to_arrow(compat_level=pl.CompatLevel.oldest())}, store.origin(names[1]))
    made.session.choose(ROUND, COUNTY)
    show(made, 1.5)
    assert 0 < made.picture.live.facts["slips"] < slips
    curve, place = made.picture.live.curve["outcomes"], POSITIONS.index(1.5)
    assert {name: counts[place] for name, counts in curve.items()} == made.picture.live.exact["outcomes"]


@pytest.mark.parametrize("code", ["zh", "en"])
def test_each_part_lists_its_households_and_what_would_have_held_them(store, code):
    made = panel(store, code=code)
    for name in OUTCOMES:
        made.picture.live.chosen = name
        count = made.picture.live.exact["outcomes"][name]
        assert made.list.pane.html.count('<th scope="row">') == min(count, 25)
        rows = rows_of(made.list.file())
        assert len(rows) == 1 + count
        # What is alike in all rows stands in the file alone; the sentence at the end has room to be read.
        t = Language(code)
        assert (t("结果") in rows[0], f">{t('结果')}</th>" in made.list.pane.html) == (True, False)
        assert made.list.pane.html.count('class="wb-sentence"') == min(count, 25)
        assert all(row[-2] and row[-1] == Language(code)("模拟数据：不是真实住户") for row in rows[1:])
    made.picture.live.chosen = "no such part"
    assert made.list.pane.html == ""


def test_a_list_says_under_which_lines_a_household_slipped(store, tmp_path):
    """A line that was raised makes slips of rising incomes; the list has both, or it would explain nothing."""
    for later, lines in (("2019-10", "3,218 → 3,218"), ("2020-10", "3,218 → 4,000")):
        two_rounds = FactStore(tmp_path / later)
        for name, stored in (("2019-05", "2019-05"), ("2019-10", later)):
            two_rounds.write(stored, {COUNTY: store.read(name, COUNTY)}, store.origin(name))
        shown = panel(two_rounds, later)
        live = shown.picture.live
        live.chosen = next(name for name in OUTCOMES if live.exact["outcomes"][name])
        assert f">{lines}<" in shown.list.pane.html
        assert ("扶贫标准逐年提高" in shown.list.pane.html) == (later == "2020-10")
        headers, first, *_ = rows_of(shown.list.file())
        assert first[headers.index("两期扶贫标准（元）")] == lines
        shown._pick_side({"do": "side", "side": "just_out"})
        assert "两期扶贫标准（元）" in shown.side_list.pane.html


def rows_of(file):
    """Every row of a workbook, its headers first."""
    return load_workbook(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()


def test_a_round_without_a_next_one_has_nothing_to_look_back_on(store, tmp_path):
    alone = FactStore(tmp_path)
    alone.write(ROUND, {COUNTY: store.read(ROUND, COUNTY)}, store.origin(ROUND))
    made = panel(alone)
    assert made.picture.live.facts["slips"] == 0
    assert "还没有可回头看的期次" in made.compared.html


def test_the_difference_from_the_standard_compared_with_has_its_interval(store):
    made = panel(store)
    assert "成对比较" not in made.compared.html  # it differs from itself by nothing
    made.session.put("require_group", False)
    show(made, 2.0)
    assert "成对比较" in made.compared.html


def test_a_ceiling_below_the_line_of_a_later_round_is_said_in_words(store, tmp_path):
    later = FactStore(tmp_path)
    for name, source in (("2019-10", "2019-05"), ("2020-04", "2019-10"), ("2020-10", "2019-10")):
        later.write(name, {COUNTY: store.read(source, COUNTY)}, store.origin(source))
    made = panel(later, "2019-10")
    made.session.put("income.ceiling", {"yuan": 3300.0})
    made.refresh([3300.0, 3400.0], "yuan", {"value": 3300.0, "position": 3300.0})
    assert Language("zh").round("2020-04") in made.compared.html
    assert made.picture.live.facts["slips"] == 0


def test_just_in_against_just_out_says_what_became_of_both(store):
    made = panel(store)
    sides = cliff(made.past)
    assert sides.just_in.households.rows > 0
    assert sides.just_out.households.rows > 0
    for side in (sides.just_in, sides.just_out):
        assert f"{side.households.households:.0f}</button></td>" in made.compared.html


@pytest.mark.parametrize("code", ["zh", "en"])
def test_each_side_of_the_ceiling_lists_its_households_with_their_reason(store, code):
    made = panel(store, code=code)
    sides = cliff(made.past)
    for name, side in (("just_in", sides.just_in), ("just_out", sides.just_out)):
        made._pick_side({"do": "side", "side": name})
        rows = rows_of(made.side_list.file())[1:]
        assert len(rows) == side.households.rows
        # Its reason: how far it is from the ceiling of its round, on the side that it stands on.
        assert all((row[5] < 0) is (name == "just_in") for row in rows)
        assert all(row[7] for row in rows)
        assert made.side_list.pane.html.count("early_warning.ipynb?county=") == min(len(rows), 25)
    made._pick_side({"do": "side", "side": "just_out"})
    assert made.side_list.pane.html == ""


def test_the_sides_of_the_ceiling_say_how_likely_a_slip_was_where_a_past_round_is_scored(tmp_path):
    """As the list near the ceiling does of this round: by the scores, household by household, and nothing where there is none."""
    store = FactStore(tmp_path)
    write_city(store, simulate(12_000, 3, 3, divisions=DIVISIONS), Origin(simulated=True))
    made = panel(store)
    made._pick_side({"do": "side", "side": "just_in"})
    assert "概率" not in made.side_list.pane.html
    scored = score_store(store, ROUND)
    by_household = dict(scored.select("household_id", "p_slip").iter_rows())
    made = panel(store)
    made._pick_side({"do": "side", "side": "just_in"})
    headers, *rows = rows_of(made.side_list.file())
    at, likely = headers.index("风险变差概率"), 0
    for row in rows:
        likelihood = (
            by_household.get(row[headers.index("户编号")])
            if row[headers.index("期次")] == round_title(ROUND, Language("zh"))
            else None
        )
        assert row[at] == ("" if likelihood is None else round(likelihood, 4))
        likely += likelihood is not None
    assert 0 < likely < len(rows)


def test_each_household_without_a_listed_group_is_told_what_would_have_held_it(store):
    """By name, and true: the standard changed as the sentence says has the household."""
    made = panel(store)
    made.session.put("groups", ["dibao"])
    show(made, 1.5)
    t, session = Language("zh"), made.session
    rows = slipped_households(made.past.rounds, "group")
    rows = with_own_facts(rows, store, session.standard).to_dicts()
    labels, data = names_of_facts(session.standard, t), standard_data(session.standard)
    held = 0
    for row in rows:
        said = held_by(row, labels, t)
        assert said.endswith("不要求属于重点群体") or "也没有其他已知的群体" in said
        ways = [
            {"groups": ["dibao", name]} for name in row["unlisted"]
        ] + [
            {"own_groups": {name: "自定"}, "groups": ["dibao", name]} for name in row["own_facts"]
        ]  # fmt: skip
        for name, share in (("rigid_expenditure", row["spent_share"]), ("income_drop", row["dropped_share"])):
            named = re.search(rf"采用“{ROUTES[name][0]}”途径、比例低于 (\d+)%", said)
            assert (named is not None) == (share is not None and share >= 0.2)
            if named:
                route = {"share": round(int(named[1]) / 100 - 0.0001, 4), "ceiling": {"multiple": 3.0}}
                ways.append({"routes": {**data.get("routes", {}), name: route}})
        for name in (*row["unlisted"], *row["own_facts"]):
            assert t.label(label_of(name)) in said
        for way in ways:
            past = Hindsight.of(PastScope(store, COUNTY), parse_standard(data | way))
            caught = slipped_households(past.rounds, "caught").select("round", "household_id").rows()
            assert (row["round"], row["household_id"]) in caught
        held += len(ways)
    assert held > len(rows) / 2 > 3


def test_a_list_that_is_opened_is_brought_into_view(store, monkeypatch):
    made = panel(store)
    sent = []
    for pane in (made.list.pane, made.side_list.pane):
        monkeypatch.setattr(pane, "send", sent.append)
    made.picture.live.chosen = next(name for name in OUTCOMES if made.picture.live.exact["outcomes"][name])
    made._pick_side({"do": "side", "side": "just_in"})
    assert sent == [{"kind": "reveal"}] * 2
    # Whoever closes a list, or moves the slider, is not taken anywhere.
    made.picture.live.chosen = ""
    made._pick_side({"do": "side", "side": "just_in"})
    show(made, 1.75)
    assert len(sent) == 2


def test_the_round_over_which_the_line_was_raised_says_so_and_how_many_it_made(store, tmp_path):
    two_rounds = FactStore(tmp_path)
    for name, stored in (("2019-05", "2019-05"), ("2019-10", "2020-10")):
        two_rounds.write(stored, {COUNTY: store.read(name, COUNTY)}, store.origin(name))
    shown = panel(two_rounds, "2020-10")
    (each,) = shown.past.rounds
    (raised,) = raised_lines(shown.past)
    alone = sum(income >= 3218 for income in slipped_households([each])["income_next"])
    assert (raised.line, raised.next_line, raised.by_line_alone.households) == (3218, 4000, alone)
    assert 0 < alone <= raised.slips.households
    note = shown.picture.live.facts["rounds"][0]["note"]
    assert f"由 3,218 元提到 4,000 元：其中 {alone} 户收入没有低于 3,218 元" in note
    # The step before it ended under the line under which it began.
    assert panel(store).picture.live.facts["rounds"][0]["note"] == ""


@pytest.mark.parametrize("code", ["zh", "en"])
def test_shares_and_the_stability_of_the_list_are_worked_out_when_opened(store, code):
    t, session = Language(code), StandardSession(store, ROUND, COUNTY)
    session.put("require_group", False)
    shares, stable = SharesPanel(session, t), StabilityPanel(session, t, lambda function: function)
    shares.fill()
    stable.fill()
    record = hindsight(PastScope(store, COUNTY), session.standard)
    assert shares.html.value.count("<tr><th") >= len(record["by_township"]) + 3
    assert t("偶然之内") in shares.html.value
    steps = stability(store, COUNTY, session.standard).steps
    assert stable.table.value.count("→") == len(steps) == 2
    assert t("还不知道") in stable.table.value
    assert stable.list.pane.html.count("early_warning.ipynb?county=") == min(steps[0].back, 25) > 0
    session.put("income.ceiling", {"yuan": 3300.0})
    stable.fill()
    assert t.round("2020-04") in stable.table.value
    assert stable.list.pane.html == ""


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        (None, "说不了"),
        ((0.01, 0.2), "刚好在内的户更常风险变差"),
        ((-0.2, -0.01), "也可能线内的户因帮扶而好转（见“帮没帮上”）"),
        ((-0.1, 0.1), "还看不出来（相差可能只是偶然）"),
    ],
)
def test_the_two_sides_of_the_ceiling_are_told_in_one_sentence(store, interval, said):
    counted = cliff(panel(store).past)
    sides = Cliff(replace(counted.just_in, slipped=Count(2.0, 2)), counted.just_out)
    shown = render("past_cliff", Language("zh"), sends=sends, sides=sides, interval=interval, window="0.1", few=30)
    (verdict,) = re.findall("<p data-verdict><strong>(.*?)</strong></p>", shown)
    assert verdict.startswith("一句话：")
    assert said in verdict
    nobody = Cliff(*(replace(side, slipped=Count()) for side in (sides.just_in, sides.just_out)))
    still = render("past_cliff", Language("zh"), sends=sends, sides=nobody, interval=interval, window="0.1", few=30)
    assert ("两边至今都没有一户风险变差" in still) == (interval is not None)
