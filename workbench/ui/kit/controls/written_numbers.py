"""Numbers as officials write them: 80,000, 8万, 八万, 1.5万元. What may mean two numbers is none: it stays the text that it was."""

import re
import unicodedata
from decimal import Decimal

_DIGITS = {each: at for at, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_WITHIN = {"十": 10, "百": 100, "千": 1_000}
_ABOVE = {"万": 10_000, "亿": 10**8}
_FACTORS = {"千": 1_000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_WITH_FACTOR = re.compile(rf"([+-]?[0-9]+(?:\.[0-9]+)?)({'|'.join(sorted(_FACTORS, key=len, reverse=True))})")
_IN_WORDS = re.compile(rf"[{''.join(_DIGITS)}十百千万亿]+")


def number_or_text(text: str, unit: str = "") -> float | str | None:
    """A typed number, None for nothing, else the text itself; `unit`: what may stand behind it, such as 元.

    Thousands may be marked, digits be of full width, 万 and 亿 stand behind them, and the whole be written in words.
    """
    # Chinese input methods write digits, commas and blanks of full width; a comma is taken for a mark of thousands.
    cleaned = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text))
    if not cleaned:
        return None
    cleaned = cleaned.removesuffix("整").removesuffix(unit) if unit else cleaned
    if factored := _WITH_FACTOR.fullmatch(cleaned):
        # In decimals: 1.1万 is 11,000 and not 11,000.000000000002.
        return float(Decimal(factored[1]) * _FACTORS[factored[2]])
    if _IN_WORDS.fullmatch(cleaned) and (number := _in_words(cleaned)) is not None:
        return float(number)
    try:
        return float(cleaned)
    except ValueError:
        # As it was typed: the standard's own check says what is wrong with it, in place.
        return text


def _in_words(text: str) -> int | None:
    """A whole number written in words, 十二万三千; None for what is none, or may be two (八万五: 80,005 or 85,000)."""
    whole = section = 0
    digit: int | None = None
    lower = section_bound = 10**12
    zero = False
    for each in text:
        if each in _DIGITS:
            # Two digits in a row are a number read out digit by digit (二〇一九), which nobody writes for money.
            if digit is not None:
                return None
            if _DIGITS[each] == 0:
                zero = True
                continue
            digit = _DIGITS[each]
        elif each in _WITHIN:
            if _WITHIN[each] >= lower or (digit is None and each != "十"):
                return None
            section, lower = section + (1 if digit is None else digit) * _WITHIN[each], _WITHIN[each]
            digit, zero = None, False
        else:
            section += digit or 0
            if not section or _ABOVE[each] >= section_bound:
                return None
            whole, section_bound = whole + section * _ABOVE[each], _ABOVE[each]
            section, digit, zero, lower = 0, None, False, _ABOVE[each]
    if digit is not None and not zero and min(lower, section_bound) > _WITHIN["十"] and text[:-1]:
        return None
    return whole + section + (digit or 0)
