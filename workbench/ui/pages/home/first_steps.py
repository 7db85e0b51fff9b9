"""The home page of a store without facts: what to do first, for whoever looks. No widgets: the server renders it."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from workbench.domain.procedure.roles import Right, Role
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render

_DEMONSTRATION = (
    "workbench simulate --households 20000 --rounds 6 --seed 1 --store data/demo",
    "workbench register demonstrate --round 2021-10 --county 341524 --store data/demo",
    "workbench serve --store data/demo",
)


@dataclass(frozen=True)
class FirstStep:
    """A thing to do before a round can begin.

    `page`: where it is done (the name of a page, "accounts" for that of the accounts), empty where none does it; `command`:
    what is typed on the server instead, empty where nothing is; `read`: what is read about it first, in place of being done.
    """

    name: str
    title: str
    text: str
    page: str = ""
    command: str = ""
    done: bool = False
    read: bool = False


def first_steps(t: Language, role: Role | None, *, accounts: bool) -> list[FirstStep]:
    """What whoever looks can do, in order; of what only others can do no step is listed.

    `role`: None where nobody is signed in; `accounts`: whether anybody has an account. Without accounts only the server's own
    computer reaches the pages (0023): whoever looks then is the one who keeps it, and is given the commands. Who has signed in is
    given pages: what only a shell does stands in the handbook.
    """
    keeps = Right.KEEP in role.rights if role else not accounts
    takes_in = Right.TAKE_IN in role.rights if role else keeps
    steps = []
    if keeps:
        steps.append(
            FirstStep(
                "demonstration", t("先看演示（可不做）"),
                t("生成一座模拟的城市和正在办理的一期，谁都可以试着办。它另存一个目录，不与真实数据混在一起。"),
                page="handbook" if role else "", command="" if role else " && ".join(_DEMONSTRATION), read=True,
            )
        )  # fmt: skip
        steps.append(
            FirstStep(
                "accounts", t("建立账号"),
                t("各县区、乡镇、村的人员各有账号，只看到自己的范围，可一次粘贴多行。"),
                page="accounts" if role else "",
                command="" if role else "workbench register accounts add admin --name 管理员 --role administrator",
                done=role is None and accounts,
            )
        )  # fmt: skip
    if takes_in:
        steps.append(
            FirstStep(
                "intake", t("导入数据"),
                t("从全国系统导出的文件原样拖入“数据导入”页，选好期次和县区；先只检查，确认后才写入。未建档立卡的户用空表收集。"),
                page="intake",
            )
        )  # fmt: skip
    if role is not None and Right.SET_STANDARD in role.rights:
        steps.append(
            FirstStep(
                "standard", t("制定边缘户标准"),
                t("数据导入后，在“边缘户标准”页试算，存成草案并提交，由另一名县级经办人批准；此后各村即可走访、上报。"),
            )
        )  # fmt: skip
    return steps


def render_first_steps(
    t: Language, role: Role | None, link: Callable[..., str], accounts_page: str, *, accounts: bool
) -> Markup:
    """The home page's middle, as HTML; `link` as `overview.render_overview` takes it, `accounts_page` the address of the accounts."""
    steps = first_steps(t, role, accounts=accounts)
    places = {each.name: accounts_page if each.page == "accounts" else link(each.page) for each in steps if each.page}
    return render("first_steps", t, steps=steps, places=places, signed_in=role is not None)
