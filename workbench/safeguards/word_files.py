"""A Word file (.docx) that a person hands in, looked through before anything opens it: nothing in it runs, calls out or hides.

A .docx is a zip of XML parts that name each other in .rels files. What is not on the list of parts that a paper needs is
refused by name: macros, embedded objects, links to elsewhere, fields that fetch, revisions and comments that would be printed.
"""

import re
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

from workbench.errors import InputError, Words
from workbench.safeguards.zip_limits import ZipLimits, checked_members, unpacked

LARGEST = 2_000_000
"""Bytes of the file: text of a few pages with the picture of a letterhead."""
_LARGEST_XML = 1_000_000
_LIMITS = ZipLimits(members=300, least=10_000_000, times=1, most=10_000_000)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app|custom)\.xml|docProps/thumbnail\.(jpe?g|png|emf|wmf)"
    r"|word/[A-Za-z]+\d*\.xml|word/_rels/[A-Za-z]+\d*\.xml\.rels|word/theme/(_rels/)?theme\d*\.xml(\.rels)?"
    r"|word/media/[^/]+\.(png|jpe?g|gif|bmp)|customXml/(_rels/)?item(Props)?\d*\.xml(\.rels)?|.*/"
)
_MACROS = re.compile(r"vba|macro|customUI|keyMapCustomizations|attachedToolbars", re.IGNORECASE)
_RELATIONS = re.compile(
    r"/(attachedTemplate|oleObject|package|vbaProject|aFChunk|control|frame|subDocument|mailMerge\w*|recipientData)$"
)
_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES"})
"""What a field of a paper may compute; every other may fetch a file, run a macro or be made to look like these."""
_OTHER_ENCODING = re.compile(rb"\s*(\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"'](?!utf-?8[\"'])", re.IGNORECASE)
_REVISIONS = frozenset(f"{_W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
_COMMENTS = f"{_W}commentReference"


def word_parts(content: bytes) -> dict[str, Any]:
    """The XML parts of a .docx by name, parsed; raises InputError, in words, for what no template of a paper has in it."""
    if len(content) > LARGEST:
        raise InputError(
            Words(
                f"文件有 {len(content):,} 字节，模板最多 {LARGEST:,}；请缩小其中的图片",
                f"the file has {len(content):,} bytes, a template at most {LARGEST:,}; make its pictures smaller",
                code="safeguards.template-too-large",
            )
        )
    if not content.startswith(b"PK"):
        raise InputError(
            Words(
                "不是 .docx 文件；.doc、.wps 请先另存为 .docx（不加密）",
                "this is no .docx file; save a .doc or .wps as .docx, without a password",
                code="safeguards.no-docx",
            )
        )
    source, parts = BytesIO(content), {}
    members = checked_members(source, _LIMITS)
    for member in members:
        _check_name(member.filename)
        blob = b"".join(unpacked(source, member))
        if member.filename.endswith((".xml", ".rels")):
            parts[member.filename] = _parsed(member.filename, blob)
    _check_kind(parts)
    for name, root in parts.items():
        if name.endswith(".rels"):
            _check_relations(root)
        else:
            _check_content(root)
    return parts


def _check_name(name: str) -> None:
    if _MACROS.search(name):
        raise InputError(
            Words(
                f"文件内有宏（{name[:80]}）；请另存为不带宏的 .docx",
                f"the file holds macros ({name[:80]}); save it as a .docx without",
                code="safeguards.template-macros",
            )
        )
    if not _PARTS.fullmatch(name):
        raise InputError(
            Words(
                f"文件内有嵌入的对象或不认识的部分（{name[:80]}）；请删除嵌入的表格、字体、控件，图片用 png、jpg",
                f"the file holds an embedded object or a part that is not known ({name[:80]}); remove embedded sheets, fonts and controls, "
                "use png or jpg pictures",
                code="safeguards.template-embedded",
            )
        )


def _parsed(name: str, blob: bytes) -> Any:
    if len(blob) > _LARGEST_XML:
        raise InputError(
            Words(
                f"文件内的 {name} 有 {len(blob):,} 字节，最多 {_LARGEST_XML:,}；请用更短的模板",
                f"{name} in the file has {len(blob):,} bytes, at most {_LARGEST_XML:,}; use a shorter template",
                code="safeguards.template-part-too-large",
            )
        )
    # A document type is where entities are declared, that unpack to gigabytes or read files: no part of a .docx has one. In
    # another encoding than UTF-8 it could not be seen here.
    if b"<!DOCTYPE" in blob or b"\0" in blob or _OTHER_ENCODING.match(blob):
        raise InputError(_damaged(name))
    try:
        root = ET.fromstring(blob)  # noqa: S314 - without a document type there is nothing to expand
    except (ET.ParseError, ValueError):
        raise InputError(_damaged(name)) from None
    return root


def _damaged(name: str) -> Words:
    return Words(
        f"文件内的 {name[:80]} 已损坏，或不是文字处理软件写的；请用 WPS 或 Word 重新保存",
        f"{name[:80]} in the file is damaged, or no word processor wrote it; save it again with WPS or Word",
        code="safeguards.template-part-damaged",
    )


def _check_kind(parts: dict[str, Any]) -> None:
    types = parts.get("[Content_Types].xml")
    if types is None or "word/document.xml" not in parts:
        raise InputError(_damaged("word/document.xml"))
    stated = {each.get("PartName", "").lstrip("/"): each.get("ContentType", "") for each in types}
    if any(_MACROS.search(each.get("ContentType", "")) for each in types):
        _check_name("macroEnabled")
    # A .dotx or another kind under a new ending: word processors would go by what stands here.
    if stated.get("word/document.xml") != _MAIN:
        raise InputError(_damaged("[Content_Types].xml"))


def _check_relations(root: Any) -> None:
    for each in root:
        target = str(each.get("Target", ""))[:80]
        if each.get("TargetMode", "") == "External":
            raise InputError(
                Words(
                    f"文件内有指向外部的链接（{target}）；请取消超链接、外部图片和附加模板",
                    f"the file links to elsewhere ({target}); remove hyperlinks, linked pictures and attached templates",
                    code="safeguards.template-external",
                )
            )
        if _RELATIONS.search(str(each.get("Type", ""))):
            _check_name(target if _MACROS.search(target) else f"embedded/{target}")


def _check_content(root: Any) -> None:
    open_fields: list[str] = []
    for each in root.iter():
        tag = each.tag
        if tag in _REVISIONS or tag == _COMMENTS:
            raise InputError(
                Words(
                    "文件内有修订或批注，会印在公文上；请先接受全部修订、删除批注再上传",
                    "the file holds tracked changes or comments, which would be printed; accept the changes and delete the comments first",
                    code="safeguards.template-revisions",
                )
            )
        if tag == f"{_W}fldSimple":
            _check_field(str(each.get(f"{_W}instr", "")))
        elif tag == f"{_W}instrText":
            # Word splits a field's words over as many runs as it likes, also outside of any field.
            open_fields[-1:] = [(open_fields[-1] if open_fields else "") + (each.text or "")]
        elif tag == f"{_W}fldChar":
            kind = each.get(f"{_W}fldCharType")
            if kind == "begin":
                open_fields.append("")
            elif open_fields and kind == "end":
                _check_field(open_fields.pop())
    # A field without an end is one all the same: word processors close it at the end of the text.
    for words in open_fields:
        _check_field(words)


def _check_field(words: str) -> None:
    if (words.split() or ["?"])[0].upper() not in _FIELDS:
        raise InputError(
            Words(
                f"文件内有域代码“{words.strip()[:40]}”，只允许页码；请改为普通文字（选中后按 Ctrl+Shift+F9）",
                f"the file holds the field {words.strip()[:40]!r}; only page numbers are allowed: turn it into text (Ctrl+Shift+F9)",
                code="safeguards.template-field",
            )
        )
