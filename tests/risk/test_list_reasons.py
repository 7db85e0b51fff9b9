"""Reasons in lists: two or three of what raises a household's chance, with its own figures, so that rows differ."""

import polars as pl

from workbench.errors import Words
from workbench.risk.scoring.list_reasons import listed_reasons, reasons_in_words
from workbench.risk.scoring.scoring import score
from workbench.store.round_scope import RoundScope

LAST = "2020-10"


def reason(topic, points, zh="甲", en="a"):
    return {"topic": topic, "zh": zh, "en": en, "points": points}


def test_what_raises_is_named_with_figures_and_the_rest_is_not():
    reasons = [
        reason("base", -3.0), reason("spending", 0.9, "自付多", "spends much"), reason("place", 0.2, "县", "county"),
        reason("health", -0.4), reason("rest", 0.5),
    ]  # fmt: skip
    facts = {"out_of_pocket": 4_000.0, "net_income": 10_000.0}
    said = (
        Words(
            "自付多（自付支出 4,000 元，占收入 40%）", "spends much (out-of-pocket spending 4,000 yuan, 40% of income)"
        ),
        Words("县", "county"),
    )
    assert reasons_in_words(reasons, facts) == said
    assert reasons_in_words(reasons, facts, most=1) == said[:1]
    assert reasons_in_words(None, facts) == ()


def test_a_change_of_income_names_the_round_before():
    (said,) = reasons_in_words(
        [reason("income_change", 1.0)], {"income_pc": 5_000.0, "previous_income_pc": 7_000.0}
    )  # fmt: skip
    assert "7,000" in said.zh
    assert "5,000" in said.en


def test_rows_of_a_list_differ_as_households_do(city, model):
    likeliest = pl.DataFrame(score(city, LAST, model).table).sort("p_slip", descending=True).head(200)
    reasons = listed_reasons(RoundScope(city, LAST), likeliest.to_dicts())
    assert all(1 <= len(each) <= 3 for each in reasons if each)
    firsts = [each[0].zh for each in reasons if each]
    assert len(firsts) > 190
    # Words alone would be a dozen; with its own figures hardly two households are told the same.
    assert len(set(firsts)) > 150
    assert max(map(firsts.count, firsts)) < 10
    # And by what they are about, without the figures: no topic stands first on more than half (issue 18, C13).
    topics = [first.partition("（")[0] for first in firsts]
    assert max(map(topics.count, topics)) <= len(likeliest) / 2
