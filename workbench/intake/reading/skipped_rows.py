"""Rows of a table that are no households: totals, signatures, samples, repeated headers, numbering, blank rows.

What a row is, its label columns say (places, numbers, names), never a column of remarks; a row with the number of a
household or a person in it is passed over only where it repeats the header or calls itself a sample.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.errors import Words
from workbench.intake.reading.raw_sheet import OVERFLOW, ROW, ROWS_OF_A_SHEET, place_of
from workbench.intake.reading.rows import rows_where
from workbench.intake.reading.text import fold, fold_header, fold_text

WHY = "#why"
_SAID, _NOBODY = "#said", "#nobody"
_IDENTITY = re.compile(
    r"户编号|户编码|户号|户代码|人编号|人口编号|人员编号|编号$|编码$|身份证|证件号|姓名|^户主$|^名字$"
)
_HOUSEHOLD = re.compile(r"户(?:编号|编码|号|代码)")
_NAMES = re.compile(r"姓名|^户主$|^名字$")
_LABELS = re.compile(
    r"^序号$|^行号$|^[省市县区乡镇村组屯]$|[省市县区乡镇村组屯](?:名称|\(.*\))?$|^(?:所在|所属)?(?:地区|区域|单位|街道|社区)(?:名称)?$|^类别$|^项目$"
)
_REMARKS = re.compile(r"备注|说明|情况|意见|原因|措施|^注$")
_TOTAL = (
    r"^(?:.{0,14}(?:合计|小计|总计|共计|累计|总户数|总人数|户数|人数)(?:数)?(?:[:：]?[\d,.]*[户人口名个]?)*|共(?:计)?[\d,.]+[户人].*"
    r"|(?i:(?:grand|sub)?[\s-]?total[:：]?.*))$"
)
_SIGNATURE = (
    r"^(?:(?:单位|主要|分管|主管|村|镇|乡|县|站|科|局)?(?:负责人|领导|书记|主任)|(?:审核|审批|审定|复核|核对|校对|填表|填报|填写|制表|制单|经办|统计|录入|上报|报送|调查|登记|包保|帮扶|联系|签字|盖章|公章)"
    r"(?:人|员|单位|部门|日期|时间|电话|责任人)?|日期|时间|联系电话|单位(?:\(.{0,8}\))?)(?:\(.{0,8}\))?[:：].*$"
)
_REMARK = r"^(?:备注|附注|注|说明|注意|填表说明|填报说明|注意事项)(?:\d{1,2}[、.)]|[:：]).*$"
_SAMPLE = r"^(?:填写|填报)?(?:示例|样例|范例|举例|例如|例)\d*[:：]?$|^.{1,8}\((?:示例|样例|范例|例)\)$"
# Without the words of totals: 合计1234567 has a long number and is nobody's.
_LONG_NUMBER = r"^[^:：合总共小累]*\d{6}[^:：合总共小累]*$"
_STEMS = ("甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,3})\)?(?:=[\d+\-*/×÷()]+)?")
_FEWEST_NUMBERED = 3
_AFTER_HEADER = 2
_LISTED = 1000
_SHOWN = 10

REASONS = {
    "total": Words("合计行", "rows of totals"),
    "signature": Words("签名、日期等落款行", "rows of signatures and dates"),
    "remark": Words("备注、说明行", "rows of remarks"),
    "sample": Words("样例行", "sample rows"),
    "header": Words("重复的表头", "repeated headers"),
    "numbering": Words("列号行", "rows that number the columns"),
    "no data": Words("非数据行", "rows of no data"),
    "blank": Words("空行", "blank rows"),
}
"""What a row that is passed over is, by a fixed key."""


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no household, as its sheet numbers it; `why`: a key of `REASONS`; `sheet` where several are read."""

    row: int
    why: str
    sheet: str | None = None


