"""What is said of a standard on its page names keys as the page does, never as a file of the standard has them."""

import pytest

from tests.strategies import LINE
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.unlikely import remarks
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.differences import remark_in_words

CEILING = {"ceiling": {"multiple": 1.5}}


@pytest.mark.parametrize(("data", "names"), [
    ({"income": {"ceiling": {"multiple": 99}}}, ["收入上限"]),
    ({"income": {**CEILING, "group_ceilings": {"dibao": 1.2}}}, ["低保户的单独上限（倍数）"]),
    ({"income": CEILING, "groups": []}, ["重点群体"]),
    ({"income": CEILING, "routes": {"income_drop": {"share": 1.0, "ceiling": {"multiple": 2}}}}, ["收入大幅缩减"]),
    ({"income": CEILING, "routes": {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 20}}}}, ["刚性支出较大 · 收入上限"]),
    ({"income": CEILING, "budget": 80_000.0}, ["年度预算（元）"]),
])  # fmt: skip
def test_a_key_is_named_as_its_field_is(data, names):
    standard = parse_standard(data)
    said = remarks(standard, edge_limits(standard, LINE))
    t = Language("zh")
    assert [remark_in_words(each, t).partition("：")[0] for each in said] == names
    assert all("." not in remark_in_words(each, t).partition("：")[0] for each in said)
