"""What a person decides of a list's columns: the file is read so, and so is the next one by the mapping that was made of it."""

import pytest

from tests.intake.odd_files import ODD
from workbench.errors import InputError, QuestionError
from workbench.intake.export import read_export
from workbench.intake.matching.list_decision import decision_of_mapping, decision_of_matches
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.tables.mapping import Mapping, load_mapping

ROUND, COUNTY = "2019-10", "341524"
TABLE = [
    ["金寨县脱贫户情况表", "", "", "", "", ""],
    ["本户代号", "所在乡", "几口人", "一年到手（千元）", "房子评级", "有没有车子"],
    *([f"3415240100{n:04d}", "梅山镇", str(2 + n % 3), f"{12 + n}", "甲" if n % 2 else "丙", "没" if n % 3 else "是"] for n in range(1, 7)),
]  # fmt: skip


def written(path, rows):
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return path


def overview_of(path, **options):
    """What the file looks like, and what reading it said where it could not be read."""
    seen, asked = [], None
    try:
        read_export(path, round_name=ROUND, look=seen.append, **options)
    except InputError as error:
        asked = error
    return seen[-1], asked


def decided(path, **options):
    overview, _ = overview_of(path, **options)
    return decision_of_matches([each.match for each in overview.columns], persons=overview.persons, kind=overview.kind)


@pytest.fixture
def table(tmp_path):
    return written(tmp_path / "情况表.csv", TABLE)


def test_a_table_of_headers_that_nobody_knows_is_read_by_what_a_person_says(table):
    overview, asked = overview_of(table)
    assert isinstance(asked, QuestionError)
    assert overview.headers == TABLE[1]
    decision = decided(table, persons=False)
    for header, means in zip(TABLE[1], ("household_id", "township", "persons", "net_income", "housing_grade", "has_car"), strict=True):  # fmt: skip
        decision = decision.with_meaning(header, means)
    decision = decision.with_unit(TABLE[1][3], "千元")
    decision = decision.with_value("房子评级", "甲", "A").with_value("房子评级", "丙", "C")
    decision = decision.with_value("有没有车子", "没", value=False)
    result = read_export(table, round_name=ROUND, county=COUNTY, kind="lifted", mapping=decision.mapping())
    rows = {row["household_id"]: row for row in result.facts[COUNTY].to_pylist()}
    assert len(rows) == 6
    first = rows["34152401000001"]
    assert (first["net_income"], first["persons"], first["has_car"]) == (13_000, 3, False)
    assert (first["housing_grade"], first["housing"], first["dilapidated_housing"]) == ("A", 0, False)
    assert rows["34152401000002"]["housing"] == 2
    assert first["income_pc"] == pytest.approx(13_000 / 3, abs=0.01)
    assert not result.problems


def test_what_was_decided_is_the_same_after_it_was_kept_as_yaml(table, tmp_path):
    decision = (
        decided(table, persons=False).with_meaning("本户代号", "household_id").with_meaning("房子评级", "housing_grade")
    )
    decision = decision.with_meaning("一年到手（千元）", "net_income").with_unit("一年到手（千元）", "万元").with_value("房子评级", "甲", "D")  # fmt: skip
    saved = tmp_path / "saved.yaml"
    saved.write_text(decision.mapping().to_yaml(), encoding="utf-8")
    again = decision_of_mapping(load_mapping(saved), TABLE[1])
    assert again == decision
    assert again.mapping() == decision.mapping()


