"""A template that somebody hands in: what is unknown, missing or incomplete in it is named, with the place where it stands."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import InputError, Words
from workbench.reports.templates.placeholders import COLUMNS, ITEM, LISTS, ROW, TOTAL, VALUES, values_of
from workbench.reports.templates.rendering import filled
from workbench.reports.templates.sample import sample_filing
from workbench.safeguards.word_files import word_parts

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{(?P<value>[^{}]*)\}\}|\{%(?P<step>[^{}]*)%\}")
_REMAINS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_WIDE = re.compile("｛｛|｝｝|｛[％%]|[％%]｝|\\{％")
_NAME = re.compile(r"\s*(?P<name>[^\s.]+?)(\.(?P<column>[^\s.]+))?\s*")
_IF = re.compile(r"(?P<kind>p|tr|) ?if (?P<name>\S+)")
_FOR = re.compile(r"(?P<kind>p|tr) for (?P<item>\S+) in (?P<name>\S+)")
_END = re.compile(r"(?P<kind>p|tr|) ?(?P<word>endif|endfor)")
_PARTS = {"document": Words("正文", "text"), "header": Words("页眉", "header"), "footer": Words("页脚", "footer")}
_FILLED = re.compile(r"word/(document|header|footer)\d*\.xml")
_EXCERPT, _MOST_TAGS, _MOST_PROBLEMS = 24, 400, 30


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph with marks: where it is, its text, and the text of the table row that it stands in (None: in none)."""

    place: Words
    text: str
    row: str | None


@dataclass
class _Reading:
    """What was seen so far: open conditions and loops, what the paper will certainly show, what is wrong."""

    open: list[tuple[str, str, str]] = field(default_factory=list)
    certain: set[str] = field(default_factory=set)
    problems: list[Words] = field(default_factory=list)
    tags: int = 0

    def add(self, place: Words, zh: str, en: str, code: str) -> None:
        """Something wrong at a place."""
        self.problems.append(Words(f"{place.zh}：{zh}", f"{place.en}: {en}", code=code))

    @property
    def loop(self) -> str:
        """The list of the loop that is open; empty where none is."""
        return next((name for word, _, name in self.open if word == "for"), "")


def check_template(content: bytes) -> None:
    """Raise InputError, one line a problem, for a file that is no template of the filing document; nothing in it is run before."""
    parts = word_parts(content)
    reading = _Reading()
    for name in sorted(parts, key=lambda part: (part != "word/document.xml", part)):
        filled_part = _FILLED.fullmatch(name)
        if filled_part:
            _read_part(reading, filled_part[1], parts[name])
        elif not name.endswith(".rels") and any(_REMAINS.search(text) for text in parts[name].itertext()):
            place = Words(name, name)
            reading.add(place, "这里不能放占位符，只能放在正文、页眉、页脚", "no placeholder can stand here, only in text, header and footer", "reports.template-elsewhere")  # fmt: skip
    for required, about in {**VALUES, **LISTS}.items():
        if about.required and required not in reading.certain:
            reading.problems.append(_missing(required, about.zh, about.en))
    if reading.problems:
        raise _refusal(reading.problems)
    # Last: the library that fills it joins what word processors split, so that only trying shows that all is understood.
    filled(content, values_of(sample_filing()))


def _missing(name: str, zh: str, en: str) -> Words:
    mark = f"{{%… for … in {name} %}}" if name in LISTS else f"{{{{{name}}}}}"
    return Words(
        f"缺少 {mark}（{zh}）：备案文件必须有，也不能放在条件里",
        f"{mark} is missing ({en}): a filing must have it, outside of any condition",
        code="reports.template-placeholder-missing",
    )


def _refusal(problems: list[Words]) -> InputError:
    shown = problems[:_MOST_PROBLEMS]
    zh, en = [each.zh for each in shown], [each.en for each in shown]
    if len(problems) > len(shown):
        zh.append(f"……共 {len(problems)} 处")
        en.append(f"… {len(problems)} in all")
    return InputError(Words("\n".join(zh), "\n".join(en), code=problems[0].code))


def _read_part(reading: _Reading, kind: str, root: Any) -> None:
    # A header in which a loop begins and a text in which it ends are two files.
    before, reading.open = reading.open, []
    for paragraph in _paragraphs(_PARTS[kind], root):
        _read_paragraph(reading, paragraph)
    for word, opened, _ in reading.open:
        reading.add(_PARTS[kind], f"“{opened}”没有对应的 end{word}", f"{opened!r} has no end{word}", "reports.template-not-ended")  # fmt: skip
    reading.open = before


def _paragraphs(part: Words, root: Any) -> Iterator[_Paragraph]:
    """The paragraphs of a part that have marks in them, in their order."""
    rows = {}
    for row in root.iter(f"{_W}tr"):
        text = _text(row)
        rows.update(dict.fromkeys(row.iter(f"{_W}p"), text))
    number = 0
    for paragraph in root.iter(f"{_W}p"):
        text = _text(paragraph)
        number += bool(text.strip())
        if _REMAINS.search(text) or _WIDE.search(text):
            excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
            place = Words(f"{part.zh}第 {number} 段“{excerpt}”", f"{part.en}, paragraph {number} {excerpt!r}")
            yield _Paragraph(place, text, rows.get(paragraph))


def _text(element: Any) -> str:
    return "".join(each.text or "" for each in element.iter(f"{_W}t"))