@dataclass(frozen=True)
class _Roles:
    """What the columns are: `identity` tells persons or households apart.

    `labels` may say that a row is a total or a signature, `samples` that it is one. `own_keys`: they are a mapping's.
    """

    identity: tuple[str, ...]
    labels: tuple[str, ...]
    samples: tuple[str, ...]
    own_keys: bool

    @classmethod
    def of(cls, columns: Sequence[str], keys: Sequence[str]) -> "_Roles":
        """Tell the roles of the columns by the words of their headers; `keys`: those that a mapping names."""
        folded = {name: fold_header(name) for name in columns}
        identity = identity_columns(columns, keys)
        # Totals and signatures stand in the first column, whatever it is of; remarks may say such words of a household.
        first = [name for name in columns[:1] if not _REMARKS.search(folded[name])]
        names = [name for name in columns if _NAMES.search(folded[name])]
        labels = [name for name in columns if name in identity or name in names or _LABELS.search(folded[name])]
        return cls(
            tuple(identity),
            tuple(dict.fromkeys([*first, *labels])),
            tuple(dict.fromkeys([*first, *names])),
            bool(keys),
        )


def identity_columns(columns: Sequence[str], keys: Sequence[str]) -> tuple[str, ...]:
    """The columns that tell persons or households apart, by a mapping's `keys`, else by the words of the headers."""
    wanted = {fold_header(key) for key in keys}
    named = tuple(name for name in columns if fold_header(name) in wanted)
    return named or tuple(name for name in columns if _IDENTITY.search(fold_header(name)))


def household_columns(columns: Sequence[str], keys: Sequence[str]) -> tuple[str, ...]:
    """The columns that bear the number of a household; all of them where no header says so."""
    identity = identity_columns(columns, keys)
    return identity if keys else tuple(name for name in identity if _HOUSEHOLD.search(fold_header(name))) or identity


