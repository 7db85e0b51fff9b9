"""The register's commands by name."""

import typer

from workbench.cli.language import both
from workbench.cli.registration import CommandGroup, Commands, add_commands

register_app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
)
_COMMANDS: Commands = {
    # In the order of a round, visit to proof; then what is looked up, then the groups: --help lists them so.
    "visit": (
        "register.visits:visit_command",
        both(
            "登记一户的走访（五方面），或一份走访表；当场更正事实用 --correct",
            "Record a visit to a household (five domains), or a file of visits; correct facts on the spot with --correct.",
        ),
    ),
    "propose": (
        "register.steps:propose_command",
        both(
            "上报一户的等级（或纳入）；用 --all 则对走访过的各户按规则上报",
            "Propose a household's tier (or entry); with --all, what the rules say for every visited household.",
        ),
    ),
    "review": (
        "register.steps:review_command",
        both(
            "乡镇审核：对这些户或全部的上报无异议",
            "Review as the township: no objection to the proposals of these households, or of all.",
        ),
    ),
    "return": (
        "register.steps:return_command",
        both(
            "写明理由退回：上报的退回村（乡镇），审核的在备案前退回（县）",
            "Send a proposal back to the village (township), or a reviewed one before filing (county), with a reason.",
        ),
    ),
    "file": (
        "register.steps:file_command",
        both(
            "备案：县区审核过的户编成有号的清单；先全部重算",
            "File the reviewed households of a county as a numbered list; everything is computed again first.",
        ),
    ),
    "withdraw": (
        "register.steps:withdraw_command",
        both(
            "撤回一户最后一步：村的走访或上报，乡镇的审核或退回；下一步办理之前",
            "Withdraw a household's last step, the village's visit or proposal, the township's review or return, before the next.",
        ),
    ),
    "adjust": (
        "register.visits:adjust_command",
        both(
            "随时调整（§2.1.2-b）：已备案的户写明原因和依据，重新走访",
            "Take up a filed household again (§2.1.2-b): visited anew, with cause and evidence.",
        ),
    ),
    "prove": (
        "register.steps:prove_command",
        both(
            "核验备案：按留存的事实重算已备案的清单，看是否仍与备案时一致",
            "Compute a filed list again from what was kept with it, and say whether it still is what it was.",
        ),
    ),
    "list": (
        "register.lists:list_command",
        both(
            "本范围内一期的各户及其进度",
            "List the households of a round in your own area, and where each stands.",
        ),
    ),
    "show": (
        "register.lists:show_command",
        both(
            "一户在登记中的全部：步骤、走访、边缘户台账、案",
            "Show everything that the register holds of a household: steps, visits, edge register, cases.",
        ),
    ),
    "filings": (
        "register.lists:filings_command",
        both(
            "本范围的备案清单",
            "List the filings in your own area.",
        ),
    ),
    "progress": (
        "register.progress:progress_command",
        both(
            "一期的进度：各乡镇与截止日期，以及待您办理的",
            "Show how far a round is, by township, against its deadline; and what waits for whoever asks.",
        ),
    ),
    "screening": (
        "register.lists:screening_command",
        both(
            "排查名单：重点群体中未建档立卡的户，按村逐户走访（§2.2-b）",
            "List unregistered households of the key groups, to be visited door to door (§2.2-b), by village.",
        ),
    ),
    "officers": (
        "register.lists:officers_command",
        both(
            "边缘户台账及其包保责任人、应走访的日期；写户编号和 --officer 则指定包保责任人（§2.2-c）",
            "List the edge register with officers and visits due; with households and --officer, name their officer (§2.2-c).",
        ),
    ),
    "demonstrate": (
        "register.keeping:demonstrate_command",
        both(
            "在模拟数据上填一个空的登记库：各种人员，和一个县区正在办理的一期",
            "Fill an empty register over simulated facts: people, and a round of one county under way.",
        ),
    ),
    "standards": (
        "register.standards:standards_app",
        both("县区的边缘户标准：起草、提交、批准", "the county's standard of edge households: draft, submit, approve"),
    ),
    "cases": (
        "register.cases:cases_app",
        both(
            "返贫户和符合标准户的案：核实、评议、公示、公告、录入",
            "cases of households that meet the poverty criterion: verify, appraise, publicise, announce, enter",
        ),
    ),
    "plans": (
        "register.plan_changes:plans_app",
        both("帮扶计划：一户一计划、一人一措施", "plans of assistance: one per household, a measure for each member"),
    ),
    "templates": (
        "documents.filing_templates:templates_app",
        both(
            "备案文件的公文模板：上传、检查、各版",
            "the template of the filing document: handed in, checked, its versions",
        ),
    ),
    "accounts": (
        "register.accounts:accounts_app",
        both("账号：谁可以办理，以什么角色，在什么范围", "accounts: who may act, in which role and area"),
    ),
    "settings": (
        "register.keeping:settings_app",
        both("县区可自行设定的程序参数", "figures of the procedure that a county may set"),
    ),
}
add_commands(register_app, _COMMANDS)
