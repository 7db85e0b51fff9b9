"""The sheet that a leader decides upon (呈批表): a county's standard on one page, after the form of Chinese offices."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.domain.facts import SIMULATED_MARK, label_of
from workbench.domain.rounds import round_words
from workbench.domain.rules.edge import ROUTES
from workbench.preview.hindsight.missed import MISSED
from workbench.preview.price_words import expected_price, past_price
from workbench.reports.documents.form_size import Row
from workbench.reports.documents.paper import OfficialPaper, broken_title
from workbench.reports.documents.standard_changes import ceiling_words, group_label, route_words, standard_changes
from workbench.reports.documents.wording import NOTICE, SIMULATED, amount, day
from workbench.reports.gathering.standard_decision import StandardDecision
from workbench.safeguards.plain_data import Json

_NOTHING_BEFORE = {False: "本县这一期尚无现行标准；", True: "本县此前没有现行标准；"}
"""Before what is compared, by whether the standard is an approved one: then the round has one, this one."""
_MOST_ROUNDS = 6
"""How many past rounds are named one by one: of more the sheet would be two pages."""
_TO_SIGN = 15
"""Millimetres that a person has to write an opinion in, and to sign."""
_ROOM, _TITLE_LINE = 226, 10.6
"""Millimetres of height for the form, what the margins, one line of title and the mark of made-up data leave of an A4 page; of each line more of the title."""


def decision_sheet(decision: StandardDecision) -> bytes:
    """The sheet as a Word document (docx) of one page A4, in Chinese."""
    mark = SIMULATED_MARK if decision.simulated else ""
    title = f"{mark}{decision.county}边缘户标准呈批表"
    paper = OfficialPaper(title, decision.made_on, narrow=True)
    if decision.simulated:
        paper.remark(f"{SIMULATED}，不作公文使用")
    paper.title(title, close=True)
    rows = [*_proposal(decision), *_figures(decision), *_past(decision), _notes(decision), *_opinions(decision)]
    # A development zone's name takes a second line of the title.
    paper.form(rows, _ROOM - _TITLE_LINE * (len(broken_title(title)) - 1))
    return paper.to_bytes()


def _proposal(of: StandardDecision) -> Iterator[Row]:
    # Undecided days are said: a blank would be filled in by hand after the signature.
    effective = f"，自{day(of.standard.effective)}起施行" if of.standard.effective else "，施行日期待定"
    number = f"登记第{of.version.number}版，{of.version.state}" if of.version else "未登记的试算"
    named = f"《{of.standard.title}》" if of.standard.title else f"{of.county}边缘户标准"
    yield "呈批事项", f"拟定{named}{effective}（{number}）。依据：{NOTICE}二（二），由县区统一制定。", 0
    yield "拟定标准", _written(of), 0
    # Compared with the reference, newcomers are not new to anybody: say that nothing was in force.
    none = "" if of.against.in_force else _NOTHING_BEFORE[of.version is not None and of.version.approved_by != ""]
    changes = standard_changes(of.standard, of.against.standard, of.line)
    yield "改动", f"{none}与{of.against.name}相比：{changes}", 0


def _written(of: StandardDecision) -> str:
    """The standard in the words of a paper: ceilings in yuan with their multiples, shares as per cent."""
    standard, own = of.standard, of.standard.own_groups
    income = "扣除合规自付支出后的人均纯收入" if standard.income.deduct_out_of_pocket else "人均纯收入"
    parts = [
        f"{income}不低于扶贫标准（{amount(of.limits.line)}元）、低于{ceiling_words(standard.income.ceiling, of.limits.line)}"
    ]
    groups = "、".join(group_label(name, own) for name in standard.groups)
    parts.append(f"属于下列重点群体之一：{groups}" if standard.require_group else "不要求属于重点群体")
    # A ceiling of a group that is not listed has no effect, and on paper would be taken for a rule.
    raised = {name: multiple for name, multiple in standard.income.group_ceilings.items() if name in standard.groups}
    parts += [f"{label_of(name, own)[0]}的上限为扶贫标准的{multiple:g}倍" for name, multiple in raised.items()]
    for name, (words, _) in ROUTES.items():
        route = getattr(standard.routes, name, None)
        if route is not None:
            parts.append(f"{words}（{route_words(route, of.limits.line)}）的也可纳入")
    excluded = "、".join(label_of(name, {})[0] for name in standard.exclusions)
    parts.append(f"排除：{excluded}" if excluded else "不设排除情形")
    if standard.help_cost is not None:
        parts.append(f"每户每年帮扶费用{amount(standard.help_cost)}元")
    return "；".join(parts) + "。"


def _figures(of: StandardDecision) -> Iterator[Row]:
    inside, unknown = of.totals.inside.households, of.totals.cannot_tell.households
    # No share of nobody: a county may hold registered households alone.
    share = f"，占{inside / of.unregistered:.1%}" if of.unregistered else ""
    # A range: of those that cannot be told all, or none, may come in once the facts are known.
    later = f"；缺事实不能判定{amount(unknown)}户，查清后纳入{_range(*of.households)}户" if unknown else ""
    yield (
        "涉及户数",
        (
            f"{round_words(of.round_name)}的数据：未建档立卡户{amount(of.unregistered)}户，纳入{amount(inside)}户{share}{later}。"
            f"低于扶贫标准的{amount(of.totals.below_line.households)}户另走建档立卡程序，不受标准影响。"
        ),
        0,
    )
    yield "费用和预算", _money(of), 0
    leaving = of.totals.leaving.households if of.totals.leaving else 0
    entering = of.totals.newly_in.households if of.totals.newly_in else 0
    # Who loses help is named apart from who loses a mark: only the former stand to be harmed.
    helped = ""
    if of.leaving_in_help is not None and leaving:
        counts = of.leaving_in_help
        helped = f"（其中在管边缘户{amount(counts.managed)}户、有在办帮扶措施{amount(counts.helped)}户，须经上报、审核、备案才退出）"
    # Neither in nor out as yet, and not counted in either: of whom the standard compared with could tell.
    opened = f"；{amount(of.opened)}户变为不能判定" if of.opened else ""
    # Or fewer that cannot be told beside "5 become so" would look like a sum gone wrong.
    unknown = of.totals.cannot_tell.households
    if of.opened and of.unknown_before != unknown:
        opened += f"，另有{amount(of.unknown_before + of.opened - unknown)}户由不能判定变为能判定（不能判定合计由{amount(of.unknown_before)}户变为{amount(unknown)}户）"
    yield "谁进谁出", f"与{of.against.name}相比：新增{amount(entering)}户，退出{amount(leaving)}户{helped}{opened}。", 0


def _money(of: StandardDecision) -> str:
    if of.cost is None or of.standard.help_cost is None:
        return "未填每户帮扶费用，没有测算。"
    text = f"每年{_range(*of.cost)}元"
    budget = of.standard.budget
    if budget is None:
        return f"{text}；未填年度预算。"
    text += f"；年度预算{amount(budget)}元，{_to_spare(budget, *of.cost)}"
    if of.carried is None:
        return f"{text}，其他各项不变时，预算连扶贫标准一线也不够。"
    return f"{text}；其他各项不变，预算能承受的收入上限为{'至少' if of.carried.at_least else ''}{amount(of.carried.yuan)}元（{of.carried.times.zh.replace(' ', '')}，{amount(of.carried.households[0])}户）。"


def _to_spare(budget: float, low: float, high: float) -> str:
    """What is over, or to spare, from those in to those in and those that cannot be told, as the page says it."""
    said = f"超出{amount(low - budget)}元" if low > budget else f"余{amount(budget - low)}元"
    if low == high:
        return said
    # Not as a range: whoever reads "余8,000至3,000" has to think which of the two is which.
    most = f"超出{amount(high - budget)}元" if high > budget else f"余{amount(budget - high)}元"
    return f"{said}；不能判定的若都纳入，则{most}"


def _past(of: StandardDecision) -> Iterator[Row]:
    past = of.past
    if past is None:
        yield "回头看", "还没有可回头看的期次：要有下一期的数据，才知道哪些户风险变差了。", 0
    else:
        rounds = past["rounds"]
        by_round = "、".join(_of_round(each) for each in rounds[-_MOST_ROUNDS:])
        # Of a single round the worst is that round: nothing is added.
        worst = f"；最差的一期是{_worst(past)}" if past["worst_round"] and len(rounds) > 1 else ""
        yield (
            "回头看",
            (
                f"以往{len(rounds)}期共有{amount(past['slips'])}户次收入跌到扶贫标准以下（风险变差），按这一标准当期已纳入"
                f"{amount(past['caught'])}户次（{past['caught_share']:.1%}）。各期（已纳入/风险变差）：{by_round}{worst}。{_missed(past)}{_past_compared(of)}"
            ),
            0,
        )
    if price := _price(of):
        yield "再放宽的代价", price, 0
    if of.expected is not None:
        yield "下一期预计", _expected(of, of.expected), 0


def _of_round(each: Json) -> str:
    """A round with those caught of those who slipped; that the line was raised by its end, where it was: the more slip then."""
    said = f"{round_words(each['round'])}{amount(each['caught'])}/{amount(each['slips'])}"
    later = max(each["next_lines"], default=0.0)
    return f"{said}（到下一期扶贫标准{amount(each['line'])}→{amount(later)}元）" if later > each["line"] else said


def _worst(past: Json) -> str:
    """The worst round; where more cannot be told in it than were in, that: missing facts make a round the worst, and no standard."""
    worst = next(each for each in past["rounds"] if each["round"] == past["worst_round"])
    unknown = f"（当期有{amount(worst['cannot_tell'])}户缺事实不能判定）" if worst["cannot_tell"] > worst["in"] else ""
    return f"{round_words(worst['round'])}{unknown}"


def _past_compared(of: StandardDecision) -> str:
    """What the standard compared with would have caught: the first thing that a head asks."""
    other = of.past_against
    if other is None:
        return ""
    chance = "差别可能只是偶然" if other.by_chance else "差别超出偶然"
    return (
        f"{of.against.name}当期已纳入{amount(other.caught)}户次，{chance}（各期纳入合计：{of.against.name}{amount(other.inside)}户次，"
        f"这一标准{amount(other.ours_inside)}户次）。"
    )


def _missed(past: Json) -> str:
    missed = [f"{words.zh}{amount(past['missed'][key])}" for key, words in MISSED.items() if past["missed"][key]]
    return f"没赶上的：{'、'.join(missed)}户次。" if missed else "以往各期的都赶上了。"


def _expected(of: StandardDecision, expected: Mapping[str, Any]) -> str:
    """What the model expects, and why that is another share than the one of the past above."""
    share, sentence = expected["slips_share"], of.past_and_expected
    part = "" if share is None or sentence else f"，占全部预计风险变差的{share:.0%}"
    why = f"{_without_blanks(sentence.zh)}。" if sentence else ""
    return f"模型预计纳入的户中有{expected['expected_slips']:,.1f}户到下一期风险变差{part}。{why}模型只提示，不作决定。"


def _without_blanks(text: str) -> str:
    """A sentence of a page as a paper has it: no blanks between figures and words, rounds as offices call them."""
    return re.sub(r"(\d{4}-\d\d)(?![\d-])", lambda match: round_words(match[0]), text.replace(" ", ""))


def _price(of: StandardDecision) -> str:
    """The two sentences of the page: what is said of the past alone, or of the future alone, leads to another decision."""
    said = [
        past_price(of.past_margin, of.standard.help_cost) if of.past_margin else None,
        expected_price(of.expected_margin, of.standard.help_cost),
    ]
    return "".join(_without_blanks(each.zh) for each in said if each is not None)


def _notes(of: StandardDecision) -> Row:
    words = (
        "“赶上”是当期已在名单上，不等于帮扶以后不会变差；预算只作对照，应纳入的一户不少。"
        f"数字由工作台于{day(of.made_on)}按已入库的数据算得{'（模拟数据）' if of.simulated else ''}。"
    )
    return "说明", words, 0


def _opinions(of: StandardDecision) -> Iterator[Row]:
    """Who submits and who approves; what the register has is printed, the rest is written by hand."""
    version = of.version
    submitted = f"{version.reason}\n" if version and version.reason else ""
    who, on = (version.submitted_by, day(version.submitted_on)) if version else ("", "")
    yield "拟办意见", f"{submitted}提交人：{who or '　　　　'}　　{on or '　　年　月　日'}", _TO_SIGN
    approved = version.approved_by if version else ""
    document = version.document if version and version.document else "　　　　　　"
    yield (
        "审批意见",
        (
            f"（由另一名县级经办人批准，提交人不能批准自己提交的标准）\n批准人：{approved or '　　　　'}　　文号：{document}　　　　年　月　日"
        ),
        _TO_SIGN,
    )
    yield "领导签批", "", _TO_SIGN


def _range(low: float, high: float) -> str:
    return amount(low) if low == high else f"{amount(low)}—{amount(high)}"
