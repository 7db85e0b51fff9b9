"""How the approved version that is used in a round stands to the round: that it is in force today does not mean that it was in each earlier round."""

from enum import StrEnum

from workbench.domain.rounds import next_round


class Standing(StrEnum):
    """How the approved version that is used in a round stands to the round and to the day."""

    PRESENT = "present"
    OF_ROUND = "of_round"
    AFTERWARDS = "afterwards"
    REFERENCE = "reference"


STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.PRESENT: ("现行标准", "the standard in force"),
    Standing.OF_ROUND: ("本期所用的标准", "the standard of the round"),
    Standing.AFTERWARDS: ("本期之后才施行", "in force only after the round"),
    Standing.REFERENCE: ("本期之后才施行，只作参照", "in force only after the round, for reference"),
}
"""Chinese and English label of every standing."""
OF_ITS_TIME = (Standing.PRESENT, Standing.OF_ROUND)
"""Those of a version that was in force before the next round began."""


def standing_of(effective: str, round_name: str, began: str | None, *, present: bool) -> Standing:
    """How a version stands to a round that is held to it; `effective`, `began` (the first proposal) are days, YYYY-MM-DD.

    `present`: whether no other version has taken its place by today.
    """
    # A round is worked on until the next begins: a version from within that time is the round's, one of later is not,
    # unless the round itself began as late.
    if effective >= f"{next_round(round_name)}-01" and (began is None or began < effective):
        return Standing.AFTERWARDS if began else Standing.REFERENCE
    return Standing.PRESENT if present else Standing.OF_ROUND
