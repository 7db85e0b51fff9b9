"""Names of counties and rounds as each language writes them."""

from workbench.domain.parameters import county_names
from workbench.ui.kit.texts.language import Language


def county_name(code: str, t: Language) -> str:
    """A county's name, or its code where it is a region of data from elsewhere; the whole city for none."""
    return t.label(county_names(code)) if code else t("全市")


def round_title(name: str, t: Language) -> str:
    """Return a round as offices call it (`Language.round`)."""
    # Only rounds of a store come here, whose names were checked when they were written.
    return t.round(name)
