"""The template that every county has before it makes one of its own: made here, so that what it says can be read and reviewed."""

import datetime as dt
from functools import cache

from workbench.domain.rules.tiers import UNDETERMINED
from workbench.reports.documents.paper import OfficialPaper
from workbench.reports.documents.wording import FALLEN_BACK, tier_name
from workbench.reports.templates.placeholders import COLUMNS, ITEM, ROW, TOTAL

LONGEST_UNIT = 16
_MADE_ON = dt.date(2019, 5, 20)
"""The day of the notice: a template is of no round."""


@cache
def default_template(characters: int = LONGEST_UNIT) -> bytes:
    """The .docx, the same bytes whenever it is made; its letterhead has room for a unit of so many characters."""
    paper = OfficialPaper("备案文件模板", _MADE_ON)
    paper.letterhead(characters)
    paper.title("{{标题}}")
    paper.addressee("{{收文单位}}")
    paper.text(
        "根据{{通知}}要求，{{县区}}{{完成或开展}}{{期次}}"
        "已脱贫户风险等级评定和边缘户管理，{{现予备案}}将有关情况报告如下。"
    )
    _situation(paper)
    _changes(paper)
    _standard(paper)
    paper.heading("{{说明节号}}、需要说明的事项")
    _loop(paper, "说明事项")
    # A paragraph of its own for each tag (`%p`): docxtpl takes away the whole line, else blank lines remain.
    paper.text("{%p if 附件 %}")
    paper.blank()
    paper.text("{%p endif %}")
    _loop(paper, "附件")
    paper.signature("{{发文单位}}", "{{落款日期}}")
    paper.text("{%p if 联系 %}")
    paper.blank()
    paper.text("（联系：{{联系}}）")
    paper.text("{%p endif %}")
    paper.text("{%p if 抄送 %}")
    paper.remark("抄送：{{抄送}}。")
    paper.text("{%p endif %}")
    return paper.to_bytes()


def _situation(paper: OfficialPaper) -> None:
    paper.heading("一、总体情况")
    paper.text("{{全县}}已脱贫户{{已脱贫户}}，其中：{{等级情况}}。{{备案进度}}")
    paper.text(
        "本期经“调查核实、民主评议、公示公告”程序确认返贫{{返贫户}}；返贫即入，不搞规模控制。"
        "{{办理中}}在管边缘户{{在管边缘户}}；本期新增{{新增边缘户}}户、退出{{退出边缘户}}户、"
        "转入建档立卡{{转入建档立卡}}户。{{筛查备案}}各乡镇情况见下表。"
    )
    # A row's tag stands in its first cell; docxtpl drops the row, so the others may be empty.
    blank = [""] * (len(COLUMNS) - 1)
    header = [
        "乡镇",
        "已脱贫户",
        "其中已备案",
        *(tier_name(tier) for tier in (1, 2, 3)),
        UNDETERMINED[0],
        FALLEN_BACK,
        "在管边缘户",
    ]
    paper.table(
        "{{县区}}{{期次}}分乡镇情况（户）",
        header,
        [
            [f"{{%tr for {ROW} in 乡镇 %}}", *blank],
            [f"{{{{{ROW}.{column}}}}}" for column in COLUMNS],
            ["{%tr endfor %}", *blank],
            [f"{{{{{TOTAL}.{column}}}}}" for column in COLUMNS],
        ],
    )


def _changes(paper: OfficialPaper) -> None:
    # A first round has none before it, and its sections count without this one (`变化节号`).
    paper.text("{%p if 上期 %}")
    paper.heading("{{变化节号}}、与{{上期}}相比的变化")
    paper.text(
        "风险升高{{升高户数}}户，风险降低{{降低户数}}户；本期随时调整{{随时调整户数}}户。{{转轻而低于标准}}逐户原因见风险台账“调整原因”栏。"
    )
    for name, words in (
        ("等级变动", "等级与上期不同的{{变动户数}}户：{{等级变动}}。"),
        ("变动来源", "这{{变动户数}}户按变动来源：{{变动来源}}。"),
    ):
        paper.text(f"{{%p if {name} %}}")
        paper.text(words)
        paper.text("{%p endif %}")
    paper.text("{%p endif %}")


def _standard(paper: OfficialPaper) -> None:
    # Without a standard in force the section would name one that nobody decided.
    paper.text("{%p if 标准名称 %}")
    paper.heading("{{标准节号}}、边缘户标准")
    paper.text(
        "本期适用《{{标准名称}}》（{{标准版次}}，{{标准施行日}}起执行），扶贫标准为年人均纯收入{{扶贫标准}}元。主要内容："
    )
    _loop(paper, "标准条款")
    paper.text("{%p endif %}")


def _loop(paper: OfficialPaper, name: str) -> None:
    paper.text(f"{{%p for {ITEM} in {name} %}}")
    paper.text(f"{{{{{ITEM}}}}}")
    paper.text("{%p endfor %}")
