"""What a model is held against in a county, and what is said to be given up for reasons that add up."""

from dataclasses import asdict
from unittest.mock import ANY

import pytest

from workbench.domain.parameters import counties
from workbench.risk.data.counties.unchanged_tiers import UnchangedTiers
from workbench.risk.evaluation.advice import NUMBERS_CHANGED
from workbench.risk.evaluation.total_verdicts import usable_totals, weight_words
from workbench.risk.evaluation.verdicts import (
    best_without_model,
    county_use,
    county_verdict,
    doubtful,
    list_words,
    order_use,
    price_of_reasons,
    total_use,
)
from workbench.risk.registry.card_page import _per_hundred, card_in_english, card_page
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.model.views import answer_html, compared_html, counties_html, drift_html, limits_html

ROW = {
    "slips": 30.0, "slipped_rows": 30, "expected_slips": 28.0, "within": True, "auc": 0.8, "auc_interval": [0.75, 0.85],
    "baseline_auc": 0.7, "expected_interval": [20.0, 36.0],
}  # fmt: skip


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (None, "略好于只看收入"),
        (0.65, "略好于只看收入"),
        (0.72, "略好于先等级、再看距离"),
        (0.8, "与先等级、再看距离差不多或略好"),
        (0.9, "不如先等级、再看距离"),
    ],
)
def test_a_county_is_held_against_the_better_of_two_orders_without_a_model(order, said):
    row = ROW | {"order_auc": order}
    assert said in county_verdict(row, "yes").zh
    mark, words = order_use(row, "yes")
    assert said.replace("与先", "分不出比先").replace("差不多或略", "") in words.zh
    assert (mark == "no") is words.zh.startswith("不用") is (order == 0.9)


@pytest.mark.parametrize(
    ("caught", "said"),
    [
        ({"model": 0.44, "margin": 0.4, "order": 0.3}, "明显好于只看收入"),
        ({"model": 0.43, "margin": 0.4, "order": 0.3}, "略好于只看收入"),
        ({"model": 0.44, "margin": 0.3, "order": 0.41}, "略好于只看收入"),
        ({"model": None, "margin": 0.4}, "略好于只看收入"),
    ],
)
def test_an_order_is_clearly_better_only_where_visits_meet_a_tenth_more(caught, said):
    assert said in county_verdict(ROW | {"caught_in_tenth": caught}, "yes").zh
    assert said in order_use(ROW | {"caught_in_tenth": caught}, "yes")[1].zh


@pytest.mark.parametrize(
    ("use", "change", "said"),
    [
        ("yes", {}, "总数可用"),
        ("caution", {}, "总数慎用"),
        ("yes", {"expected_interval": [0.0, 60.0]}, "总数只知大概"),
        ("no", {}, "不用（全市如此）"),
        ("no", {"within": False}, "实际总数也出了范围"),
    ],
)
def test_no_county_is_trusted_more_than_the_model_or_its_range(use, change, said):
    row = ROW | change
    assert said in county_verdict(row, use).zh
    shown = counties_html({"advice": {"use": use}, "by_county": {"341524": row}, "by_standing": {}}, "", Language("zh"))
    assert ("✓" in shown) is (use == "yes" and not change)


@pytest.mark.parametrize(("use", "within", "out"), [("yes", False, True), ("yes", True, False), ("no", False, False)])
def test_a_county_that_must_not_use_it_is_named_at_the_top(model, use, within, out):
    advised = model.about["advice"] | {"use": use}
    row = ROW | {"within": within}
    about = model.about | {"advice": advised, "by_county": {"341524": row, "341525": ROW}}
    top = card_page(about).split("## 与更简单的办法比")[0]
    assert ("金寨县除外" in top) is out
    assert "霍山县除外" not in top
    shown = answer_html(about, None, Language("zh"), "341524")
    assert "金寨县：" in shown
    assert ("✗</span> 不用：实际出了范围" in shown) is not within
    assert "data-own-county" not in answer_html(about, None, Language("zh"))


@pytest.mark.parametrize(
    ("change", "use", "own"),
    [
        ({}, "yes", "yes"),
        ({}, "caution", "caution"),
        ({}, "no", "no"),
        ({"within": False}, "yes", "caution"),
        ({"expected_interval": [0.0, 60.0]}, "yes", "caution"),
        ({"order_auc": 0.9}, "yes", "caution"),
        ({"order_auc": 0.9, "within": False}, "yes", "no"),
        ({"slips": 4.0, "slipped_rows": 4}, "yes", ""),
        ({"slips": 4.0, "slipped_rows": 4}, "no", "no"),
    ],
)
def test_the_sign_at_the_top_is_the_chosen_countys_own(model, change, use, own):
    row = ROW | change
    assert county_use(row, use) == own
    advised = model.about["advice"] | {"use": use}
    shown = answer_html(model.about | {"advice": advised, "by_county": {"341524": row}}, None, Language("zh"), "341524")
    top = shown[: shown.index("怎么用")]
    assert f'data-use="{own or use}"' in top
    # No approval of the city stands above, or larger than, what is said against the county.
    assert ("✓" in top.split("全市：")[0].split("data-uses")[0]) is ((own or use) == "yes")


