"""What a template of the filing document may ask for: each placeholder with what it stands for, and the figures of a filing by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.facts import SIMULATED_MARK
from workbench.domain.rounds import round_words
from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.reports.documents.paper import broken_title
from workbench.reports.documents.word_parts import printable
from workbench.reports.documents.wording import (
    FALLEN_BACK,
    NOTICE,
    day,
    document_number,
    tier_name,
    whole_of,
)
from workbench.reports.ledgers.summary import total
from workbench.reports.records import FilingDocument, SummaryRow, Tally
from workbench.reports.templates.sentences import (
    filed_so_far,
    let_in,
    lighter_below_line,
    open_points,
    screened,
    share_words,
    tally_words,
    under_way,
)

_NOTICE_TITLE = f"《六安市人民政府办公室关于切实做好防范返贫和边缘户帮扶工作的通知》（{NOTICE}）"
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Placeholder:
    """A value of the paper: what it is in both languages. `required`: no filing is complete without it."""

    zh: str
    en: str
    required: bool = False


VALUES: dict[str, Placeholder] = {
    "发文单位": Placeholder("发文单位", "who issues the paper", required=True),
    "文号": Placeholder("文号，序号留空由单位填写", "the number of the paper, left for the office to fill in"),
    "标题": Placeholder("公文标题", "its title"),
    "收文单位": Placeholder("主送单位", "whom it is sent to"),
    "通知": Placeholder("所依据的通知全称和文号", "the notice by its full name"),
    "县区": Placeholder("县区名称", "the county"),
    "全县": Placeholder("全县、全区", "“the whole county”"),
    "期次": Placeholder("期次，如 2019年下半年", "the round, e.g. 2019年下半年", required=True),
    "上期": Placeholder("上一期次；没有则为空", "the round before; empty where there is none"),
    "完成或开展": Placeholder("全部备案的为“完成”，否则为“开展”", "“completed” once all are filed, else “under way”"),
    "现予备案": Placeholder("全部备案的为“现予备案，并”，否则为“现”", "“is hereby filed” once all are filed"),
    "已脱贫户": Placeholder("已脱贫户的户数、人数", "lifted households and persons", required=True),
    "等级情况": Placeholder("三级和不能判定的各多少户、占比", "households by tier, with shares", required=True),
    "备案进度": Placeholder("已备案、尚未备案各多少户", "how many are filed, how many are not", required=True),
    "返贫户": Placeholder("本期返贫的户数、人数", "households that fell back", required=True),
    "办理中": Placeholder(
        "正在办理返贫致贫认定程序的户数；没有则为空", "cases under way; empty where there is none", required=True
    ),
    "在管边缘户": Placeholder("在管边缘户的户数、人数", "edge households managed", required=True),
    "筛查备案": Placeholder(
        "按现行标准应纳入的户各在哪一步、筛查对象已备案多少户次，各一句话；没有则为空",
        "where the households stand that the standard brings in, and how many of those screened are on filed lists, a sentence each; "
        "empty where there is none",
    ),
    "新增边缘户": Placeholder("本期新增的边缘户数", "edge households that came in"),
    "退出边缘户": Placeholder("本期退出的边缘户数", "edge households that went out"),
    "转入建档立卡": Placeholder("本期转入建档立卡的户数", "edge households that were registered"),
    "升高户数": Placeholder("风险升高的户数", "households of a graver tier than before"),
    "降低户数": Placeholder(
        "风险降低的户数，不含低于扶贫标准的", "households of a lighter tier than before, none below the line"
    ),
    "转轻而低于标准": Placeholder(
        "等级转轻但收入低于扶贫标准的户，一句话；没有则为空",
        "households of a lighter tier whose income lies below the line, a sentence; empty where there is none",
    ),
    "变动户数": Placeholder("等级与上期不同的户数", "households of another tier than before"),
    "随时调整户数": Placeholder("本期随时调整的户数", "adjustments out of round"),
    "等级变动": Placeholder(
        "哪一级转哪一级多少户；没有则为空", "households by change of tier; empty where there is none"
    ),
    "变动来源": Placeholder(
        "变动来自事实、规则还是数据；没有则为空", "households by what changed; empty where there is none"
    ),
    "标准名称": Placeholder("现行边缘户标准；没有则为空", "the standard in force; empty where there is none"),
    "标准版次": Placeholder("标准的版次", "its version"),
    "标准施行日": Placeholder("标准的施行日期", "the day it came into force"),
    "扶贫标准": Placeholder("当年的扶贫标准（元）", "the poverty line, yuan"),
    "变化节号": Placeholder("“变化”一节的序号", "the numeral of the section on changes"),
    "标准节号": Placeholder("“标准”一节的序号", "the numeral of the section on the standard"),
    "说明节号": Placeholder("“说明”一节的序号", "the numeral of the section on open points"),
    "落款日期": Placeholder(
        "备案日期；未备案的为制作日期", "the day of the filing, else the day it was made", required=True
    ),
    "联系": Placeholder("联系人和电话；没有则为空", "whom to ask; empty where nobody is named"),
    "抄送": Placeholder("抄送单位；没有则为空", "who gets a copy; empty where nobody does"),
}
LISTS: dict[str, Placeholder] = {
    "标准条款": Placeholder("标准的各条（循环）", "the terms of the standard, in a loop"),
    "说明事项": Placeholder("需要说明的各事项（循环）", "the open points, in a loop", required=True),
    "附件": Placeholder("附件名称（循环）", "the annexes, in a loop"),
    "乡镇": Placeholder(
        "分乡镇的表（表格行的循环，行.乡镇 等）", "the rows of townships, in a loop of rows", required=True
    ),
}
COLUMNS = ("乡镇", "已脱贫户", "已备案", "一级", "二级", "三级", "不能判定", "返贫", "在管边缘户")
"""What a row of `乡镇`, and the total `合计`, have."""
ITEM, ROW, TOTAL = "条", "行", "合计"
"""What stands for one of a list in its loop, for a township in its, and for all of them together."""


def values_of(filing: FilingDocument) -> dict[str, Any]:
    """Every value, list and row of the paper, as text that XML can hold; the same for every template."""
    whole = total(filing.rows, filing.heading.county, TOTAL)
    numerals = iter(_NUMERALS[1:])
    texts = {
        **_heading(filing, whole),
        **_figures(filing, whole),
        **_changes(filing, whole),
        # In the order of the paper: a section that is left out takes no numeral.
        "变化节号": next(numerals) if filing.previous_round is not None else "",
        "标准节号": next(numerals) if filing.standard is not None else "",
        "说明节号": next(numerals),
        **_standard(filing),
    }
    lists = {
        "标准条款": [f"（{_numeral(number)}）{term}。" for number, term in enumerate(filing.standard.terms if filing.standard else ())],
        "说明事项": [f"（{_numeral(number)}）{point}" for number, point in enumerate(open_points(filing, whole))],
        "附件": [f"{'附件：' if not number else '　　　'}{number + 1}. {name}" for number, name in enumerate(filing.annexes)],
    }  # fmt: skip
    return {
        **{name: printable(text) for name, text in texts.items()},
        **{name: [printable(each) for each in each_list] for name, each_list in lists.items()},
        "乡镇": [_row(row) for row in filing.rows],
        TOTAL: _row(whole),
    }


def title_of_paper(filing: FilingDocument) -> str:
    """The title of the paper, marked where its households are simulated."""
    heading = filing.heading
    title = heading.title or f"关于{heading.county}{round_words(heading.round)}已脱贫户风险等级和边缘户备案的报告"
    return f"{SIMULATED_MARK}{title}" if heading.simulated else title


def _numeral(number: int) -> str:
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number + 1)


def _heading(filing: FilingDocument, whole: SummaryRow) -> dict[str, str]:
    heading = filing.heading
    # Both verbs of the first sentence hang on it: a paper must not report as done what is under way.
    done = filing.filed in {None, whole.lifted.households}
    return {
        "发文单位": heading.unit,
        "文号": document_number(heading),
        "标题": "\n".join(broken_title(title_of_paper(filing))),
        "收文单位": filing.addressee,
        "通知": _NOTICE_TITLE,
        "县区": heading.county,
        "全县": whole_of(heading.county),
        "期次": round_words(heading.round),
        "上期": round_words(filing.previous_round) if filing.previous_round is not None else "",
        "完成或开展": "完成" if done else "开展",
        "现予备案": "现予备案，并" if done else "现",
        # The day of the filing: made again later, the paper bears the same date.
        "落款日期": day(heading.filed_on or heading.made_on),
        "联系": filing.contact,
        "抄送": "，".join(filing.copied_to),
    }


def _figures(filing: FilingDocument, whole: SummaryRow) -> dict[str, str]:
    parts = [f"{tier_name(tier)}{share_words(whole.tiers[tier], whole.lifted)}" for tier in TIERS]
    if whole.tiers[None].households:
        parts.append(f"{UNDETERMINED[0]}{share_words(whole.tiers[None], whole.lifted)}，不计入三级")
    if whole.fallen_back.households:
        parts.append(f"{FALLEN_BACK}{share_words(whole.fallen_back, whole.lifted)}，不计入三级")
    return {
        "已脱贫户": tally_words(whole.lifted),
        "等级情况": "；".join(parts),
        "备案进度": filed_so_far(filing, whole),
        "返贫户": tally_words(whole.fallen_back),
        "办理中": under_way(filing),
        "在管边缘户": tally_words(whole.edge),
        "筛查备案": let_in(filing) + screened(filing),
        "新增边缘户": f"{whole.edge_new:,}",
        "退出边缘户": f"{whole.edge_left:,}",
        "转入建档立卡": f"{whole.edge_registered:,}",
    }


def _changes(filing: FilingDocument, whole: SummaryRow) -> dict[str, str]:
    moves = [
        f"{'上期没有等级的' if move.before is None else tier_name(move.before)}转{tier_name(move.after)}{move.households:,}户"
        for move in filing.movements
        if move.households and move.before != move.after
    ]
    return {
        "升高户数": f"{whole.raised:,}",
        "降低户数": f"{whole.lowered:,}",
        "转轻而低于标准": lighter_below_line(whole),
        "变动户数": f"{sum(move.households for move in filing.movements if move.before != move.after):,}",
        "随时调整户数": f"{whole.any_time:,}",
        "等级变动": "，".join(moves),
        "变动来源": "，".join(f"{cause}{count:,}户" for cause, count in filing.changed_by.items()),
    }


def _standard(filing: FilingDocument) -> dict[str, str]:
    standard = filing.standard
    if standard is None:
        return dict.fromkeys(("标准名称", "标准版次", "标准施行日", "扶贫标准"), "")
    return {
        "标准名称": standard.title,
        "标准版次": standard.version,
        "标准施行日": day(standard.effective),
        "扶贫标准": f"{standard.line:g}",
    }


def _row(row: SummaryRow) -> Mapping[str, str]:
    tallies = [row.lifted, *(row.tiers.get(tier, Tally()) for tier in (*TIERS, None)), row.fallen_back, row.edge]
    lifted, *others = (f"{tally.households:,}" for tally in tallies)
    filed = "—" if row.filed is None else f"{row.filed:,}"
    return dict(zip(COLUMNS, (printable(row.township), lifted, filed, *others), strict=True))
