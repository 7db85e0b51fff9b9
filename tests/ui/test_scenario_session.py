"""The scenario lab without its widgets: commands, saving, downloads, and the code to copy."""

import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace
from types import SimpleNamespace
from zipfile import ZipFile

import pyarrow as pa
import pytest
from markupsafe import escape
from python_calamine import CalamineWorkbook

from tests.preview.scored import score_store
from tests.ui.stores import HOSTILE, hostile_store, simulated_store
from workbench.domain.rules.standard import read_standard
from workbench.errors import InputError, RefusedError, StandardError, StoreError, WorkbenchError
from workbench.preview.counts.comparison import swept
from workbench.preview.frontier.request import expected_evidence, frontier_record
from workbench.preview.hindsight.cliff import cliff
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.preview.request import preview
from workbench.preview.scenario import MOST_STANDARDS, Candidate, parse_scenario, scenario_data
from workbench.preview.scope import PreviewScope, scope
from workbench.preview.slips.verdicts import Verdict
from workbench.store.facts import FactStore
from workbench.store.scenarios import list_scenarios, read_scenario
from workbench.store.schema import Origin
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.files.download import Sheet, csv_bytes, file_name, xlsx_bytes
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.scenario_lab import bar, state
from workbench.ui.pages.scenario_lab.charts import bars_chart, standings_chart, sweep_chart
from workbench.ui.pages.scenario_lab.county_pair import CountyPairPanel
from workbench.ui.pages.scenario_lab.files import comparison, sweep_points, workbook
from workbench.ui.pages.scenario_lab.keys import changeable, changed, is_flag, label_of, variable
from workbench.ui.pages.scenario_lab.notebook_code import notebook_code
from workbench.ui.pages.scenario_lab.page import ScenarioPage
from workbench.ui.pages.scenario_lab.row import unit_of
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.table import comparison_html, sections, sheets

CJK = re.compile(r"[\u4e00-\u9fff]")
COUNTY, ROUND = "341522", "2019-10"
NOW = dt.datetime(2019, 11, 1, 9, 30, tzinfo=dt.UTC)
ZH, EN = Language("zh"), Language("en")
FORMULA = '=HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = simulated_store(tmp_path_factory.mktemp("city"))
    score_store(made, ROUND)
    return made


@pytest.fixture
def session(store):
    return ScenarioSession(store, ZH, ROUND, COUNTY)


@pytest.fixture
def three(session):
    """The reference and two copies of it."""
    session.copy(session.names[0], "income.ceiling.multiple", "1.3")
    session.copy(session.names[0], "groups.disability", "false")
    return session


def test_a_copy_differs_in_one_key_and_is_named_by_it(three):
    assert three.names == ["参照标准", "收入上限（倍数） 1.3", "重点群体含残疾人户 否"]
    assert "disability" not in three.scenario.candidates[2].standard.groups


def typed(key):
    """A value that the key can have."""
    if is_flag(key):
        return "true"
    return "0.4" if key.endswith("share") else "1.4" if "multiple" in key or "ceilings" in key else "4500"


@pytest.mark.parametrize("key", changeable())
def test_every_key_that_is_offered_can_be_changed_and_has_its_words(session, key):
    first = session.scenario.candidates[0].standard
    assert changed(first, key, typed(key)).income is not None
    assert label_of(key, ZH)
    assert not CJK.search(label_of(key, EN))


def test_figures_are_those_of_a_preview(three, store):
    compared = three.compared()
    for each in three.scenario.candidates:
        record = preview(scope(store, ROUND, COUNTY, None, each.standard), each.standard)
        for key in ("in", "cannot_tell", "below_line", "by_group", "expected_slips"):
            assert compared.records[each.name][key] == record[key]


def test_what_the_others_catch_beyond_the_first_is_said_in_the_words_of_every_page(three):
    compared = three.compared()
    rows = {row.key: row for section in sections(three.scenario, compared, EN) for row in section.rows}
    said = [Verdict(each["gain"]["verdict"]).words.en for each in compared.records.values()]
    assert rows["verdict"].values == [None, *said[1:]]
    assert rows["gain"].values[1] == compared.records[three.names[1]]["gain"]["slips"] != 0
    assert said[1] in comparison_html(three.scenario, compared, EN)