def _read_paragraph(reading: _Reading, paragraph: _Paragraph) -> None:
    place, text = paragraph.place, paragraph.text
    for tag in _TAG.finditer(text):
        reading.tags += 1
        if reading.tags > _MOST_TAGS:
            raise InputError(
                Words(
                    f"占位符多于 {_MOST_TAGS} 个；请用更短的模板",
                    f"more than {_MOST_TAGS} placeholders; use a shorter template",
                    code="reports.template-too-many",
                )
            )
        if tag["value"] is not None:
            _read_value(reading, place, tag["value"])
        else:
            _read_step(reading, paragraph, tag["step"].strip(), tag[0])
    remains = _TAG.sub("", text)
    if _REMAINS.search(remains):
        reading.add(place, "括号不成对，应为 {{名称}} 或 {%p … %}，且在同一段内", "brackets do not match: {{name}} or {%p … %}, within one paragraph", "reports.template-brackets")  # fmt: skip
    if _WIDE.search(text):
        reading.add(place, "括号是全角的，应为半角 {{ }}", "full-width brackets; they must be {{ }}", "reports.template-wide-brackets")  # fmt: skip


def _read_value(reading: _Reading, place: Words, words: str) -> None:
    match = _NAME.fullmatch(words)
    name, column = (match["name"], match["column"]) if match else (words, None)
    rows = name == TOTAL or (name == ROW and reading.loop == "乡镇")
    items = name == ITEM and reading.loop not in ("", "乡镇")
    if match and (column in COLUMNS if rows else column is None and (items or name in VALUES)):
        if not any(word == "if" for word, _, _ in reading.open):
            reading.certain.add(f"{reading.loop}" if items or (rows and reading.loop) else name)
        return
    if name in LISTS:
        zh, en = (
            f"{{{{{words}}}}} 是一份清单，要用循环：{{%p for {ITEM} in {name} %}}",
            f"{{{{{words}}}}} is a list: it needs a loop",
        )
        reading.add(place, zh, en, "reports.template-list-as-value")
        return
    offered = [f"{name}.{each}" for each in COLUMNS] if name in (ROW, TOTAL) else [*VALUES, ITEM]
    near = difflib.get_close_matches(words.strip(), offered, n=1, cutoff=0.4)
    hint = Words(f"；是不是 {{{{{near[0]}}}}}？", f"; {{{{{near[0]}}}}}?") if near else Words("", "")
    shown = words.strip()[:40]
    reading.add(place, f"不认识的占位符 {{{{{shown}}}}}{hint.zh}", f"{{{{{shown}}}}} is no placeholder{hint.en}", "reports.template-placeholder-unknown")  # fmt: skip


def _read_step(reading: _Reading, paragraph: _Paragraph, words: str, mark: str) -> None:
    place = paragraph.place
    condition, loop, end = _IF.fullmatch(words), _FOR.fullmatch(words), _END.fullmatch(words)
    match = condition or loop or end
    if match is None:
        reading.add(place, f"不认识的标记 {mark[:60]}；只有 if、for 及其 end", f"{mark[:60]} is not known; there are if, for and their ends", "reports.template-step-unknown")  # fmt: skip
        return
    whole = paragraph.row if match["kind"] == "tr" else paragraph.text
    if match["kind"] and (whole is None or whole.strip() != mark):
        # The paragraph or row of such a mark is taken out with it, and whatever else stands there.
        zh, en = ("一行", "row") if match["kind"] == "tr" else ("一段", "paragraph")
        reading.add(place, f"{mark} 所在的{zh}会整个去掉，这{zh}里不能有别的内容", f"the whole {en} of {mark} is taken out: nothing else can stand in it", "reports.template-step-not-alone")  # fmt: skip
    if condition:
        if condition["name"] not in {**VALUES, **LISTS}:
            reading.add(place, f"{mark}：没有“{condition['name'][:40]}”", f"{mark}: there is no {condition['name'][:40]!r}", "reports.template-condition-unknown")  # fmt: skip
        reading.open.append(("if", mark, condition["name"]))
    elif loop:
        _read_loop(reading, place, loop, mark)
    elif end:
        word = end["word"].removeprefix("end")
        if reading.open and reading.open[-1][0] == word:
            reading.open.pop()
        else:
            reading.add(place, f"{mark} 前面没有对应的 {word}", f"{mark} ends no {word}", "reports.template-end-of-nothing")  # fmt: skip


def _read_loop(reading: _Reading, place: Words, loop: re.Match[str], mark: str) -> None:
    rows = loop["name"] == "乡镇"
    if loop["name"] not in LISTS or loop["item"] != (ROW if rows else ITEM) or (loop["kind"] == "tr") != rows:
        zh = f"{mark}：应为 {{%tr for {ROW} in 乡镇 %}}，或 {{%p for {ITEM} in 说明事项 %}}（标准条款、附件）"
        en = f"{mark}: it is {{%tr for {ROW} in 乡镇 %}}, or {{%p for {ITEM} in 说明事项 %}} (标准条款, 附件)"
        reading.add(place, zh, en, "reports.template-loop-unknown")
    if reading.loop:
        reading.add(
            place, f"{mark}：循环里不能再有循环", f"{mark}: no loop within a loop", "reports.template-loop-in-loop"
        )
    reading.open.append(("for", mark, loop["name"]))
