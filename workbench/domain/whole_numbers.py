"""A whole number that a person typed."""

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_LONGEST = 12


def whole_number(text: str) -> int | None:
    """The number that the digits 0 to 9 (or their full-width forms) say, from 0 on; None for anything else.

    `str.isdigit` takes ² for a digit and `int` does not; it also reads signs, underscores and the digits of every script.
    """
    digits = text.strip().translate(_FULL_WIDTH)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST else None