def test_the_whole_city_is_the_sum_of_its_counties(store):
    session = ScenarioSession(store, ZH, ROUND, "")
    compared = session.compared()
    name = session.names[0]
    assert compared.records[name]["in"] == sum(records[name]["in"] for records in compared.by_county.values())


def test_two_counties_side_by_side_are_the_previews_of_each(three, store):
    three.set_line("3600")
    panel = CountyPairPanel(three, ZH)
    panel.show()
    assert "data-table" not in panel.pane.html
    other = next(code for code in store.counties(ROUND) if code != COUNTY)
    panel.choose(0, COUNTY)
    assert three.scenario.pair is None
    panel.choose(1, other)
    panel.show()
    rows = {row.key: row for section in panel.pair().sections for row in section.rows}
    for place, (code, name) in enumerate(panel.pair().columns):
        chosen = three.scenario.candidate(name).standard
        record = preview(PreviewScope(store, ROUND, code, 3600.0), chosen, three.scenario.candidates[0].standard)
        assert [rows[key].values[place] for key in ("in", "cannot_tell", "newly_in")] == [
            record[key] for key in ("in", "cannot_tell", "newly_in")
        ]
        assert rows["line_in"].values[place] == preview(PreviewScope(store, ROUND, code), chosen)["in"]
        households = sum(town["households"] for town in record["by_township"])
        assert rows["in_share"].values[place] == record["in"] / households
    # Compared with itself, in either county, nothing is to be said.
    assert [rows["verdict"].values[place] is None for place in range(6)] == [True, False, False] * 2
    assert panel.pane.html.count('<th scope="colgroup"') == 2
    assert parse_scenario(json.loads(json.dumps(scenario_data(three.scenario)))) == three.scenario
    (sheet,) = panel.sheets()
    assert [row[2:-1] for row in sheet.rows if row[1] == "纳入"][0] == rows["in"].values
    assert (
        CalamineWorkbook.from_filelike(io.BytesIO(workbook(three, panel.sheets).content)).sheet_names[-1]
        == "两个县区并排"
    )
    with pytest.raises(InputError, match="999999"):
        panel.choose(1, "999999")
    panel.choose(1, COUNTY)
    panel.show()
    assert three.scenario.pair is None
    assert "两处选了同一个县区" in panel.pane.html


def test_a_pair_is_of_counties_that_one_may_look_at(session, monkeypatch):
    session.scenario = replace(session.scenario, pair=(COUNTY, "341524"))
    monkeypatch.setattr(ScenarioSession, "counties_of", lambda *_: [COUNTY])
    panel = CountyPairPanel(session, EN)
    panel.show()
    assert (panel.pair(), panel.sheets()) == (None, [])
    assert "Only one county" in panel.pane.html


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("copy", ("参照标准", "income.ceiling.multiple", "0.8")),
        ("copy", ("参照标准", "income.ceiling.multiple", "许多")),
        ("copy", ("参照标准", "nonsense", "1")),
        ("copy", ("没有", "line", "3000")),
        ("rename", ("参照标准", " ")),
        ("rename", ("参照标准", "长" * 61)),
        ("remove", ("参照标准",)),
        ("set_line", ("-3",)),
        ("set_line", ("三千多",)),
        ("set_error", ("2",)),
        ("vary", ("参照标准", ["groups=1:2:1"])),
        ("vary", ("参照标准", ["income.ceiling.multiple=2:1:0.1"])),
        ("vary", ("参照标准", ["line=3000:4000:100", "line=3000:4000:100"])),
        ("add_current", ("999999",)),
        ("add_file", ("x.yaml", b"income: 3")),
        ("open", ("../../etc",)),
        ("open", ("0123456789ab",)),
        ("describe", ("", "")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(session, command, arguments):
    before = session.scenario
    with pytest.raises(WorkbenchError):
        getattr(session, command)(*arguments)
    assert session.scenario == before


YUAN_3500 = b"income: {ceiling: {yuan: 3500}}"


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("4000", YUAN_3500),  # below the line that is typed
        ("2000", b"income: {ceiling: {yuan: 2500}}"),  # above it, and below the one in force, which is shown beside it
        ("4000", b"income: {ceiling: {multiple: 2}}\nroutes: {income_drop: {share: 0.5, ceiling: {yuan: 3500}}}"),
    ],
)
def test_a_standard_whose_ceiling_lies_below_a_line_that_is_counted_under_is_not_added(session, line, content):
    session.set_line(line)
    before = session.scenario
    with pytest.raises(StandardError):
        session.add(Candidate("某县", read_standard(content.decode())))
    with pytest.raises(StandardError):
        session.add_file("x.yaml", content)
    assert session.scenario == before
    session.compared()


