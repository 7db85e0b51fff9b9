"""An official paper in Chinese (公文) as a Word document: page, fonts, paragraphs, tables after GB/T 9704-2012.

The same calls give the same bytes. Fonts are those that Chinese office computers have; 方正小标宋 falls back to 宋体.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import segno
from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from workbench.reports.documents.form_size import BETWEEN, Row, fitting_size
from workbench.reports.documents.word_parts import (
    SONG,
    add_bottom_line,
    add_page_number,
    add_run,
    keep_row_whole,
    printable,
    set_chinese,
    set_fonts,
)

BODY, HEADING, SUBHEADING, TITLE = "仿宋", "黑体", "楷体", "方正小标宋简体"
_BODY_SIZE, _TITLE_SIZE, _LINE = Pt(16), Pt(22), Pt(28)
# Two characters of the body.
_INDENT = Pt(32)
_RED = RGBColor(0xC0, 0x00, 0x00)
# GB/T 9704-2012: 37 mm at the top, 28 mm at the left, and 156 mm of text beside it.
_MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(32), "left_margin": Mm(28), "right_margin": Mm(26)}
# Of a form on one page, which no standard of papers rules; the text is as wide.
_NARROW = {"top_margin": Mm(18), "bottom_margin": Mm(15), "left_margin": Mm(27), "right_margin": Mm(27)}
_LABEL_WIDTH, _WORDS_WIDTH = 27, 129
"""Millimetres of the two columns of a form."""
_CHARACTERS_A_LINE = 20
_TOGETHER = 3
"""How many rows a table's totals take with them where they come to a new page."""
_LEEWAY, _BREAK_AFTER = 5, ("月", "半年", "的", "和", "与", "、", "）")
"""How far from the middle a title may be broken, and after which characters it is best broken."""
_LETTERHEAD_WIDTH = 430
"""What the letterhead may take of a line, in points."""
_CODE_SCALE = 8
"""Pixels a module of a QR code: sharp on any printer."""
_FONT_TABLE = "word/fontTable.xml"
# Older Chinese systems have two of them under names that end in _GB2312.
_FONTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/><w:charset w:val="86"/></w:font>'
    '<w:font w:name="仿宋"><w:altName w:val="仿宋_GB2312"/><w:charset w:val="86"/></w:font>'
    '<w:font w:name="楷体"><w:altName w:val="楷体_GB2312"/><w:charset w:val="86"/></w:font></w:fonts>'
)
# python-docx refuses a longer one.
_LONGEST_PROPERTY = 255
# The earliest time that an entry of a zip can bear.
_UNCHANGING = (1980, 1, 1, 0, 0, 0)


