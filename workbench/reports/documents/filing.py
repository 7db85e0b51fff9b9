"""The county's filing (备案) of a round as an official paper: figures, changes, the standard, what is left open.

LA2019-15 §2.1.1-b (filed with the leading group), §4.3-a (every April and October).
"""

from collections.abc import Callable, Iterator

from workbench.domain.facts import SIMULATED_MARK
from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.reports.documents.paper import OfficialPaper
from workbench.reports.documents.wording import (
    FALLEN_BACK,
    NOTICE,
    SIMULATED,
    day,
    document_number,
    list_label,
    round_words,
    tier_name,
    whole_of,
)
from workbench.reports.ledgers.summary import TIER_KEYS, total
from workbench.reports.records import FilingDocument, StandardInForce, SummaryRow, Tally

Writer = Callable[[OfficialPaper], None]
_CODE_MM = 28
_NUMERALS = "一二三四五六七八九十"
_NOTICE_TITLE = f"《六安市人民政府办公室关于切实做好防范返贫和边缘户帮扶工作的通知》（{NOTICE}）"


def filing_document(filing: FilingDocument) -> bytes:
    """The paper as a Word document (docx)."""
    heading = filing.heading
    title = heading.title or f"关于{heading.county}{round_words(heading.round)}已脱贫户风险等级和边缘户备案的报告"
    title = f"{SIMULATED_MARK}{title}" if heading.simulated else title
    paper = OfficialPaper(title, heading.made_on)
    if heading.simulated:
        paper.remark(f"{SIMULATED}，不作公文使用")
    paper.letterhead(heading.unit, document_number(heading))
    paper.title(title)
    paper.addressee(filing.addressee)
    whole = total(filing.rows, heading.county, "合计")
    # Both verbs of the first sentence hang on it: a paper must not report as done what is under way.
    done = filing.filed in {None, whole.lifted.households}
    paper.text(
        f"根据{_NOTICE_TITLE}要求，{heading.county}经村两委和驻村扶贫工作队入户走访、初评上报、乡镇审核，{'完成' if done else '开展'}"
        f"{round_words(heading.round)}已脱贫户风险等级评定和边缘户管理，{'现予备案，并' if done else '现'}将有关情况报告如下。"
    )
    for numeral, (words, write) in zip(_NUMERALS, _sections(filing, whole), strict=False):
        paper.heading(f"{numeral}、{words}")
        write(paper)
    _close(paper, filing)
    return paper.to_bytes()


def _sections(filing: FilingDocument, whole: SummaryRow) -> Iterator[tuple[str, Writer]]:
    """The sections that there is something to say in."""
    yield "总体情况", lambda paper: _figures(paper, filing, whole)
    if filing.previous_round is not None:
        yield f"与{round_words(filing.previous_round)}相比的变化", lambda paper: _changes(paper, filing, whole)
    if filing.standard is not None:
        standard = filing.standard
        yield "边缘户标准", lambda paper: _standard(paper, standard)
    yield "需要说明的事项", lambda paper: _open_points(paper, filing, whole)


def _figures(paper: OfficialPaper, filing: FilingDocument, whole: SummaryRow) -> None:
    parts = [f"{tier_name(tier)}{_of(whole.tiers[tier], whole.lifted)}" for tier in TIERS]
    unknown = whole.tiers[None]
    if unknown.households:
        parts.append(f"{UNDETERMINED[0]}{_of(unknown, whole.lifted)}，不计入三级")
    if whole.fallen_back.households:
        parts.append(f"{FALLEN_BACK}{_of(whole.fallen_back, whole.lifted)}，不计入三级")
    paper.text(
        f"{whole_of(filing.heading.county)}已脱贫户{_tally(whole.lifted)}，其中：{'；'.join(parts)}。{_filed(filing, whole)}"
    )
    paper.text(
        f"本期返贫{_tally(whole.fallen_back)}，均按“调查核实、民主评议、公示公告”程序办理，返贫即入，不搞规模控制。"
        f"{_under_way(filing)}在管边缘户{_tally(whole.edge)}；本期新增{whole.edge_new}户、退出{whole.edge_left}户、"
        f"转入建档立卡{whole.edge_registered}户。各乡镇情况见下表。"
    )
    header = ["乡镇", "已脱贫户", *(tier_name(tier) for tier in TIERS), UNDETERMINED[0], FALLEN_BACK, "在管边缘户"]
    paper.table(
        f"{filing.heading.county}{round_words(filing.heading.round)}分乡镇情况（户）",
        header,
        [_row(row) for row in (*filing.rows, whole)],
    )