def test_no_line_is_taken_that_leaves_the_one_in_force_above_a_ceiling(session):
    session.set_line("2000")
    with pytest.raises(InputError):
        session.copy(session.names[0], "income.ceiling.yuan", "2500")
    session.set_line("")
    session.add_file("x.yaml", YUAN_3500)
    with pytest.raises(StandardError):
        session.set_line("4000")
    session.compared()


def test_a_saved_scenario_or_draft_with_such_a_ceiling_is_not_opened(session):
    before = session.scenario
    data = scenario_data(session.scenario) | {"line": 4000.0}
    data["standards"][0]["standard"]["income"]["ceiling"] = {"yuan": 3500.0}
    with pytest.raises(WorkbenchError):
        session.restore(json.dumps(data))
    assert session.scenario == before


def test_no_more_are_compared_than_fit(session):
    for number in range(MOST_STANDARDS - 1):
        session.copy(session.names[0], "income.ceiling.multiple", f"{1.1 + number / 10:g}")
    with pytest.raises(InputError, match="最多"):
        session.copy(session.names[0], "income.ceiling.multiple", "1.9")


def test_equal_names_are_told_apart(session):
    for _ in range(2):
        session.copy(session.names[0], "income.ceiling.multiple", "1.3")
    assert session.names[1:] == ["收入上限（倍数） 1.3", "收入上限（倍数） 1.3 2"]


def test_a_scenario_is_kept_as_data_and_opened_as_it_was(three, store):
    three.describe("三个上限", "给常务会")
    three.set_line("3500")
    three.set_error("0.1")
    three.vary("参照标准", ["income.ceiling.multiple=1:2:0.1"])
    saved = three.save(NOW)
    assert parse_scenario(json.loads(json.dumps(scenario_data(three.scenario)))) == three.scenario
    other = ScenarioSession(store, EN, "2019-05", "")
    other.open(saved.identity)
    assert other.scenario == three.scenario
    assert (other.round_name, other.county) == (ROUND, COUNTY)
    assert [record["remeasured"] for record in other.compared().records.values()] == [
        record["remeasured"] for record in three.compared().records.values()
    ]


def test_saving_twice_writes_over_and_somebody_elses_is_not_lost(three, store):
    saved = three.save(NOW)
    other = ScenarioSession(store, ZH)
    other.open(saved.identity)
    other.describe("别人的", "")
    other.save(NOW)
    three.describe("我的", "")
    with pytest.raises(RefusedError, match="另存"):
        three.save(NOW)
    assert read_scenario(store.root, saved.identity).name == "别人的"
    mine = three.save(NOW, anew=True)
    assert mine.identity != saved.identity
    assert {"我的", "别人的"} <= {each.name for each in list_scenarios(store.root)}
    three.delete()
    with pytest.raises(StoreError):
        read_scenario(store.root, mine.identity)


def signed_in(monkeypatch, account):
    monkeypatch.setattr(state, "account_name", lambda: account)


def test_a_scenario_is_its_owners_and_has_its_earlier_versions(three, store, monkeypatch):
    signed_in(monkeypatch, "zhang")
    three.describe("第一版", "")
    first = three.save(NOW, anew=True)
    three.remove(three.names[2])
    three.describe("第二版", "")
    second = three.save(NOW)
    assert (second.owner, second.saved_by, [each.data for each in second.earlier]) == ("zhang", "zhang", [first.data])
    other = ScenarioSession(store, ZH)
    signed_in(monkeypatch, "li")
    other.open(second.identity)
    for refused in (lambda: other.save(NOW), other.delete):
        with pytest.raises(RefusedError, match="zhang"):
            refused()
    assert read_scenario(store.root, second.identity) == second
    assert other.save(NOW, anew=True).owner == "li"
    three.open_version(1)
    assert (three.scenario.name, len(three.names), three.saved) == ("第一版", 3, second)
    with pytest.raises(StoreError, match="第 7 次"):
        three.open_version(7)
    signed_in(monkeypatch, "zhang")
    third = three.save(NOW)
    assert [each.revision for each in (third, *third.earlier)] == [3, 2, 1]
    three.delete()
    with pytest.raises(StoreError):
        read_scenario(store.root, second.identity)


