"""Which pages open for whom, found by asking a server over real data for each: `tests.roles` writes it into docs/roles.md."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

from tests.browser import start_server
from tests.server.visitor import SECRET, Visitor
from workbench.domain.procedure.roles import ROLES, Area
from workbench.register.access.accounts import NewAccount, add_accounts, first_account, give_first_password
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import set_password
from workbench.register.audit.log import BEIJING
from workbench.settings import DIVISIONS, NOTEBOOKS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

ANONYMOUS, NEWCOMER = "anonymous", "newcomer"
VISITORS = {
    ANONYMOUS: "没有登录<br>not signed in",
    NEWCOMER: "初始密码未改<br>first password not changed",
    **{role.name: f"{role.zh}<br>{role.en}" for role in ROLES.values()},
}
OPENS, TO_SIGN_IN, TO_PASSWORD, REFUSED = "✓", "→ 登录", "→ 修改密码", "✗"
_AREAS = (Area(), Area("341524"), Area("341524", "梅山镇"), Area("341524", "梅山镇", "小南京村"))
_ADDRESSES = {
    "login": "登录 sign in",
    "": "首页 home",
    "password": "修改密码 own password",
    "accounts": "账号 accounts",
    "jobs": "后台任务 jobs",
    "templates": "公文模板 template of filings",
    "register": "业务办理 Register",
    "handbook": "操作手册 handbook",
}


def pages():
    """Addresses with what they are called: those that the server writes, and the notebooks."""
    named = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        title = json.loads(path.read_text(encoding="utf-8"))["metadata"]["workbench"]["title"]
        named[f"voila/render/{path.name}"] = f"{title['zh']} {title['en']}"
    return {**_ADDRESSES, **named}


def opened(folder: Path, served: Callable = start_server):
    """What happened: for each visitor and address whether it opens, leads elsewhere or is refused."""
    firsts = _store(folder / "store")
    server = served(folder / "store", _empty_notebooks(folder / "notebooks"), folder / "server.log")
    try:
        return {
            (name, path): outcome
            for name in VISITORS
            for path, outcome in _tried(server, name, firsts.get(name, SECRET)).items()
        }
    finally:
        server.stop()


def _tried(server, name, password):
    """A sign-in for each page: signing out ends its kernel, of which nobody may have many."""
    visitor, outcomes = Visitor(server), {}
    for path in pages():
        if name != ANONYMOUS:
            assert visitor.sign_in(name, password)[0] == 200
        outcomes[path] = _outcome(path, *visitor.status(path))
        if name != ANONYMOUS:
            visitor.post("logout", {})
    return outcomes


def _outcome(path, status, led_to):
    if status == 403:
        return REFUSED
    assert status == 200, (path, status)
    there = led_to.partition("?")[0]
    if there.endswith("/login") and path != "login":
        return TO_SIGN_IN
    return TO_PASSWORD if there.endswith("/password") and path != "password" else OPENS


def _store(root):
    """Real facts, with somebody of every role who has a password, and somebody whose first one is not changed."""
    facts = FactStore(root)
    write_city(facts, simulate(200, 1, 5, divisions=DIVISIONS), Origin(simulated=False))
    register, now = open_register(facts), dt.datetime(2026, 6, 1, 9, tzinfo=BEIJING)
    first_account(register, NewAccount("administrator", "管理员", "administrator"), now)
    people = [
        NewAccount(role.name, "某人", role.name, _AREAS[role.level])
        for role in ROLES.values()
        if role.name != "administrator"
    ]
    admin = register.acting_user("administrator", now)
    add_accounts(admin, [*people, NewAccount(NEWCOMER, "新人", "city_reader")])
    for name in ROLES:
        set_password(register.acting_user(name, now), name, SECRET)
    firsts = {NEWCOMER: give_first_password(admin, NEWCOMER)}
    register.engine.dispose()
    return firsts


def _empty_notebooks(folder):
    """Notebooks of the pages' names with nothing in them: whether a page opens is the server's to say, before any runs."""
    folder.mkdir(parents=True)
    for path in NOTEBOOKS.glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = []
        (folder / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def section(outcomes):
    """The table as Markdown."""
    lines = [
        "## 页面 Pages",
        "",
        "真实数据，逐页去开：→ 转到，✗ 拒绝。页面打开以后，登记的每一步与上表的命令都由同一个“办理人”去办，在那里把关。",
        "On real data, each page asked for: → led to, ✗ refused. Once it is open, each step in the register goes through the same",
        "acting user as the commands above, which is where it is allowed or refused.",
        "",
        f"| 页面 page | {' | '.join(VISITORS.values())} |",
        f"|---|{'---|' * len(VISITORS)}",
    ]
    lines += [
        f"| {title} | {' | '.join(outcomes[name, path] for name in VISITORS)} |" for path, title in pages().items()
    ]
    return "\n".join([*lines, ""])
