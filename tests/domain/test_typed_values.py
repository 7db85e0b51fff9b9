"""What people type for a fact is read as they mean it; what may mean two things is refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.facts import FACT, FactType
from workbench.domain.procedure.corrections import read_correction
from workbench.errors import InputError

AMOUNTS = {
    "9205": 9205.0, "9,205": 9205.0, "9，205": 9205.0, "９２０５": 9205.0, "９,２０５.５０": 9205.5, "9205元": 9205.0,
    "9205 元": 9205.0, "9,205.50元": 9205.5, "1.2万": 12000.0, "1.2万元": 12000.0, "１．２万元": 12000.0, "3千元": 3000.0,
    "9205元/年": 9205.0, "0": 0.0, "没有": 0.0, "无": 0.0, "1,234,567": 1234567.0, "\u200b9205": 9205.0,
    "0.35": 0.35, "1.005万": 10050.0,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), AMOUNTS.items())
def test_amounts(text, value):
    assert read_correction("income_wage", text) == value


@pytest.mark.parametrize(
    "text", ["9.205", "1,2", "12,34", "9205多", "约9205", "9000-9500", "九千", "9205斤", "5亩", "1.2.3", "1万2", "nan", "inf",
             "1e3", "9205元左右", "有", "是", "否", "万", "元", "--5", "１２３４，５"]
)  # fmt: skip
def test_doubtful_amounts_are_refused_in_words(text):
    with pytest.raises(InputError) as refused:
        read_correction("income_wage", text)
    assert text in str(refused.value)
    assert "应为" in refused.value.words.zh


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("persons", "4人", 4), ("persons", "４口", 4), ("labour", "没有", 0), ("labour", "2个", 2), ("work_months", "4.5个月", 4.5),
        ("work_months", "６月", 6.0), ("land_mu", "3.25亩", 3.25), ("income_pc", "9,205元/人", 9205.0), ("exit_year", "2018", 2018),
        ("net_income", "-1,500", -1500.0), ("housing_grade", "a", "A"), ("housing_grade", "Ｃ级", "C"), ("cause", "因病", "因病"),
        ("cause", "Illness", "因病"),
    ],
)  # fmt: skip
def test_counts_months_land_and_choices(fact, text, value):
    assert read_correction(fact, text) == value


@pytest.mark.parametrize("text", ["有", "是", "yes", "对", "1", "是的"])
def test_yes(text):
    assert read_correction("dibao", text) is True


@pytest.mark.parametrize("text", ["没有", "无", "否", "no", "不是", "0", " 无 "])
def test_no(text):
    assert read_correction("has_car", text) is False


@pytest.mark.parametrize("text", ["", "未知", "不清楚", "unknown", "　"])
@pytest.mark.parametrize("fact", ["food", "dibao", "income_wage", "persons", "cause"])
def test_not_known_is_neither_nought_nor_no(fact, text):
    assert read_correction(fact, text) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("无困难", 0),
        ("没有困难", 0),
        ("潜在困难", 1),
        ("有困难", 2),
        ("困难", 2),
        ("no difficulty", 0),
        ("0", 0),
        ("２", 2),
    ],
)
def test_guarantees_in_words(text, level):
    assert read_correction("food", text) == level


@pytest.mark.parametrize("text", ["有", "无", "没有", "是", "否", "3", "好"])
def test_a_guarantee_said_in_one_word_is_refused(text):
    with pytest.raises(InputError, match="无困难"):
        read_correction("medical", text)


@given(st.integers(0, 99_999_999_99), st.booleans(), st.booleans(), st.sampled_from(["", "元", " 元", "元/年"]))
def test_every_way_to_write_an_amount_is_the_same_amount(fen, grouped, wide, unit):
    yuan, rest = divmod(fen, 100)
    written = f"{yuan:,}" if grouped else str(yuan)
    text = f"{written}.{rest:02d}{unit}"
    if wide:
        text = text.translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789.,"})
    assert read_correction("income_wage", text) == fen / 100


@given(
    # Letters of any kind are hardly ever an amount: half of the texts are of what amounts are written with.
    st.text(max_size=12) | st.text("0123456789.,-元万人亩个月 无否是没因病", max_size=8),
    st.sampled_from(["food", "dibao", "income_wage", "persons", "cause", "land_mu", "work_months"]),
)
def test_any_text_is_read_or_refused(fact_text, fact):
    try:
        value = read_correction(fact, fact_text)
    except InputError:
        return
    assert value is None or _may_be(FACT[fact], value)


def _may_be(fact, value):
    """Whether a value has the very type of a fact, and lies in its values and bounds."""
    if type(value) is not _TYPES[fact.type]:
        return False
    if fact.values is not None:
        return value in fact.values
    if isinstance(value, bool):
        return True
    return (fact.minimum is None or value >= fact.minimum) and (fact.most is None or abs(value) <= fact.most)


_TYPES = {FactType.STRING: str, FactType.INTEGER: int, FactType.FLOAT: float, FactType.BOOLEAN: bool}
