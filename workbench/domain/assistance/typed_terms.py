"""The terms of a measure as people type them, on a page and from a shell."""

from workbench.domain.assistance.terms import Terms
from workbench.domain.facts import FACT
from workbench.domain.procedure.typed_days import typed_day
from workbench.domain.procedure.typed_values import typed_value
from workbench.errors import InputError, Words


def typed_terms(amount: str, starts: str, due: str, link: str, responsible: str, detail: str) -> Terms:
    """Terms from texts, empty ones being what is not agreed; raises InputError that says what is accepted."""
    return Terms(
        _yuan(amount),
        _day(starts, "starts"),
        _day(due, "due"),
        link or None,
        responsible.strip() or None,
        detail.strip() or None,
    )


def _yuan(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        # Read as any amount is read on a form: 9,205, 9205元, 1.2万.
        value = typed_value(FACT["out_of_pocket"], text)
    except InputError:
        # The refusal below speaks of a plan; that of the borrowed reader speaks of another fact.
        value = None
    if not isinstance(value, int | float) or value != int(value):
        raise InputError(
            Words(
                f"金额“{text[:40]}”：应为整数元，如 3000、3,000元、1.2万",
                f"amount {text[:40]!r}: whole yuan are expected, e.g. 3000 or 3,000",
                code="domain.amount-in-whole-yuan",
            ),
            field="amount",
        )
    return int(value)


def _day(text: str, field: str) -> str | None:
    if not text.strip():
        return None
    day = typed_day(text)
    if day is None:
        raise InputError(
            Words(
                f"日期“{text[:40]}”：应如 2019-10-08",
                f"day {text[:40]!r}: expected e.g. 2019-10-08",
                code="domain.day-of-measure-expected",
            ),
            field=field,
        )
    return day.isoformat()
