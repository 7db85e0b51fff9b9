"""Headers matched to targets: known and alias, then by likeness, then by what stands in the column; never two to one.

Where two columns compete, or a likeness is not plain, the column stays unread and is named with the reason.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import polars as pl

from workbench.errors import Words
from workbench.intake.matching.column_match import ColumnMatch, Evidence, How
from workbench.intake.matching.content import are_household_numbers, are_id_numbers, code_list, sample, share_that_fits
from workbench.intake.matching.header_words import HeaderWords, take_apart
from workbench.intake.matching.likeness import likest
from workbench.intake.matching.units import unit_of
from workbench.intake.matching.vocabulary import TEXT, VALUES, Target, Vocabulary
from workbench.intake.reading.text import fold, fold_header

_FITS, _DOES_NOT_FIT = 0.8, 0.2
_SAME_BUT_UNIT, _SAME_BUT_FILLING, _SURE_CONTENT = 0.95, 0.9, 0.85
# Cards, accounts and telephones are long numbers too, and repeat or differ just as household numbers do.
_NOT_A_HOUSEHOLD_NUMBER = ("卡", "账", "帐", "电话", "手机", "证件", "身份", "银行", "人编", "人口编", "成员", "联系")
_UNNAMED = "（第"
_REPEATS = re.compile(r"(.+)_[2-9]\d*")


@dataclass
class _Matching:
    frame: pl.DataFrame
    vocabulary: Vocabulary
    headers: dict[str, HeaderWords]
    by_header: dict[str, ColumnMatch] = field(default_factory=dict)

    @property
    def taken(self) -> set[str]:
        return {match.means for match in self.by_header.values() if match.means is not None}

    def open(self) -> list[str]:
        return [header for header in self.headers if header not in self.by_header]

    def take(self, header: str, target: str, how: How, confidence: float, reason: Words, by: Evidence) -> None:
        self.by_header[header] = ColumnMatch(header, target, how, confidence, reason, by)

    def leave(self, header: str, reason: Words) -> None:
        self.by_header[header] = ColumnMatch(header, None, How.IGNORED, 0.0, reason)


def match_columns(
    frame: pl.DataFrame, headers: Sequence[str], vocabulary: Vocabulary, *, persons: bool
) -> tuple[ColumnMatch, ...]:
    """What each header of a table was taken for, in the order of the table.

    `persons`: whether the rows are persons, so that a household's number repeats.
    """
    matching = _Matching(frame, vocabulary, {header: take_apart(header) for header in headers})
    # In the order of certainty, and what is taken stays taken: a likeness must not win over a name.
    _by_name(matching, persons=persons)
    _by_likeness(matching)
    for header in matching.open():
        # Before the content is looked at: a column known to give no fact here is not taken for one by its cells.
        if matching.headers[header].full in vocabulary.unused:
            matching.leave(header, _NO_FACT)
    _by_content(matching, persons=persons)
    for header in matching.open():
        matching.leave(header, _NOTHING_KNOWN)
    return tuple(matching.by_header[header] for header in headers)


# -- known names ------------------------------------------------------------------------------------------------------


def _by_name(matching: _Matching, *, persons: bool) -> None:
    named: dict[str, list[str]] = {}
    for header in matching.headers:
        target = matching.vocabulary.exact.get(matching.headers[_first_of(header, matching.headers)].full)
        if target is not None:
            named.setdefault(target, []).append(header)
    for target, headers in named.items():
        _take_named(matching, matching.vocabulary.targets[target], headers, persons=persons)


def _first_of(header: str, headers: Collection[str]) -> str:
    """The header that this one repeats (`人均纯收入_2` the `人均纯收入` before it), else itself."""
    repeats = _REPEATS.fullmatch(header)
    return repeats[1] if repeats and repeats[1] in headers else header


def _take_named(matching: _Matching, target: Target, headers: list[str], *, persons: bool) -> None:
    first = [_first_of(header, matching.headers) for header in headers]
    own = [header for header in first if matching.headers[header].full in matching.vocabulary.own]
    chosen = own[0] if own else headers[0]
    # Two names of one thing over different figures, or one name twice: nobody can say which is meant, so neither is
    # read (0027).
    twice = [header for header, name in zip(headers, first, strict=True) if name == chosen]
    differ = target.type != TEXT or target.name == matching.vocabulary.exact[fold_header("户编号")]
    if differ and not _agree(matching.frame, twice if own else headers):
        for header in headers:
            matching.leave(header, _compete(headers, target))
        return
    for header in headers:
        # An alias may mean another thing in another office; a column's own name is taken at its word.
        if header == chosen and not persons and not own and _contradicts(matching, target, header):
            matching.leave(header, _OTHER_CONTENT)
        elif header == chosen:
            how, reason = (How.KNOWN, _KNOWN) if own else (How.ALIAS, _alias_of(target))
            matching.take(header, target.name, how, 1.0, reason, Evidence.HEADER)
        else:
            matching.leave(header, _already(chosen))


def _agree(frame: pl.DataFrame, headers: Sequence[str]) -> bool:
    """Whether columns of one meaning say the same wherever both say something."""
    cells = frame.select(fold(pl.col(header)).alias(header) for header in headers)
    return not any(cells.select((pl.col(one) != pl.col(other)).any()).item() for one, other in pairwise(headers))


def _contradicts(matching: _Matching, target: Target, header: str) -> bool:
    share = share_that_fits(target, sample(matching.frame, header))
    return share is not None and share < _DOES_NOT_FIT


# -- likeness -----------------------------------------------------------------------------------------------------------


def _by_likeness(matching: _Matching) -> None:
    wanted: dict[str, list[tuple[str, float]]] = {}
    for header in matching.open():
        parts = matching.headers[header]
        if parts.qualified or header.startswith(_UNNAMED):
            continue
        target, confidence = _likely(matching, parts)
        if target is not None:
            wanted.setdefault(target.name, []).append((header, confidence))
    for name, candidates in wanted.items():
        _take_likely(matching, name, candidates)


def _likely(matching: _Matching, parts: HeaderWords) -> tuple[Target | None, float]:
    """The one target that a header is like and whose content stands beneath it."""
    vocabulary, cells = matching.vocabulary, sample(matching.frame, parts.written)
    same = {vocabulary.exact[parts.bare]} if parts.bare in vocabulary.exact else set()
    typed = {name for name in vocabulary.cores.get(parts.core, ()) if vocabulary.targets[name].type != TEXT}
    ways = ((same, _SAME_BUT_UNIT), (typed, _SAME_BUT_FILLING))
    for names, confidence in ways:
        fitting = [name for name in names if _fits(vocabulary.targets[name], parts, cells)]
        if len(fitting) == 1:
            return vocabulary.targets[fitting[0]], confidence
        # Several fit: a weaker likeness must not decide what a stronger one left open.
        if fitting:
            return None, 0.0
    name, confidence = likest(parts.core, vocabulary.cores)
    if name is not None and vocabulary.targets[name].type != TEXT and cells:
        target = vocabulary.targets[name]
        return (target, confidence) if _fits(target, parts, cells) else (None, 0.0)
    return None, 0.0


def _fits(target: Target, parts: HeaderWords, cells: Sequence[str]) -> bool:
    # 是否… is answered by yes or no, never by an amount.
    if parts.asks and target.type != VALUES:
        return False
    unit = unit_of(parts.unit) if parts.unit else None
    if unit is not None and unit.measure not in (target.measure, "people", "households"):
        return False
    share = share_that_fits(target, cells)
    return share is None or share >= _FITS


def _take_likely(matching: _Matching, name: str, candidates: list[tuple[str, float]]) -> None:
    target = matching.vocabulary.targets[name]
    headers = [header for header, _ in candidates]
    taken = next((header for header, match in matching.by_header.items() if match.means == name), None)
    for header, confidence in candidates:
        if taken is not None:
            matching.leave(header, _already(taken))
        elif len(candidates) > 1:
            matching.leave(header, _compete(headers, target))
        else:
            matching.take(header, name, How.LIKELY, confidence, _like(target), Evidence.HEADER)


# -- content ------------------------------------------------------------------------------------------------------------


def _by_content(matching: _Matching, *, persons: bool) -> None:
    wanted: dict[str, list[str]] = {}
    for header in matching.open():
        # 上年… or 户主… may hold the very values of the list that it is not: content cannot tell them apart.
        if matching.headers[header].qualified:
            matching.leave(header, _ANOTHER_TIME)
            continue
        cells = sample(matching.frame, header)
        name = code_list(matching.vocabulary, cells)
        if name is None and persons and "证件号码" in matching.vocabulary.targets and are_id_numbers(cells):
            name = "证件号码"
        if name is not None:
            wanted.setdefault(name, []).append(header)
    _take_household_number(matching, wanted, persons=persons)
    for name, headers in wanted.items():
        target = matching.vocabulary.targets[name]
        if len(headers) > 1:
            for header in headers:
                matching.leave(header, _compete(headers, target))
        elif name not in matching.taken:
            reason = _by_what_stands_there(target)
            matching.take(headers[0], name, How.LIKELY, _SURE_CONTENT, reason, Evidence.CONTENT)


def _take_household_number(matching: _Matching, wanted: dict[str, list[str]], *, persons: bool) -> None:
    name = matching.vocabulary.exact[fold_header("户编号")]
    if name in matching.taken:
        return
    candidates = [
        header
        for header in matching.open()
        if not any(word in header for word in _NOT_A_HOUSEHOLD_NUMBER)
        and are_household_numbers(matching.frame, header, of_persons=persons)
    ]
    if candidates:
        wanted[name] = candidates


# -- words --------------------------------------------------------------------------------------------------------------

_KNOWN = Words("本名", "its own name", code="intake.column-by-own-name")
_NOTHING_KNOWN = Words("不认识的列", "nothing known is like it", code="intake.column-unknown")
_NO_FACT = Words("认识，但这类名单不用它", "known, and not needed of such a list", code="intake.column-not-needed")
_ANOTHER_TIME = Words(
    "说的是别的时间或某一个人，不是本户现在的情况",
    "it tells of another time or of one person, not of the household now",
    code="intake.column-of-other-time",
)
_OTHER_CONTENT = Words(
    "列名认识，但其中的内容不像",
    "the header is known, but what stands beneath it is something else",
    code="intake.column-other-content",
)


def _alias_of(target: Target) -> Words:
    return Words(f"“{target.label.zh}”的另一名称", f"another name of {target.label.en}", code="intake.column-alias")


def _like(target: Target) -> Words:
    return Words(
        f"列名很像“{target.label.zh}”，内容也相符",
        f"the header is like {target.label.en}, and its cells fit",
        code="intake.column-alike",
    )


def _by_what_stands_there(target: Target) -> Words:
    return Words(
        f"按内容看是“{target.label.zh}”", f"by what stands in it: {target.label.en}", code="intake.column-by-content"
    )


def _already(header: str) -> Words:
    return Words(
        f"已用“{header}”一列", f"the column {header} is taken for the same", code="intake.column-taken-already"
    )


def _compete(headers: Sequence[str], target: Target) -> Words:
    named = "、".join(headers[:5])
    return Words(
        f"几列都像“{target.label.zh}”（{named}），内容不同，没有读；请只留一列，或在映射中指明",
        f"several columns are like {target.label.en} ({named}) and differ; none is read: keep one, or say which in a mapping",
        code="intake.columns-compete",
    )
