"""Dated, cited figures, read from the YAML of `workbench/parameters`. Nothing in code is a figure of law."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from math import isfinite
from numbers import Real
from typing import Any

import yaml

from workbench.domain.rounds import round_year
from workbench.domain.rules.exact import DECIMALS, MOST_BOUND, SMALLEST, decimals, to_the_fen
from workbench.errors import InputError, Words

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of libyaml where PyYAML was built with it: the vocabularies take a tenth of the time."""


@cache
def load_yaml(name: str) -> Any:
    """The content of `workbench/parameters/<name>.yaml`."""
    # Read once and shared from then on: whoever gets it must not change it.
    text = files("workbench.parameters").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe loaders


@dataclass(frozen=True)
class LineFigure:
    """A poverty line: `value` in yuan a person and year, the `year` whose figure it is, whether it was verified."""

    value: float
    year: int
    verified: bool
    reference: str


def poverty_line(round_name: str) -> LineFigure:
    """The poverty standard in force in a round: that of its calendar year, or the last one entered before it."""
    year = round_year(round_name)
    values: dict[int, dict[str, Any]] = load_yaml("poverty_line")["values"]
    in_force = max((known for known in values if known <= year), default=None)
    if in_force is None:
        raise InputError(
            Words(
                f"期次 {round_name}：没有 {year} 年的扶贫标准（最早为 {min(values)} 年）；请指定扶贫标准（--line）",
                f"round {round_name}: no poverty line is known so far back (the first is of {min(values)}); give one (--line)",
                code="domain.round-no-poverty-line",
            )
        )
    return LineFigure(year=in_force, **values[in_force])


def check_line(line: float) -> float:
    """A line given by hand, rounded half up to the fen, if it can be one: a positive number of yuan."""
    if not SMALLEST <= line <= MOST_BOUND:
        message = Words(
            f"扶贫标准应为正数（元），不超过 {MOST_BOUND:,.0f}",
            f"a line is a positive number of yuan, at most {MOST_BOUND:,.0f}",
            code="domain.line-positive-number-yuan",
        )
        raise InputError(message.after(f"{line} (--line): "))
    return to_the_fen(line)


@dataclass(frozen=True)
class TierParameters:
    """Every figure that the eleven criteria read; `line` in yuan a person and year. Shares have few decimals."""

    line: float
    weak_labour_share: float
    land_mu_per_person: float
    stable_work_months: float
    stable_business_share: float
    expenditure_share: float
    expenditure_growth: float
    expenditure_growth_share: float
    near_line_multiple: float
    small_industry_share: float
    unstable_work_months: float

    def __post_init__(self) -> None:
        """Raise InputError for a figure of more decimals than bounds have."""
        # Refused here, by its name: `exact` could only say that some bound is too fine.
        fine = [f"{name} {value}" for name, value in asdict(self).items() if decimals(value) > DECIMALS]
        if fine:
            listed = ", ".join(fine)
            raise InputError(
                Words(
                    f"{listed}：小数最多 {DECIMALS} 位",
                    f"{listed}: a figure of the tiers has at most {DECIMALS} decimals",
                    code="domain.figure-tiers-most-decimals",
                )
            )


def tier_parameters(round_name: str, line: float | None = None) -> TierParameters:
    """The figures in force in a round; `line` replaces the poverty line (data from elsewhere has other money)."""
    figures = _in_force("tier_criteria", round_name)
    return TierParameters(
        line=check_line(line) if line is not None else poverty_line(round_name).value,
        weak_labour_share=figures["no_labour"]["weak_labour_share"]["value"],
        land_mu_per_person=figures["no_resources"]["land_mu_per_person"]["value"],
        stable_work_months=figures["no_stable_income"]["work_months"]["value"],
        stable_business_share=figures["no_stable_income"]["business_share_of_line"]["value"],
        expenditure_share=figures["rigid_expenditure"]["share_of_income"]["value"],
        expenditure_growth=figures["rigid_expenditure"]["growth"]["value"],
        expenditure_growth_share=figures["rigid_expenditure"]["growth_share_of_income"]["value"],
        near_line_multiple=figures["near_line"]["multiple_of_line"]["value"],
        small_industry_share=figures["small_industry"]["business_share_of_line"]["value"],
        unstable_work_months=figures["unstable_work"]["work_months"]["value"],
    )


def with_figures(parameters: TierParameters, figures: Mapping[str, float]) -> TierParameters:
    """The figures with some replaced, to see what others would do.

    Raises InputError for a name that is none of them, and for a figure that is no number above 0: every one is a share,
    a multiple, yuan, mu or months, and rules would count with a negative one without a word.
    """
    unknown = sorted(set(figures) - set(asdict(parameters)))
    if unknown:
        listed, known = ", ".join(unknown), ", ".join(asdict(parameters))
        raise InputError(
            Words(
                f"{listed}：没有这一参数；可用：{known}",
                f"{listed}: no such figure; accepted: {known}",
                code="domain.no-such-figure",
            )
        )
    wrong = {name: figure for name, figure in figures.items() if not _is_figure(figure)}
    if wrong:
        name, figure = next(iter(wrong.items()))
        raise InputError(
            Words(
                f"{name}：{figure!r} 不可用；应为大于 0 的数",
                f"{name}: {figure!r} cannot be used; give a number above 0",
                code="domain.figure-not-positive",
            )
        )
    return replace(parameters, **figures)


def _is_figure(figure: object) -> bool:
    # True is a number to Python and no figure to anybody; numbers of numpy are of no type of Python's, but real ones.
    if isinstance(figure, bool) or not isinstance(figure, Real):
        return False
    return isfinite(figure) and float(figure) > 0


def _in_force(name: str, round_name: str) -> dict[str, Any]:
    """The newest version of a dated parameter file that a round falls under; rounds before the first take the first."""
    versions: list[dict[str, Any]] = load_yaml(name)
    # Cut to YYYY-MM, which sorts as text: a version of the round's own month counts for the round.
    begun = [version for version in versions if str(version["effective"])[:7] <= round_name]
    # Relied upon: the file lists its versions oldest first.
    return begun[-1] if begun else versions[0]


@dataclass(frozen=True)
class County:
    """A reporting unit of the city."""

    code: str
    zh: str
    en: str


@cache
def counties() -> dict[str, County]:
    """The reporting units of Lu'an by code; a code that is not among them is a region of data from elsewhere."""
    return {entry["code"]: County(**entry) for entry in load_yaml("counties")}


def county_names(code: str) -> tuple[str, str]:
    """Chinese and English name of a county; its code for both where it is a region of data from elsewhere."""
    known = counties().get(code)
    return (known.zh, known.en) if known else (code, code)
