"""A small file never takes much: it is read, or refused in words that name it."""

import pytest

from tests.intake.hostile_files import READ, REFUSED
from tests.intake.person_lists import A2017, person
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
    result = read_export(READ[name](tmp_path / "给.xlsx"), round_name="2019-10")
    assert result.accepted_households == 1


HEAD, ROW = ",".join(A2017), ",".join(person(A2017, 1))
TEXTS = {
    "a cell of two million characters": f"{HEAD}\n{ROW},{'x' * 2_000_000}",
    "a header of two million": f"{'x' * 2_000_000},{HEAD}\n{ROW}",
    "a long cell before the separator is known": f"{HEAD}\n{'x' * 200_000}{ROW}" + "x" * 1_000_000,
    "NUL": f"{HEAD}\n{ROW}\0",
    "nothing but NUL": "\0" * 100_000,
    "a quotation mark that never ends": f'{HEAD}\n"{ROW}\n' + f"{ROW}\n" * 20_000,
    "one line": HEAD + ",a" * 1_000_000,
    "one line of a hundred thousand": HEAD + ",a" * 100_000,
    "separators": "," * 1_000_000,
    "empty lines": "\n" * 1_000_000 + f"{HEAD}\n{ROW}",
}


SELDOM = {"one line"}
"""What takes more than ten seconds to be refused, and is tried smaller every time."""


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=pytest.mark.deep if each in SELDOM else ()) for each in TEXTS]
)
def test_text_is_refused_in_words(name, tmp_path):
    path = tmp_path / "给.csv"
    path.write_text(TEXTS[name], encoding="utf-8", newline="")
    with pytest.raises(InputError) as refused:
        read_export(path, round_name="2019-10")
    assert "给.csv" in str(refused.value)
    assert len(str(refused.value)) < 4_000


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030"])
def test_text_of_any_usual_encoding_is_read(encoding, tmp_path):
    path = tmp_path / "给.csv"
    path.write_text(f"{HEAD}\n{ROW}", encoding=encoding, newline="")
    assert read_export(path, round_name="2019-10").accepted_households == 1


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00\xd8", "表".encode("utf-32"), b"PAR1", b"PAR1" + b"\xff" * 500 + b"PAR1"]
)
def test_what_is_no_text_and_no_table_is_refused(content, tmp_path):
    path = tmp_path / "给.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="给"):
        read_export(path, round_name="2019-10")