def test_somebody_elses_scenario_is_offered_to_be_saved_anew_only(three, monkeypatch):
    """Pressed, 保存 was refused in the words of the store, by an account that nobody is called by."""
    colleagues = SimpleNamespace(person=SimpleNamespace(account="li"))
    monkeypatch.setattr(bar.current_user, "acting_user", lambda: colleagues)
    monkeypatch.setattr(bar, "account_names", lambda _user: {"zhang": "张甲", "li": "李乙"})
    monkeypatch.setattr(bar, "registered_versions", lambda *_: [])
    signed_in(monkeypatch, "zhang")
    monkeypatch.setattr(bar.current_user, "account_name", lambda: "zhang")
    three.save(NOW, anew=True)
    three.save(NOW)
    own = bar.bar_html(three, ZH)
    assert all(escape(sends(**each)) in own for each in ({"do": "save", "anew": False}, {"do": "delete"}))
    assert "张甲 存的" in own
    assert "· 张甲" in own
    assert "zhang" not in own
    monkeypatch.setattr(bar.current_user, "account_name", lambda: "li")
    theirs = bar.bar_html(three, ZH)
    assert escape(sends(do="save", anew=True)) in theirs
    assert not any(escape(sends(**each)) in theirs for each in ({"do": "save", "anew": False}, {"do": "delete"}))
    three.delete()


def test_another_line_changes_every_figure_and_what_leaves_says_it(three, store):
    three.set_error("0.1")
    three.vary(three.names[0], ["income.ceiling.multiple=1.2:1.8:0.2"])
    before, points = three.compared(), three.sweep_request().count()
    three.set_line("3600")
    compared, moved = three.compared(), three.sweep_request().count()
    for each in three.scenario.candidates:
        record = preview(PreviewScope(store, ROUND, COUNTY, 3600.0), each.standard)
        for key in ("in", "cannot_tell", "below_line", "by_group", "expected_slips"):
            assert compared.records[each.name][key] == record[key]
        assert compared.line_in_force[each.name]["in"] == before.records[each.name]["in"] != record["in"]
        assert compared.records[each.name]["remeasured"] != before.records[each.name]["remeasured"]
    assert [point["in"] for point in moved] != [point["in"] for point in points]
    assert three.frontier()["at_hand"]["in"] == compared.records[three.names[0]]["in"]
    shown = comparison_html(three.scenario, compared, ZH)
    assert "3,600" in re.search("data-line>([^<]*)", shown)[1]
    three.set_line("")
    back = three.compared().records
    assert {name: each["in"] for name, each in back.items()} == {n: each["in"] for n, each in before.records.items()}
    assert "data-line" not in comparison_html(three.scenario, three.compared(), ZH)


def test_a_refusal_goes_when_what_was_refused_is_mended(session, monkeypatch):
    page = ScenarioPage(session, ZH)
    monkeypatch.setattr(page.sweep.work, "start", lambda *_: None)
    choose = page.sweep.pane._on_choice
    choose({"do": "range", "axis": 0, "value": "2:1:0.1"})
    choose({"do": "run"})
    # Beside the field: at the top of the page it is out of sight of whoever pressed the button.
    assert "data-trouble" in page.sweep.pane.html
    assert page.frame.notice.value == ""
    choose({"do": "range", "axis": 0, "value": "1：2：0.5"})
    choose({"do": "run"})
    assert "data-trouble" not in page.sweep.pane.html
    assert session.scenario.axes == ("income.ceiling.multiple=1:2:0.5",)