class OfficialPaper:
    """A paper being written from top to bottom."""

    def __init__(self, title: str, made_on: dt.date, *, narrow: bool = False) -> None:
        self._document = Document()
        self._set_page(_NARROW if narrow else _MARGINS)
        set_properties(self._document, title, made_on)

    @classmethod
    def over(cls, document: Any) -> "OfficialPaper":
        """Return a paper that goes on where a document ends."""
        paper = cls.__new__(cls)
        paper._document = document  # noqa: SLF001 - its own
        return paper

    def _set_page(self, margins: Mapping[str, Any]) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        for name, margin in margins.items():
            setattr(section, name, margin)
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = BODY, _BODY_SIZE
        set_fonts(style.element.get_or_add_rPr(), BODY)
        set_chinese(style.element.get_or_add_rPr())
        add_page_number(section.footer.paragraphs[0])

    def letterhead(self, characters: int) -> None:
        """Write placeholders of the issuing body, in red and as large as a name of so many characters may be in one line, and of the number; the red line."""
        size = Pt(min(42, _LETTERHEAD_WIDTH // (characters + len("文件"))))
        self._paragraph("{{发文单位}}文件", TITLE, size, align="center", colour=_RED, exact=False)
        line = self._paragraph("{{文号}}", BODY, _BODY_SIZE, align="center")
        line.paragraph_format.space_before = Pt(12)
        line.paragraph_format.space_after = Pt(18)
        add_bottom_line(line)

    def title(self, words: str, *, close: bool = False) -> None:
        """Write the title, in the middle, broken where it is long; `close`: without the blank line, where all has to stand on one page."""
        for part in broken_title(words):
            self._paragraph(part, TITLE, _TITLE_SIZE, align="center")
        if not close:
            self.blank()

    def addressee(self, words: str) -> None:
        """Write whom it is sent to."""
        self._paragraph(f"{words}：", BODY, _BODY_SIZE)

    def heading(self, words: str) -> None:
        """Write a heading: 一、… in 黑体."""
        self._paragraph(words, HEADING, _BODY_SIZE, indent=True, keep=True)

    def text(self, words: str) -> None:
        """Write a paragraph of the body."""
        self._paragraph(words, BODY, _BODY_SIZE, indent=True)

    def remark(self, words: str) -> None:
        """Write a small line, for what is no part of the paper's words."""
        # Kept with what follows: the code that such lines explain would else stand on a page alone.
        self._paragraph(words, SONG, Pt(10.5), align="left", exact=False, keep=True)

    def remark_above(self, words: str) -> None:
        """Write a small line above everything else."""
        line = self._paragraph(words, SONG, Pt(10.5), align="left", exact=False)
        self._document.element.body.insert(0, line._p)  # noqa: SLF001 - python-docx appends only

    def code(self, content: str, side: float) -> None:
        """Draw a QR code, `side` millimetres wide, that a telephone or a scanner reads from paper."""
        picture = BytesIO()
        segno.make(content, error="m", micro=False).save(picture, kind="png", scale=_CODE_SCALE)
        picture.seek(0)
        self._document.add_picture(picture, width=Mm(side))

    def blank(self) -> None:
        """Leave an empty line."""
        self._paragraph("", BODY, _BODY_SIZE)

    def signature(self, unit: str, date: str) -> None:
        """Write the issuing body and the date, to the right."""
        self.blank()
        self._paragraph(unit, BODY, _BODY_SIZE, align="right", right=Pt(32), keep=True)
        self._paragraph(date, BODY, _BODY_SIZE, align="right", right=Pt(48))

    def table(
        self, caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], totals: int = 1, *, widths: Sequence[float] = ()
    ) -> None:  # fmt: skip
        """Write a table with its caption; the header is repeated on every page, the last `totals` rows stand out.

        The last rows stay together, so that no total stands on a page alone. `widths` of the columns, mm, 156 in all; none:
        all alike.
        """
        self._paragraph(caption, HEADING, Pt(14), align="center", keep=True)
        table = self._document.add_table(rows=0, cols=len(header), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for number, cells in enumerate([header, *rows]):
            emphasis = number == 0 or number > len(rows) - totals
            row = table.add_row()
            row.height = Mm(7)
            keep_row_whole(row, repeated=number == 0)
            for cell, words in zip(row.cells, cells, strict=True):
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                paragraph = cell.paragraphs[0]
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                paragraph.paragraph_format.keep_with_next = len(rows) - totals - _TOGETHER < number < len(rows)
                add_run(paragraph, words, HEADING if emphasis else SONG, Pt(10.5))
        for column, width in zip(table.columns, widths, strict=False):
            # Of the column and of each cell: one word processor reads the one, another the other.
            for part in (column, *column.cells):
                part.width = Mm(width)
        self.blank()

    def form(self, rows: Sequence[Row], room: float) -> None:
        """A form (表格) of labels and words beside them, as large as `room` (millimetres of height) lets them be."""
        size = fitting_size(rows, (_LABEL_WIDTH, _WORDS_WIDTH), room)
        table = self._document.add_table(rows=0, cols=2, style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for label, words, height in rows:
            row = table.add_row()
            keep_row_whole(row, repeated=False)
            if height:
                row.height = Mm(height)
            for cell, width in zip(row.cells, (_LABEL_WIDTH, _WORDS_WIDTH), strict=True):
                cell.width = Mm(width)
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            _form_line(row.cells[0].paragraphs[0], label, HEADING, WD_ALIGN_PARAGRAPH.CENTER, size)
            for number, line in enumerate(words.split("\n")):
                paragraph = row.cells[1].add_paragraph() if number else row.cells[1].paragraphs[0]
                _form_line(paragraph, line, SONG, WD_ALIGN_PARAGRAPH.LEFT, size)
        # Of the columns too: one word processor reads these, another the cells.
        for column, width in zip(table.columns, (_LABEL_WIDTH, _WORDS_WIDTH), strict=True):
            column.width = Mm(width)

    def to_bytes(self) -> bytes:
        """Return the file, with no time of writing in it."""
        return bytes_of(self._document, {_FONT_TABLE: _FONTS.encode()})

    def _paragraph(
        self, words: str, font: str, size: Any, *, align: str = "justify", indent: bool = False, keep: bool = False,
        colour: RGBColor | None = None, exact: bool = True, right: Any = None,
    ) -> Any:  # fmt: skip
        paragraph = self._document.add_paragraph()
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        layout = paragraph.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.keep_with_next = keep
        if exact:
            layout.line_spacing = Pt(max(_LINE.pt, size.pt + 8))  # a length: exactly that
        if indent:
            layout.first_line_indent = _INDENT
        if right is not None:
            layout.right_indent = right
        add_run(paragraph, words, font, size, colour)
        return paragraph


def set_properties(document: Any, title: str, made_on: dt.date) -> None:
    """Set what the file says of itself: its title, and no person."""
    properties = document.core_properties
    properties.title, properties.author, properties.language = printable(title)[:_LONGEST_PROPERTY], "", "zh-CN"
    # The day of the paper and not of the clock: the same calls give the same bytes.
    properties.created = properties.modified = dt.datetime.combine(made_on, dt.time(), dt.UTC)
    properties.last_modified_by, properties.comments, properties.revision = "", "", 1


def bytes_of(document: Any, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """A document as a file with no time of writing in it; `replaced`: parts by name that it is to have instead of its own."""
    written = BytesIO()
    document.save(written)
    result = BytesIO()
    with ZipFile(written) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, _UNCHANGING)
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, (replaced or {}).get(name) or source.read(name))
    return result.getvalue()


def _form_line(paragraph: Any, words: str, font: str, alignment: Any, size: tuple[float, float]) -> None:
    letters, line = size
    paragraph.alignment = alignment
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(BETWEEN)
    layout.line_spacing = Pt(line)
    add_run(paragraph, words, font, Pt(letters))


def keep_totals_together(document: Any) -> None:
    """Keep the last rows of each table whose head is repeated on one page, so that no total stands on a page alone."""
    for table in document.tables:
        rows = table.rows
        if not rows or rows[0]._tr.find(f".//{qn('w:tblHeader')}") is None:  # noqa: SLF001 - the same
            continue
        for row in rows[max(1, len(rows) - 1 - _TOGETHER) : -1]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


def broken_title(words: str) -> list[str]:
    """A title in lines of like length, none longer than a line holds, broken where words end."""
    count = -(-len(words) // _CHARACTERS_A_LINE)
    if count <= 1:
        return [words]
    ideal = -(-len(words) // count)
    places = range(max(1, ideal - _LEEWAY), min(len(words), ideal + _LEEWAY, _CHARACTERS_A_LINE) + 1)
    place = min(places, key=lambda one: (not words[:one].endswith(_BREAK_AFTER), abs(one - ideal)))
    return [words[:place], *broken_title(words[place:])]