def test_a_list_is_told_in_households_of_a_hundred():
    said = list_words({"model": 0.7, "order": 0.5, "margin": 0.6, "base_rate": 0.1}, 0.02)
    assert "每 100 户里有 14 户后来风险变差" in said.zh
    assert "离下一道线多近” 10 户，只看收入 12 户，不排先后 2.0 户" in said.zh
    assert "每 100 户有 30 户不在" in said.zh
    assert "14 slipped later; without a model: 10 by tier" in said.en
    assert list_words({}, None) is None
    assert list_words({"model": None}, 0.1) is None
    # As many as there are places on a list, however many slip.
    assert "每 100 户里有 100 户" in list_words({"model": 0.15}, 0.9).zh


def test_officers_read_no_statistics_before_those_for_analysts(model):
    plain = card_page(model.about).split("## 供分析人员")[0]
    assert "AUC" not in plain
    assert "对数损失" not in plain
    assert "挑战者" not in plain
    assert "每 100 户" in plain
    total = total_use(ROW | {"within": False}, "no")
    assert total[0] == "no"


@pytest.mark.parametrize(("use", "praised"), [("yes", True), ("no", False)])
def test_of_a_model_that_is_not_to_be_used_no_list_is_praised(model, use, praised):
    row = ROW | {"base_rate": 0.02, "caught_in_tenth": {"model": 0.7, "order": 0.5, "margin": 0.6}}
    performance = model.about["performance"] | {"base_rate": 0.02}
    about = model.about | {
        "advice": model.about["advice"] | {"use": use},
        "by_county": {"341524": row},
        "performance": performance,
    }
    assert ("后来风险变差；不用模型" in card_page(about)) is praised
    for county in ("", "341524"):
        assert ("后来风险变差；不用模型" in answer_html(about, None, Language("zh"), county)) is praised


def test_where_nobody_slipped_no_list_is_praised():
    rows = {name: {"auc": None, "log_loss": 0.01, "caught_in_tenth": None, "model_better_by": 0.0, "error": 0.0} for name in ("model", "margin", "base_rate")}  # fmt: skip
    shown = compared_html(
        {"advice": {"use": "caution"}, "performance": {"base_rate": 0.0, "compared": rows}}, Language("zh")
    )
    assert shown.count("—") == 3
    assert list_words(dict.fromkeys(rows), 0.0) is None


def test_a_key_group_that_is_off_is_marked_on_the_page_as_on_the_card():
    record = {
        "advice": {"use": "yes"}, "by_county": {}, "by_standing": {"2": ROW | {"off": 0}}, "by_group": {"illness": ROW | {"off": 1}},
    }  # fmt: skip
    shown = counties_html(record, "", Language("zh"))
    assert "大病" in shown
    assert "30 ▲" in shown
    assert "大病" not in counties_html(
        {name: record[name] for name in record if name != "by_group"}, "", Language("zh")
    )


def test_a_model_that_is_not_to_be_used_says_so_beside_its_figures_in_both_languages(model):
    large = {"expected": 100.0, "observed": 310.0}
    performance = model.about["performance"] | {
        "calibration_in_the_large": model.about["performance"]["calibration_in_the_large"] | large
    }
    no = model.about | {
        "performance": performance,
        "advice": {"use": "no", "zh": "不比平均率更好", "en": "no better than one rate", "code": ""},
    }
    fine = model.about | {"advice": {"use": "yes", "zh": "明显好", "en": "clearly better", "code": ""}}
    top = card_page(no).split("检验办法")[0]
    # What to do first stands right below the verdict: the data is looked at before the model is.
    assert top.index("建议不用") < top.index("先核实") < top.index("怎么用")
    assert "不能照它选排法" in card_page(no)
    assert "不能照它选排法" not in card_page(fine)
    assert "data-no-choice" in compared_html(no, Language("zh"))
    assert "data-no-choice" not in compared_html(fine, Language("zh"))
    refused, allowed = card_in_english(no), card_in_english(fine)
    assert refused.index("Not to be used") < refused.index("First check the data") < refused.index("do not use its")
    assert "of 100 households" not in refused.lower()
    assert "of 100 households" in allowed.lower()
    assert "it may order visits" in allowed
    assert "AUC" not in allowed


def test_in_english_too_a_county_out_of_range_is_named(model):
    code, row = next(iter(model.about["by_county"].items()))
    out = model.about | {"by_county": model.about["by_county"] | {code: row | {"within": False}}}
    out["advice"] = {"use": "yes", "zh": "", "en": "clearly better", "code": ""}
    assert f"Not in {counties()[code].en}" in card_in_english(out)


