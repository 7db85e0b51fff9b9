"""A small file never takes much: it is read, or refused in words that name it."""

import pytest

from tests.intake.hostile_files import READ, REFUSED
from workbench.errors import InputError
from workbench.intake.export import read_export

STRAY_IN_ITS_OWN_WAY = {"a stray cell spelt otherwise"}
"""What only the limit of memory ends (test_reading_apart)."""


@pytest.mark.parametrize("name", [each for each in REFUSED if each not in STRAY_IN_ITS_OWN_WAY])
def test_it_is_refused_in_words(name, tmp_path):
    path = REFUSED[name](tmp_path / "给.xlsx")
    with pytest.raises(InputError) as refused:
        read_export(path, round_name="2019-10")
    assert "给.xlsx" in str(refused.value)
    assert refused.value.words.zh != refused.value.words.en


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_large_is_read(name, tmp_path):
    found = read_export(READ[name](tmp_path / "给.xlsx"), round_name="2019-10")
    assert found.accepted_households == 1