def test_a_column_that_takes_the_place_of_another_leaves_it_unused(table):
    decision = (
        decided(table, persons=False).with_meaning("几口人", "household_id").with_meaning("本户代号", "household_id")
    )
    assert decision.column("几口人").means is None
    both = decision.with_meaning("所在乡", "household_id", together=True)
    assert [each.header for each in both.columns if each.means == "household_id"] == ["本户代号", "所在乡"]
    kinds = decision.with_meaning("几口人", "kind_by_exit").with_meaning("房子评级", "kind")
    assert kinds.column("几口人").means is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: one.with_meaning("本户代号", "__class__"), "没有这个事实"),
        (lambda one: one.with_meaning("没有的列", "persons"), "没有这一列"),
        (lambda one: one.with_meaning("几口人", "persons").with_unit("几口人", "万元"), "不能用这个单位"),
        (lambda one: one.with_meaning("房子评级", "housing_grade").with_value("房子评级", "甲", "E"), "没有这个值"),
        (lambda one: one.mapping(), "户编号"),
        (lambda one: one.with_meaning("本户代号", "household_id").mapping(), "至少选定一列"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(table, change, says):
    decision = decided(table, persons=False)
    decision = decision.with_meaning("房子评级", None).with_meaning("所在乡", None).with_meaning("有没有车子", None)
    with pytest.raises(InputError, match=says):
        change(decision)


def test_a_list_of_persons_is_changed_in_the_words_of_the_national_lists(tmp_path):
    rows = [
        ["户号", "谁家的人", "名字", "和户主啥关系", "身体", "挣的钱"],
        ["34152401000001", "1", "甲", "当家的", "好", "5000"],
        ["34152401000001", "2", "乙", "配偶", "好", "5000"],
        ["34152401000002", "1", "丙", "当家的", "大病", "3000"],
    ]
    path = written(tmp_path / "人口.csv", rows)
    decision = decided(path, persons=True)
    decision = decision.with_meaning("和户主啥关系", "与户主关系").with_value("和户主啥关系", "当家的", "户主")
    decision = (
        decision.with_meaning("身体", "健康状况")
        .with_value("身体", "好", "健康")
        .with_value("身体", "大病", "患有大病")
    )
    result = read_export(path, round_name=ROUND, county=COUNTY, kind="lifted", mapping=decision.mapping())
    ill = {row["household_id"]: row["seriously_ill"] for row in result.facts[COUNTY].to_pylist()}
    assert ill == {"34152401000001": 0, "34152401000002": 1}
    assert result.layout == "mapping"
    assert decision_of_mapping(decision.mapping(), rows[0]).mapping() == decision.mapping()


def test_the_layouts_kind_stays_when_a_column_of_its_list_is_changed():
    path = ODD / "base.csv"
    plain = read_export(path, round_name=ROUND)
    changed = read_export(path, round_name=ROUND, mapping=decided(path).mapping())
    for code, facts in plain.facts.items():
        assert changed.facts[code].select(facts.column_names).to_pylist() == facts.to_pylist()


def test_an_own_list_reads_the_same_by_the_mapping_made_of_its_columns():
    path = ODD / "own_list.csv"
    said = {"round_name": ROUND, "county": "341525", "kind": "lifted"}
    plain, changed = read_export(path, **said), read_export(path, **said, mapping=decided(path).mapping())
    assert changed.facts["341525"].to_pylist() == plain.facts["341525"].to_pylist()
    assert {note.zh for note in plain.notes if "未知" in note.zh} <= {note.zh for note in changed.notes}


def test_the_rows_of_the_header_and_the_sheets_can_be_said(tmp_path):
    path = written(tmp_path / "两行.csv", [["表"], ["户编号", "收入", "", "人数"], ["", "工资性收入", "转移性收入", ""], ["34152401000001", "1", "2", "3"]])  # fmt: skip
    overview, _ = overview_of(path, county=COUNTY, kind="lifted", place=TablePlace((2, 3)))
    assert overview.header_rows == (2, 3)
    assert overview.headers == ["户编号", "工资性收入", "转移性收入", "人数"]
    one, _ = overview_of(path, county=COUNTY, kind="lifted", place=TablePlace((3, 3)))
    assert one.headers[1:3] == ["工资性收入", "转移性收入"]
    mapping = Mapping.model_validate({"key": "户编号", "header_rows": [2, 3], "facts": {"persons": {"column": "人数"}}})
    assert mapping.place() == TablePlace((2, 3))
    assert len(read_export(path, round_name=ROUND, county=COUNTY, mapping=mapping).facts[COUNTY]) == 1


def test_what_is_shown_of_a_file_masks_persons(tmp_path):
    rows = [
        ["户编号", "户主姓名", "证件号码", "备注"],
        ["34159999100001", "张三丰", "341599197001010019", "电话13812345678"],
    ]
    overview, _ = overview_of(written(tmp_path / "a.csv", rows))
    shown = str(overview)
    assert "户主姓名" in shown
    assert "138******78" in shown
    assert not any(secret in shown for secret in ("张三丰", "341599197001010019", "13812345678"))


@pytest.mark.parametrize("header", ["健康状况", "和户主啥关系", "身体"])
def test_the_words_of_a_list_of_codes_are_shown_to_be_explained(tmp_path, header):
    rows = [
        ["户编号", "姓名", header],
        *([f"3415999910000{n}", "张三", text] for n, text in enumerate(("好", "有病", "好"))),
    ]
    overview, _ = overview_of(written(tmp_path / "a.csv", rows), persons=True)
    assert sorted(overview.columns[2].texts) == ["好", "有病"]
    assert overview.columns[1].texts == ()