def without_other_rows(frame: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are households or persons, and the others (`#row`, `#why`); blank rows at the end are not among them.

    `keys`: the columns that a mapping names as those of its households.
    """
    columns = [name for name in frame.columns if name not in (ROW, OVERFLOW)]
    roles = _Roles.of(columns, keys)
    if frame.is_empty() or not roles.labels:
        return frame, pl.DataFrame(schema={ROW: pl.Int64, WHY: pl.String})
    plain = frame.select(ROW, _plain_kind(columns, roles).alias(WHY), ~_identified(roles, frame).alias(_NOBODY))
    said = _kinds_by_label(frame.filter(plain[WHY].is_null() & plain[_NOBODY]), columns, roles)
    kinds = plain.join(said, on=ROW, how="left", maintain_order="left").select(pl.coalesce(WHY, _SAID)).to_series()
    kinds = _with_numbering(frame.select(columns), frame[ROW], kinds)
    households, skipped = (
        rows_where(frame, kinds.is_null()),
        frame.select(ROW, kinds.alias(WHY)).filter(kinds.is_not_null()),
    )
    last = households[ROW][-1] if len(households) else 0
    return households, skipped.filter(~((pl.col(WHY) == "blank") & (pl.col(ROW) > last)))


def _plain_kind(columns: Sequence[str], roles: _Roles) -> pl.Expr:
    """What a row is whoever is in it."""
    filled = pl.sum_horizontal([pl.col(name).is_not_null() for name in columns])
    repeated = pl.sum_horizontal([(pl.col(name) == name).fill_null(value=False) for name in columns])
    return (
        pl.when(pl.all_horizontal(pl.col([*columns, OVERFLOW]).is_null())).then(pl.lit("blank"))
        # More than one cell: a single one may well say what its header does, 户主 under 户主.
        .when((repeated > 1) & (2 * repeated >= filled)).then(pl.lit("header"))
        .when(_any_of(roles.samples, _SAMPLE)).then(pl.lit("sample"))
    )  # fmt: skip


def _kinds_by_label(frame: pl.DataFrame, columns: Sequence[str], roles: _Roles) -> pl.DataFrame:
    """What the rows are that nobody's number is in (`#row`, `#said`).

    A total in the place of a mapping's own key is left to be refused: any word might be such a key.
    """
    totals = [name for name in roles.labels if not roles.own_keys or name not in roles.identity]
    kind = (
        pl.when(_any_of(totals, _TOTAL)).then(pl.lit("total"))
        .when(_any_of(roles.labels, _SIGNATURE)).then(pl.lit("signature"))
        .when(_any_of(roles.labels, _REMARK)).then(pl.lit("remark"))
    )  # fmt: skip
    if roles.identity and not roles.own_keys:
        filled = pl.sum_horizontal([pl.col(name).is_not_null() for name in columns])
        nobody = pl.all_horizontal([pl.col(name).is_null() for name in roles.identity])
        kind = kind.when(nobody & (2 * filled < len(columns))).then(pl.lit("no data"))
    return frame.select(ROW, kind.alias(_SAID))


def _any_of(names: Sequence[str], pattern: str) -> pl.Expr:
    said = [fold(pl.col(name)).str.contains(pattern).fill_null(value=False) for name in names]
    return pl.any_horizontal(said or [pl.lit(value=False)])


def _identified(roles: _Roles, frame: pl.DataFrame) -> pl.Expr:
    """Whether a row bears a number that is somebody's; of a mapping's own keys, any but a total or a count beside longer keys."""
    if not roles.own_keys:
        numbers = [pl.col(name).str.contains(_LONG_NUMBER).fill_null(value=False) for name in roles.identity]
        return pl.any_horizontal(numbers or [pl.lit(value=False)])
    keys = []
    for name in roles.identity:
        usual = frame[name].str.len_chars().median()
        count = pl.col(name).str.contains(r"^\d+$") & (pl.col(name).str.len_chars() < (usual or 0))
        keys.append(pl.col(name).is_not_null() & ~count & ~_any_of([name], f"{_TOTAL}|{_SIGNATURE}|{_REMARK}"))
    return pl.any_horizontal(keys or [pl.lit(value=False)])


def _with_numbering(cells: pl.DataFrame, rows: pl.Series, kinds: pl.Series) -> pl.Series:
    """The kinds, with that of the rows below a header that number its columns."""
    wanted = [
        place
        for place in _below_headers(rows, kinds)
        if place < len(cells) and kinds[place] is None and _is_numbering(cells.row(place))
    ]
    return kinds.scatter(wanted, "numbering") if wanted else kinds


def _below_headers(rows: pl.Series, kinds: pl.Series) -> Iterable[int]:
    """The places of the first rows of each sheet, and of the row below each repeated header."""
    sheets = rows // ROWS_OF_A_SHEET
    starts = [0, *((sheets != sheets.shift(1)).fill_null(value=False)).arg_true().to_list()]
    yield from (start + more for start in starts for more in range(_AFTER_HEADER))
    yield from (place + 1 for place in (kinds == "header").fill_null(value=False).arg_true().to_list())


def _is_numbering(cells: Sequence[str | None]) -> bool:
    """Whether the cells are 1 2 3 …, 甲 乙 丙 … or A B C …, or the one after the other."""
    words = [fold_text(cell) for cell in cells if cell]
    if words and words[0] in ("栏次", "列次", "序号", "列号"):
        words = words[1:]
    stems = max(_leading(words, each) for each in _STEMS)
    numbers = [_COLUMN_NUMBER.fullmatch(word) for word in words[stems:]]
    counted = [int(matched[1]) for matched in numbers if matched]
    complete = len(counted) == len(numbers) and counted == list(range(1, len(counted) + 1))
    return complete and len(words) >= _FEWEST_NUMBERED


def _leading(words: Sequence[str], stems: str) -> int:
    """How many words are the stems in their order."""
    return next(
        (place for place, pair in enumerate(zip(words, stems, strict=False)) if pair[0] != pair[1]),
        min(len(words), len(stems)),
    )


def listed(skipped: pl.DataFrame, sheets: Sequence[str]) -> tuple[SkippedRow, ...]:
    """The rows passed over, from the top; of each kind the first thousand."""
    first = skipped.filter(pl.int_range(pl.len()).over(WHY) < _LISTED)
    notes = []
    for row, why in first.iter_rows():
        number, sheet = place_of(row, sheets)
        notes.append(SkippedRow(number or 0, why, sheet))
    return tuple(notes)


def in_words(skipped: pl.DataFrame, sheets: Sequence[str]) -> list[Words]:
    """A line for each kind: how many, and which."""
    lines = []
    for why, kind in REASONS.items():
        rows = skipped.filter(pl.col(WHY) == why)[ROW].to_list()
        if not rows:
            continue
        places = [place_of(row, sheets) for row in rows[:_SHOWN]]
        rest = "…" if len(rows) > _SHOWN else ""
        zh = "、".join(f"{f'“{sheet}”' if sheet else ''}{number}" for number, sheet in places) + rest
        en = ", ".join(f"{f'{sheet!r} ' if sheet else ''}{number}" for number, sheet in places) + rest
        lines.append(
            Words(
                f"跳过{kind.zh} {len(rows)} 行：第 {zh} 行",
                f"skipped {len(rows)} {kind.en}: in rows {en}",
                code="intake.rows-skipped",
            )
        )
    return lines