def test_a_round_with_twice_the_slips_is_to_be_checked_first():
    assert doubtful({"expected": 100, "observed": 150}, "2020-10") is None
    assert "先核实 2020-10 前后的数据" in doubtful({"expected": 100, "observed": 201}, "2020-10").zh
    assert "这几期" in doubtful({"expected": 100, "observed": 49}, None).zh


@pytest.mark.parametrize(
    ("observed", "said"), [(0.19, "说低了"), (0.15, "之间（只算偶然，整期都多都少的不在内）。"), (0.08, "说高了")]
)
def test_a_rate_outside_its_range_is_said_to_be_so(observed, said):
    top = {"expected": 0.15, "observed": observed, "low": 0.13, "high": 0.17}
    assert said in _per_hundred({"reliability": [top, top]})


def test_a_record_of_an_earlier_workbench_has_the_margin_alone():
    assert best_without_model(ROW)[0] == 0.7
    assert best_without_model(ROW | {"baseline_auc": None}) is None


def compared(better_by, error=0.0002):
    rows = {"challenger": (better_by, error), "base_rate": (0.02, 0.001)}
    return {name: {"model_better_by": value, "error": own} for name, (value, own) in rows.items()}


def test_the_price_of_the_glass_box_is_one_line_with_its_error():
    dearer = price_of_reasons(compared(-0.002))
    assert "会更准：误差少 0.0020（上下 0.0002），相当于本模型比“平均风险变差率”所得的 10%" in dearer.zh
    assert "10% of what this model gains" in dearer.en
    assert "分不出高下" in price_of_reasons(compared(-0.0003)).zh
    assert "没有代价" in price_of_reasons(compared(0.002)).zh
    assert price_of_reasons({"margin": {}}) is None


def test_advice_against_broken_numbers_has_a_code():
    assert NUMBERS_CHANGED.code == "risk.numbers-changed"


def test_counties_whose_totals_may_be_used_are_named_at_the_top(model):
    """The advice speaks of them; where there is none, whoever looks for one reads every row."""
    rough = ROW | {"expected_interval": [0.0, 60.0]}
    advised = {"advice": model.about["advice"] | {"use": "yes"}}
    some = model.about | advised | {"by_county": {"341524": ROW, "341525": rough}}
    none = model.about | advised | {"by_county": {"341524": rough}}
    assert "总数可用的县区：金寨县；其余的不要报。" in card_page(some)
    assert "没有一个县区的总数可用" in card_page(none)
    assert "no county's is to be reported" in card_in_english(none)
    assert "没有一个县区的总数可用" in answer_html(none, None, Language("zh"))
    assert usable_totals({"341524": ROW}, "caution") is None


def test_facts_to_check_stand_before_any_figure_in_both_languages_and_on_the_page(model):
    copied = UnchangedTiers("2020-10", "2021-04", "341524", 4210, 0, 173)
    about = model.about | {"income_breaks": [asdict(copied.words)]}
    card, page = card_page(about), drift_html(about, None, Language("zh"))
    assert card.index("像是照抄了上一期") < card.index("## 与更简单的办法比")
    assert "先核对这些数据" not in card_page(model.about | {"income_breaks": []})
    assert "训练时没有从这些步学" in page
    assert copied.words.zh in page
    assert "as if the round before had been copied" in card_in_english(about)
    assert "Not learnt from in training" in drift_html(about, None, Language("en"))


def test_what_is_off_is_said_to_be_too_low_or_too_high(model):
    row = model.about["by_standing"]["3"]
    for text in (
        card_page(model.about),
        counties_html(model.about | {"by_standing": {"3": row | {"off": 1}}}, "", Language("zh")),
    ):
        assert "▲ 的概率说低了，▼ 的说高了" in text


def test_a_total_that_strays_by_more_than_itself_is_as_good_as_unknown(model):
    wide = model.about | {"dispersion": model.about["dispersion"] | {"city": 1.4}}
    for text in (card_page(wide), limits_html(wide, Language("zh"))):
        assert "县的总数等于不知道" in text


def test_where_nobody_slipped_that_is_what_is_said():
    assert order_use(ROW | {"slips": 0.0, "slipped_rows": 0}, "yes") == ("", ANY)
    assert order_use(ROW | {"slips": 0.0, "slipped_rows": 0}, "yes")[1].zh.startswith("没有一户风险变差")


def test_of_a_model_that_is_not_to_be_used_the_order_is_not_recommended_for_its_weights():
    uneven = {"rows": 100, "effective_rows": 8.0}
    assert "先看先后" in weight_words(uneven | {"advice": {"use": "caution"}}).zh
    assert "先看先后" not in weight_words(uneven | {"advice": {"use": "no"}}).zh
    assert "order" not in weight_words(uneven | {"advice": {"use": "no"}}).en
