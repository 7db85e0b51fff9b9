"""Hindsight on the county-standard page: what its script reads is what is counted, the list is that count, and it can be taken along."""

import csv
import io

import pytest

from workbench.preview.hindsight.cliff import cliff
from workbench.preview.hindsight.missed import OUTCOMES
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.hindsight_panel import HindsightPanel
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
        assert [(each["in"], each["caught"]) for each in record["rounds"]] == [
            (each["inside"][place], each["caught"][place]) for each in curve["rounds"]
        ]
    assert made.picture.live.facts["slips"] == record["slips"] > 10


@pytest.mark.parametrize("code", ["zh", "en"])
def test_each_part_lists_its_households_and_what_would_have_held_them(store, code):
    made = panel(store, code=code)
    for name in OUTCOMES:
        made.picture.live.chosen = name
        count = made.picture.live.exact["outcomes"][name]
        assert made.list.pane.html.count('<th scope="row">') == min(count, 25)
        rows = list(csv.reader(io.StringIO(made.list.file().content.decode("utf-8-sig"))))
        assert len(rows) == 1 + count
        assert all(row[-2] and row[-1] == Language(code)("模拟数据：不是真实住户") for row in rows[1:])
    made.picture.live.chosen = "no such part"
    assert made.list.pane.html == ""


def test_a_round_without_a_next_one_has_nothing_to_look_back_on(store, tmp_path):
    alone = FactStore(tmp_path)
    alone.write(ROUND, {COUNTY: store.read(ROUND, COUNTY)}, store.origin(ROUND))
    made = panel(alone)
    assert made.picture.live.facts["slips"] == 0
    assert "还没有可回头看的轮次" in made.compared.html


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
    assert "2020-04" in made.compared.html
    assert made.picture.live.facts["slips"] == 0


def test_just_in_against_just_out_says_what_became_of_both(store):
    made = panel(store)
    sides = cliff(made.past)
    assert sides.just_in.households.rows > 0
    assert sides.just_out.households.rows > 0
    for side in (sides.just_in, sides.just_out):
        assert f'<td class="wb-number">{side.households.households:.0f}</td>' in made.compared.html
