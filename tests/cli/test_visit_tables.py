"""A village's visits come in as offices write tables: any encoding, text or workbook, dates as spreadsheets show them."""

import datetime as dt
import io

import pytest
import xlsxwriter

from workbench.cli.register.visits import read_visits
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.errors import InputError

TODAY = dt.date(2019, 10, 8)
HEADER = ("户编号", "走访日期", "走访人", *(zh for zh, _ in VISIT_DOMAINS.values()), "更正：务工月数")
ROW = ("34159900000001", "2019-10-07", "王五", "茶园二亩，\n今年挂果", "在家", "无学生", "慢性病", "安全", "3")


def text_of(*rows, separator=","):
    return "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows) + "\r\n"


def workbook_of(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


FILES = {
    "utf-8": text_of(HEADER, ROW).encode(),
    "utf-8 with a mark": text_of(HEADER, ROW).encode("utf-8-sig"),
    "gbk": text_of(HEADER, ROW).encode("gbk"),
    "gb18030": text_of(HEADER, ROW).encode("gb18030"),
    "unicode text": text_of(HEADER, ROW, separator="\t").encode("utf-16"),
    "semicolons": text_of(HEADER, ROW, separator=";").encode("gbk"),
    "workbook": workbook_of(HEADER, ROW),
}


@pytest.mark.parametrize("name", FILES)
def test_every_way_that_offices_save_a_table_reads_alike(tmp_path, name):
    path = tmp_path / "走访.csv"
    path.write_bytes(FILES[name])
    (report,) = read_visits(path, TODAY)
    assert (report.household_id, report.day, report.visitors) == (ROW[0], dt.date(2019, 10, 7), "王五")
    assert report.findings["industry"] == "茶园二亩，\n今年挂果"
    assert report.corrections == {"work_months": 3.0}


@pytest.mark.parametrize(
    "text", ["2019-10-07", "2019/10/7", "2019.10.7", "2019年10月7日", "2019/10/07 00:00", "2019-10-07 00:00:00", "2019-10-7"]
)  # fmt: skip
def test_a_day_as_people_and_spreadsheets_write_it(tmp_path, text):
    path = tmp_path / "visits.csv"
    path.write_text(text_of(HEADER, (ROW[0], text, *ROW[2:])))
    assert read_visits(path, TODAY)[0].day == dt.date(2019, 10, 7)


def test_a_day_of_a_workbook_is_a_day(tmp_path):
    path = tmp_path / "visits.xlsx"
    path.write_bytes(workbook_of(HEADER, (ROW[0], dt.datetime(2019, 10, 7), *ROW[2:])))  # noqa: DTZ001 - cells have no zone
    assert read_visits(path, TODAY)[0].day == dt.date(2019, 10, 7)


@pytest.mark.parametrize(
    "text", ["10-07", "2019-13-01", "7/10/2019", "43745", "2019-10-07 08:30", "昨天", "２０１９-10-07x"]
)
def test_a_day_in_doubt_is_refused_at_its_row(tmp_path, text):
    path = tmp_path / "visits.csv"
    # Blank rows count as a spreadsheet counts them.
    path.write_text(text_of(HEADER, [""] * len(HEADER), (ROW[0], text, *ROW[2:])))
    with pytest.raises(InputError) as refused:
        read_visits(path, TODAY)
    assert text in refused.value.words.zh
    assert "第 3 行" in refused.value.words.zh


def test_without_a_day_it_is_today_and_cells_at_the_end_may_be_left_out(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text(text_of(HEADER, (ROW[0], "", *ROW[2:8])))
    (report,) = read_visits(path, TODAY)
    assert (report.day, report.corrections) == (TODAY, {})


@pytest.mark.parametrize("content", [b"", text_of(HEADER).encode(), text_of(HEADER[1:], ROW[1:]).encode(), b"%PDF-1.4"])
def test_what_is_no_table_of_visits_is_refused_in_words(tmp_path, content):
    path = tmp_path / "visits.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_visits(path, TODAY)
    assert refused.value.words.zh
    assert refused.value.words.en