def _under_way(filing: FilingDocument) -> str:
    """The cases that are not closed: beside them nobody takes a small number of confirmed households for all there are."""
    if not filing.under_way:
        return ""
    stages = "、".join(f"{stage}{count:,}户" for stage, count in filing.under_way.items())
    return f"另有{sum(filing.under_way.values()):,}户低于扶贫标准、正在办理返贫致贫认定程序（{stages}），办结之前不计入返贫户。"


def _filed(filing: FilingDocument, whole: SummaryRow) -> str:
    """How far the round is: what is not filed yet is not passed off as filed."""
    if filing.filed is None:
        return ""
    remaining = whole.lifted.households - filing.filed
    return f"已备案{filing.filed:,}户" + (f"；其余{remaining:,}户尚未备案，所列等级按规则测算。" if remaining else "。")


def _row(row: SummaryRow) -> list[str]:
    tallies = [row.lifted, *(row.tiers.get(tier, Tally()) for tier in TIER_KEYS), row.fallen_back, row.edge]
    return [row.township, *(f"{tally.households:,}" for tally in tallies)]


def _changes(paper: OfficialPaper, filing: FilingDocument, whole: SummaryRow) -> None:
    paper.text(
        f"风险升高{whole.raised}户，风险降低{whole.lowered}户；本期随时调整{whole.any_time}户。"
        "逐户原因见风险台账“调整原因”栏。"
    )
    moves = [
        f"{'原未定级' if move.before is None else tier_name(move.before)}转{tier_name(move.after)}{move.households}户"
        for move in filing.movements
        if move.households and move.before != move.after
    ]
    if moves:
        paper.text(f"等级变动：{'，'.join(moves)}。")
    if filing.changed_by:
        causes = [f"{cause}{count}户" for cause, count in filing.changed_by.items()]
        paper.text(f"按变动来源：{'，'.join(causes)}。")


def _standard(paper: OfficialPaper, standard: StandardInForce) -> None:
    paper.text(
        f"本期适用《{standard.title}》（{standard.version}，{day(standard.effective)}起执行），"
        f"扶贫标准为年人均纯收入{standard.line:g}元。主要内容："
    )
    for number, term in enumerate(standard.terms, 1):
        paper.text(f"（{_NUMERALS[number - 1] if number <= len(_NUMERALS) else number}）{term}。")


def _open_points(paper: OfficialPaper, filing: FilingDocument, whole: SummaryRow) -> None:
    # In every filing: no control of scale (§2.1.3-c), and what a lifted household has does not end with blue (§4.1).
    points = [
        "凡达到贫困户标准的农户，均列入应纳入对象，未因标准、资金或人手而减少一户。",
        "已脱贫户定为三级（蓝）的，政策、帮扶、责任、监管不变，原有帮扶措施继续执行。",
    ]
    if filing.reading:
        points.insert(0, f"等级按规则判定并经逐级审核，对通知条文采用的认定口径为：{filing.reading}。")
    # Who lacks a needed fact is not blue by default (§2.1.1-e): the filing says what is to be collected.
    if whole.tiers[None].households:
        lacking = "，".join(f"{fact}（{count}户）" for fact, count in filing.undetermined_facts.items())
        points.append(
            f"{UNDETERMINED[0]}的{whole.tiers[None].households:,}户事实不全，本次不定级，不视为稳定脱贫"
            + (f"；需补充：{lacking}。" if lacking else "。")
        )
    for number, point in enumerate(points):
        paper.text(f"（{_NUMERALS[number]}）{point}")


def _close(paper: OfficialPaper, filing: FilingDocument) -> None:
    heading = filing.heading
    if filing.annexes:
        paper.blank()
        for number, annex in enumerate(filing.annexes, 1):
            paper.text(f"{'附件：' if number == 1 else '　　　'}{number}. {annex}")
    # The day of the filing: made again later, the paper bears the same date.
    paper.signature(heading.unit, day(heading.filed_on or heading.made_on))
    if filing.contact:
        paper.blank()
        paper.text(f"（联系：{filing.contact}）")
    if filing.copied_to:
        paper.remark(f"抄送：{'，'.join(filing.copied_to)}。")
    if heading.list_number:
        paper.remark(list_label(heading))
    if heading.digest:
        paper.remark(f"备案清单校验码（SHA-256）：{heading.digest}")
    # A witness in other hands: whoever has the database can compute its chain anew, and not this paper (0020).
    if filing.trail is not None:
        paper.remark("留痕校验码（备案时登记库的留痕序号与摘要，核对：workbench audit verify --head）：")
        paper.remark(filing.trail.printed)
        paper.code(filing.trail.coded, _CODE_MM)


def _tally(tally: Tally) -> str:
    return f"{tally.households:,}户{tally.persons:,}人"


def _of(part: Tally, all_of_them: Tally) -> str:
    share = f"，占{part.households / all_of_them.households:.1%}" if all_of_them.households else ""
    return f"{_tally(part)}{share}"
