"""The filing document: an official paper with its number, figures, changes, standard, annexes, signature."""

import dataclasses
import io
import struct
import zlib

import numpy as np
import zxingcpp
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports import made_up
from workbench.domain.procedure.trail_head import TrailHead, parse_head
from workbench.reports.documents.filing import filing_document
from workbench.reports.records import Tally


def read(filing):
    return Document(io.BytesIO(filing_document(filing)))


def words(filing):
    return "\n".join(paragraph.text for paragraph in read(filing).paragraphs)


def test_the_same_record_gives_the_same_bytes():
    assert filing_document(made_up.filing_document()) == filing_document(made_up.filing_document())


def test_it_has_what_a_paper_has():
    said = words(made_up.filing_document())
    for part in (
        "金寨县扶贫开发领导小组办公室文件", "〔2019〕  号", "清单编号：金寨县-2019-10-风险-002", "六安市扶贫开发领导小组：", "六政办〔2019〕15号",
        "一、总体情况", "二、与2019年5月相比的变化", "三、边缘户标准", "四、需要说明的事项",
        "附件：1. 返贫风险台账", "2019年10月28日", "抄送：县委办公室", "9f86d081",
    ):  # fmt: skip
        assert part in said


def test_the_table_has_a_line_a_township_and_the_total():
    filing = made_up.filing_document()
    (table,) = read(filing).tables
    lines = [[cell.text for cell in row.cells] for row in table.rows]
    assert [line[0] for line in lines] == ["乡镇", *(row.township for row in filing.rows), "合计"]
    assert lines[-1][1] == f"{sum(row.lifted.households for row in filing.rows):,}"


def test_fonts_are_those_of_official_papers():
    filing = read(made_up.filing_document())
    fonts = {run.font.name for paragraph in filing.paragraphs for run in paragraph.runs}
    assert fonts == {"仿宋", "黑体", "宋体", "方正小标宋简体"}
    section = filing.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_simulated_figures_are_no_official_paper_and_say_so():
    assert "不作公文使用" in words(made_up.filing_document())
    assert "模拟" not in words(made_up.filing_document(simulated=False))


def test_what_there_is_nothing_to_say_of_is_left_out():
    filing = dataclasses.replace(made_up.filing_document(), previous_round=None, standard=None, annexes=(), contact="")
    said = words(filing)
    assert "二、需要说明的事项" in said
    assert "相比的变化" not in said
    assert "附件" not in said


def test_undetermined_households_are_not_passed_over():
    filing = made_up.filing_document()
    unknown = sum(row.tiers[None].households for row in filing.rows)
    assert f"暂不能判定的{unknown:,}户事实不全，本次不定级，不视为稳定脱贫；需补充：耕地面积（120户）" in words(filing)
    known = [dataclasses.replace(row, tiers={**row.tiers, None: Tally()}) for row in filing.rows]
    assert "暂不能判定" not in words(dataclasses.replace(filing, rows=tuple(known)))


def test_of_many_facts_to_be_collected_those_that_most_lack_are_named():
    facts = {f"事实{number}": number for number in range(1, 9)}
    said = words(dataclasses.replace(made_up.filing_document(), undetermined_facts=facts))
    assert (
        "需补充：事实8（8户），事实7（7户），事实6（6户），事实5（5户），事实4（4户）等8项，各户所缺见工作台。" in said
    )


def test_a_district_is_not_called_a_county():
    assert "全区已脱贫户" in words(made_up.filing_document(county="金安区"))


def test_a_county_without_households_has_no_shares():
    filing = dataclasses.replace(made_up.filing_document(), rows=())
    assert "全县已脱贫户0户0人" in words(filing)


def test_the_number_of_the_paper_is_left_to_the_office_whether_filed_or_not():
    draft = words(made_up.filing_document(list_number=None, filed_on=None)).splitlines()
    filed = words(made_up.filing_document()).splitlines()
    assert "〔2019〕  号" in draft
    assert "〔2019〕  号" in filed
    assert not any("清单编号" in line for line in draft)


# A paper takes a tenth of a second: of texts a few say as much as many.
@settings(max_examples=12)
@given(st.text(max_size=60))
def test_any_text_makes_a_paper_that_opens(text):
    filing = dataclasses.replace(made_up.filing_document(title=text or "x"), reading=text, contact=text)
    assert read(filing).paragraphs


def test_numbers_are_not_torn_in_two_at_the_end_of_a_line():
    filing = read(made_up.filing_document())
    (language,) = filing.styles["Normal"].element.iter(qn("w:lang"))
    assert (language.get(qn("w:val")), language.get(qn("w:eastAsia"))) == ("en-US", "zh-CN")


def test_the_head_of_the_trail_stands_on_it_to_read_and_to_scan():
    trail = TrailHead(1234, "0123456789abcdef" * 4)
    filing = dataclasses.replace(made_up.filing_document(), trail=trail)
    assert "1234: 0123 4567 89ab cdef" in words(filing)
    (picture,) = [part.blob for name, part in _parts(filing) if name.endswith(".png")]
    (scanned,) = zxingcpp.read_barcodes(_pixels(picture))
    assert scanned.text == trail.coded
    assert parse_head(scanned.text) == parse_head(trail.printed) == (trail.event, trail.hash)
    (shape,) = read(filing).inline_shapes
    assert round(shape.width.mm) == round(shape.height.mm) == 28


def test_without_a_filing_there_is_no_code():
    assert not read(made_up.filing_document()).inline_shapes
    assert "留痕校验码" not in words(made_up.filing_document())


def _parts(filing):
    return [(str(part.partname), part) for part in read(filing).part.package.iter_parts()]


def _pixels(png):
    """A picture of one bit a pixel, as PNG has them."""
    place, results = 8, {}
    while place < len(png):
        length, name = struct.unpack(">I4s", png[place : place + 8])
        results[name] = results.get(name, b"") + png[place + 8 : place + 8 + length]
        place += length + 12
    width, height, depth = struct.unpack(">IIB", results[b"IHDR"][:9])
    assert depth == 1
    lines = np.frombuffer(zlib.decompress(results[b"IDAT"]), np.uint8).reshape(height, -1)
    rows = np.zeros_like(lines[:, 1:])
    for number, (coded, *line) in enumerate(lines):
        assert coded in {0, 2}  # as it is, or what it adds to the line above
        rows[number] = line + rows[number - 1] * np.uint8(coded // 2)
    return np.unpackbits(rows, axis=1)[:, :width] * np.uint8(255)


def test_cases_under_way_stand_beside_those_confirmed_and_add_up():
    stages = {"待核实": 3, "公示中": 2}
    said = words(dataclasses.replace(made_up.filing_document(), under_way=stages))
    assert "另有5户低于扶贫标准、正在办理返贫致贫认定程序（待核实3户、公示中2户），办结之前不计入返贫户" in said
    assert "正在办理纳入程序" not in words(made_up.filing_document())