@pytest.mark.parametrize(
    "typed", ["乱写", "0.5:9:0.1", "0.5:9:0.001", "1:2:0", "1:2:0.00001", "1:x:2", "1:2:0.0001", ""]
)
@pytest.mark.parametrize("language", [ZH, EN], ids=["zh", "en"])
def test_a_range_that_cannot_be_is_refused_in_words_of_the_page(session, monkeypatch, language, typed):
    page = ScenarioPage(session, language)
    started = []
    monkeypatch.setattr(page.sweep.work, "start", lambda *_: started.append(1))
    choose = page.sweep.pane._on_choice
    choose({"do": "range", "axis": 0, "value": typed})
    choose({"do": "run"})
    if started:
        assert typed == "1:2:0.0001"
        return
    (said,) = re.findall(r"data-trouble>(.*?)</p>", page.sweep.pane.html)
    assert label_of("income.ceiling.multiple", language) in said
    assert not re.search(r"--vary|key=|[a-z]+_?[a-z]*\.[a-z]", said)
    assert page.frame.notice.value == ""


@pytest.mark.parametrize("language", [ZH, EN], ids=["zh", "en"])
def test_what_leaves_the_page_says_what_it_is_of(three, language):
    three.language = language
    three.vary(three.names[0], ["income.ceiling.multiple=1.2:1.8:0.2", "income.group_ceilings.disability=1.5:2:0.5"])
    three.sweep = three.sweep_request().count()
    said = [value for _, value in three.context().parts(language)]
    assert said[1:3] == [ROUND, "3,218"]
    assert said[3] in ("模拟数据", "Simulated data")
    for made in (comparison(three), sweep_points(three)):
        _, *rows = csv.reader(io.StringIO(made.content.decode("utf-8-sig")))
        assert len(rows) > 5
        assert all(row[-4:] == said for row in rows)
        assert made.name.startswith(("模拟数据_霍邱县_2019年下半年_", "Simulated_data_"))
    charts = [
        bars_chart(three.compared(), language),
        sweep_chart(three.scenario, three.sweep, "in", language),
        standings_chart(three.frontier(), three.compared(), language),
    ]
    for chart in charts:
        caption = three.context().on_chart(chart, "户", language)["title"]["text"]
        assert all(part in caption for part in (said[0], said[2], said[3]))
    heat = charts[1]["series"][0]
    assert heat["label"]["show"]
    assert [cell[2] for cell in heat["data"]] == [point["in"] for point in three.sweep]
    units = {
        row.key: unit_of(row.kind, language)
        for part in sections(three.scenario, three.compared(), language)
        for row in part.rows
    }
    assert all(units[key] for key in ("in", "cost", "expected_slips", "slips_share"))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"revision": 1}', '{"revision":1,"saved_at":"x","scenario":{"version":1}}']
)
def test_a_damaged_file_is_said_to_be_damaged(session, store, text):
    path = store.root / "scenarios" / "feedfeedfeed.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        session.open("feedfeedfeed")
    session.saved_scenarios()
    path.unlink()


def test_a_sweep_in_slices_is_the_sweep(three):
    three.vary("参照标准", ["line=3000:4200:60", "income.ceiling.multiple=1:2:0.25"])
    seen = []
    points = three.sweep_request().count(lambda done, total: seen.append((done, total)))
    assert len(points) == 21 * 5
    assert [point["line"] for point in points] == sorted(point["line"] for point in points)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    whole = {(p["line"], p["income.ceiling.multiple"]): p["in"] for p in points}
    for line in (3000.0, 3600.0, 4200.0):
        one = swept(
            three.scope(),
            changed(three.scenario.candidates[0].standard, "line", str(line)),
            three.scenario.parsed_axes()[1:],
        )
        assert [p["in"] for p in one] == [whole[line, p["income.ceiling.multiple"]] for p in one]


def test_the_frontier_is_that_of_every_lever_and_bears_every_standard(three):
    record, compared = three.frontier(), three.compared()
    evidence, ranked = expected_evidence(three.scope(), three.scenario.candidates[0].standard)
    assert record == frontier_record(evidence, three.scenario.candidates[0].standard, ranked)
    series = standings_chart(record, compared, ZH)["series"]
    shown = {each["name"]: each["data"] for each in series[2:]}
    assert {name: data[0][0] for name, data in shown.items()} == {
        name: each["in"] for name, each in compared.records.items()
    }
    assert shown[three.names[0]][0][1] == pytest.approx(100 * compared.records[three.names[0]]["slips_share"], abs=0.01)
    assert len(series[0]["data"]) == len(record["points"]) > 12


def test_only_what_a_standard_has_can_vary(session):
    keys = variable(session.scenario.candidates[0].standard)
    assert "routes.rigid_expenditure.share" not in keys
    assert "routes.rigid_expenditure.share" in variable(
        changed(session.scenario.candidates[0].standard, "routes.rigid_expenditure.share", "0.4")
    )


