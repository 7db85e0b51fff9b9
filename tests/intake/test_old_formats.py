"""What old systems write and call .xls: web pages, XML of 2003; and what is no table at all, said in words."""

import shutil

import pytest

from tests.intake.odd_files import BASE_INCOMES, ODD, base_rows, book, column, facts, notes, read, read_odd
from workbench.errors import FileError


def page(rows, cell=lambda text, row, at: f"<td>{text}</td>", before="", after="") -> str:
    body = "".join(
        f"<tr>{''.join(cell(text, place, at) for at, text in enumerate(row))}</tr>" for place, row in enumerate(rows)
    )
    return f"<html><head><style>td {{mso-number-format:'@'}}</style></head><body>{before}<table>{body}</table>{after}</body></html>"


def written(path, text, encoding="gb18030"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", ["html_named.xls", "spreadsheetml.xls"])
def test_a_web_page_and_xml_named_xls(name):
    result = read_odd(name)
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES[:2]
    assert (result.accepted_persons, result.rejected_rows, result.problems) == (6, 0, ())


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_web_page_in_every_encoding(tmp_path, encoding):
    assert read(written(tmp_path / "a.xls", page(base_rows()), encoding)).accepted_persons == 12


def test_a_page_with_other_tables_titles_and_cells_that_are_not_closed(tmp_path):
    menu = "<table><tr><td>首页<td>退出</table>"
    title = '<table><tr><td colspan="46">名单&nbsp;</td></tr></table><script>if (a<b) {}</script>'
    loose = page(
        base_rows(), lambda text, row, at: f"<TD nowrap> <b>{text}</b>\n&nbsp;", before=menu + title, after=menu
    )
    result = read(written(tmp_path / "a.xls", loose.replace("</tr>", "")))
    assert (result.accepted_persons, result.problems) == (12, ())
    assert "列不同" in notes(result)


def test_cells_that_span_rows_and_columns(tmp_path):
    """A household's own cells stand once, beside the rows of all its members."""
    shared = [column(name) for name in ("县", "乡", "村")]

    def cell(text, row, at):
        if row == 0 or at not in shared:
            return f"<td>{text}</td>"
        return f'<td rowspan="3">{text}</td>' if row % 3 == 1 else ""

    result = read(written(tmp_path / "a.xls", page(base_rows(), cell)))
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES
    assert facts(result)["township"].to_list() == ["梅山镇"] * 4


def test_a_header_over_two_rows_of_a_page(tmp_path):
    header, *rows = base_rows()
    group = [header.index(name) for name in ("工资性收入", "生产经营性收入", "财产性收入")]
    top = "".join(
        f'<th rowspan="2">{name}</th>'
        if at not in group
        else ('<th colspan="3">家庭收入</th>' if at == group[0] else "")
        for at, name in enumerate(header)
    )
    bottom = "".join(f"<th>{header[at]}</th>" for at in group)
    text = page(rows).replace("<table>", f"<table><tr>{top}</tr><tr>{bottom}</tr>")
    result = read(written(tmp_path / "a.xls", text))
    assert facts(result)["income_business"].to_list() == [4000.0] * 4


def test_the_value_that_a_page_keeps_beside_a_rounded_text(tmp_path):
    number = base_rows()[1][column("户编号")]
    exact = page(base_rows()).replace(f"<td>{number}</td>", f'<td x:num="{number}">3.4160E+13</td>')
    failed = exact.replace("<td>4733.33</td>", '<td x:err="#REF!">#REF!</td>')
    result = read(written(tmp_path / "a.xls", failed))
    assert (result.accepted_households, result.rejected_rows) == (4, 0)
    assert [(one.row, one.column, one.reason) for one in result.problems] == [
        (row, "人均纯收入", "failed formula") for row in (5, 6, 7)
    ]


SPREADSHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">{sheets}</Workbook>"""


def xml_sheet(
    name, rows, options="", cell=lambda text, row, at: f'<Cell><Data ss:Type="String">{text}</Data></Cell>'
) -> str:
    body = "".join(
        f"<Row>{''.join(cell(text, place, at) for at, text in enumerate(row))}</Row>" for place, row in enumerate(rows)
    )
    return f'<Worksheet ss:Name="{name}"><Table>{body}</Table>{options}</Worksheet>'


def spreadsheet(path, *sheets):
    return written(path, SPREADSHEET.format(sheets="".join(sheets)), "utf-8")


def test_hidden_sheets_numbers_dates_and_failures_of_xml(tmp_path):
    income, born = column("人均纯收入"), column("出生日期")

    def cell(text, row, at):
        if row and at == income:
            return (
                '<Cell ss:Formula="=NA()"><Data ss:Type="Error">#N/A</Data></Cell>'
                if row < 4
                else (f'<Cell ss:Index="{at + 1}"><Data ss:Type="Number">{text}</Data></Cell>')
            )
        if row and at == born:
            return f'<Cell><Data ss:Type="DateTime">{text[:4]}-{text[4:6]}-{text[6:]}T00:00:00.000</Data></Cell>'
        return f'<Cell><Data ss:Type="String">{text}</Data></Cell>'

    hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    old, new = xml_sheet("甲", base_rows(), hidden), xml_sheet("乙", base_rows(), cell=cell)
    result = read(spreadsheet(tmp_path / "a.xls", old, new))
    assert facts(result)["income_pc"].to_list() == [None, *BASE_INCOMES[1:]]
    assert {one.reason for one in result.problems} == {"failed formula"}
    assert "未读的工作表：甲" in notes(result)


def test_cells_far_away_in_xml(tmp_path):
    blank = '<Row ss:Index="1048576"><Cell ss:Index="16384"><Data ss:Type="String"> </Data></Cell></Row></Table>'
    sheet = xml_sheet("甲", base_rows()).replace("</Table>", blank)
    assert read(spreadsheet(tmp_path / "a.xls", sheet)).accepted_persons == 12
    with pytest.raises(FileError, match="远在表格之外"):
        read(spreadsheet(tmp_path / "b.xls", sheet.replace("> <", ">x<")))


@pytest.mark.parametrize(
    "text",
    [
        SPREADSHEET.format(sheets=xml_sheet("甲", base_rows())).replace(
            "<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook'
        ),
        SPREADSHEET.format(sheets=xml_sheet("甲", base_rows()))[:-300],
        "<html><head></head><frameset><frame src='sheet001.htm'></frameset></html>",
        "<html><body><p>请先登录</p></body></html>",
        "%PDF-1.7 …",
        "Rar!\x1a\x07",
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path, text):
    with pytest.raises(FileError) as refused:
        read(written(tmp_path / "给.xls", text, "utf-8"))
    assert "给.xls" in str(refused.value)
    assert refused.value.message.zh != refused.value.message.en
    assert "<" not in refused.value.message.zh


@pytest.mark.parametrize("name", ["a.xls", "a.et", "a.csv", "a.dat", "名单"])
def test_a_workbook_under_any_name(tmp_path, name):
    book(tmp_path / "a.xlsx", ("Sheet1", base_rows()))
    shutil.copy(tmp_path / "a.xlsx", tmp_path / name)
    assert read(tmp_path / name).accepted_persons == 12


@pytest.mark.parametrize("name", ["base.xls", "base.et"])
def test_a_workbook_of_the_age_before_xml(name, tmp_path):
    shutil.copy(ODD / "base_97.xls", tmp_path / name)
    result = read(tmp_path / name)
    assert facts(result)["income_pc"].to_list() == BASE_INCOMES
    assert "未读的工作表：上月" in notes(result)
