"""Messages about files: no name and no ID number of anybody, at most twenty headers, whatever is wrong with the file."""

import csv
from pathlib import Path

import pytest

from tests.intake.person_lists import A2017, C2021, id_number, person, sheet, write_csv
from workbench.errors import InputError
from workbench.intake.export import read_export
from workbench.intake.findings.problems import quote, quoted_headers
from workbench.intake.tables.mapping import Mapping

ODD = Path(__file__).parents[1] / "data" / "odd"
NAMES = ("钱多多", "欧阳甲乙", "上官丙丁")


def people(headers=A2017, **cells):
    """Three households of one person each, whose names are in no other word."""
    return [
        person(headers, place, f"3415999910000{place}", 姓名=name, 户主姓名=name, **cells)
        for place, name in enumerate(NAMES, 1)
    ]


def texts(path, mapping=None, county=None):
    """Everything that is said of a file, in both languages."""
    chosen = Mapping.model_validate(mapping) if mapping else None
    try:
        result = read_export(path, round_name="2019-10", county=county, mapping=chosen)
    except InputError as error:
        return [error.words.zh, error.words.en, str(error)]
    findings = [*result.problems, *result.warnings]
    quoted = [str(each.value) for each in findings] + [each.column for each in findings]
    return [
        text for words in (*(each.message for each in findings), *result.notes) for text in (words.zh, words.en)
    ] + quoted


def shifted(row, place):
    return [*row[:place], "多出的一格", *row[place:]]


def without(row, place):
    return [*row[:place], *row[place + 1 :]]


PLACE = A2017.index("姓名")
LISTS = {
    "no header": people(),
    "no header, households": [[f"3415999910000{place}", name, "3", "4700"] for place, name in enumerate(NAMES, 1)],
    "no header, no numbers but small ones": [["金寨县", "新村", name, "3", "4700"] for name in NAMES],
    "one cell too many": sheet(A2017, *(shifted(row, PLACE) for row in people())),
    "one cell too few": sheet(A2017, *(without(row, 0) for row in people())),
    "beyond the headers": sheet(A2017, *([*row, NAMES[0], id_number(5)] for row in people())),
    "the same person twice": sheet(A2017, *people(), *people()),
    "numbers that are wrong": sheet(A2017, *people(证件号码="34159919700101001")),
    "numbers in another column": sheet(
        A2017, *people(劳动技能=id_number(7), 人均纯收入=id_number(8), 民族=id_number(9))
    ),
    "numbers with gaps": sheet(A2017, *people(劳动技能="341599 19700101 0019", 主要致贫原因="341599-19700101-0019")),
    "telephones in another column": sheet(A2017, *people(健康状况="13812345678")),
    "county unknown": sheet(A2017, *people(**{"县(市、区、旗)": "某县"})),
    "no household number": sheet(A2017, *people(户编号="")),
    "another list": sheet(C2021, *people(C2021)),
    "names as headers": [["户号", *NAMES, id_number(1)], ["1", "2", "3", "4", "5"]],
}


@pytest.mark.parametrize("rows", LISTS.values(), ids=LISTS)
def test_nobody_is_named_and_no_number_of_a_person_is_said(tmp_path, rows):
    said = "\n".join(texts(write_csv(tmp_path / "t.csv", rows)))
    numbers = {id_number(serial) for serial in range(1, 10)} | {
        "34159919700101001",
        "13812345678",
        "19700101 0019",
        "19700101-0019",
    }
    assert [name for name in (*NAMES, *numbers) if name in said] == []


MAPPINGS = {
    "the key is a name": {"key": "姓名", "facts": {"persons": {"column": "人数"}}},
    "the key is an ID number": {"key": "证件号码", "facts": {"persons": {"column": "人数"}}},
    "the key has a name in it": {"key": ["行政村", "姓名"], "facts": {"persons": {"column": "人数"}}},
    "a fact from a name": {"key": "户编号", "facts": {"persons": {"column": "姓名"}}},
    "a column that is not there": {"key": "户编号", "facts": {"persons": {"column": "人口"}}},
}


@pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS)
@pytest.mark.parametrize("headed", [True, False])
def test_with_a_mapping_neither(tmp_path, mapping, headed):
    rows = [*people(), *people()]
    said = "\n".join(
        texts(write_csv(tmp_path / "t.csv", sheet(A2017, *rows, titles=0) if headed else rows), mapping, "341524")
    )
    assert [name for name in (*NAMES, *(id_number(serial) for serial in range(1, 4))) if name in said] == []


def test_the_odd_file_without_a_header():
    with (ODD / "no_header.csv").open(encoding="gb18030") as opened:
        rows = list(csv.reader(opened))
    said = "\n".join(texts(ODD / "no_header.csv"))
    personal = {cell for row in rows for cell in row if cell.startswith("赵") or len(cell) == 18}
    assert personal
    assert [cell for cell in personal if cell in said] == []


def test_at_most_twenty_headers_are_quoted(tmp_path):
    headers = [f"第{place}列的名称" for place in range(60)]
    for rows in ([headers, ["1"] * 60], [["户编号", *headers], ["34159999100001", *["1"] * 60]]):
        path = write_csv(tmp_path / "t.csv", rows)
        for text in texts(path) + texts(path, MAPPINGS["a column that is not there"], "341524"):
            assert sum(header in text for header in headers) <= 20


@pytest.mark.parametrize(
    ("headers", "quoted"),
    [
        (["户编号", "人均纯收入", "2018", "2019年"], True), (["户编号", "x" * 60], True), ([], True),
        (["金寨县", id_number(1)], False), (["341599 19700101 0019", "甲"], False), (["34159999100001", "甲"], False),
        (["甲", "4700"], False), (["甲", "1,200.5"], False), (["甲", "13812345678"], False),
    ],
)  # fmt: skip
def test_a_row_of_data_is_not_quoted_as_headers(headers, quoted):
    said = quoted_headers(headers)
    assert ("像是数据" in said.zh) is not quoted
    assert all(len(part) <= 30 for part in said.zh.split("、")) or not quoted


@pytest.mark.parametrize(
    "written",
    ["341599197001010019", "341599 19700101 0019", "341599-19700101-0019", "３４１５９９１９７００１０１００１９"],
)
def test_a_number_of_a_person_is_masked_in_any_column(written):
    shown = quote(written, personal=False)
    assert "*" in shown
    assert "19700101" not in shown.replace(" ", "")
