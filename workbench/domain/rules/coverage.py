"""Who lacks what: able members without a skill, insurance, schooling, a safe house, safe water (LA2019-15 §3.3, §3.4).

Each check is three-valued: yes, there is a gap; no; cannot tell. What cannot be told is counted as such, never as "no".
"""

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from workbench.domain.rules.criteria import any_of

_DIFFICULTY, _POTENTIAL = 2, 1
UNSAFE_GRADES = ("C", "D")
"""C: parts of the house are dangerous; D: the whole of it."""


@dataclass(frozen=True)
class Check:
    """A check over the facts of a household; `rule` is true where there is a gap. `topic`: the label of a narrow column."""

    name: str
    zh: str
    en: str
    topic: str
    clause: str
    facts: tuple[str, ...]
    rule: nw.Expr
    potential: nw.Expr


def unsafe_housing() -> nw.Expr:
    """Whether a house is unsafe: by the guarantee, or by its grade. Each speaks of the whole question.

    So one that is not known leaves nothing open where the other is known; where they differ, the worse holds.
    """
    by_guarantee = nw.col("housing") == _DIFFICULTY
    by_grade = any_of([nw.col("housing_grade") == grade for grade in UNSAFE_GRADES])
    # Kleene's "or" first; where that is null, the one answer that there is.
    return nw.coalesce(by_guarantee | by_grade, by_guarantee, by_grade)


def _guarantee(name: str, zh: str, en: str, topic: str, clause: str) -> Check:
    fact = nw.col(name)
    return Check(name, zh, en, topic, clause, (name,), fact == _DIFFICULTY, fact == _POTENTIAL)


_NEVER = nw.lit(False)  # noqa: FBT003 - a literal
CHECKS: tuple[Check, ...] = (
    Check(
        "skill", "劳动力无技能", "able members without a skill", "技能", "§3.3", ("labour", "skilled"),
        # With nobody able to work the answer is "no" even where the number of skilled ones is not known.
        (nw.col("labour") > 0) & (nw.col("labour") > nw.col("skilled")), _NEVER,
    ),
    _guarantee("medical", "基本医疗未保障", "uninsured, or no medical care", "医疗", "§3.4-a"),
    _guarantee("education", "失学辍学", "out of school", "上学", "§3.4-a"),
    Check(
        "housing", "住房不安全", "unsafe housing", "住房", "§3.4-b", ("housing", "housing_grade"),
        unsafe_housing(), nw.col("housing") == _POTENTIAL,
    ),
    _guarantee("water", "饮水不安全", "unsafe water", "饮水", "§2.1.1-c"),
)  # fmt: skip
CHECK = {check.name: check for check in CHECKS}
COVERAGE_FACTS: tuple[str, ...] = tuple(dict.fromkeys(fact for check in CHECKS for fact in check.facts))
"""Every column that the checks read."""


def coverage_frame(frame: Any) -> Any:
    """Add to a frame of households, of any engine, what each lacks.

    `frame` holds COVERAGE_FACTS with nullable types. Added columns: `gap_<check>` three-valued; `potential_<check>` true
    where there is no gap yet, but a potential difficulty; `unskilled` able members without a skill, null where not known.
    """
    gaps = {f"gap_{check.name}": check.rule for check in CHECKS}
    potentials = {
        f"potential_{check.name}": check.potential.fill_null(value=False) & ~check.rule.fill_null(value=False)
        for check in CHECKS
    }
    # More skilled than able members is a slip of the pen: the count must not fall below none for it.
    beyond = nw.col("labour") - nw.col("skilled")
    # Nobody able to work lacks a skill, whether or not the number of skilled ones is known.
    unskilled = nw.when(nw.col("labour") == 0).then(nw.lit(0)).otherwise(beyond * (beyond > 0).cast(nw.Int64))
    return nw.from_native(frame).with_columns(**gaps, **potentials, unskilled=unskilled).to_native()
