"""A county's own template of the filing document: what it may hold, what is refused with which words, what is made of it."""

import dataclasses
import io
import re
import zipfile

import pytest
from docx import Document

from tests.reports import made_up
from workbench.errors import InputError
from workbench.reports.documents.filing import PaperTemplate, filing_document
from workbench.reports.records import Movement
from workbench.reports.templates.default_template import default_template
from workbench.reports.templates.placeholders import LISTS, VALUES
from workbench.reports.templates.template_check import check_template

_HOLDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def edited(*changes, part="word/document.xml", add=()):
    """The default template with words of one part replaced, and parts added."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(default_template())) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                text = content.decode()
                for before, after in changes:
                    assert before in text
                    text = text.replace(before, after)
                content = text.encode()
            target.writestr(name, content)
        for name, content in dict(add).items():
            target.writestr(name, content)
    return written.getvalue()


def refusal(content):
    with pytest.raises(InputError) as raised:
        check_template(content)
    return raised.value.words


def words_of(content):
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_the_default_template_passes_and_asks_for_everything_there_is():
    check_template(default_template())
    text = edited().decode("utf-8", "ignore") and words_of(default_template())
    tables = "".join(cell.text for row in Document(io.BytesIO(default_template())).tables[0].rows for cell in row.cells)
    assert [name for name in (*VALUES, *LISTS) if name not in text + tables] == []


def test_a_county_words_its_paper_and_the_figures_and_the_proof_stay():
    own = edited(("{{发文单位}}文件", "金寨县人民政府"), ("一、总体情况", "一、今年的情况"))
    check_template(own)
    filing = made_up.filing_document()
    theirs, default = words_of(filing_document(filing, PaperTemplate(3, own))), words_of(filing_document(filing))
    assert "金寨县人民政府" in theirs
    assert "一、今年的情况" in theirs
    for line in default.splitlines():
        if any(sign in line for sign in ("占", "SHA-256", "清单编号", "不作公文使用", "未因标准")):
            assert line in theirs
    assert "公文模板：本县区第3版" in theirs
    assert filing_document(filing, PaperTemplate(3, own)) == filing_document(filing, PaperTemplate(3, own))


def test_every_count_of_households_on_the_paper_is_written_alike():
    filing = dataclasses.replace(
        made_up.filing_document(), movements=(Movement(3, 2, 1234),), changed_by={"事实变化": 5678},
        undetermined_facts={"耕地面积": 9012},
    )  # fmt: skip
    paper = words_of(filing_document(filing))
    assert all(count in paper for count in ("1,234户", "5,678户", "9,012户"))
    assert re.findall(r"\d{4,}户", paper) == []


def test_what_a_value_says_is_text_and_never_a_mark():
    hostile = "{{发文单位}}{% for 条 in 附件 %}<w:p/>&amp;"
    said = words_of(filing_document(dataclasses.replace(made_up.filing_document(), contact=hostile)))
    assert f"（联系：{hostile}）" in said


@pytest.mark.parametrize(
    ("changes", "zh", "code"),
    [
        ([("{{等级情况}}", "{{等级情祝}}")], "不认识的占位符 {{等级情祝}}；是不是 {{等级情况}}？", "unknown"),
        ([("{{办理中}}", "")], "缺少 {{办理中}}", "missing"),
        ([("{{全县}}已脱贫户{{已脱贫户}}", "{{全县}}已脱贫户{{已脱贫户}")], "括号不成对", "brackets"),
        ([("{{全县}}", "｛｛全县｝｝")], "括号是全角的", "wide"),
        ([("{%p for 条 in 说明事项 %}", "{%p for 条 in 说明 %}")], "应为 {%tr for", "loop-unknown"),
        ([("{%p for 条 in 说明事项 %}", "说明 {%p for 条 in 说明事项 %}")], "这一段里不能有别的内容", "not-alone"),
        ([("{%p endif %}", "")], "没有对应的 endif", "not-ended"),
        ([("{%p if 联系 %}", "{%p if 联系人 %}")], "没有“联系人”", "condition-unknown"),
        ([("{{全县}}", "{{说明事项}}")], "要用循环", "list-as-value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(changes, zh, code):
    said = refusal(edited(*changes))
    assert zh in said.zh
    assert code in said.code
    assert "第" in said.zh or "缺少" in said.zh
    assert len(said.zh.splitlines()) == len(said.en.splitlines())


@pytest.mark.parametrize(
    "mark",
    [
        "{{''.__class__.__mro__}}",
        "{{县区.__class__}}",
        "{{县区|attr('__class__')}}",
        "{{range(999999999)}}",
        "{{'a'*999999999}}",
        "{{县区()}}",
        "{{cycler.__init__.__globals__.os}}",
        "{% include '/etc/passwd' %}",
        "{% set x = 1 %}",
        "{%p for a in 乡镇 %}",
        "{%- if 县区 %}",
        "{{r 县区}}",
        "{% vm %}",
    ],
)
def test_a_template_names_values_and_does_nothing(mark):
    assert refusal(edited(("一、总体情况", mark))).code.startswith("reports.template")


def test_marks_that_a_word_processor_split_are_joined_before_they_are_judged():
    split = "</w:t></w:r><w:r><w:t>"
    check_template(edited(("{{全县}}", f"{{{split}{{全{split}县}}{split}}}")))
    # Over two paragraphs the library that fills it would join them too: what it makes of them is looked at as well.
    over_two = "{</w:t></w:r></w:p><w:p><w:r><w:t>{''.__class__}}"
    assert refusal(edited(("一、总体情况", over_two))).code.startswith("reports.template")


@pytest.mark.parametrize("hidden", ["<!--{{''.__class__}}-->", "<!--{% for 条 in 附件 %}{% for 条 in 附件 %}-->"])
def test_what_stands_in_no_paragraph_is_refused_all_the_same(hidden):
    assert refusal(edited(("<w:body>", f"<w:body>{hidden}"))).code.startswith("reports.template")


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("word/vbaProject.bin", b"x", "template-macros"),
        ("word/embeddings/oleObject1.bin", b"x", "template-embedded"),
        ("word/activeX/activeX1.xml", b"<a/>", "template-embedded"),
        ("word/media/image1.emf", b"x", "template-embedded"),
        ("word/notes.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "template-part-damaged"),
        ("word/notes.xml", "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"), "template-part-damaged"),
        ("word/notes.xml", b"<a>" + b" " * 1_000_001 + b"</a>", "template-part-too-large"),
        ("word/footnotes1.xml", f"<w:a {_HOLDS}><w:t>{{{{县区}}}}</w:t></w:a>".encode(), "template-elsewhere"),
        ("word/header9.xml", f'<w:a {_HOLDS}><w:fldSimple w:instr="INCLUDETEXT x"/></w:a>'.encode(), "template-field"),
        ("word/header9.xml", f"<w:a {_HOLDS}><w:instrText>DDE</w:instrText><w:instrText>AUTO x</w:instrText></w:a>".encode(), "template-field"),
        ("word/header9.xml", f"<w:a {_HOLDS}><w:ins/></w:a>".encode(), "template-revisions"),
        ("word/_rels/header9.xml.rels", b'<a><b TargetMode="External" Target="http://x"/></a>', "template-external"),
        ("word/_rels/header9.xml.rels", b'<a><b Type="http://x/aFChunk" Target="x.html"/></a>', "template-embedded"),
        ("../outside.xml", b"<a/>", "zip-holds-path"),
    ],
)  # fmt: skip
def test_what_runs_or_calls_out_or_hides_is_refused(part, content, code):
    assert code in refusal(edited(add={part: content})).code


def test_a_file_of_another_kind_is_refused_in_words():
    assert refusal(b"\xd0\xcf\x11\xe0").code == "safeguards.no-docx"
    assert refusal(b"PK" + b"0" * 3_000_000).code == "safeguards.template-too-large"
    macro = edited(("wordprocessingml.document.main", "ms-word.document.macroEnabled.main"), part="[Content_Types].xml")
    assert refusal(macro).code == "safeguards.template-macros"
    other = edited(("document.main+xml", "template.main+xml"), part="[Content_Types].xml")
    assert refusal(other).code == "safeguards.template-part-damaged"


def test_a_zip_that_unpacks_to_much_more_is_refused():
    bomb = io.BytesIO(default_template())
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("word/media/image1.png", b"0" * 20_000_000)
    assert refusal(bomb.getvalue()).code == "safeguards.zip-bytes-unpacks-more"
