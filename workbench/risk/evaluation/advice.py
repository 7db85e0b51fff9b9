"""Whether to use a model, from what it was tested on: "yes", "caution", "no"; never "yes" where nothing was tested."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.evaluation.evaluation_data import EvaluationData
from workbench.risk.evaluation.metrics import auc, caught, loss_difference, metrics_of
from workbench.risk.evaluation.officer_order import officer_order
from workbench.risk.evaluation.verdicts import VISITED

Advice = dict[str, str]

_FEW_SLIPS = 10
"""Fewer in a county are out of their range by a chance or two."""
_OFF = 0.25
"""A total of slips further off than this share, beyond chance, is worth a warning."""
_CLEARLY = 0.1
"""How much more the visits to a tenth of the households have to meet to be clearly better (decision 0037)."""
NOBODY_SLIPPED = Words(
    "这一期没有一户风险变差，排先后对不对无从检验",
    "not one household slipped in this round, so whether it orders them well could not be tested",
    code="risk.nobody-slipped",
)
ALL_SLIPPED = Words(
    "这一期凡能判定的户全部风险变差，多半是收入的单位或口径变了，无从检验",
    "every household that can be judged slipped, most likely by another unit or kind of income: nothing could be tested",
    code="risk.all-slipped",
)
_MOST = 0.5
"""Of all households: that more slip in half a year is no life."""
MOST_SLIPPED = Words(
    "这一期过半的户风险变差，多半是收入的单位、口径或等级的定法变了；先核对，名单分不出谁该先走访",
    "more than half of the households slipped in this round, most likely by another unit or kind of income, or tiers judged "
    "otherwise: check that first; a list tells little of whom to visit first",
    code="risk.most-slipped",
)
_CLEARLY_BETTER = Words(
    "模型明显好于只看收入距离，可作参考",
    "clearly better than the income margin alone: may be used beside the rules",
    code="risk.clearly-better-than-margin",
)
_SLIGHTLY_BETTER = Words(
    "模型比只看收入距离略好，可作参考：走访同样多的户，能多遇到一些风险变差的户，但多出的不到百分之十",
    "slightly better than the income margin alone: may be used beside the rules; as many visits meet more households that slip, "
    "though fewer than ten per cent more",
    code="risk.slightly-better-than-margin",
)
NO_BETTER_ORDER = Words(
    "概率可看，但排先后不比“先等级、再看离下一道线多近”更好，走访不必按模型",
    "its probabilities can be read, but tier, then distance to the next line, orders visits no worse: no need to order by it",
    code="risk.no-better-order",
)
LEARNT = Words(
    "模型训练时用过这一期，等于没有检验；要看训练之后的期次",
    "the model was trained on this round, so this is no test of it; a later round is",
    code="risk.learnt-from-round",
)
NO_LATER_ROUND = Words(
    "没有检验过后来的期次，只检验过训练时没见过的户；先作提醒用",
    "no later round has tested it, only households that its training had not seen: use it as a reminder until one has",
    code="risk.no-later-round-tested",
)
INCOMES_CHANGED = Words(
    "这一步收入的单位或口径变了，“风险变差”不是真的变差，无从检验；请先核对收入，模型先不要用",
    "incomes changed their unit or kind in this step, so what looks like slips is none and nothing was tested: check the "
    "incomes first, and do not use the model until then",
    code="risk.incomes-changed",
)
TIERS_CHANGED = Words(
    "这一步定等级所用的事实换了单位或口径，“风险变差”多半是按规则变的，不是真的变差，无从检验；请先核对这些事实，模型先不要用",
    "facts that tiers are judged by changed their unit or meaning in this step, so what looks like slips is mostly of the "
    "rule's making and nothing was tested: check those facts first, and do not use the model until then",
    code="risk.tiers-changed",
)
TIERS_COPIED = Words(
    "这一步已脱贫户备案的等级像是照抄了上一期，有没有变差看不出来，无从检验；请先核对等级，模型先不要用",
    "the filed tiers of lifted households look copied from the round before in this step, so whether they slipped cannot be told "
    "and nothing was tested: check the tiers first, and do not use the model until then",
    code="risk.tiers-copied",
)
NUMBERS_CHANGED = Words(
    "同一户编号前后两期不像同一户，“风险变差”不可信，无从检验；请先核对户编号，模型先不要用",
    "a household number does not seem to be one household in both rounds, so what looks like slips is none and nothing was "
    "tested: check the numbers first, and do not use the model until then",
    code="risk.numbers-changed",
)
RECORDED_AFTERWARDS = Words(
    "模型用了像是事后才记的事实，检验不出它真正的本事；请核对这些事实何时所记，重新训练，模型先不要用",
    "the model reads facts that look recorded afterwards, which no past round can test: check when they were recorded and train "
    "again, and do not use the model until then",
    code="risk.facts-recorded-afterwards",
)
INCOMES_UNREAD = Words(
    "这一期的收入口径变了，模型读不懂，概率靠不住；请先核对收入，先不要用",
    "incomes of this round mean something else than those the model learnt from, and it cannot read them: check them first, "
    "and do not use these probabilities",
    code="risk.incomes-unread",
)


_SAID = {
    each.code: each
    for each in (
        NOBODY_SLIPPED, ALL_SLIPPED, MOST_SLIPPED, _CLEARLY_BETTER, _SLIGHTLY_BETTER, NO_BETTER_ORDER, LEARNT, NO_LATER_ROUND,
        INCOMES_CHANGED, TIERS_CHANGED, TIERS_COPIED, NUMBERS_CHANGED, RECORDED_AFTERWARDS, INCOMES_UNREAD,
    )
}  # fmt: skip


def advice_words(given: Mapping[str, str]) -> Words:
    """An advice of a record in the words of today; one with figures of its own in those that it was given with."""
    # A model is used for years: what was put badly on the day of its training would be read to the end.
    return _SAID.get(given.get("code", "")) or Words(given.get("zh", ""), given.get("en", ""))


def advice(data: EvaluationData) -> Advice:
    """Whether to use the model: "no" if it does not beat the margin alone or a constant, "caution" if in doubt."""
    if not data.slips.any():
        return _advice("caution", NOBODY_SLIPPED)
    if data.slips.all():
        return _advice("no", ALL_SLIPPED)
    given = _compared(data)
    return at_most_caution(given, MOST_SLIPPED) if np.average(data.slips, weights=data.weight) > _MOST else given


def at_most_caution(given: Advice, why: Words) -> Advice:
    """Advice of what was not really tested: no "yes"; a "no" stays what it is."""
    return given if given["use"] == "no" else _advice("caution", why)


def spared_by_county(given: Advice, data: EvaluationData, by_county: Mapping[str, Mapping[str, Any]]) -> Advice:
    """Advice against a model that fails in a few counties only: at most caution, and not there.

    A flood in one county makes a model look no better than incomes alone everywhere. `by_county`: rows with `within` and
    `slipped_rows`, as the evaluation gives them.
    """
    out = [code for code, row in by_county.items() if not row["within"] and row["slipped_rows"] >= _FEW_SLIPS]
    if given["use"] != "no" or not out or 2 * len(out) >= len(by_county):
        return given
    rest = advice(data.of(~np.isin(data.frame["county_code"].fill_null("").to_numpy(), out)))
    if rest["use"] == "no":
        return given
    zh, en = _named(out)
    # Never "yes": whoever leaves out what went worst finds the rest better than it is.
    return _advice(
        "caution",
        Words(
            f"{zh}这一期的风险变差远出预计，那里的总数不要用；不算{zh}，{rest['zh']}",
            f"in {en} slips were far from what was expected: do not use its totals there; without {en}: {rest['en']}",
            code="risk.counties-out-of-range",
        ),
    )


def without_counties(given: Advice, data: EvaluationData, counties: Sequence[str]) -> Advice:
    """Advice of a round in which what slipped in some `counties` cannot be told, by the others: at most caution.

    Facts that labels go by are in another unit there, and there alone (`data.counties.units`).
    """
    # Also of a "no": labels that are none may be all that told against it. Where no row is left at all, what said so stands.
    if not counties or not len(data.slips):
        return given
    rest = data.of(~np.isin(data.frame["county_code"].fill_null("").to_numpy(), list(counties)))
    if not len(rest.slips):
        return not_to_be_used(INCOMES_CHANGED)
    zh, en = _named(counties)
    alone = advice(rest)
    return _advice(
        "no" if alone["use"] == "no" else "caution",
        Words(
            f"{zh}定风险变差所用的事实用了别的单位，那里不能算检验，先核对，先不要用；不算{zh}，{alone['zh']}",
            f"in {en} facts that slips go by are in another unit, so nothing is tested there: check them, and do not use the model "
            f"there until then; without {en}: {alone['en']}",
            code="risk.counties-in-other-unit",
        ),
    )


def without_lifted(given: Advice, data: EvaluationData, counties: Sequence[str]) -> Advice:
    """Advice of a round in which whether lifted households of some `counties` slipped cannot be told, by the others: at most caution.

    Their filed tiers were not looked at again (`data.counties.unchanged_tiers`).
    """
    if not counties:
        return given
    rest = without_lifted_rows(data, counties)
    if not len(rest.slips):
        return not_to_be_used(TIERS_COPIED)
    whole = set(data.frame["county_code"].fill_null("")) <= set(counties)
    zh, en = ("各县区", "every county") if whole else _named(counties)
    alone = advice(rest)
    return _advice(
        "no" if alone["use"] == "no" else "caution",
        Words(
            f"{zh}已脱贫户备案的等级像是照抄了上一期，他们有没有变差没有检验，等级先核对；不算他们，{alone['zh']}",
            f"in {en} the filed tiers of lifted households look copied from the round before, so nothing is tested of them: check "
            f"these tiers; without them: {alone['en']}",
            code="risk.counties-with-copied-tiers",
        ),
    )


def without_lifted_rows(data: EvaluationData, counties: Sequence[str]) -> EvaluationData:
    """The rows but those of lifted households of some `counties`."""
    # Also for the next warning: where two hold, a test by what was copied must not come back through the other.
    inside = np.isin(data.frame["county_code"].fill_null("").to_numpy(), list(counties))
    return data.of(~(inside & (data.frame["kind"] == "lifted").fill_null(value=False).to_numpy()))


def _named(counties: Sequence[str]) -> tuple[str, str]:
    """Counties by name, each once, in Chinese and in English."""
    names = [county_names(code) for code in dict.fromkeys(counties)]
    return "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)


def not_to_be_used(why: Words) -> Advice:
    """Advice against a model, whatever its figures."""
    return _advice("no", why)


def _compared(data: EvaluationData) -> Advice:
    against_margin = loss_difference(data.slips, data.model, data.candidates["margin"], data.weight)
    against_constant = loss_difference(data.slips, data.model, data.candidates["base_rate"], data.weight)
    if against_constant.value >= 0:
        return _advice(
            "no",
            Words(
                "模型不比“人人用同一个平均风险变差率”更好，建议不用",
                "no better than one average rate for everybody: do not use it",
                code="risk.no-better-than-average",
            ),
        )
    if against_margin.value >= 0:
        return _advice(
            "no",
            Words(
                "模型不比只看收入距离更好，建议不用",
                "no better than the income margin alone: do not use it",
                code="risk.no-better-than-margin",
            ),
        )
    # Without the noise floor, which nothing here reads and which draws labels over and over.
    total = metrics_of(data.slips, data.model, data.weight, resamples=0).in_the_large
    # The whole interval lies outside: far off, and more than chance does.
    if total is not None and (total.ratio.low > 1 + _OFF or total.ratio.high < 1 - _OFF):
        return _advice("caution", _off(total.expected, total.observed))
    # Before any "yes": who orders no better than officers do without a model need not be followed (decision 0035).
    order = officer_order(data.frame)
    if order is not None and (auc(data.slips, order, data.weight) or 0) >= (
        auc(data.slips, data.model, data.weight) or 0
    ):
        return _advice("caution", NO_BETTER_ORDER)
    if against_margin.high >= 0:
        return _advice(
            "caution",
            Words(
                "模型与只看收入距离差不多：数据太少，不能肯定更好",
                "about as good as the income margin alone: there is too little data to be sure that it is better",
                code="risk.little-better-than-margin",
            ),
        )
    return _advice("yes", _CLEARLY_BETTER if _a_tenth_more(data) else _SLIGHTLY_BETTER)


def _a_tenth_more(data: EvaluationData) -> bool:
    """Whether the visits to a tenth of the households meet at least a tenth more slips in the model's order than by income.

    "Clearly better" is said nowhere of less (decision 0037).
    """
    ours, theirs = (
        caught(data.slips, order, VISITED, data.weight) or 0.0 for order in (data.model, data.candidates["margin"])
    )
    return ours >= (1 + _CLEARLY) * theirs


def _off(expected: float, observed: float) -> Words:
    return Words(
        f"模型能排出先后，但风险变差总数明显偏离（预计 {expected:,.0f}，实际 {observed:,.0f}），只用于排序",
        f"it ranks households, but the total was off (expected {expected:,.0f}, found {observed:,.0f}): use it for order only",
        code="risk.total-off",
    )


def _advice(use: str, said: Words) -> Advice:
    return {"use": use, "zh": said.zh, "en": said.en, "code": said.code}
