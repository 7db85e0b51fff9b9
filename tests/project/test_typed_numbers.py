"""Where a whole number is due, what only looks like one is refused in words."""

import re
from pathlib import Path

import pytest

import workbench
from workbench.domain.procedure.corrections import read_correction
from workbench.domain.procedure.county_settings import check_setting, settings
from workbench.domain.rounds import check_round
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError
from workbench.ui.kit.controls.pane_fields import number, seen

ROOT = Path(workbench.__file__).parent
NO_NUMBERS = ["²", "①", "1²", "一", "٣", "1_0", "+1", "0x1", "1.0", "1e3", "9" * 5000, "½", "Ⅲ", "𝟙"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_it_is_refused(text):
    assert whole_number(text) is None
    with pytest.raises(InputError):
        number({"n": [text]}, "n")
    with pytest.raises(InputError):
        check_setting(next(iter(settings())), text)
    with pytest.raises(InputError):
        read_correction("persons", text)
    assert seen({"household": [f"{text} 01"]}) == {}


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("12", 12), (" 3 ", 3), ("１２", 12), ("007", 7)])
def test_digits_are_read(text, value):
    assert whole_number(text) == value


@pytest.mark.parametrize("text", ["²019-10", "٢٠١٩-10", "２０１９-10"])
def test_a_round_is_of_plain_digits(text):
    with pytest.raises(InputError):
        check_round(text)


def test_digits_are_told_in_one_place():
    tells = re.compile(r"\.is(?:digit|decimal|numeric)\(")
    places = {path.name for path in ROOT.rglob("*.py") if tells.search(path.read_text(encoding="utf-8"))}
    assert places == {"whole_numbers.py"}