def test_the_code_to_copy_runs_and_gives_the_same_figures(three, store, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    three.rename(three.names[0], 'x"""\nimport os\'')
    three.set_error("0.1")
    three.vary(three.names[1], ["income.ceiling.multiple=1:2:0.1"])
    results = {}
    exec(compile(notebook_code(three.scenario), "notebook", "exec"), results)  # noqa: S102 - what an analyst does
    mine = three.compared().records
    for name, record in results["compared"].records.items():
        for key in ("in", "cannot_tell", "expected_slips", "remeasured", "by_township"):
            assert record[key] == mine[name][key]
    assert [point["in"] for point in results["points"].points] == [
        point["in"] for point in three.sweep_request().count()
    ]


def test_hostile_names_stay_text_on_the_page_and_in_every_file(tmp_path):
    session = ScenarioSession(hostile_store(tmp_path), ZH)
    session.rename(session.names[0], HOSTILE)
    session.copy(HOSTILE, "income.ceiling.multiple", "1.3")
    session.rename(session.names[1], FORMULA)
    session.describe("../<a>|x", FORMULA)
    html = comparison_html(session.scenario, session.compared(), ZH)
    assert "<img" not in html
    made = sheets(session.scenario, session.compared(), [], ZH, session.context())
    rows = list(csv.reader(io.StringIO(csv_bytes(made[0]).decode("utf-8-sig"))))
    assert rows[0][2:-1] == [HOSTILE, f"'{FORMULA}"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(made)))
    assert book.get_sheet_by_name("比较").to_python()[0][2:-1] == [HOSTILE, FORMULA]
    with ZipFile(io.BytesIO(xlsx_bytes(made))) as parts:
        assert not any(
            b"<f>" in parts.read(name) or b"hyperlink" in parts.read(name)
            for name in parts.namelist()
            if "sheet" in name
        )
    assert not set(file_name(session.scenario.name, HOSTILE, ending=".csv")) & set(r'<>:"/\|?* ')


@pytest.mark.parametrize("language", [ZH, EN], ids=["zh", "en"])
def test_the_workbook_holds_what_the_page_shows(store, language):
    session = ScenarioSession(store, language, ROUND, COUNTY)
    session.copy(session.names[0], "income.ceiling.multiple", "1.3")
    session.vary(session.names[0], ["income.ceiling.multiple=1:2:0.25"])
    session.sweep = session.sweep_request().count()
    made = sheets(session.scenario, session.compared(), session.sweep, language, session.context())
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(made)))
    assert len(book.sheet_names) == 5
    # What the standards are is said in words; their text is for programs, and last.
    words = book.get_sheet_by_index(3).to_python()
    assert [language("收入上限（倍数）"), "1.5", "1.3"] in words
    assert not any("_" in str(cell) for cells in words for cell in cells)
    assert "require_group: true" in book.get_sheet_by_index(4).to_python()[1][1]
    rows = book.get_sheet_by_index(0).to_python()
    inside = next(row for row in rows if row[1] == language("纳入"))
    assert inside[2:] == [*(record["in"] for record in session.compared().records.values()), language("户")]
    assert len(book.get_sheet_by_index(1).to_python()) == 6
    assert any(language("模拟数据") in row for row in book.get_sheet_by_index(2).to_python())


def test_columns_are_as_wide_as_what_stands_in_them_and_lists_can_be_filtered(three):
    made = xlsx_bytes(sheets(three.scenario, three.compared(), [], ZH, three.context()))
    with ZipFile(io.BytesIO(made)) as parts:
        pages = [parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2, 3, 4)]
    widths = [[float(width) for width in re.findall(r'<col [^>]*width="([0-9.]+)"', page)] for page in pages]
    # One width for all cut the names of rows at 16 characters, and left a column of units half empty.
    rows = [cells for part in sections(three.scenario, three.compared(), ZH) for cells in part.rows]
    assert widths[0][1] >= 2 * max(len(row.label) for row in rows)
    assert widths[0][-1] < 16
    assert max(width for each in widths for width in each) < 60
    assert all("<autoFilter" in page for page in pages)


