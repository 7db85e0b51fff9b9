"""Names of counties and rounds as each language writes them."""

from workbench.domain.parameters import counties
from workbench.ui.kit.texts.language import Language

_HALVES = {"04": "上半年", "10": "下半年"}
"""The half-year of each month of the calendar (LA2019-15 §2.1.2-a); the baseline of May 2019 is of none."""


def county_name(code: str, t: Language) -> str:
    """A county's name, or its code where it is a region of data from elsewhere; the whole city for none."""
    known = counties().get(code)
    return t.label((known.zh, known.en)) if known else code or t("全市")


def round_title(name: str, t: Language) -> str:
    """A round as offices call it: 2021年下半年 for that of October, 2019年5月 for one outside of the calendar; October 2021."""
    # Only rounds of a store come here, whose names were checked when they were written.
    year, month = name.split("-")
    half = _HALVES.get(month) if t.code == "zh" else None
    return f"{int(year)}年{half}" if half else t.month(int(year), int(month))
