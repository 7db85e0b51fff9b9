"""Parts of a Word document that python-docx has no call for: Chinese fonts, page numbers, rows that stay whole."""

import re
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

SONG = "宋体"
"""The font of page numbers and of cells."""

_UNPRINTABLE = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add_run(paragraph: Any, words: str, font: str, size: Any, colour: RGBColor | None = None) -> None:
    """Add words of one font at the end of a paragraph."""
    run = paragraph.add_run(printable(words))
    run.font.name, run.font.size = font, size
    if colour is not None:
        run.font.color.rgb = colour
    set_fonts(run._element.get_or_add_rPr(), font)  # noqa: SLF001 - python-docx has no other way to a Chinese font


def printable(words: str) -> str:
    """Characters that XML has no place for are shown as a mark."""
    return _UNPRINTABLE.sub("�", words)


def set_fonts(properties: Any, font: str) -> None:
    """Set the font of every script: a word processor that takes one for Latin only would mix two."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), font)


def set_chinese(properties: Any) -> None:
    """Mark Chinese, which is broken into lines as such; digits and Latin are not: a number called Chinese is torn in two."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def add_page_number(paragraph: Any) -> None:
    """Add the number of the page as papers have it: — 1 —."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_run(paragraph, "— ", SONG, Pt(14))
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - a field is no part of python-docx's interface
    add_run(paragraph, " —", SONG, Pt(14))


def add_bottom_line(paragraph: Any) -> None:
    """Draw a red line below a paragraph."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "C00000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the same
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc")  # the order that the format prescribes


def keep_row_whole(row: Any, *, repeated: bool) -> None:
    """Keep a row from being cut by the end of a page; `repeated`: it heads the table on every one."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the same
    for name in ("w:cantSplit", "w:tblHeader") if repeated else ("w:cantSplit",):
        properties.append(OxmlElement(name))