def test_the_past_stands_beside_what_the_model_expects(session, store):
    session.copy(session.names[0], "require_group", "false")
    session.copy(session.names[1], "income.ceiling.multiple", "1.3")
    compared = session.compared()
    rows = {row.key: row for section in sections(session.scenario, compared, ZH) for row in section.rows}
    first, *others = (each.standard for each in session.scenario.candidates)
    for place, standard in enumerate(others, 1):
        record = hindsight(PastScope(store, COUNTY), standard, first)
        assert [rows[key].values[place] for key in ("past_slips", "past_caught", "past_share")] == [
            record["slips"], record["caught"], record["caught_share"],
        ]  # fmt: skip
        assert rows["past_in"].values[place] == sum(each["in"] for each in record["rounds"])
        assert rows["past_gain"].values[place] == 100 * record["difference"]["caught_share"]
        assert [rows["past_gain"].low[place], rows["past_gain"].high[place]] == [
            100 * bound for bound in record["difference"]["interval"]
        ]
        assert rows["past_verdict"].values[place] == Verdict(record["difference"]["verdict"]).words.zh
        sides = cliff(Hindsight.of(PastScope(store, COUNTY), standard))
        assert [rows[key].values[place] for key in ("cliff_in", "cliff_out")] == [
            sides.just_in.share,
            sides.just_out.share,
        ]
    assert rows["past_gain"].values[0] is rows["past_verdict"].values[0] is None
    shown = comparison_html(session.scenario, compared, ZH)
    assert "回头看（以往 1 期合计，实际发生的）" in shown
    assert re.search(r"data-past>参照标准：以往 1 期实际赶上", shown)


def test_a_standard_that_a_past_round_cannot_use_has_no_past(tmp_path):
    """3,100 yuan may be a ceiling under the line of 2018 (2,995), and not under that of 2019 (3,218)."""
    rows = {
        "household_id": ["1", "2"],
        "kind": ["unregistered"] * 2,
        "income_pc": [3250.0, 3050.0],
        "dibao": [True] * 2,
    }
    later = {**rows, "income_pc": [3100.0, 2900.0]}
    made = FactStore(tmp_path)
    for name, each in (("2018-10", rows), ("2019-05", rows), ("2019-10", later)):
        made.write(name, {COUNTY: pa.table(each)}, Origin())
    session = ScenarioSession(made, ZH, "2018-10", COUNTY)
    session.copy(session.names[0], "income.ceiling.yuan", "3100")
    compared = session.compared()
    rows = {row.key: row for section in sections(session.scenario, compared, ZH) for row in section.rows}
    assert rows["past_slips"].values == [2.0, None]
    assert f"“{session.names[1]}”在以往某一期用不上" in comparison_html(session.scenario, compared, ZH)
    # Where nothing has happened yet there is no heading over nothing.
    alone = FactStore(tmp_path / "alone")
    alone.write("2019-05", {COUNTY: pa.table(later)}, Origin())
    session = ScenarioSession(alone, ZH, "2019-05", COUNTY)
    assert "回头看" not in comparison_html(session.scenario, session.compared(), ZH)


def test_a_text_longer_than_a_cell_is_refused_and_not_cut():
    with pytest.raises(InputError, match="备注"):
        xlsx_bytes([Sheet("名单", ["户", "备注"], [["1", "长" * 32_768]])])


def test_back_leads_from_one_saved_scenario_to_another_and_to_a_new_one(store, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    page = ScenarioPage.of_address(ZH, {"round": ROUND, "county": COUNTY})
    session, address = page.session, page.frame.address
    assert (address.opened, address.steps) == (True, ["scenario"])
    steps = []
    address.observe(lambda _: steps.append((address.opened, address.parameters["scenario"])), "parameters")
    page._take({"do": "save", "anew": False})
    first = session.saved.identity
    # Saving is no step: the browser puts the address in the place of the one before.
    assert steps == [(False, first)]
    page._take({"do": "copy"})
    page._take({"do": "save", "anew": True})
    second = session.saved.identity
    address.on_went({"scenario": first})
    assert (session.saved.identity, len(session.names)) == (first, 1)
    address.on_went({"scenario": ""})
    assert (session.saved, len(session.names), session.draft()) == (None, 1, "")
    address.on_went({"scenario": second})
    assert (session.saved.identity, len(session.names)) == (second, 2)
    assert address.parameters["scenario"] == second
